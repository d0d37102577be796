"""Starts workers, watches them from outside, and ends them with all that they started.

A worker runs other people's code. It gets the strongest walls that the machine allows, a private folder, an environment
of its own, limits on memory, processor time and file size, and a wall clock limit. Whatever it does, `run` comes back
with an answer in time, and neither a process nor a file of it stays.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import List, Optional, Sequence, Union

from . import counters, environment, processes
from .jobs import Answer, Failure, Job
from .plain import PlainWorker, private_folder
from .sandbox import interpreter
from .sandbox.attest import Attested
from .sandbox.client import PACKAGE, LaunchError, Way, ways
from .sandbox.walled import WalledWorker, Walls
from .watch import Watch

# Loads the package by its path: neither the search path of the target nor its environment ever names our folder.
BOOTSTRAP = """
import sys, importlib.util as util
sys.path[:] = [entry for entry in sys.path if entry]
spec = util.spec_from_file_location("leakcheck_probe", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
package = util.module_from_spec(spec)
sys.modules["leakcheck_probe"] = package
spec.loader.exec_module(package)
from leakcheck_probe.worker import main
channel, walls = int(sys.argv[2]), sys.argv[3]
sys.argv[:] = [""]
main(channel, walls)
"""
# A worker stops by itself at its deadline; the wall clock limit is for those that do not.
GRACE_SECONDS = 1.0
# The launcher ends what the supervisor could not end in time.
LATER_SECONDS = 0.2


class Supervisor:
    """Runs jobs one at a time.

    The first run finds out which walls can be had; `attested` is then what they are, `weaker` why they are not stronger.

    :param python: the interpreter of the workers
    :param megabytes: MiB that one worker may take
    :param allowed: ways to try, the strongest first; the last resort is always a worker without walls
    :param shown: folders that targets may read besides the tree, the interpreter and what everybody may read
    """

    def __init__(
        self, python: str, megabytes: int, allowed: Optional[Sequence[Way]] = None, shown: Sequence[str] = ()
    ) -> None:
        self.python = python
        self.megabytes = megabytes
        # Whether the plan asks for a graphics device.
        self.gpu = False
        self.shown = list(shown)
        self.attested: Optional[Attested] = None
        self.weaker: List[str] = []
        self._ways = list(ways() if allowed is None else allowed)
        self._walls: Optional[Walls] = None
        self._python: Optional[interpreter.Interpreter] = None
        processes.adopt_orphans()

    def run(self, job: Job, seconds: float, hash_seed: int = 0, production: bool = False) -> Answer:
        """One job in a fresh process.

        :param seconds: wall clock limit, start of the interpreter included
        :param production: with the allocators as in production instead of the exactly counted one
        :raises InputError: the interpreter cannot be started at all
        """
        deadline = time.monotonic() + seconds
        job.deadline = deadline - min(GRACE_SECONDS, seconds / 4)
        job.seconds, job.megabytes, job.gpu = seconds, self.megabytes, self.gpu
        while True:
            ours, theirs = socket.socketpair()
            with ours:
                try:
                    with theirs:
                        worker = self._start(job, theirs, hash_seed, self._allocator(production))
                except LaunchError as error:
                    if self.attested is not None:
                        return _failed("internal", f"The worker could not be walled off: {error}")
                    self._weaken(str(error))
                    continue
                watch = Watch(worker, ours, job, self.megabytes)
                try:
                    answer = watch.until(deadline, seconds)
                finally:
                    worker.end()
            if self.attested is None and watch.attested is None and self._walls is not None:
                self._weaken(answer.failure.reason if answer.failure else "no answer")
                continue
            self.attested = self.attested or watch.attested
            return self._with_level(answer)

    def _start(
        self, job: Job, channel: socket.socket, hash_seed: int, allocator: "dict[str, str]"
    ) -> Union[PlainWorker, WalledWorker]:
        if self._ways and self._walls is None:
            self._walls = Walls(self._ways[0], self._interpreter(), self.shown)
        if self._walls is not None:
            job.supervisor = 0
            variables = environment.scrubbed(self._walls.home or "/", hash_seed, allocator)
            return self._walls.start(
                ["-c", BOOTSTRAP, PACKAGE], variables, job.root, channel, job.seconds + LATER_SECONDS
            )
        job.supervisor = os.getpid()
        home = private_folder()
        variables = environment.scrubbed(home, hash_seed, allocator)
        return PlainWorker([self.python, "-c", BOOTSTRAP, PACKAGE], variables, home, channel)

    def _allocator(self, production: bool) -> "dict[str, str]":
        return {} if production or self._interpreter().free_threaded else counters.EXACT_ALLOCATOR

    def _interpreter(self) -> interpreter.Interpreter:
        if self._python is None:
            self._python = interpreter.own() if self.python == sys.executable else interpreter.find(self.python)
        return self._python

    def _weaken(self, reason: str) -> None:
        """Go on with the next way; only before the first answer, so that one report never mixes levels."""
        self.weaker.append(f"{self._ways[0].name}: {reason}")
        self._ways.pop(0)
        self._walls = None

    def _with_level(self, answer: Answer) -> Answer:
        found = answer.environment
        if found is not None and self.attested is not None:
            # What the worker itself says about its walls does not count.
            found.isolation, found.walls = self.attested.level, list(self.attested.facts)
            found.weaker = list(self.weaker)
        return answer


def _failed(kind: str, reason: str) -> Answer:
    return Answer(failure=Failure(kind, reason))
