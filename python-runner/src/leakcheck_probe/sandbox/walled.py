"""Starts workers behind walls."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from typing import List, Mapping, Optional, Sequence

from .. import processes
from ..plain import private_folder, remove
from .attest import Attested
from .client import PACKAGE, Launcher, LaunchError, Way
from .interpreter import Interpreter
from .request import HOME, Plan
from .trees import Trees
from .view import allows, view_of

# The end of the channel in every walled-off worker.
CHANNEL = 3


class WalledWorker:
    """A running worker; `errors` is the read end of its error output."""

    def __init__(self, launcher: Launcher, init: int, errors: int, home: Optional[str]) -> None:
        self._launcher, self._init, self._home = launcher, init, home
        self.errors = errors
        self._status: Optional[int] = None

    def ended(self) -> Optional[int]:
        """The exit status, negative for a signal; None while it runs."""
        if self._status is None:
            try:
                self._status = self._launcher.ended()
            except LaunchError:
                self._status = -9
        return self._status

    def processes(self) -> List[int]:
        """All processes inside but the first."""
        return sorted(processes.family(self._init) - {self._init})

    def proportional_bytes(self, pids: List[int]) -> int:
        """Memory of these processes, shared pages counted once."""
        return self._launcher.memory(pids)

    def attest(self) -> Attested:
        return self._launcher.attest(self._init)

    def end(self) -> None:
        """Kill the worker and all that it started; comes back when nothing is left."""
        self._launcher.end()
        os.close(self.errors)
        if self._home is not None:
            remove(self._home)


class Walls:
    """Starts workers in one way.

    :param shown: folders that workers may read besides their tree
    :raises LaunchError: there is no such way here
    """

    def __init__(self, way: Way, python: Interpreter, shown: Sequence[str] = ()) -> None:
        self._launcher = Launcher(way)
        self._python = python
        self._needed = [*python.needed, PACKAGE, *shown]
        self._uid = -1 if way.own else self._launcher.uid
        self._trees = Trees(self._launcher.uid)

    @property
    def home(self) -> Optional[str]:
        """The private folder as workers see it; None where each has another."""
        return HOME if self._launcher.way.namespaces else None

    def start(
        self, command: List[str], variables: Mapping[str, str], root: str, channel: socket.socket, seconds: float
    ) -> WalledWorker:
        """
        :param root: tree that the worker reads; '' for none
        :param seconds: after which the worker is ended whatever happens
        :raises LaunchError: the worker cannot be started behind these walls
        """
        namespaces = self._launcher.way.namespaces
        try:
            copy = self._trees.copy_of(root) if root and self._uid >= 0 else None
        except OSError as error:
            raise LaunchError(f"the tree cannot be shown to another user: {error}") from None
        home = None if namespaces else self._own_home(root if copy is None else copy)
        needed = [*self._needed, *([root] if root else [])]
        private = [os.path.expanduser("~"), tempfile.gettempdir()]
        view = view_of(needed, {root: copy} if copy else {}, private, self._uid)
        plan = Plan(
            [self._python.executable, *command, str(CHANNEL), "namespace" if namespaces else "user"],
            {**variables, **({} if home is None else {"HOME": home, "TMPDIR": home})},
            home or HOME,
            self._launcher.uid,
            namespaces,
            view.covers,
            [list(entry) for entry in view.entries],
            seconds,
            self._launcher.nice,
        )
        errors, errors_end = os.pipe()
        try:
            init = self._launcher.start(plan, channel.fileno(), errors_end)
        except LaunchError:
            os.close(errors)
            if home is not None:
                remove(home)
            raise
        finally:
            os.close(errors_end)
        return WalledWorker(self._launcher, init, errors, home)

    def _own_home(self, root: str) -> str:
        """A private folder on the disk, and proof that the other user reaches what it needs without a view of its own.

        :raises LaunchError: it does not
        """
        home = private_folder()
        for path in (home, root, *self._needed):
            parent = os.path.dirname(os.path.realpath(path)) if path else "/"
            while parent != "/":
                if not allows(parent, self._launcher.uid, stat.S_IXOTH):
                    remove(home)
                    raise LaunchError(f"another user may not pass {parent}")
                parent = os.path.dirname(parent)
        os.chown(home, self._launcher.uid, self._launcher.uid)
        return home
