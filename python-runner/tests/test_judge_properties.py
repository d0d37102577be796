"""The judge on random sequences of known kinds: what is bounded is never a leak, what grows steadily always is.

`LEAKCHECK_TRIALS` changes the number of sequences of each kind.
"""

from __future__ import annotations

import os
import random
import unittest
from typing import Callable, Dict, List, Tuple

from leakcheck_probe.judge.growth import Decision, Window, judge
from leakcheck_probe.windows import FIRST_SIZES, MAX_WINDOWS, sample_points

TRIALS = int(os.environ.get("LEAKCHECK_TRIALS", "40"))
SIZES = [FIRST_SIZES[0] << (number // 2) for number in range(MAX_WINDOWS)]
CALLS = sum(SIZES) + 1
# The level after each call, in bytes.
Levels = List[int]


def plateau(chance: random.Random) -> Levels:
    """Fills at a steady rate or in steps, and is full before the calls that a leak must last."""
    limit, step = chance.randrange(1, 900), chance.randrange(1, 20)
    size = chance.choice((16, 48, 100, 1000, 50_000))
    return [size * (min(n, limit) // step * step) for n in range(CALLS)]


def cache_of_random_keys(chance: random.Random) -> Levels:
    """Of so many keys one is asked for at each call."""
    keys, size = chance.randrange(2, 150), chance.choice((32, 200, 4000))
    seen, levels = set(), []
    for _ in range(CALLS):
        levels.append(size * len(seen))
        seen.add(chance.randrange(keys))
    return levels


def sawtooth(chance: random.Random) -> Levels:
    """Fills, and is emptied when it is full."""
    period = chance.randrange(2, chance.choice((20, 400)))
    size, start = chance.choice((16, 48, 100, 1000)), chance.randrange(period)
    return [size * ((n + start) % period) for n in range(CALLS)]


def noise(chance: random.Random) -> Levels:
    """Some bytes more or less at any time."""
    height = chance.choice((1, 2, 6, 30, 120))
    return [16 * chance.randrange(height + 1) for _ in range(CALLS)]


def steps(chance: random.Random) -> Levels:
    """One to three late jumps, as of imports and tables."""
    jumps = [(chance.randrange(3000), chance.choice((64, 512, 10_000, 200_000))) for _ in range(chance.randrange(1, 4))]
    return [sum(size for at, size in jumps if n > at) for n in range(CALLS)]


def sliding_window(chance: random.Random) -> Levels:
    """The last items are kept; each differs a little from the one that it replaces."""
    length, size = chance.randrange(20, 300), chance.choice((500, 4000, 9000))
    kept: List[int] = []
    total, levels = 0, []
    for _ in range(CALLS):
        levels.append(total)
        kept.append(size + 16 * chance.randrange(-6, 7))
        total += kept[-1] - (kept.pop(0) if len(kept) > length else 0)
    return levels


BOUNDED: Dict[str, Callable[[random.Random], Levels]] = {
    function.__name__: function for function in (plateau, cache_of_random_keys, sawtooth, noise, steps, sliding_window)
}


def steady(chance: random.Random) -> Tuple[Levels, Levels]:
    """So many bytes at every call, or at every second, tenth, fiftieth; with the objects."""
    every = chance.choice((1, 1, 1, 2, 10, 50))
    size, start = chance.choice((16, 48, 100, 1000, 20_000)), chance.randrange(50)
    size = max(size, 96) if every > 2 else size
    objects = [(n + start) // every for n in range(CALLS)]
    return [size * count for count in objects], objects if size > 16 else [0] * CALLS


def doubling_table(chance: random.Random) -> Tuple[Levels, Levels]:
    """Objects in a table that doubles when it is two thirds full."""
    size, slot, capacity = chance.choice((48, 64, 120)), chance.choice((16, 24)), 8
    factor, levels = chance.choice((2, 4)), []
    for n in range(CALLS):
        if n * 3 > capacity * 2:
            capacity *= factor
        levels.append(size * n + slot * capacity)
    return levels, list(range(CALLS))


def growing_list(chance: random.Random) -> Tuple[Levels, Levels]:
    """Slots of a list that grows by an eighth, alone or with an object each."""
    size, capacity, levels = chance.choice((0, 32, 56)), 0, []
    for n in range(CALLS):
        if n > capacity:
            capacity = (n + (n >> 3) + 6) & ~3
        levels.append(size * n + 8 * capacity)
    return levels, list(range(CALLS)) if size else [0] * CALLS


LEAKS = (steady, doubling_table, growing_list)


def judged(levels: Levels, objects: Levels) -> Decision:
    """Window by window, as a run does."""
    windows: List[Window] = []
    calls = 0
    for number, size in enumerate(SIZES):
        low = min(levels[calls + made] for made in sample_points(size)) - levels[0]
        grown, made = levels[calls + size] - levels[calls], objects[calls + size] - objects[calls]
        windows.append(Window(size, grown, made, low=low))
        calls += size
        decision = judge(windows, "no calls left" if number + 1 == len(SIZES) else None)
        if decision is not None:
            return decision
    raise AssertionError("no decision")


class Bounded(unittest.TestCase):
    def test_is_never_a_leak_and_nearly_always_clean(self) -> None:
        for name, kind in BOUNDED.items():
            outcomes = []
            for seed in range(TRIALS):
                decision = judged(kind(random.Random(seed)), [0] * CALLS)
                self.assertNotEqual(decision.outcome, "leak", f"{name} {seed}: {decision.reason}")
                outcomes.append(decision.outcome)
            self.assertGreaterEqual(outcomes.count("clean"), 0.9 * TRIALS, name)


class Growing(unittest.TestCase):
    def check(self, overlay: Callable[[random.Random], Levels], share: float, least: float = 0.0) -> None:
        """`share` of the leaks of at least so many bytes per call are found, and none of them is called clean."""
        for leak in LEAKS:
            found = []
            for seed in range(TRIALS):
                chance = random.Random(seed)
                levels, objects = leak(chance)
                if levels[-1] < least * CALLS:
                    continue
                covered = [a + b for a, b in zip(levels, overlay(chance))]
                decision = judged(covered, objects)
                self.assertNotEqual(decision.outcome, "clean", f"{leak.__name__} {seed}: {decision.reason}")
                found.append(decision.outcome == "leak")
            self.assertGreaterEqual(sum(found), share * len(found), leak.__name__)

    def test_alone(self) -> None:
        self.check(lambda chance: [0] * CALLS, 1.0)

    def test_under_noise(self) -> None:
        self.check(noise, 1.0)

    def test_after_a_cache_that_fills(self) -> None:
        self.check(plateau, 0.9)

    def test_beside_steps(self) -> None:
        self.check(steps, 1.0)

    def test_beside_a_sliding_window(self) -> None:
        # Its own level wavers by up to some kilobytes, which hides a leak of two bytes per call.
        self.check(sliding_window, 0.9, least=8.0)

    def test_beside_a_buffer_that_is_flushed(self) -> None:
        def buffer(chance: random.Random) -> Levels:
            period = chance.randrange(2, 50)
            return [48 * (n % period) for n in range(CALLS)]

        self.check(buffer, 0.9)


if __name__ == "__main__":
    unittest.main()
