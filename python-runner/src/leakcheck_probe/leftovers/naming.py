"""Names what was left behind: the thread's function, the task's coroutine, the open file, and the line that made it.

Used in the diagnosis alone: while tracing is on, the line that made an object is known for every object.
"""

from __future__ import annotations

import gc
import os
import re
import sys
import threading
import tracemalloc
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple

from .. import processes
from ..report import Allocation, RetainingPath
from . import counts

Site = Tuple[str, int]
# Fewer of a kind than this share of the calls are not what stays of every call, unless there are several at least.
MOST_NAMES = 8
_opened: Dict[str, Site] = {}
_MOST_OPENED = 10_000


@dataclass(frozen=True)
class Left:
    """One thing left behind: how a path names it, its type, the line that made it, and whether its code is the tree's."""

    name: str
    kind: str
    site: Optional[Site]
    own: bool = False


class Inventory:
    """What is there now; `new()` names what came later.

    :param relative: the path of a file below the root of the tree; None for files outside it
    :param loop: gives the event loop that stays between calls, or None
    """

    def __init__(self, relative: Callable[[str], Optional[str]], loop: counts.Loop) -> None:
        self._relative, self._loop = relative, loop
        self._folder = os.environ.get("TMPDIR", "")
        counts.blocks.watch()
        counts.blocks.site = self._here
        _watch_opening(self._here)
        self._threads = {id(thread) for thread in threading.enumerate()}
        self._tasks = {id(task) for task in counts.pending_tasks(loop())}
        self._descriptors = set(_descriptors())
        self._processes = counts.child_processes(processes.adopter())
        self._blocks = set(counts.blocks.present())

    def new(self) -> List[Left]:
        """Everything that came since, as far as the platform tells."""
        found = [*self._new_threads(), *self._new_tasks(), *self._new_processes(), *self._new_blocks()]
        return [*found, *self._new_descriptors()]

    def _new_threads(self) -> Iterator[Left]:
        for thread in threading.enumerate():
            if id(thread) not in self._threads:
                function = vars(thread).get("_target") or type(thread).run
                name = f"<thread {_plain(thread.name)}>.{_dotted(function)}()"
                yield Left(name, type(thread).__name__, self._site_of(thread), self._is_own(function))

    def _new_tasks(self) -> Iterator[Left]:
        for task in counts.pending_tasks(self._loop()):
            if id(task) not in self._tasks:
                coroutine = task.get_coro()
                code = getattr(coroutine, "cr_code", None)
                own = code is not None and self._relative(code.co_filename) is not None
                yield Left(f"<task>.{_dotted(coroutine)}()", type(task).__name__, self._site_of(task), own)

    def _new_processes(self) -> Iterator[Left]:
        fresh = counts.child_processes(processes.adopter()) - self._processes
        subprocess = sys.modules.get("subprocess")
        children = _by_attribute("pid", getattr(subprocess, "Popen", None)) if subprocess else {}
        for pid in fresh:
            child = children.get(pid)
            yield Left(f"<process {_command(pid)}>", "process", self._site_of(child), False)

    def _new_blocks(self) -> Iterator[Left]:
        for name, site in counts.blocks.present().items():
            if name not in self._blocks:
                yield Left(f"<shared memory {_plain(name.lstrip('/'))[:20]}>", "block", site, site is not None)

    def _new_descriptors(self) -> Iterator[Left]:
        fresh = {number: link for number, link in _descriptors().items() if number not in self._descriptors}
        if not fresh:
            return
        holders = _holders_of(set(fresh))
        for number, link in fresh.items():
            holder = holders.get(number)
            site = self._site_of(holder) or _opened.get(link)
            name = link.replace(self._folder, "~") if self._folder else link
            kind = type(holder).__name__ if holder is not None else "descriptor"
            yield Left(f"<open {_plain(name)[:120]}>", kind, site, False)

    def _site_of(self, item: Any) -> Optional[Site]:
        """The innermost line of the tree among those that made the object."""
        trace = tracemalloc.get_object_traceback(item) if item is not None else None
        for frame in reversed(trace or ()):
            path = self._relative(frame.filename)
            if path is not None:
                return path, frame.lineno
        return None

    def _here(self) -> Optional[Site]:
        frame: Any = sys._getframe(2)
        while frame is not None:
            path = self._relative(frame.f_code.co_filename)
            if path is not None:
                return path, frame.f_lineno
            frame = frame.f_back
        return None

    def _is_own(self, function: Any) -> bool:
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        return code is not None and self._relative(code.co_filename) is not None


def summed(found: Iterable[Left], calls: int) -> Tuple[List[RetainingPath], List[Allocation]]:
    """Paths and lines of what came with at least one in 200 calls, most first."""
    names: Dict[Tuple[str, str], List[Left]] = {}
    sites: Dict[Site, int] = {}
    for left in found:
        names.setdefault((left.name, left.kind), []).append(left)
        if left.site is not None:
            sites[left.site] = sites.get(left.site, 0) + 1
    least = max(2.0, 0.005 * calls)
    ordered = sorted(names.items(), key=lambda item: (-len(item[1]), item[0]))
    paths = [
        RetainingPath(
            path=f"{name} -> {kind}",
            count=len(same),
            per_call=len(same) / calls,
            touches_repository=any(left.own or left.site is not None for left in same),
        )
        for (name, kind), same in ordered[:MOST_NAMES]
        if len(same) >= least
    ]
    lines = sorted(sites.items(), key=lambda item: (-item[1], item[0]))
    return paths, [Allocation(path, line, 0, count) for (path, line), count in lines[:MOST_NAMES] if count >= least]


def _descriptors() -> Dict[int, str]:
    found: Dict[int, str] = {}
    try:
        numbers = os.listdir("/proc/self/fd")
    except OSError:
        return found
    for number in numbers:
        try:
            found[int(number)] = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue  # the one for looking
    return found


def _holders_of(numbers: Set[int]) -> Dict[int, Any]:
    """Objects that say they own one of the descriptors."""
    found: Dict[int, Any] = {}
    for item in gc.get_objects():
        kind = type(item)
        if kind.__name__ in ("FileIO", "socket", "epoll", "mmap") and kind.__module__ in ("_io", "socket", "select"):
            try:
                number = item.fileno()
            except (OSError, ValueError):
                continue
            if number in numbers:
                found[number] = item
    return found


def _by_attribute(name: str, kind: Any) -> Dict[Any, Any]:
    return {getattr(item, name): item for item in gc.get_objects() if isinstance(kind, type) and type(item) is kind}


def _watch_opening(site: Callable[[], Optional[Site]]) -> None:
    """Note which line opened a path: a bare descriptor has no object that knows. The hook stays as long as the process."""

    def opened(event: str, arguments: Tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str) and len(_opened) < _MOST_OPENED:
            found = site()
            if found is not None:
                _opened[os.path.abspath(arguments[0])] = found

    sys.addaudithook(opened)


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read(400).split(b"\0")
    except OSError:
        return "?"
    text = " ".join(word.decode("utf-8", "replace") for word in words[:2] if word)
    return _plain(os.path.basename(text) if "/" in text.split(" ")[0] else text)[:60] or "that ended"


def _dotted(function: Any) -> str:
    """`app.jobs.Poller.watch` for whatever runs; the text is the target's own."""
    inner = getattr(function, "__func__", function)
    name = getattr(inner, "__qualname__", None) or type(inner).__name__
    module = getattr(inner, "__module__", None)
    if module is None:
        frame = getattr(inner, "cr_frame", None)
        module = frame.f_globals.get("__name__") if frame is not None else None
    full = f"{module}.{name}" if isinstance(module, str) else str(name)
    return _shown(full)[:200]


def _plain(text: str) -> str:
    """Names that only differ in a number, or in random letters, are one name."""
    return _shown(re.sub(r"(?<=/tmp)[a-z0-9_]{8}\b|(?<=psm_)[0-9a-f]{8}\b|\d+", "N", text))


def _shown(text: str) -> str:
    return "".join(char if char.isprintable() and char not in "<>" else "?" for char in text)
