"""What the diagnosis makes of an outcome."""

from __future__ import annotations

import unittest
from typing import Optional

from leakcheck_probe.conclude import is_native, levels_off, settled_by_bound, stays, without_attribution
from leakcheck_probe.jobs import Answer
from leakcheck_probe.report import Allocation, Measurement, PerCall, RetainingPath, Window


def paths(*limits: Optional[int]) -> Answer:
    return Answer(paths=[RetainingPath("m.kept[*]", 100, 1.0, limit is not None, limit) for limit in limits])


def measured(outcome: str, calls: int = 1008, size: float = 100.0) -> Measurement:
    return Measurement(outcome, "", calls, per_call=PerCall(size))


class Bounds(unittest.TestCase):
    def test_a_cache_that_fills_settles_a_leak(self) -> None:
        for limit, settled in ((5000, True), (1000, True), (600, True), (400, False)):
            with self.subTest(limit):
                self.assertEqual(settled_by_bound(paths(limit), measured("leak")) is not None, settled)

    def test_one_path_without_limit_is_enough_for_a_leak(self) -> None:
        self.assertIsNone(settled_by_bound(paths(5000, None), measured("leak")))
        self.assertIsNone(settled_by_bound(paths(), measured("leak")))

    def test_any_limit_settles_uneven_growth(self) -> None:
        self.assertIsNotNone(settled_by_bound(paths(512), measured("inconclusive", 8176, 0.297)))


class Stays(unittest.TestCase):
    def test_outcomes(self) -> None:
        self.assertTrue(stays(measured("leak")))
        self.assertTrue(stays(measured("inconclusive", 8176, 0.3)))
        self.assertFalse(stays(measured("inconclusive", 8176, 0.0)))
        self.assertFalse(stays(measured("inconclusive", 10)))
        self.assertFalse(stays(measured("clean")))
        self.assertFalse(stays(None))


class LevelsOff(unittest.TestCase):
    def second(self, *sizes: int, outcome: str = "clean") -> Measurement:
        return Measurement(outcome, "", 500 * len(sizes), windows=[Window(500, size, 0, 0) for size in sizes])

    def test_only_growth_as_long_as_the_first_process_was_watched(self) -> None:
        first = measured("leak", 1008)
        self.assertTrue(levels_off(first, self.second(5000, 5000, 2000, 0)))
        self.assertFalse(levels_off(first, self.second(0, 0, 0, 0)))
        self.assertFalse(levels_off(first, self.second(5000, 0, 0)))
        self.assertFalse(levels_off(first, self.second(5000, 5000, 5000, outcome="leak")))
        self.assertFalse(levels_off(measured("cycle-garbage"), self.second(5000, 5000, 2000, 0)))


class Attribution(unittest.TestCase):
    """A leak of 100 bytes per call, and a diagnosis of 100 calls."""

    def outcome(self, **found: object) -> Optional[str]:
        answer = Answer(made=100, **{"traced": 10_000, "kept": 10_000, **found})  # type: ignore[arg-type]
        settled = without_attribution(measured("leak"), answer)
        return settled[0] if settled else None

    def test_a_path_through_the_tree(self) -> None:
        self.assertIsNone(self.outcome(paths=[RetainingPath("m.kept[*]", 100, 1.0, touches_repository=True)]))
        self.assertEqual(self.outcome(paths=[RetainingPath("lib.kept[*]", 100, 1.0)]), "inconclusive")

    def test_lines_of_the_tree_must_have_made_a_good_part(self) -> None:
        self.assertIsNone(self.outcome(allocations=[Allocation("m.py", 3, 5000, 50)]))
        self.assertEqual(self.outcome(allocations=[Allocation("m.py", 3, 160, 1)]), "inconclusive")

    def test_native_memory_must_have_stayed_again(self) -> None:
        self.assertTrue(is_native(measured("leak"), Answer(made=100, traced=0, kept=11_000)))
        self.assertFalse(is_native(measured("leak"), Answer(made=100, traced=0, kept=1000)))
        self.assertFalse(is_native(measured("leak"), Answer(made=100, traced=9000, kept=11_000)))
