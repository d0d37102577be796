"""The shapes of a call: a plain function, the construction of an instance, a method of a shared or of a fresh one."""

from __future__ import annotations

from typing import Any, Optional

from .arguments import Arguments


class FunctionCall:
    """A function, static method, class method or class: anything that is called directly."""

    instance = "none"

    def __init__(self, name: str, function: Any, arguments: Arguments) -> None:
        self.shape = "call"
        self._name = name
        self._function = function
        self.arguments = [arguments]

    def __call__(self, index: int) -> Any:
        arguments = self.arguments[0]
        return self._function(*arguments.positional(index), **arguments.named(index))

    def text(self) -> str:
        return f"{self._name}({self.arguments[0].text()})"

    def kept(self) -> dict[str, object]:
        return {}


class MethodCall:
    """A method or property of an instance that is built once (`shared`) or for each call (`fresh`).

    `entered`: the instance is entered as a context manager around the call.
    """

    def __init__(
        self, owner: type, name: str, make: "Instance", arguments: Arguments, instance: str, reads: bool, entered: bool
    ) -> None:
        self.shape = f"{instance}{'-entered' if entered else ''}{'-bare' if make.bare else ''}"
        self.instance = instance
        self.arguments = [make.arguments, arguments]
        self._owner = owner
        self._name = name
        self._make = make
        self._reads = reads
        self._entered = entered
        self._shared: Any = None
        self._built = False

    def __call__(self, index: int) -> Any:
        if self.instance == "fresh":
            return self._used(self._make(index), index)
        if not self._built:
            self._shared = self._make(index)
            self._built = True
        return self._used(self._shared, index)

    def _used(self, instance: Any, index: int) -> Any:
        if not self._entered:
            return self._called(instance, index)
        with instance as entered:
            return self._called(entered if isinstance(entered, self._owner) else instance, index)

    def _called(self, instance: Any, index: int) -> Any:
        if self._reads:
            return getattr(instance, self._name)
        arguments = self.arguments[1]
        return getattr(instance, self._name)(*arguments.positional(index), **arguments.named(index))

    def text(self) -> str:
        call = self._name if self._reads else f"{self._name}({self.arguments[1].text()})"
        return f"{self._owner.__qualname__}({self._make.text()}).{call}"

    def kept(self) -> dict[str, object]:
        name = f"{self._owner.__module__}.{self._owner.__qualname__}()"
        return {name: self._shared} if self._built else {}


class Instance:
    """Builds an instance through the constructor, or for a `bare` one from the attributes that it would set."""

    def __init__(self, kind: type, arguments: Arguments, bare: Optional[Any] = None) -> None:
        self.arguments = arguments
        self.bare = bare
        self._kind = kind

    def __call__(self, index: int) -> Any:
        if self.bare is not None:
            return self.bare()
        return self._kind(*self.arguments.positional(index), **self.arguments.named(index))

    def text(self) -> str:
        return self.arguments.text()


class ScriptCall:
    """The top-level statements of a file, run in a new namespace each time (not as `__main__`)."""

    instance = "none"
    shape = "script"

    def __init__(self, name: str, path: str, code: Any) -> None:
        self.arguments: list[Arguments] = []
        self._name = name
        self._path = path
        self._code = code

    def __call__(self, index: int) -> Any:
        exec(self._code, {"__name__": self._name, "__file__": self._path})
        return None

    def text(self) -> str:
        return f"runpy.run_path({self._path.rsplit('/', 1)[-1]!r})"

    def kept(self) -> dict[str, object]:
        return {}
