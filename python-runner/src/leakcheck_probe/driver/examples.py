"""A text that a regular expression matches."""

from __future__ import annotations

import functools
import re
from typing import Any, List

from .values import Value

try:
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser as parser
except ImportError:  # before 3.11
    import sre_constants as codes  # type: ignore[import-not-found, no-redef]
    import sre_parse as parser  # type: ignore[import-not-found, no-redef]

MAX_LENGTH = 200


def example_of(pattern: "re.Pattern[Any]") -> List[Value]:
    """One value that the pattern matches from its start to its end; empty when none was found."""
    try:
        first = _example(pattern, 0)
        if not pattern.search(first):
            return []
    except Exception:  # look-arounds, conditions
        return []
    binary = isinstance(first, bytes)
    varies = _example(pattern, 7) != first and bool(pattern.search(_example(pattern, 7)))
    make = functools.partial(_example, pattern) if varies else functools.partial(_same, first)
    return [Value(repr(first)[:60], make, varies, kind="bytes" if binary else "str")]


def _same(value: Any, index: int) -> Any:
    return value


def _example(pattern: "re.Pattern[Any]", index: int) -> Any:
    source = pattern.pattern
    text = _Writer(index).text(parser.parse(source, pattern.flags & ~re.DEBUG))[:MAX_LENGTH]
    return text.encode("latin-1") if isinstance(source, bytes) else text


class _Writer:
    """Writes the shortest likely text; the number of the call goes into the first place that takes any number of signs."""

    def __init__(self, index: int) -> None:
        self._index = index
        self._groups: dict[int, str] = {}

    def text(self, items: Any) -> str:
        return "".join(self._one(kind, value) for kind, value in items)

    def _one(self, kind: Any, value: Any) -> str:
        name = str(kind)
        if name == "LITERAL":
            return chr(value)
        if name == "NOT_LITERAL":
            return "a" if value != ord("a") else "b"
        if name == "ANY":
            return "a"
        if name == "IN":
            return _of_set(value)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            return self._repeated(*value)
        if name == "SUBPATTERN":
            inner = self.text(value[-1])
            self._groups[value[0]] = inner
            return inner
        if name == "ATOMIC_GROUP":
            return self.text(value)
        if name == "BRANCH":
            return self.text(value[1][0])
        if name == "GROUPREF":
            return self._groups.get(value, "")
        return ""  # anchors; look-arounds are left to chance

    def _repeated(self, least: int, most: Any, items: Any) -> str:
        if self._index and most is codes.MAXREPEAT and len(items) == 1:
            sign = self._one(*items[0])
            if sign.isalnum():
                number, self._index = f"{self._index:08d}", 0
                return number if sign.isdigit() else sign * max(1, least) + number
        return self.text(items) * (least if least or most == 0 or len(items) > 2 else 0)


_OF_CATEGORY = {"CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_DIGIT": "a",
                "CATEGORY_NOT_SPACE": "a", "CATEGORY_NOT_WORD": "-"}  # fmt: skip


def _of_set(items: Any) -> str:
    negated = str(items[0][0]) == "NEGATE"
    allowed = [sign for sign in "a1A_-. /:=,\n" if negated and not _is_in(sign, items[1:])]
    if negated:
        return allowed[0] if allowed else "~"
    kind, value = items[0]
    if str(kind) == "LITERAL":
        return chr(value)
    return chr(value[0]) if str(kind) == "RANGE" else _OF_CATEGORY.get(str(value), "a")


def _is_in(sign: str, items: Any) -> bool:
    for kind, value in items:
        name = str(kind)
        if name == "LITERAL" and ord(sign) == value or name == "RANGE" and value[0] <= ord(sign) <= value[1]:
            return True
        if name == "CATEGORY" and re.match(_AS_PATTERN.get(str(value), "(?!)"), sign):
            return True
    return False


_AS_PATTERN = {"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w", "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_DIGIT": r"\D",
               "CATEGORY_NOT_SPACE": r"\S", "CATEGORY_NOT_WORD": r"\W"}  # fmt: skip
