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
from .judge_leftovers import UNKNOWN, comes_steadily, judge_leftovers, left_in_words, left_rates
from .leftovers import DECISIVE, KINDS, PASSING, Counts, Leftovers

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
# Bytes per call in windows of the rehearsal: nothing, a leak, a cache that fills, a start and a waver.
REHEARSED = ((0,) * 12, (200,) * 14, (100,) * 6 + (0,) * 6, (100, 0) + (0, 0, 1, 0) * 3)
# Samples within a window, not evenly spaced, so that no rhythm of the target can hide between them. Reading costs time
# in proportion to the free pieces of the heap, so not after every call.
SAMPLES = 16
HIGHEST = 2**62
# What still runs when a leak was decided gets this time to end by itself.
OUTLAST_SECONDS = 1.0
# Things left behind that tell, when calls begin to fail, that the limits of the process are reached.
CROWDED = 24


@dataclass(frozen=True)
class Pace:
    """What one call costs: seconds, bytes that stay, and bytes before the collector ran."""

    seconds: float
    kept: int
    before_collection: int


class Ledger:
    """Readings in memory that is allocated once: a list of readings would count itself."""

    def __init__(self, read: Callable[[], int], leftovers: Leftovers) -> None:
        self._read = read
        self._leftovers = leftovers
        self._left = array("q", [0] * len(KINDS) * MAX_WINDOWS)
        self._left_lows = array("q", [UNKNOWN] * len(KINDS) * MAX_WINDOWS)
        self._counts: Counts = (0,) * len(KINDS)
        self.first_counts = self._counts
        self._cells = array("q", (0, 0, 0, 0, 0, HIGHEST) * MAX_WINDOWS)
        self._used = 0
        self._bytes = 0
        self._objects = 0
        self.start = 0

    def rehearse(self) -> None:
        """Run our own code as in real windows, so that what it allocates for itself is there before anything counts.

        Code leaves something behind when it first runs (frames up to 3.10, caches later on), so all of the judge must.
        """
        for _ in range(3):
            self.sample()
            self.close_window(1)
        for rates in REHEARSED:
            for number in range(len(rates)):
                size = FIRST_SIZES[0] << (number // 2)
                row = (size, size * rates[number], size * rates[number] // 100, 0, 0, 0)
                self._cells[number * FIELDS : number * FIELDS + FIELDS] = array("q", row)
                self._used = number + 1
                _decided(self, None, None, False, LEAK_CALLS)
                sample_points(size)

    def begin(self) -> None:
        """Take the level from which the windows count."""
        collect()
        self._counts = self.first_counts = self._leftovers.read()
        self._objects = counters.new_objects()
        self._bytes = self.start = self._read()
        self._used = 0
        for row in range(MAX_WINDOWS):
            self._cells[row * FIELDS + FIELDS - 1] = HIGHEST
        for cell in range(len(self._left_lows)):
            self._left_lows[cell] = UNKNOWN

    def sample(self) -> None:
        """Note the present level when it is the lowest of this window."""
        self._cells[self._used * FIELDS + FIELDS - 1] = min(self._cells[self._used * FIELDS + FIELDS - 1], self.level())

        self._sample_leftovers()

    def _sample_leftovers(self) -> None:
        """Only of kinds of which there are more than at the beginning: looking takes time."""
        for at, kind in enumerate(KINDS):
            if self._counts[at] > self.first_counts[at] and kind in DECISIVE:
                cell = self._used * len(KINDS) + at
                self._left_lows[cell] = min(self._left_lows[cell], self._leftovers.count(kind) - self.first_counts[at])

    def level(self) -> int:
        return self._read() - self.start

    def close_window(self, calls: int) -> None:
        """Write down what changed since the last reading."""
        self._leftovers.settle(self._counts)
        counters.flush_caches()
        before = self._read()
        unreachable = gc.collect(0)  # the youngest alone: a full collection would empty free lists as well
        freed = before - self._read() if unreachable else 0
        unreachable += collect()
        self._note_leftovers()
        objects = counters.new_objects()
        level = self._read()
        row = (calls, level - self._bytes, objects - self._objects, unreachable, max(0, freed))
        for column in range(len(row)):
            self._cells[self._used * FIELDS + column] = row[column]
        self._used += 1
        self._bytes, self._objects = level, objects

    def _note_leftovers(self) -> None:
        counts = self._leftovers.read()
        for column in range(len(KINDS)):
            self._left[self._used * len(KINDS) + column] = counts[column] - self._counts[column]
        self._counts = counts

    @property
    def held(self) -> int:
        return self._bytes - self.start

    @property
    def crowd(self) -> int:
        """Things left behind since the beginning, of the kind that has most."""
        return max(now - first for now, first in zip(self._counts, self.first_counts))

    def outlast(self, seconds: float) -> Tuple[Counts, int]:
        """The counts when what still runs had time to end, and the bytes that are held then."""
        counts = self._leftovers.outlast(self.first_counts, seconds)
        collect()
        return counts, self.level()

    def windows(self) -> List[Window]:
        cells, size, kinds = self._cells, FIELDS, len(KINDS)
        return [
            Window(
                *cells[i * size : (i + 1) * size],
                left=tuple(self._left[i * kinds : (i + 1) * kinds]),
                left_lows=tuple(self._left_lows[i * kinds : (i + 1) * kinds]),
            )
            for i in range(self._used)
        ]


def measure(
    calls: Calls, leak_calls: int = LEAK_CALLS, leftovers: Optional[Leftovers] = None, first: int = FIRST_SIZES[0]
) -> Tuple[List[Window], Decision]:
    """Call until the judge decides or time, memory or the number of calls is exhausted. Leaves the collector off.

    :param leak_calls: calls that a leak must last when more can be made
    :param leftovers: counts what is left behind besides memory
    :param first: calls of the first window at most; below the usual size fewer calls than usual make `clean`
    """
    read, _ = counters.bytes_counter()
    gc.disable()
    ledger = Ledger(read, leftovers or Leftovers())
    pace = _warm_up(calls, ledger, read)
    counters.freeze()
    ledger.begin()
    ledger.rehearse()
    _run_window(calls, ledger, 0)
    ledger.begin()
    size, most = min(first, _first_size(pace, calls.deadline)), max(1, HELD_LIMIT // max(1, pace.before_collection))
    for number in range(MAX_WINDOWS):
        count = min(size << (number // 2), most)
        raised = calls.raised
        exhausted = _run_window(calls, ledger, count)
        failing = calls.first_error if calls.raised > raised and ledger.crowd >= CROWDED else None
        if number + 1 == MAX_WINDOWS:
            exhausted = exhausted or "no steady state within the limit of calls"
        if ledger.held > HELD_LIMIT and number + 1 >= LEAK_WINDOWS:
            exhausted = exhausted or f"{ledger.held >> 20} MiB were held"
        decided = _decided(ledger, exhausted, failing, size < FIRST_SIZES[0], leak_calls)
        if decided is not None:
            return _settled(ledger, *decided, calls.deadline)
    raise AssertionError("the judge always decides when it is told that calls are exhausted")


def _decided(
    ledger: Ledger, exhausted: Optional[str], failing: Optional[str], slow: bool, leak_calls: int
) -> Optional[Tuple[List[Window], Decision]]:
    """The windows and what they show; they may not live on into the next window, where they would be counted.

    :param failing: why calls began to fail in the last window, which then is no measure of the rate
    """
    windows = ledger.windows()
    if failing is not None:
        decision = judge_leftovers(windows[:-1], failing, leak_calls)
        if decision is not None:
            return windows[:-1], decision
    decision = judge_leftovers(windows, exhausted, leak_calls)
    if decision is None:
        # While things pile up, flat bytes alone make nothing clean.
        slow = slow and not comes_steadily(windows)
        decision = judge(windows, exhausted, slow, leak_calls)
    if decision is not None and decision.outcome == "leak" and left_in_words(windows) not in decision.reason:
        decision = Decision("leak", f"{decision.reason}; {left_in_words(windows)} per call among it")
    return None if decision is None else (windows, decision)


def _settled(
    ledger: Ledger, windows: List[Window], decision: Decision, deadline: float
) -> Tuple[List[Window], Decision]:
    """The decision, or `clean` where what stayed was only still at work and is gone when it had time to end."""
    at_work = [at for at in map(KINDS.index, PASSING) if left_rates(windows)[at] > 0]
    if decision.outcome != "leak" or not at_work:
        return windows, decision
    held, seconds = ledger.held, min(OUTLAST_SECONDS, deadline - time.monotonic())
    started = time.monotonic()
    counts, level = ledger.outlast(seconds)
    first = ledger.first_counts
    if any(counts[at] > first[at] for at in at_work) or level > held / 2:
        return windows, decision
    waited = max(0.1, time.monotonic() - started)
    calls = sum(window.calls for window in windows)
    reason = f"{left_in_words(windows)} per call still at work when the call was over ended within {waited:.1g} s"
    return windows, Decision("clean", f"Nothing stayed in memory over {calls} calls; {reason}")


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
