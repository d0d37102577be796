"""An inert stand-in for an argument that nobody knows how to build.

It answers every use with itself and records nothing, so a thousand calls leave no trace of it (a mock would keep
its call history). There is one object of each kind per process.
"""

from __future__ import annotations

from typing import Any, Iterator


class Stub:
    """Attribute, call, item, context manager, awaitable: itself. Iterates over nothing. Counts as 1 and as true."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)  # copy, pickle and inspect ask for protocols that it does not have
        return self

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __delattr__(self, name: str) -> None:
        pass

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self

    def __getitem__(self, key: object) -> Any:
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass

    def __delitem__(self, key: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __next__(self) -> Any:
        raise StopIteration

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        raise StopAsyncIteration

    def __await__(self) -> Any:
        return self
        yield

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    def __contains__(self, item: object) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return 1

    def __index__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __repr__(self) -> str:
        return "stub"

    def _itself(self, *operands: object) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _itself
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __neg__ = __pos__ = __abs__ = __invert__ = _itself
    __iadd__ = __isub__ = __imul__ = __lshift__ = __rshift__ = __round__ = _itself


class FalseStub(Stub):
    """The same, but false: ends loops that read until nothing comes."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


STUB = Stub()
FALSE_STUB = FalseStub()


def passive(*args: Any, **kwargs: Any) -> Any:
    """A callback that gives back its first argument."""
    return args[0] if args else None


async def passive_async(*args: Any, **kwargs: Any) -> Any:
    """The same for callbacks that are awaited."""
    return args[0] if args else None
