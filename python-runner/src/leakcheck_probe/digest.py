"""Boils what calls returned down to a digest that can be compared between processes and versions of the code.

Builtin values are compared by content. Objects of other classes are compared by their type only: a fix may well change
what an object holds, such as a weak reference where a strong one was.
"""

from __future__ import annotations

from typing import Any, List

from .jobs import Value

MAX_NODES = 10_000
_CONTAINERS = (list, dict, set, bytearray)
_PLAIN = (bool, int, float, complex, str, bytes, bytearray, type(None), type(Ellipsis), range)


class Digest:
    """Feed it values; `value()` is the digest of all of them."""

    def __init__(self) -> None:
        import hashlib  # takes 10 ms, and most runs compare nothing

        self._sha256 = hashlib.sha256
        self._hash = hashlib.sha256()
        self._kinds = hashlib.sha256()
        self._arguments = hashlib.sha256()
        self._types_only = False
        self._raised = False
        self._nodes = 0

    def add(self, value: object) -> None:
        self._hash.update(self._of(value, []).encode("utf-8", "backslashreplace"))
        self._kinds.update(f"{type(value).__qualname__} ".encode("utf-8", "backslashreplace"))

    def add_error(self, error: BaseException) -> None:
        self._raised = True
        raised = f"raised {type(error).__qualname__}".encode("utf-8", "backslashreplace")
        self._hash.update(raised)
        self._kinds.update(raised)

    def add_arguments(self, arguments: List[Any]) -> None:
        """What a call left of the containers that it was given; other arguments it cannot change, or may."""
        types_only = self._types_only
        for argument in arguments:
            if type(argument) in _CONTAINERS:
                self._arguments.update(self._of(argument, []).encode("utf-8", "backslashreplace"))
        self._types_only = types_only  # is about the return values

    def value(self) -> Value:
        compared = "types of the return values" if self._types_only else "return values"
        compared += " and exceptions" if self._raised else ""
        return Value(self._hash.hexdigest(), compared, self._kinds.hexdigest(), self._arguments.hexdigest())

    def _of(self, value: Any, above: List[int]) -> str:
        self._nodes += 1
        kind = type(value)
        if self._nodes > MAX_NODES or len(above) > 50:
            self._types_only = True
            return kind.__qualname__
        if kind in _PLAIN:
            return f"{kind.__name__} {bytes(value) if kind is bytearray else value!r}"
        if id(value) in above:
            return "cycle"
        return self._of_container(value, kind, above + [id(value)])

    def _of_container(self, value: Any, kind: type, above: List[int]) -> str:
        if kind is list or isinstance(value, tuple):
            return f"{kind.__name__}[{','.join([self._of(item, above) for item in value])}]"
        if kind in (set, frozenset):
            return f"{kind.__name__}[{','.join(sorted(self._of(item, above) for item in value))}]"
        if kind is dict:
            pairs = [f"{self._of(k, above)}:{self._of(v, above)}" for k, v in value.items()]
            return f"dict[{','.join(pairs)}]"
        if kind.__module__ == "numpy" and hasattr(value, "tobytes") and hasattr(value, "dtype"):
            return f"{value.dtype} {getattr(value, 'shape', ())} {self._sha256(value.tobytes()).hexdigest()}"
        self._types_only = True
        return kind.__qualname__
