"""Counts what calls leave behind besides memory: threads, tasks, timers, descriptors, processes, shared memory, files."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from .. import processes

# The order of every reading. Temporary files lie on a disk: they are told, and are no leak of memory.
KINDS = ("threads", "tasks", "timers", "descriptors", "processes", "shared_memory", "files")
# Kinds that make a leak by themselves. Tasks and timers are objects, which the bytes tell of.
DECISIVE = ("threads", "descriptors", "processes", "shared_memory")
# What ends by itself and may only need a moment: a thread after its last line, a child after its exit.
PASSING = ("threads", "tasks", "timers", "processes")
# A thread that was joined is gone from Python before it is gone from the kernel.
SETTLE_SECONDS, SETTLE_STEP = 0.02, 0.0005
# For all settling of one run together: a target that leaves a thread on every call shall not take longer for it.
SETTLE_BUDGET = 0.4
STEP_SECONDS = 0.02
MAX_FILES = 5000

Counts = Tuple[int, ...]
Loop = Callable[[], Any]


class Leftovers:
    """Reads the counts of this process.

    :param loop: gives the event loop that stays between calls, or None
    """

    def __init__(self, loop: Loop = lambda: None) -> None:
        self._loop = loop
        self._folder = os.environ.get("TMPDIR", "")
        self._parent = processes.adopter()
        self._budget = SETTLE_BUDGET
        blocks.watch()

    def read(self) -> Counts:
        """The present counts, in the order of `KINDS`; 0 where the platform does not tell."""
        loop = self._loop()
        return (
            thread_count(),
            len(pending_tasks(loop)),
            len(pending_timers(loop)),
            descriptor_count(),
            len(child_processes(self._parent)),
            len(blocks.present()),
            file_count(self._folder),
        )

    def count(self, kind: str) -> int:
        """The present count of one kind alone."""
        if kind == "threads":
            return thread_count()
        if kind == "descriptors":
            return descriptor_count()
        return len(child_processes(self._parent) if kind == "processes" else blocks.present())

    def settle(self, before: Counts) -> None:
        """Give threads and children that are about to end a moment, when there are more than `before`."""
        blocks.watch()
        until = time.monotonic() + min(SETTLE_SECONDS, self._budget)
        started = time.monotonic()
        while self._more(before) and time.monotonic() < until:
            time.sleep(SETTLE_STEP)
        self._budget = max(0.0, self._budget - (time.monotonic() - started))

    def _more(self, before: Counts) -> bool:
        processes = len(child_processes(self._parent)) > before[KINDS.index("processes")]
        return thread_count() > before[KINDS.index("threads")] or processes

    def outlast(self, before: Counts, seconds: float) -> Counts:
        """Wait until what passes by itself is back at `before`, at most so long; returns the counts then."""
        until = time.monotonic() + seconds
        while True:
            now = self.read()
            if all(now[at] <= before[at] for at in map(KINDS.index, PASSING)) or time.monotonic() >= until:
                return now
            self._pass_time()

    def _pass_time(self) -> None:
        loop = self._loop()
        if loop is None or loop.is_closed() or loop.is_running():
            time.sleep(STEP_SECONDS)
            return
        loop.call_later(STEP_SECONDS, loop.stop)
        loop.run_forever()


def thread_count() -> int:
    """Threads of this process, those of native code included where /proc tells."""
    found = _listed("/proc/self/task")
    return threading.active_count() if found is None else len(found)


def descriptor_count() -> int:
    """Open descriptors, the one for looking included."""
    return len(_listed("/proc/self/fd") or _listed("/dev/fd") or ())


def pending_tasks(loop: Any) -> List[Any]:
    """Tasks that wait in the loop."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or loop is None or loop.is_closed():
        return []
    return list(asyncio.all_tasks(loop))


def pending_timers(loop: Any) -> List[Any]:
    """Timers of the loop that nobody cancelled; none for loops that do not tell."""
    timers = getattr(loop, "_scheduled", None)
    return [timer for timer in timers if not timer.cancelled()] if isinstance(timers, list) else []


def child_processes(parent: int) -> Set[int]:
    """Our children, ended ones that nobody waited for included, and orphans that came to `parent`."""
    found = _children_of("self")
    if parent:
        found |= _children_of(str(parent)) - {os.getpid()}
    return found


def _children_of(pid: str) -> Set[int]:
    found: Set[int] = set()
    for task in _listed(f"/proc/{pid}/task") or ():
        try:
            descriptor = os.open(f"/proc/{pid}/task/{task}/children", os.O_RDONLY)
        except OSError:
            continue
        try:
            found.update(map(int, os.read(descriptor, 1 << 16).split()))
        except OSError:
            pass  # the thread ended meanwhile
        finally:
            os.close(descriptor)
    return found


def file_count(folder: str) -> int:
    """Files and folders below the private folder, counted up to a limit."""
    waiting, found = [folder] if folder else [], 0
    while waiting and found < MAX_FILES:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return found


def _listed(folder: str) -> Optional[List[str]]:
    try:
        return os.listdir(folder)
    except OSError:
        return None


class SharedBlocks:
    """Blocks of shared memory that this process made, by name.

    The folder of the system shows those of other processes as well, so the two functions that make and remove them are
    watched from when `multiprocessing.shared_memory` is loaded.
    """

    def __init__(self) -> None:
        self._made: Dict[str, Optional[Tuple[str, int]]] = {}
        self._watched = False
        self.site: Callable[[], Optional[Tuple[str, int]]] = lambda: None

    def watch(self) -> None:
        """Start watching when the module has come; does nothing later on."""
        module = sys.modules.get("_posixshmem")
        if module is None or self._watched:
            return
        self._watched = True
        opened, unlinked = module.shm_open, module.shm_unlink

        def shm_open(path: str, flags: int, mode: int = 0o777) -> int:
            descriptor: int = opened(path, flags, mode=mode)
            if flags & os.O_CREAT:
                self._made.setdefault(path, self.site())
            return descriptor

        def shm_unlink(path: str) -> None:
            unlinked(path)
            self._made.pop(path, None)

        vars(module).update(shm_open=shm_open, shm_unlink=shm_unlink)

    def present(self) -> Dict[str, Optional[Tuple[str, int]]]:
        """Names, and where each was made when `site` tells; without those that another process removed."""
        return {name: site for name, site in self._made.items() if _exists(name)}


def _exists(name: str) -> bool:
    return not os.path.isdir("/dev/shm") or os.path.exists("/dev/shm/" + name.lstrip("/"))


blocks = SharedBlocks()
