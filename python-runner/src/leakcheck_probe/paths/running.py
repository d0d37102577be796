"""Named edges of what runs, waits or failed: frames, generators, tracebacks, exceptions, tasks, contexts, thread locals."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import threading
import types
from typing import Any, Optional

from .instances import instance_dict

OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def is_own_frame(frame: types.FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OWN_FOLDER)


def of_frame(item: Optional[types.FrameType]) -> list[Any]:
    if item is None or is_own_frame(item):
        return []
    label = f".<frame {item.f_code.co_name}>"
    local = item.f_locals
    if local is item.f_globals:
        return []
    return [(f"{label}.{name}", [value], None) for name, value in list(local.items()) if type(name) is str]


def of_traceback(item: types.TracebackType) -> list[Any]:
    groups: list[Any] = []
    current: Optional[types.TracebackType] = item
    while current is not None and len(groups) < 5000:
        groups.extend(of_frame(current.tb_frame))
        current = current.tb_next
    return groups


def of_exception(item: BaseException) -> list[Any]:
    groups: list[Any] = [(".args[*]", list(BaseException.args.__get__(item)), None)]  # type: ignore[attr-defined]
    for name in ("__traceback__", "__context__", "__cause__"):
        value = BaseException.__dict__[name].__get__(item)
        if value is not None:
            groups.append((f".{name}", [value], None))
    return groups


def of_generator(item: Any) -> list[Any]:
    groups = of_frame(item.gi_frame)
    return [*groups, (".<awaits>", [item.gi_yieldfrom], None)] if item.gi_yieldfrom is not None else groups


def of_coroutine(item: Any) -> list[Any]:
    groups = of_frame(item.cr_frame)
    return [*groups, (".<awaits>", [item.cr_await], None)] if item.cr_await is not None else groups


def of_async_generator(item: Any) -> list[Any]:
    groups = of_frame(item.ag_frame)
    return [*groups, (".<awaits>", [item.ag_await], None)] if item.ag_await is not None else groups


def of_task(item: Any) -> list[Any]:
    groups: list[Any] = [(".<coroutine>", [item.get_coro()], None)]
    return [*groups, *of_future(item)]


def of_future(item: Any) -> list[Any]:
    apart = (type, types.ModuleType, asyncio.AbstractEventLoop)
    known = [(f".{name}", _kept_by_future(item, name)) for name in ("_callbacks", "_result", "_exception")]
    named = {id(value) for _, value in known}
    children = [c for c in gc.get_referents(item) if not issubclass(type(c), apart) and id(c) not in named]
    if known[0][1] is not None:
        children = [child for child in children if type(child) is not list]  # `_callbacks` is a copy of that one
    groups: list[Any] = [(name, [value], None) for name, value in known if value is not None]
    return [*groups, (".<held>[*]", children, None)]


def _kept_by_future(item: Any, name: str) -> Any:
    """What a future that is written in C keeps under this name; its descriptors run no code of the target."""
    for base in type(item).__mro__:
        found = base.__dict__.get(name)
        if type(found) is types.GetSetDescriptorType:
            try:
                return found.__get__(item)
            except Exception:  # `_result` of a future that is not done
                return None
    return (instance_dict(item) or {}).get(name)


def of_context_variable(item: contextvars.ContextVar[Any]) -> list[Any]:
    nothing = object()
    value = item.get(nothing)
    return [] if value is nothing else [(".get()", [value], None)]


def of_thread_local(item: Any) -> list[Any]:
    """This thread's attributes by name; those of other threads as far as the collector knows them."""
    space = threading.local.__getattribute__(item, "__dict__")
    groups: list[Any] = [(f".{name}", [value], None) for name, value in list(space.items())]
    others = [child for child in gc.get_referents(item) if child is not space and type(child) is dict]
    return [*groups, (".<other threads>[*]", others, None)] if others else groups


EXPANDERS: dict[type, Any] = {
    types.FrameType: of_frame,
    types.TracebackType: of_traceback,
    BaseException: of_exception,
    types.GeneratorType: of_generator,
    types.CoroutineType: of_coroutine,
    types.AsyncGeneratorType: of_async_generator,
    asyncio.Task: of_task,
    asyncio.Future: of_future,
    contextvars.ContextVar: of_context_variable,
    threading.local: of_thread_local,
}
