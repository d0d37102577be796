"""Makes calls of the target one after the other; keeps nothing of them."""

from __future__ import annotations

import os
import time
from array import array
from typing import Callable

# Indices above the small integers: every loop counter then is an object of the same size, in every window.
FIRST_INDEX = 1000
_WORKER = os.getpid()


def end_forked_child() -> None:
    """End this process when it is a child that the target forked and that came back into our code."""
    if os.getpid() != _WORKER:
        os._exit(0)


class Calls:
    """Counts what it calls and how often that raised.

    :param run: one call; gets the index of the call
    :param deadline: on the clock of `time.monotonic`; no call begins after it
    """

    def __init__(self, run: Callable[[int], object], deadline: float) -> None:
        self._run = run
        self.deadline = deadline
        # Made and raised, in memory of a fixed size: a growing integer would be counted as the target's.
        self._counts = array("q", (0, 0))
        self.first_error = ""

    @property
    def made(self) -> int:
        return self._counts[0]

    @property
    def raised(self) -> int:
        return self._counts[1]

    def make(self, count: int) -> int:
        """Make up to `count` calls, fewer when the deadline passes; returns how many."""
        run, clock, getpid, deadline, pid = self._run, time.monotonic, os.getpid, self.deadline, _WORKER
        counts = self._counts
        made = 0
        while made < count and clock() < deadline:
            try:
                run(FIRST_INDEX + counts[0])
            except BaseException as error:  # SystemExit and KeyboardInterrupt of the target end only this call
                counts[1] += 1
                if not self.first_error:
                    self.first_error = describe(error)
            if getpid() != pid:
                end_forked_child()
            made += 1
            counts[0] += 1
        return made


def describe(error: BaseException) -> str:
    """Type and text of an exception on one short line."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:200] if text else type(error).__name__
