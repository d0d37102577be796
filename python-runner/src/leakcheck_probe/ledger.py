"""The readings of one run: what changed over each window of calls."""

from __future__ import annotations

import gc
from array import array
from typing import Callable, List, Tuple

from . import counters
from .devices import Devices, Reading
from .judge.growth import Window
from .judge.leftovers import UNKNOWN
from .leftovers.counts import DECISIVE, KINDS, Counts, Leftovers

MAX_WINDOWS = 18
FIELDS = 6
HIGHEST = 2**62
# Bytes per call in windows of the rehearsal: nothing, a leak, a cache that fills, a start and a waver.
REHEARSED = ((0,) * 12, (200,) * 14, (100,) * 6 + (0,) * 6, (100, 0) + (0, 0, 1, 0) * 3)


class Ledger:
    """Readings in memory that is allocated once: a list of readings would count itself."""

    def __init__(self, read: Callable[[], int], leftovers: Leftovers, devices: Devices) -> None:
        self._read = read
        self._leftovers = leftovers
        self._devices = devices
        self._on_devices = array("q", [0] * len(Reading._fields) * MAX_WINDOWS)
        self._left = array("q", [0] * len(KINDS) * MAX_WINDOWS)
        self._left_lows = array("q", [UNKNOWN] * len(KINDS) * MAX_WINDOWS)
        self._counts: Counts = (0,) * len(KINDS)
        self.first_counts = self._counts
        self._cells = array("q", (0, 0, 0, 0, 0, HIGHEST) * MAX_WINDOWS)
        self._used = 0
        self._bytes = 0
        self._objects = 0
        self.start = 0

    def rehearse(self, first: int, decide: Callable[[int], object]) -> None:
        """Run our own code as in real windows, so that what it allocates for itself is there before anything counts.

        Code leaves something behind when it first runs (frames up to 3.10, caches later on), so all of the judge must.

        :param first: calls of the first window
        :param decide: is called after each window with its calls
        """
        for _ in range(3):
            self.sample()
            self.close_window(1)
        for rates in REHEARSED:
            for number in range(len(rates)):
                size = first << (number // 2)
                row = (size, size * rates[number], size * rates[number] // 100, 0, 0, 0)
                self._cells[number * FIELDS : number * FIELDS + FIELDS] = array("q", row)
                self._used = number + 1
                decide(size)

    def begin(self) -> None:
        """Take the level from which the windows count."""
        collect()
        self._counts = self.first_counts = self._leftovers.read()
        self._devices.begin()
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
        self._note_devices()
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

    def _note_devices(self) -> None:
        if self._devices:
            changes = self._devices.change()
            for column in range(len(changes)):
                self._on_devices[self._used * len(changes) + column] = changes[column]

    @property
    def held(self) -> int:
        return self._bytes - self.start

    @property
    def held_on_devices(self) -> int:
        return self._devices.held

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
        cells, size, kinds, figures = self._cells, FIELDS, len(KINDS), len(Reading._fields)
        return [
            Window(
                *cells[i * size : (i + 1) * size],
                left=tuple(self._left[i * kinds : (i + 1) * kinds]),
                left_lows=tuple(self._left_lows[i * kinds : (i + 1) * kinds]),
                device=tuple(self._on_devices[i * figures : (i + 1) * figures]),
            )
            for i in range(self._used)
        ]


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
