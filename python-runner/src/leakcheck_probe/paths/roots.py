"""Where every path begins: modules, threads, the context, pending tasks, exit callbacks."""

from __future__ import annotations

import ast
import asyncio
import contextvars
import importlib.util
import os
import re
import sys
import threading
import types
from typing import Any, Iterator, Optional

from .. import testcode
from .edges import LEAVES
from .running import OWN_FOLDER, is_own_frame

_OWN_PACKAGE = __name__.split(".")[0]


def file_in_tree(file: Any, root: str) -> bool:
    """Whether a file belongs to the repository itself, not to an environment that lies inside it."""
    if not isinstance(file, str) or not root:
        return False
    path = os.path.realpath(file)
    inside = path.startswith(root.rstrip(os.sep) + os.sep) and not path.startswith(OWN_FOLDER)
    return (
        inside
        and not testcode.is_hidden(path)
        and not any(part in path for part in ("site-packages" + os.sep, "dist-packages" + os.sep))
    )


def modules(root: str) -> tuple[list[types.ModuleType], list[types.ModuleType]]:
    """The repository's modules, last imported first (a module is imported after its importer began), and all others."""
    own: list[types.ModuleType] = []
    other: list[types.ModuleType] = []
    for name, module in list(sys.modules.items()):
        if not isinstance(module, types.ModuleType) or name.split(".")[0] == _OWN_PACKAGE:
            continue
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and os.path.realpath(file).startswith(OWN_FOLDER):
            continue
        (own if file_in_tree(file, root) else other).append(module)
    return own[::-1], other


def borrowed_names(own: list[types.ModuleType]) -> set[tuple[str, str]]:
    """Pairs of module and name that only repeat another module's object (`from x import CACHE`)."""
    holders: dict[int, int] = {}
    for module in own:
        for value in list(vars(module).values()):
            kind = type(value)
            if kind not in LEAVES and not issubclass(kind, (type, types.ModuleType, types.FunctionType)):
                holders[id(value)] = holders.get(id(value), 0) + 1
    shared = {key for key, count in holders.items() if count > 1}
    found: set[tuple[str, str]] = set()
    for module in own:
        if any(id(value) in shared for value in list(vars(module).values())):
            found.update((module.__name__, name) for name in _imported(module))
    return found


def _imported(module: types.ModuleType) -> Iterator[str]:
    try:
        with open(str(module.__file__), "rb") as stream:
            tree = ast.parse(stream.read())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            source = _source(node, module)
            for alias in node.names:
                name = alias.asname or alias.name
                if source is not None and getattr(source, alias.name, None) is vars(module).get(name, source):
                    yield name


def _source(node: ast.ImportFrom, module: types.ModuleType) -> Optional[types.ModuleType]:
    try:
        name = importlib.util.resolve_name("." * node.level + (node.module or ""), module.__package__)
    except (ImportError, ValueError):
        return None
    return sys.modules.get(name)


def thread_frames() -> list[tuple[str, types.FrameType]]:
    """Frames of all threads with the thread's name, without those of the probe and of what started it."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    found: list[tuple[str, types.FrameType]] = []
    for ident, top in list(sys._current_frames().items()):
        frame: Optional[types.FrameType] = top
        while frame is not None and ident != threading.get_ident():
            if not is_own_frame(frame):
                # Numbers in names are left out, so that the threads of one kind make one path.
                name = re.sub(r"\d+", "N", str(names.get(ident, ident)))
                found.append((f"<thread {name}>", frame))
            frame = frame.f_back
    return found


def context_values() -> list[tuple[str, Any]]:
    return [(f"ContextVar({variable.name!r}).get()", value) for variable, value in contextvars.copy_context().items()]


def pending_tasks(loops: list[Any]) -> list[Any]:
    """Tasks that wait in these event loops: the loop itself keeps them weakly."""
    found: list[Any] = []
    for loop in loops:
        if isinstance(loop, asyncio.AbstractEventLoop) and not loop.is_closed():
            found.extend(asyncio.all_tasks(loop))
    return found


def exit_callbacks() -> int:
    import atexit

    return int(atexit._ncallbacks())
