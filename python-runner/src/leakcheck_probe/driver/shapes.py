"""The shapes of a call: a plain function, the construction of an instance, a method of a shared or of a fresh one."""

from __future__ import annotations

import gc
import inspect
import types
from typing import Any, Optional

from .arguments import Arguments


class FunctionCall:
    """A function, static method, class method or class: anything that is called directly."""

    instance = "none"

    def __init__(self, name: str, function: Any, arguments: Arguments) -> None:
        self.shape = "call"
        self._name = name
        self._function = self.made = function
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
        self.shape = f"{instance}{'-entered' if entered else ''}{'-bare' if make.bare else ''}{make.setup_text}"
        self.instance = instance
        self.arguments = [make.arguments, *make.setup_arguments, arguments]
        self._owner = owner
        self._name = name
        self._make = make
        self.made = make.kind
        self._reads = reads
        self._entered = entered
        self._shared: Any = None
        self._built = False

    def __call__(self, index: int) -> Any:
        if self.instance != "fresh" and self._built:
            return self._used(self._shared, index)
        made = self._make(index)
        if self.instance != "fresh":
            self._shared, self._built = made, True
        started = self._make.started(made, index)
        if inspect.iscoroutine(started):
            return self._used_later(started, made, index)
        return self._used(made, index)

    async def _used_later(self, started: Any, instance: Any, index: int) -> Any:
        await started
        value = self._used(instance, index)
        return await value if inspect.isawaitable(value) else value

    def _used(self, instance: Any, index: int) -> Any:
        if not self._entered:
            return self._called(instance, index)
        if not hasattr(instance, "__enter__"):
            return self._used_inside(instance, index)
        with instance as entered:
            return self._called(entered if isinstance(entered, self._owner) else instance, index)

    async def _used_inside(self, instance: Any, index: int) -> Any:
        async with instance as entered:
            value = self._called(entered if isinstance(entered, self._owner) else instance, index)
            return await value if inspect.isawaitable(value) else value

    def _called(self, instance: Any, index: int) -> Any:
        if self._reads:
            return getattr(instance, self._name)
        arguments = self.arguments[-1]
        return getattr(instance, self._name)(*arguments.positional(index), **arguments.named(index))

    def text(self) -> str:
        call = self._name if self._reads else f"{self._name}({self.arguments[-1].text()})"
        instance = f"{self._owner.__qualname__}({self._make.text()})"
        after = self._make.after()
        return f"x = {instance}; x.{after}x.{call}" if after else f"{instance}.{call}"

    def kept(self) -> dict[str, object]:
        name = f"{self._owner.__module__}.{self._owner.__qualname__}()"
        return {name: self._shared} if self._built else {}


class Instance:
    """Builds an instance through the constructor, or for a `bare` one from the attributes that it would set.

    `setup`: a method that is called once on a new instance, before the one that is measured.
    """

    def __init__(
        self,
        kind: type,
        arguments: Arguments,
        bare: Optional[Any] = None,
        setup: Optional[str] = None,
        setup_arguments: Optional[Arguments] = None,
    ) -> None:
        self.arguments = arguments
        self.bare = bare
        self.kind = kind
        self._setup = setup
        self.setup_arguments = [setup_arguments] if setup_arguments is not None else []
        self.setup_text = f"-{setup}" if setup else ""

    def started(self, instance: Any, index: int) -> Any:
        """Calls the setup, if there is one; a coroutine is for the caller to await."""
        if self._setup is None:
            return None
        arguments = self.setup_arguments[0]
        return getattr(instance, self._setup)(*arguments.positional(index), **arguments.named(index))

    def __call__(self, index: int) -> Any:
        if self.bare is not None:
            return self.bare()
        return self.kind(*self.arguments.positional(index), **self.arguments.named(index))

    def text(self) -> str:
        return self.arguments.text()

    def after(self) -> str:
        """How one would write the setup."""
        return f"{self._setup}({self.setup_arguments[0].text()}); " if self._setup else ""


class ReturnedCall:
    """A function that another one makes: the outer is called once (`shared`) or each time (`fresh`), then what it returns."""

    def __init__(self, names: list[str], function: Any, groups: list[Arguments], instance: str) -> None:
        self.shape = f"returned-{instance}"
        self.instance = instance
        self.arguments = groups
        self._names = names
        self._function = function
        self._inner: Any = None

    def __call__(self, index: int) -> Any:
        inner = self._inner
        if inner is None:
            inner = self._function
            for name, arguments in zip(self._names[1:], self.arguments):
                returned = inner(*arguments.positional(index), **arguments.named(index))
                inner = _found(returned, name) or self._alive(name)
            if self.instance == "shared":
                self._inner = inner
        arguments = self.arguments[-1]
        return inner(*arguments.positional(index), **arguments.named(index))

    def _alive(self, name: str) -> Any:
        """The inner function when the outer one gave it to somebody who keeps it. Raises TypeError."""
        if self.instance == "shared":
            file = self._function.__code__.co_filename
            for value in gc.get_objects():
                if isinstance(value, types.FunctionType) and value.__qualname__.endswith(f"<locals>.{name}"):
                    if value.__code__.co_filename == file:
                        return value
        raise TypeError(f"the function {name!r} is neither returned nor kept")

    def text(self) -> str:
        return self._names[0] + "".join(f"({arguments.text()})" for arguments in self.arguments)

    def kept(self) -> dict[str, object]:
        return {f"{self._names[0]}()": self._inner} if self._inner is not None else {}


def _found(returned: Any, name: str) -> Any:
    """The inner function in what the outer one returned: itself, or in a tuple, list or dict; else None."""
    inside = (
        returned.values() if isinstance(returned, dict) else returned if isinstance(returned, (tuple, list)) else ()
    )
    for value in (returned, *inside):
        if callable(value) and (getattr(value, "__name__", name) == name or value is returned):
            return value
    return None


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
