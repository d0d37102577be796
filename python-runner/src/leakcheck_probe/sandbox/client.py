"""The supervisor's end of a launcher, and the ways to get one."""

from __future__ import annotations

import array
import json
import os
import shutil
import socket
import subprocess
import sys
import weakref
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .. import counters
from . import attest as outside
from .request import Plan

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Loads the package by its path, so that nothing else can be taken for it.
BOOTSTRAP = """
import sys, importlib.util as util
spec = util.spec_from_file_location("leakcheck_probe", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
sys.modules["leakcheck_probe"] = package = util.module_from_spec(spec)
spec.loader.exec_module(package)
from leakcheck_probe.sandbox.launcher import main
main(int(sys.argv[2]))
"""
START_SECONDS = 10.0
# Users from here on belong to nobody; each launcher takes one, so that limits by user are its own.
FIRST_USER, USERS = 61000, 3000


class Way(NamedTuple):
    """A way to walls: `prefix` is the command that gives the rights of root, `own` means a user namespace instead."""

    name: str
    prefix: Tuple[str, ...] = ()
    own: bool = False
    namespaces: bool = True


class LaunchError(Exception):
    """There is no worker; the message says why."""


def ways() -> List[Way]:
    """What may work on this machine, the strongest first; the last one, no walls at all, is left out."""
    if not sys.platform.startswith("linux") or not sys.executable:
        return []
    if os.geteuid() == 0:
        return [Way("root"), Way("root without namespaces", namespaces=False)]
    sudo = shutil.which("sudo")
    found = [Way("sudo", (sudo, "-n", "--"))] if sudo else []
    return [*found, Way("user namespace", own=True)]


class Launcher:
    """One launcher process; it ends when this object does.

    :raises LaunchError: it cannot be had in this way
    """

    def __init__(self, way: Way) -> None:
        self.way = way
        self.uid = FIRST_USER + os.getpid() % USERS
        self._ended: Optional[int] = None
        self._link, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        user = str(self.uid if way.own else -1)
        command = [*way.prefix, sys.executable, "-I", "-S", "-B", "-c", BOOTSTRAP, PACKAGE, user]
        with other:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=other,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"PATH": os.defpath},
                    cwd="/",
                    start_new_session=True,
                )
            except OSError as error:
                self._link.close()
                raise LaunchError(error.strerror or "it cannot be started") from None
        self.close = weakref.finalize(self, _close, self._link, self._process)
        try:
            self.nice = int((self._receive(START_SECONDS) or {})["nice"])
        except LaunchError:
            self.close()
            raise

    def start(self, plan: Plan, channel: int, errors: int) -> int:
        """Start a worker with these descriptors as 3 and 2; the process id of what contains it.

        :raises LaunchError: the walls cannot be built, or the interpreter cannot be started inside them
        """
        rights = array.array("i", [channel, errors])
        self._ended = None
        message = {"do": "start", "plan": plan._asdict()}
        return int(self.ask(message, [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])["init"])

    def attest(self, init: int) -> outside.Attested:
        """What the running worker is walled off from."""
        worker = next(iter(children_of(init)), 0)
        if not self.way.prefix:
            return outside.attest(worker, os.getuid(), outside.own_namespaces())
        # Only root may look at the namespaces of another user's process.
        found = self.ask({"do": "attest", "pid": worker, "user": os.getuid(), "namespaces": outside.own_namespaces()})
        return outside.Attested(found["level"], found["facts"])

    def memory(self, pids: List[int]) -> int:
        """Bytes of these processes, shared pages counted once; 0 where nobody says."""
        if not self.way.prefix:
            return sum(counters.proportional_bytes(str(pid)) for pid in pids)
        try:
            return int(self.ask({"do": "memory", "pids": pids})["bytes"])
        except LaunchError:
            return 0

    def end(self) -> None:
        """Kill the worker with all that it started; comes back when nothing of it is left."""
        try:
            self.ask({"do": "end"})
        except LaunchError:
            self.close()

    def ended(self) -> Optional[int]:
        """The exit status of the worker, negative for a signal; None while it runs."""
        if self._ended is None:
            try:
                self._receive(0)
            except BlockingIOError:
                pass
        return self._ended

    def ask(self, message: Dict[str, Any], rights: Any = ()) -> Dict[str, Any]:
        """Send a message, and wait for its answer.

        :raises LaunchError: it is an error, nobody is there any more or nothing came in time
        """
        try:
            self._link.sendmsg([json.dumps(message).encode()], list(rights))
        except OSError as error:
            raise LaunchError(f"the launcher is gone: {error.strerror}") from None
        while True:
            answer = self._receive(START_SECONDS)
            if answer is not None:
                return answer

    def _receive(self, seconds: float) -> Optional[Dict[str, Any]]:
        """The next answer; None when it was the news that the worker ended."""
        self._link.settimeout(seconds)
        try:
            data = self._link.recv(1 << 16)
        except BlockingIOError:
            raise
        except OSError as error:
            raise LaunchError(f"no answer from the launcher: {error}") from None
        if not data:
            raise LaunchError("the launcher ended")
        message = json.loads(data)
        if "error" in message:
            raise LaunchError(str(message["error"]))
        if "ended" in message:
            self._ended = int(message["ended"])
            return None
        return dict(message)


def children_of(pid: int) -> List[int]:
    """Child processes of a process with one thread; none where it is gone."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _close(link: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    link.close()
    try:
        process.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        pass  # not ours to kill under sudo; it ends with its socket
