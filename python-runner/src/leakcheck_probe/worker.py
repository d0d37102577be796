"""The process that runs the target: takes one job over a socket, sends one answer back, and ends."""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Callable

from . import documents, environment, overlay, processes
from .errors import ImportFailed, NoDriver, TargetError, TargetMissing
from .jobs import READY, Answer, Failure, Job

MIB = 1 << 20
# A target may fill its private folder, but not the disk.
FILE_BYTES = 256 * MIB
# There when a program here can use a graphics device of NVIDIA.
NVIDIA = "/dev/nvidiactl"


class Channel:
    """The way back to the supervisor; only the process that opened it can use it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._pid = os.getpid()

    def send(self, answer: Answer) -> None:
        """Send the answer and end the process at once, whatever threads and exit handlers the target left."""
        if os.getpid() == self._pid:
            answer.packages = environment.packages()
            data = json.dumps(documents.encode(answer)).encode() + b"\n"
            while data:
                data = data[os.write(self._descriptor, data) :]
        os._exit(0)


def main(descriptor: int, walls: str) -> None:
    """Never returns.

    :param walls: `none`: this process must give up its rights itself; `user`: they are gone; `namespace`: and it has a
        view of processes of its own
    """
    channel = Channel(descriptor)
    if walls == "none":
        processes.harden()
    if walls == "namespace":
        processes.behind_walls()
    os.write(descriptor, READY)
    job = documents.decode(Job, json.loads(_received(descriptor)), "job")
    if job.supervisor:
        processes.die_with_parent(job.supervisor)
    limit_resources(job)
    try:
        answer = perform(job, channel)
    except BaseException as error:  # a SystemExit of the target must not end the process without an answer
        answer = Answer(failure=_failure(error, job))
    _end_tests()
    channel.send(answer)


def _received(descriptor: int) -> bytes:
    parts = []
    while True:
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _end_tests() -> None:
    """Let fixtures that live longer than one test end what they began."""
    harness = sys.modules.get(f"{__package__}.pytests.harness")
    if harness is not None:
        harness.close_all()


def perform(job: Job, channel: Channel) -> Answer:
    """Do what the job says."""
    run = _recipe(job, channel)
    # Bytecode of our own modules may be kept; from here on it is the target's, and its tree stays as it is.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    overlay.install(job.overlay)
    return run()


def _recipe(job: Job, channel: Channel) -> Callable[[], Answer]:
    """What to run; only its own modules are imported."""
    if job.action == "describe":
        return lambda: Answer(environment=environment.describe())
    if job.action == "tests":
        from .pytests import search

        return lambda: search.run(job)
    if job.action == "search":
        from .recipes import driving

        return lambda: driving.search(job)
    if job.action == "value":
        from .recipes import driving

        return lambda: driving.value(job)
    if job.action == "measure":
        from .recipes import growth

        return lambda: growth.run(job)
    if job.action == "peak":
        from .recipes import peak

        return lambda: peak.run(job, channel.send)
    if job.action == "fragmentation":
        from .recipes import fragmentation

        return lambda: fragmentation.run(job)
    from .recipes import diagnosis

    return lambda: diagnosis.run(job)


def limit_resources(job: Job) -> None:
    """Limits that the kernel enforces on this process and its children.

    Memory is limited as data (heap and private mappings), not as address space: libraries such as CUDA reserve far more
    addresses than they use, and mapped files of big libraries are no use of memory.
    """
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", FILE_BYTES)
    _limit("RLIMIT_CPU", max(1, int(job.seconds) + 2))
    # The driver of a graphics device maps memory of the device and of the host as data, far more than is used.
    if job.megabytes and not (job.gpu or os.path.exists(NVIDIA)) and sys.platform.startswith("linux"):
        _limit("RLIMIT_DATA", job.megabytes * MIB)


def _limit(name: str, value: int) -> None:
    try:
        which = getattr(resource, name)
        _, hard = resource.getrlimit(which)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (bound, bound))
    except (AttributeError, OSError, ValueError):
        pass  # a stricter limit is in force, or the platform has none of this kind


def _failure(error: BaseException, job: Job) -> Failure:
    if isinstance(error, TargetMissing):
        return Failure("missing", str(error))
    if isinstance(error, ImportFailed):
        return Failure("import", str(error))
    if isinstance(error, NoDriver):
        return Failure("driver", str(error), error.suggested_driver)
    if isinstance(error, TargetError):
        return Failure("driver", str(error))
    if isinstance(error, MemoryError):
        return Failure("memory", f"The target needs more than the {job.megabytes} MiB that it may take")
    return Failure("internal", f"The worker failed with {_sentence(error)}")


def _sentence(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}: {error}"[:300] + where
