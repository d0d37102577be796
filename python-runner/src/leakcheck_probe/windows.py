"""Runs calls in windows and reads the counters after each: what the recipes `growth` and `cycle` measure."""

from __future__ import annotations

import gc
import time
from array import array
from dataclasses import dataclass
from typing import Callable, List, Optional, Tuple

from . import counters
from .calls import Calls
from .judge import LEAK_CALLS, LEAK_WINDOWS, Decision, Window, judge

WARM_UP = 8
MAX_WINDOWS = 18
# Bytes that a target may keep, or leave for the collector within one window, before we stop and decide.
HELD_LIMIT = 64 << 20
# Ten windows are 62 times the size of the first one; the first is smaller for slow and for hungry targets.
FIRST_SIZES = (8, 4, 2)
TEN_WINDOWS = 62
# Share of the time that warm-up may take, and the ten windows together.
WARM_UP_SHARE, WINDOWS_SHARE = 0.2, 0.8
FIELDS = 6
# Samples within a window, not evenly spaced, so that no rhythm of the target can hide between them. Reading costs time
# in proportion to the free pieces of the heap, so not after every call.
SAMPLES = 16
HIGHEST = 2**62


@dataclass(frozen=True)
class Pace:
    """What one call costs: seconds, bytes that stay, and bytes before the collector ran."""

    seconds: float
    kept: int
    before_collection: int


class Ledger:
    """Readings in memory that is allocated once: a list of readings would count itself."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read
        self._cells = array("q", (0, 0, 0, 0, 0, HIGHEST) * MAX_WINDOWS)
        self._used = 0
        self._bytes = 0
        self._objects = 0
        self.start = 0

    def rehearse(self) -> None:
        """Run our own code as in a real window, so that what it allocates for itself is there before anything counts."""
        for _ in range(3):
            self.sample()
            self.close_window(1)
            judge(self.windows())

    def begin(self) -> None:
        """Take the level from which the windows count."""
        collect()
        self._objects = counters.new_objects()
        self._bytes = self.start = self._read()
        self._used = 0
        for row in range(MAX_WINDOWS):
            self._cells[row * FIELDS + FIELDS - 1] = HIGHEST

    def sample(self) -> None:
        """Note the present level when it is the lowest of this window."""
        self._cells[self._used * FIELDS + FIELDS - 1] = min(self._cells[self._used * FIELDS + FIELDS - 1], self.level())

    def level(self) -> int:
        return self._read() - self.start

    def close_window(self, calls: int) -> None:
        """Write down what changed since the last reading."""
        counters.flush_caches()
        before = self._read()
        unreachable = gc.collect(0)  # the youngest alone: a full collection would empty free lists as well
        freed = before - self._read() if unreachable else 0
        unreachable += collect()
        objects = counters.new_objects()
        level = self._read()
        row = (calls, level - self._bytes, objects - self._objects, unreachable, max(0, freed))
        for column in range(len(row)):
            self._cells[self._used * FIELDS + column] = row[column]
        self._used += 1
        self._bytes, self._objects = level, objects

    @property
    def held(self) -> int:
        return self._bytes - self.start

    def windows(self) -> List[Window]:
        cells, size = self._cells, FIELDS
        return [Window(*cells[i * size : (i + 1) * size]) for i in range(self._used)]


def measure(calls: Calls, leak_calls: int = LEAK_CALLS) -> Tuple[List[Window], Decision]:
    """Call until the judge decides or time, memory or the number of calls is exhausted. Leaves the collector off.

    :param leak_calls: calls that a leak must last when more can be made
    """
    read, _ = counters.bytes_counter()
    gc.disable()
    ledger = Ledger(read)
    pace = _warm_up(calls, ledger, read)
    counters.freeze()
    ledger.begin()
    ledger.rehearse()
    ledger.begin()
    size, most = _first_size(pace, calls.deadline), max(1, HELD_LIMIT // max(1, pace.before_collection))
    for number in range(MAX_WINDOWS):
        count = min(size << (number // 2), most)
        exhausted = _run_window(calls, ledger, count)
        if number + 1 == MAX_WINDOWS:
            exhausted = exhausted or "no steady state within the limit of calls"
        if ledger.held > HELD_LIMIT and number + 1 >= LEAK_WINDOWS:
            exhausted = exhausted or f"{ledger.held >> 20} MiB were held"
        decision = judge(ledger.windows(), exhausted, size < FIRST_SIZES[0], leak_calls)
        if decision is not None:
            return ledger.windows(), decision
    raise AssertionError("the judge always decides when it is told that calls are exhausted")


def collect() -> int:
    """Collect until nothing more is found: finalizers may leave new garbage. Returns the unreachable objects."""
    counters.flush_caches()
    total = 0
    for _ in range(3):
        found = gc.collect()
        total += found
        if not found:
            break
    return total


def sample_points(count: int) -> List[int]:
    """After how many calls of a window the level is read; the last one is `count`."""
    return sorted(
        {max(number, count * number * number // SAMPLES**2) for number in range(1, min(count, SAMPLES) + 1)} | {count}
    )


def _run_window(calls: Calls, ledger: Ledger, count: int) -> Optional[str]:
    """One window; says why it was the last one, if it was."""
    started = time.monotonic()
    made = 0
    for until in sample_points(count):
        made += calls.make(until - made)
        if made < until:
            break
        ledger.sample()
    if made:
        ledger.close_window(made)
    now = time.monotonic()
    # The next window takes as long as this one or twice as long; a part of a window would only blur the rates.
    if made < count or now + (now - started) > calls.deadline:
        return "the time was up"
    return None


def _warm_up(calls: Calls, ledger: Ledger, read: Callable[[], int]) -> Pace:
    """The first calls, which fill caches and import late."""
    until = time.monotonic() + WARM_UP_SHARE * max(0.0, calls.deadline - time.monotonic())
    ledger.begin()
    start = before = read()
    seconds = grown = 0.0
    made = 0
    while made < WARM_UP and (made < 2 or time.monotonic() < until):
        before = read()
        began = time.monotonic()
        made += calls.make(1)
        seconds = time.monotonic() - began
        grown = read() - before
        if read() - start > HELD_LIMIT // 4 and made >= 2 or time.monotonic() > calls.deadline:
            break
    ledger.close_window(max(1, made))
    kept = max(0, ledger.held) // max(1, made)
    return Pace(seconds, min(kept, max(0, int(grown))), max(0, int(grown)))


def _first_size(pace: Pace, deadline: float) -> int:
    left = max(0.0, deadline - time.monotonic()) * WINDOWS_SHARE
    for size in FIRST_SIZES:
        calls = TEN_WINDOWS * size
        if calls * pace.seconds <= left and calls * pace.kept <= HELD_LIMIT:
            return size
    return 1
