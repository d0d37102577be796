"""Waits for the answer of one worker, and looks at it from outside meanwhile."""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import time
from typing import List, Optional, Protocol

from . import counters, documents
from .jobs import READY, Answer, Failure, Job
from .sandbox.attest import Attested

MAX_ANSWER_BYTES = 1 << 20
KEPT_OUTPUT_BYTES = 2000
# How often memory is read from outside.
WATCH_SECONDS = 0.05


class Running(Protocol):
    """A started worker, with walls or without."""

    @property
    def errors(self) -> int: ...
    def ended(self) -> Optional[int]: ...
    def processes(self) -> List[int]: ...
    def proportional_bytes(self, pids: List[int]) -> int: ...
    def attest(self) -> Attested: ...


class Watch:
    """One worker: `attested` is what it is walled off from, None when it never became ready.

    :param channel: the supervisor's end of the socket
    """

    def __init__(self, worker: Running, channel: socket.socket, job: Job, megabytes: int) -> None:
        self._worker, self._channel, self._limit = worker, channel, megabytes << 20
        self._job = json.dumps(documents.encode(job)).encode()
        self._answer, self._output = b"", b""
        self._next_look = 0.0
        self.attested: Optional[Attested] = None

    def until(self, deadline: float, seconds: float) -> Answer:
        """The answer, or why there is none; never later than `deadline`."""
        with selectors.DefaultSelector() as selector:
            for descriptor in (self._channel.fileno(), self._worker.errors):
                os.set_blocking(descriptor, False)
                selector.register(descriptor, selectors.EVENT_READ)
            while time.monotonic() < deadline:
                ended = self._worker.ended()
                for key, events in selector.select(0 if ended is not None else WATCH_SECONDS):
                    if events & selectors.EVENT_READ and not self._read(key.fd):
                        selector.unregister(key.fd)
                self._give_job(selector)
                if b"\n" in self._answer:
                    return self._parsed()
                if ended is not None:
                    self._drain()
                    return self._parsed() if b"\n" in self._answer else self._died(ended)
                if len(self._answer) > MAX_ANSWER_BYTES:
                    return _failed("internal", "The worker's answer is too long")
                if self._too_much_memory():
                    return _failed("memory", f"The target needs more than the {self._limit >> 20} MiB that it may take")
        return _failed("time", f"The target did not finish within {seconds:.3g} s")

    def _give_job(self, selector: selectors.BaseSelector) -> None:
        """When the worker is ready, look at its walls and let it begin."""
        if self.attested is None:
            if not self._answer.startswith(READY):
                return
            self._answer = self._answer[len(READY) :]
            self.attested = self._worker.attest()
        channel = self._channel.fileno()
        if not self._job or channel not in selector.get_map():
            return
        try:
            self._job = self._job[self._channel.send(self._job) :]
            if not self._job:
                self._channel.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            self._job = b""  # nobody reads it
        selector.modify(channel, selectors.EVENT_READ | (selectors.EVENT_WRITE if self._job else 0))

    def _too_much_memory(self) -> bool:
        now = time.monotonic()
        if now < self._next_look:
            return False
        pids = self._worker.processes()
        # Many processes take long to look at: never more than a part of the time.
        self._next_look = now + max(WATCH_SECONDS, 10 * (time.monotonic() - now))
        if sum(counters.resident_bytes(str(pid)) for pid in pids) <= self._limit:
            return False
        # Forked processes have most of their pages together, and were counted with all of them.
        return len(pids) == 1 or self._worker.proportional_bytes(pids) > self._limit

    def _read(self, descriptor: int) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            data = os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        if descriptor == self._channel.fileno():
            self._answer += data
        else:
            self._output = (self._output + data)[-KEPT_OUTPUT_BYTES:]
        return bool(data)

    def _drain(self) -> None:
        # Only what lies in the pipe: a grandchild may hold it open for ever.
        for _ in range(MAX_ANSWER_BYTES >> 16):
            size = len(self._answer)
            if not self._read(self._channel.fileno()) or len(self._answer) == size:
                return

    def _parsed(self) -> Answer:
        try:
            return documents.decode(Answer, json.loads(self._answer.split(b"\n", 1)[0]))
        except (ValueError, RecursionError) as error:
            return _failed(
                "internal", f"The worker's answer cannot be read, as when a target writes into its channel: {error}"
            )

    def _died(self, status: int) -> Answer:
        if status < 0:
            how = f"was killed by {_signal_name(-status)}"
        else:
            how = f"ended with exit status {status} without an answer"
        said = " ".join(self._output.decode("utf-8", "replace").split())[-200:]
        return _failed("internal", f"The worker {how}" + (f"; it said: {said}" if said else ""))


def _failed(kind: str, reason: str) -> Answer:
    return Answer(failure=Failure(kind, reason))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
