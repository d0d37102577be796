"""Where every path begins: modules, threads, the context, pending tasks, exit callbacks."""

from __future__ import annotations

import ast
import asyncio
import contextvars
import encodings
import gc
import importlib.util
import os
import re
import signal
import sys
import threading
import types
from typing import Any, Iterator, Optional

from .. import testcode
from .edges import LEAVES
from .running import OWN_FOLDER, is_own_frame

_OWN_PACKAGE = __name__.split(".")[0]


def folder_in_tree(folder: str, root: str) -> bool:
    """Whether a folder belongs to the repository itself, not to an environment that lies inside it."""
    inside = bool(root) and folder.startswith(root.rstrip(os.sep) + os.sep)
    return inside and not any(part in folder for part in ("site-packages" + os.sep, "dist-packages" + os.sep))


def modules(root: str) -> tuple[list[types.ModuleType], list[types.ModuleType]]:
    """The repository's modules, last imported first (a module is imported after its importer began), and all others."""
    own: list[types.ModuleType] = []
    other: list[types.ModuleType] = []
    folders: dict[str, str] = {}  # a large library has thousands of modules, and asking the disk takes seconds
    for name, module in list(sys.modules.items()):
        if not isinstance(module, types.ModuleType) or name.split(".")[0] == _OWN_PACKAGE:
            continue
        file = getattr(module, "__file__", None)
        folder = os.path.dirname(file) if isinstance(file, str) else None
        if folder is not None and folder not in folders:
            folders[folder] = os.path.realpath(folder) + os.sep
        real = folders.get(folder, "") if folder is not None else ""
        if not real.startswith(OWN_FOLDER):
            shown = folder_in_tree(real, root) and not testcode.is_hidden(real + os.path.basename(file or ""))
            (own if shown else other).append(module)
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


def signal_handlers() -> list[tuple[str, Any]]:
    """Handlers that are written in Python, which only C code knows."""
    handlers = [(number, signal.getsignal(number)) for number in signal.valid_signals()]
    return [
        (f"signal.getsignal({getattr(number, 'name', number)})", handler)
        for number, handler in handlers
        if callable(handler) and handler is not signal.default_int_handler
    ]


def codec_searches() -> Optional[list[Any]]:
    """The list of `codecs.register`, which only C code knows: the one that holds the search function of `encodings`."""
    lists = [found for found in gc.get_referrers(encodings.search_function) if type(found) is list]
    return min(lists, key=len) if lists else None


def exit_callbacks() -> int:
    import atexit

    return int(atexit._ncallbacks())
