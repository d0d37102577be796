"""Starts workers, watches them from outside, and ends them with all that they started.

A worker runs other people's code. It gets a session, a private folder and an environment of its own, limits on memory,
processor time and file size, and a wall clock limit. Whatever it does, `run` comes back with an answer in time, and
neither a process nor a file of it stays.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from typing import IO, Any, Optional

from . import counters, documents, environment, processes
from .errors import InputError
from .jobs import Answer, Failure, Job

PACKAGE = os.path.dirname(os.path.abspath(__file__))
# Loads the package by its path: neither the search path of the target nor its environment ever names our folder.
BOOTSTRAP = """
import sys, importlib.util as util
sys.path[:] = [entry for entry in sys.path if entry]
spec = util.spec_from_file_location("leakcheck_probe", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
package = util.module_from_spec(spec)
sys.modules["leakcheck_probe"] = package
spec.loader.exec_module(package)
from leakcheck_probe.worker import main
job, answer = int(sys.argv[2]), int(sys.argv[3])
sys.argv[:] = [""]
main(job, answer)
"""
MAX_ANSWER_BYTES = 1 << 20
KEPT_OUTPUT_BYTES = 2000
# How often memory is read from outside.
WATCH_SECONDS = 0.05
# A worker stops by itself at its deadline; the wall clock limit is for those that do not.
GRACE_SECONDS = 1.0


class Supervisor:
    """Runs jobs one at a time.

    :param python: the interpreter of the workers
    :param megabytes: MiB that one worker may take
    """

    def __init__(self, python: str, megabytes: int) -> None:
        self.python = python
        self.megabytes = megabytes
        processes.adopt_orphans()

    def run(self, job: Job, seconds: float, hash_seed: int = 0, production: bool = False) -> Answer:
        """One job in a fresh process.

        :param seconds: wall clock limit, start of the interpreter included
        :param production: with the allocators as in production instead of the exactly counted one
        :raises InputError: the interpreter cannot be started at all
        """
        job.deadline = time.monotonic() + seconds - min(GRACE_SECONDS, seconds / 4)
        job.seconds, job.megabytes, job.supervisor = seconds, self.megabytes, os.getpid()
        allocator = {} if production else counters.EXACT_ALLOCATOR
        home = tempfile.mkdtemp(prefix="leakcheck-")
        before = processes.children()
        process: Optional[subprocess.Popen[bytes]] = None
        reader, writer = os.pipe()
        try:
            with tempfile.TemporaryFile() as file:
                file.write(json.dumps(documents.encode(job)).encode())
                file.seek(0)
                process = self._start(file, writer, home, environment.scrubbed(home, hash_seed, allocator))
            os.close(writer)
            writer = -1
            return _Watch(process, reader, self.megabytes).until(time.monotonic() + seconds, seconds)
        finally:
            for descriptor in (reader, writer):
                if descriptor >= 0:
                    os.close(descriptor)
            if process is not None:
                _end(process, before)
            _remove(home)

    def _start(self, job: IO[bytes], answer: int, home: str, variables: Any) -> "subprocess.Popen[bytes]":
        command = [self.python, "-c", BOOTSTRAP, PACKAGE, str(job.fileno()), str(answer)]
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(job.fileno(), answer),
                start_new_session=True,
                cwd=home,
                env=variables,
            )
        except OSError as error:
            raise InputError(f"Cannot start the Python {self.python}: {error.strerror}") from None


class _Watch:
    """Waits for the answer of one worker."""

    def __init__(self, process: "subprocess.Popen[bytes]", reader: int, megabytes: int) -> None:
        self._process, self._reader, self._limit = process, reader, megabytes << 20
        self._answer, self._output = b"", b""

    def until(self, deadline: float, seconds: float) -> Answer:
        """The answer, or why there is none; never later than `deadline`."""
        assert self._process.stderr is not None
        with selectors.DefaultSelector() as selector:
            for descriptor in (self._reader, self._process.stderr.fileno()):
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            while time.monotonic() < deadline:
                ended = self._process.poll() is not None
                for key, _ in selector.select(0 if ended else WATCH_SECONDS):
                    if not self._read(key.fd):
                        selector.unregister(key.fd)
                if b"\n" in self._answer:
                    return self._parsed()
                if ended:
                    self._drain()
                    return self._parsed() if b"\n" in self._answer else self._died()
                if len(self._answer) > MAX_ANSWER_BYTES:
                    return _failed("internal", "The worker's answer is too long")
                if counters.resident_bytes(str(self._process.pid)) > self._limit:
                    return _failed("memory", f"The target needs more than the {self._limit >> 20} MiB that it may take")
        return _failed("time", f"The target did not finish within {seconds:.3g} s")

    def _read(self, descriptor: int) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return True
        if descriptor == self._reader:
            self._answer += data
        else:
            self._output = (self._output + data)[-KEPT_OUTPUT_BYTES:]
        return bool(data)

    def _drain(self) -> None:
        # Only what lies in the pipe: a grandchild may hold it open for ever.
        for _ in range(MAX_ANSWER_BYTES >> 16):
            size = len(self._answer)
            if not self._read(self._reader) or len(self._answer) == size:
                return

    def _parsed(self) -> Answer:
        try:
            return documents.decode(Answer, json.loads(self._answer.split(b"\n", 1)[0]))
        except (ValueError, RecursionError) as error:
            return _failed(
                "internal", f"The worker's answer cannot be read, as when a target writes into its channel: {error}"
            )

    def _died(self) -> Answer:
        status = self._process.returncode
        if status < 0:
            how = f"was killed by {_signal_name(-status)}"
        else:
            how = f"ended with exit status {status} without an answer"
        said = " ".join(self._output.decode("utf-8", "replace").split())[-200:]
        return _failed("internal", f"The worker {how}" + (f"; it said: {said}" if said else ""))


def _end(process: "subprocess.Popen[bytes]", before: Any) -> None:
    processes.end_family(process.pid, before)
    if process.stderr is not None:
        process.stderr.close()
    try:
        process.wait(processes.GIVE_UP_SECONDS)
    except subprocess.TimeoutExpired:
        pass  # stuck in the kernel; it is killed as soon as it comes back
    processes.end_family(process.pid, before)


def _remove(folder: str) -> None:
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


def _failed(kind: str, reason: str) -> Answer:
    return Answer(failure=Failure(kind, reason))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
