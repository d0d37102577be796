"""The process with the rights to build walls: it starts workers on request, and ends them when it is left alone.

It talks to the supervisor over a socket that it was given as its standard input. Nothing that a target writes ever
comes here.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from typing import Any, Dict, List, Tuple

from . import cell
from . import syscalls as kernel
from .attest import attest
from .request import Plan

MAX_MESSAGE = 1 << 20
GIVE_UP_SECONDS = 5.0


def main(user: int) -> None:
    """Serve until the other end of the socket is closed.

    :param user: the outer user to become in a user namespace, as the only way to more rights; -1 with the rights of root
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: the supervisor decides
    while os.open("/dev/null", os.O_RDWR) < 4:
        pass  # 0 to 3 are those of the worker
    link = socket.socket(fileno=os.dup(0))
    nice = 0
    try:
        if user >= 0:
            _enter_user_namespace(user)
        else:
            # A target with many busy processes must not keep us from ending them.
            nice = _hurry()
        kernel.hide_from_equals()
        _send(link, {"nice": nice})
    except OSError as error:
        _send(link, {"error": str(error)})
        return
    Launcher(link).serve()


def _hurry() -> int:
    """Become more urgent where that is allowed; returns by how much."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    try:
        return before - os.nice(-cell.LESS_NICE)
    except OSError:
        return 0


def _enter_user_namespace(uid: int) -> None:
    outside, group = os.getuid(), os.getgid()
    kernel.unshare(kernel.CLONE_NEWUSER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {outside} 1"), ("gid_map", f"{uid} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


class Launcher:
    """At most one worker at a time."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._keeper = self._init = 0
        self._status = -1
        # The user to kill, where no namespace ends with its first process.
        self._user = -1
        self._deadline = 0.0

    def serve(self) -> None:
        while True:
            runs = self._status >= 0
            waited = [self._link.fileno()] + ([self._status] if runs else [])
            left = max(0.0, self._deadline - time.monotonic()) if runs else None
            readable, _, _ = select.select(waited, [], [], left)
            if self._status in readable:
                self._ended()
            elif not readable:
                self._end()
                _send(self._link, {"ended": -signal.SIGKILL})
            elif not self._answer():
                break
        self._end()

    def _answer(self) -> bool:
        """Do what one message says; False when there is nobody any more."""
        message, descriptors = _receive(self._link)
        if message is None:
            return False
        if message["do"] == "start":
            self._start(Plan(**message["plan"]), descriptors)
        elif message["do"] == "attest":
            found = attest(message["pid"], message["user"], message["namespaces"])
            _send(self._link, {"level": found.level, "facts": found.facts})
        elif message["do"] == "memory":
            from ..counters import proportional_bytes

            _send(self._link, {"bytes": sum(proportional_bytes(str(pid)) for pid in message["pids"])})
        elif message["do"] == "end":
            self._end()
            _send(self._link, {"done": True})
        for descriptor in descriptors:
            os.close(descriptor)
        return True

    def _start(self, plan: Plan, descriptors: List[int]) -> None:
        self._end()
        setup, setup_end = os.pipe()
        self._status, status_end = os.pipe()
        channel, errors = descriptors
        self._user = -1 if plan.namespaces else plan.uid
        self._deadline = time.monotonic() + plan.seconds
        self._keeper = cell.start(plan, channel, errors, setup_end, status_end)
        for descriptor in (setup_end, status_end):
            os.close(descriptor)
        self._init, error = cell.read_setup(setup)
        os.close(setup)
        if error:
            self._end()
        _send(self._link, {"error": error} if error else {"init": self._init})

    def _ended(self) -> None:
        said = os.read(self._status, 100)
        self._end()
        found = int(said) if said.strip().isdigit() else signal.SIGKILL
        _send(self._link, {"ended": -os.WTERMSIG(found) if os.WIFSIGNALED(found) else os.WEXITSTATUS(found)})

    def _end(self) -> None:
        """Kill everything inside; comes back when the kernel has buried it."""
        if self._status >= 0:
            os.close(self._status)
            self._status = -1
        if not self._keeper:
            return
        give_up = time.monotonic() + GIVE_UP_SECONDS
        self._kill_inside()
        while not _reaped(self._keeper) and time.monotonic() < give_up:
            time.sleep(0.001)
            self._kill_inside()
        _kill(self._keeper)
        self._keeper = self._init = 0

    def _kill_inside(self) -> None:
        if self._user >= 0:
            cell.kill_user(self._user)
        else:
            _kill(self._init)


def _kill(pid: int) -> None:
    if pid > 0:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _send(link: socket.socket, message: Dict[str, Any]) -> None:
    try:
        link.send(json.dumps(message).encode())
    except OSError:
        pass  # nobody there: the next read says so


def _receive(link: socket.socket) -> Tuple[Any, List[int]]:
    try:
        data, ancillary, _, _ = link.recvmsg(MAX_MESSAGE, socket.CMSG_SPACE(16))
    except OSError:
        return None, []
    descriptors: List[int] = []
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors += memoryview(content[: len(content) // 4 * 4]).cast("i").tolist()
    return (json.loads(data) if data else None), descriptors
