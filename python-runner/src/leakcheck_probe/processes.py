"""Ends a worker with everything that it started, also what moved to a session of its own."""

from __future__ import annotations

import ctypes
import glob
import os
import signal
import sys
import time
from typing import Set

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
# After this, what cannot be killed (a process stuck in the kernel) is left.
GIVE_UP_SECONDS = 5.0


def adopt_orphans() -> None:
    """Make this process the parent of every orphan among its descendants, so that none escapes (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent dies (Linux); end at once when it is dead already."""
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


def harden() -> None:
    """Give up, for good, what a target has no use for: new privileges, the network, tracing others (Linux)."""
    if sys.platform != "linux":
        return
    from .sandbox import filter as calls
    from .sandbox import syscalls

    try:
        syscalls.forbid_new_privileges()
        calls.install(network=False)
    except OSError:
        pass  # a kernel without it; what was reached is seen from outside


_walled = False


def behind_walls() -> None:
    """This process has a view of processes of its own, where orphans come to the first one."""
    global _walled
    _walled = True


def adopter() -> int:
    """The process whose children are ours when their parents end; 0 where that is the system's first one."""
    parent = 1 if _walled else os.getppid()
    return parent if _walled or parent > 1 else 0


def hide_from_equals() -> None:
    """Keep other processes of this user, such as a target without walls, from reading this one's environment (Linux)."""
    if sys.platform == "linux":
        from .sandbox import syscalls

        syscalls.hide_from_equals()


def end_family(leader: int, before: Set[int]) -> None:
    """Kill the session of `leader` and all orphans that came to us since `before`, and reap them.

    The leader itself is left for its `Popen` to reap.
    """
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while True:
        try:
            os.killpg(leader, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        orphans = {pid for pid in children() - before - {leader} if _in_other_session(pid)}
        for pid in orphans:
            _kill_and_reap(pid)
        if not orphans or time.monotonic() > give_up:
            return
        time.sleep(0.002)


def children() -> Set[int]:
    """Process ids of our direct children; empty where the platform does not tell."""
    return {pid for path in glob.glob("/proc/self/task/*/children") for pid in _numbers(path)}


def family(leader: int) -> Set[int]:
    """The process and all its descendants, as far as the platform tells."""
    found, pending = {leader}, [leader]
    while pending:
        pid = pending.pop()
        for path in glob.glob(f"/proc/{pid}/task/*/children"):
            new = _numbers(path) - found
            found |= new
            pending += new
    return found


def _numbers(path: str) -> Set[int]:
    try:
        with open(path, encoding="ascii") as file:
            return {int(word) for word in file.read().split()}
    except OSError:
        return set()


def _in_other_session(pid: int) -> bool:
    """Children that our own program starts share our session; a worker's cannot come back to it."""
    try:
        return os.getsid(pid) != os.getsid(0)
    except OSError:
        return False


def _kill_and_reap(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError, PermissionError):
        pass


def _prctl(option: int, value: int) -> None:
    if sys.platform.startswith("linux"):
        try:
            ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
        except (OSError, AttributeError):
            pass
