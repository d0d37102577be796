"""Brings what a call returned to its end: coroutines run, generators are exhausted and closed, `@contextmanager`s are
entered and left."""

from __future__ import annotations

import atexit
import inspect
import sys
import types
from typing import TYPE_CHECKING, Any, Callable, NamedTuple, Optional

if TYPE_CHECKING:  # asyncio is imported when something is awaited: most targets do without
    import asyncio

# Turns of the loop after a coroutine came back, so that tasks it started and cancelled can end.
SETTLING_TURNS = 5
MAX_ITEMS = 10_000


class Exhausted(NamedTuple):
    """What stands for a generator that was run to its end (or to the cap)."""

    items: int
    last: Any


class Loop:
    """The one event loop of this process's driver; made when first needed, closed at exit."""

    def __init__(self) -> None:
        self.current: Optional[asyncio.AbstractEventLoop] = None

    def get(self) -> asyncio.AbstractEventLoop:
        import asyncio

        if self.current is None or self.current.is_closed():
            if self.current is None:
                atexit.register(self.close)
            self.current = asyncio.new_event_loop()
            asyncio.set_event_loop(self.current)
        return self.current

    def close(self) -> None:
        """Also used after a call was broken off: a loop that was left in the middle is not used again."""
        if self.current is not None and not self.current.is_closed():
            self.current.close()


LOOP = Loop()


def finished(value: Any, items: int = MAX_ITEMS) -> Any:
    """The final value of a call that was made outside the loop."""
    if isinstance(value, types.GeneratorType):
        return _exhausted(value, items)
    if _is_manager(value, "_GeneratorContextManager"):
        with value as entered:
            return entered
    if (
        inspect.iscoroutine(value)
        or inspect.isasyncgen(value)
        or _is_future(value)
        or _is_manager(value, _ASYNC_MANAGER)
    ):
        return LOOP.get().run_until_complete(_settled(_ended(value, items)))
    return value


_ASYNC_MANAGER = "_AsyncGeneratorContextManager"


def _is_manager(value: Any, name: str) -> bool:
    """Whether a function decorated with contextmanager made it: its body has not run yet."""
    return type(value).__name__ == name and type(value).__module__ == "contextlib"


def _is_future(value: Any) -> bool:
    loaded = sys.modules.get("asyncio")
    return loaded is not None and bool(loaded.isfuture(value))


def inside_loop(call: Callable[[int], Any], index: int, items: int = MAX_ITEMS) -> Any:
    """Make the call itself while the loop runs, for async targets and for code that asks for the running loop."""
    return LOOP.get().run_until_complete(_settled(_called(call, index, items)))


async def _called(call: Callable[[int], Any], index: int, items: int) -> Any:
    return await _ended(call(index), items)


async def _ended(value: Any, items: int) -> Any:
    if inspect.isasyncgen(value):
        return await _exhausted_async(value, items)
    if isinstance(value, types.GeneratorType):
        return _exhausted(value, items)
    if _is_manager(value, _ASYNC_MANAGER):
        async with value as entered:
            return entered
    if _is_manager(value, "_GeneratorContextManager"):
        with value as entered:
            return entered
    return await value if inspect.isawaitable(value) else value


async def _settled(work: Any) -> Any:
    import asyncio

    try:
        return await work
    finally:
        for _ in range(SETTLING_TURNS):
            await asyncio.sleep(0)


def _exhausted(generator: Any, items: int) -> Exhausted:
    count = 0
    last = None
    try:
        for last in generator:
            count += 1
            if count >= items:
                break
    finally:
        generator.close()
    return Exhausted(count, last)


async def _exhausted_async(generator: Any, items: int) -> Exhausted:
    count = 0
    last = None
    try:
        async for last in generator:
            count += 1
            if count >= items:
                break
    finally:
        await generator.aclose()
    return Exhausted(count, last)
