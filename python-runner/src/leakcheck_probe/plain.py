"""A worker that runs with the rights of the supervisor, in a session of its own: what is left where no walls can be had."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import tempfile
from typing import Any, Dict, List, Optional

from . import counters, processes
from .errors import InputError
from .sandbox.attest import Attested, attest, own_namespaces


class PlainWorker:
    """A running worker.

    :param channel: its end of the socket to the supervisor
    :raises InputError: the interpreter cannot be started at all
    """

    def __init__(self, command: List[str], variables: Dict[str, str], home: str, channel: socket.socket) -> None:
        self._home = home
        self._before = processes.children()
        try:
            self._process = subprocess.Popen(
                [*command, str(channel.fileno()), "none"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(channel.fileno(),),
                start_new_session=True,
                cwd=home,
                env=variables,
            )
        except OSError as error:
            remove(home)
            raise InputError(f"Cannot start the Python {command[0]}: {error.strerror}") from None
        assert self._process.stderr is not None
        self.errors = self._process.stderr.fileno()

    def ended(self) -> Optional[int]:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def processes(self) -> List[int]:
        """The worker and all that it started."""
        return sorted(processes.family(self._process.pid))

    def proportional_bytes(self, pids: List[int]) -> int:
        """Memory of these processes, shared pages counted once."""
        return sum(counters.proportional_bytes(str(pid)) for pid in pids)

    def attest(self) -> Attested:
        return attest(self._process.pid, os.getuid(), own_namespaces())

    def end(self) -> None:
        """Kill the worker and all that it started, and remove its folder."""
        processes.end_family(self._process.pid, self._before)
        assert self._process.stderr is not None
        self._process.stderr.close()
        try:
            self._process.wait(processes.GIVE_UP_SECONDS)
        except subprocess.TimeoutExpired:
            pass  # stuck in the kernel; it is killed as soon as it comes back
        processes.end_family(self._process.pid, self._before)
        remove(self._home)


def private_folder() -> str:
    return tempfile.mkdtemp(prefix="leakcheck-")


def remove(folder: str) -> None:
    """Remove a folder that a target may have made hard to remove."""

    def allow_and_retry(function: Any, path: str, _: Any) -> None:
        try:
            os.chmod(os.path.dirname(path), stat.S_IRWXU)
            os.chmod(path, stat.S_IRWXU)
            function(path)
        except OSError:
            pass

    shutil.rmtree(folder, onerror=allow_and_retry)
    if os.path.lexists(folder):
        shutil.rmtree(folder, ignore_errors=True)
