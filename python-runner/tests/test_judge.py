"""The judge on scripted readings: one row a behaviour."""

from __future__ import annotations

import random
import unittest
from typing import Callable, List, Optional, Tuple

from leakcheck_probe.judge.growth import Decision, Window, amount, filled_after, judge, last_rates
from leakcheck_probe.windows import sample_points

SIZES = [8 << (number // 2) for number in range(18)]


def played(
    level: Callable[[int], float], sizes: Optional[List[int]] = None, end: str = "no calls left"
) -> Tuple[Decision, int]:
    """Judge window by window, as a run does, a target that holds `level(calls)` bytes; the decision and its calls."""
    windows: List[Window] = []
    calls = 0
    sizes = sizes or SIZES
    for number, size in enumerate(sizes):
        grown = round(level(calls + size)) - round(level(calls))
        low = min(round(level(calls + made)) for made in sample_points(size))
        windows.append(Window(size, grown, grown // 64, low=low - round(level(0))))
        calls += size
        decision = judge(windows, end if number + 1 == len(sizes) else None)
        if decision is not None:
            return decision, calls
    raise AssertionError("no decision")


def doubling(calls: int, start: int = 8) -> int:
    """Bytes of a table that doubles when it is full."""
    size = start
    while size < calls:
        size *= 2
    return size * 16


class Scripted(unittest.TestCase):
    def check(self, outcome: str, level: Callable[[int], float], sizes: Optional[List[int]] = None) -> Tuple[str, int]:
        decision, calls = played(level, sizes)
        self.assertEqual(decision.outcome, outcome, decision.reason)
        return decision.reason, calls

    def test_nothing_stays(self) -> None:
        _, calls = self.check("clean", lambda n: 0)
        self.assertEqual(calls, 496)

    def test_tables_that_hold_the_garbage_of_a_window(self) -> None:
        # Measured: header classes of `email`, 78 objects of garbage a call, in tables that only larger windows enlarge.
        grown = [14544, 144, 17328, 32, 35024, -48, 69136, 0, 142256, -4208, 280720, -4016, 565360, -12208, 1257328]
        windows = [Window(size, bytes_, 0, 78 * size) for size, bytes_ in zip(SIZES, grown)]
        decisions = [judge(windows[: count + 1]) for count in range(len(windows))]
        found = next(decision for decision in decisions if decision is not None)
        self.assertEqual(found.outcome, "cycle-garbage", found.reason)

    def test_one_object_a_call(self) -> None:
        reason, calls = self.check("leak", lambda n: 64 * n)
        self.assertEqual(calls, 1008)
        self.assertIn("64 B and 1 object stayed per call over 1008 calls", reason)

    def test_sixteen_bytes_a_call(self) -> None:
        self.check("leak", lambda n: 16 * n)

    def test_one_in_fifty(self) -> None:
        for start in range(50):
            self.check("leak", lambda n, s=start: 96 * ((n + s) // 50))  # type: ignore[misc]

    def test_a_plateau(self) -> None:
        for limit in (5, 40, 128, 300, 450):
            reason, _ = self.check("clean", lambda n, m=limit: 100 * min(n, m))  # type: ignore[misc]
            self.assertIn("then stayed level" if limit > 5 else "Nothing stayed", reason)

    def test_a_plateau_within_the_calls_that_a_leak_takes(self) -> None:
        self.check("clean", lambda n: 100 * min(n, 900))

    def test_one_step_anywhere(self) -> None:
        for at in (1, 10, 100, 300, 490, 700):
            self.check("clean", lambda n, a=at: 100_000 if n > a else 0)  # type: ignore[misc]

    def test_a_list_that_doubles_with_its_items(self) -> None:
        self.check("leak", lambda n: 32 * n + doubling(n))

    def test_a_table_that_quadruples_with_its_items(self) -> None:
        self.check("leak", lambda n: 32 * n + max(4**k for k in range(12) if k == 0 or 4 ** (k - 1) < n) * 48)

    def test_a_cache_of_random_keys(self) -> None:
        for keys in (20, 60, 100, 150):
            self.check("clean", lambda n, k=keys: 200 * k * (1 - (1 - 1 / k) ** n))  # type: ignore[misc]

    def test_noise_around_a_level(self) -> None:
        for seed in range(100):
            chance = random.Random(seed)
            noise = [chance.choice((-32, -16, 0, 16, 32)) for _ in range(8200)]
            decision, _ = played(lambda n: noise[n])
            self.assertNotEqual(decision.outcome, "leak", seed)

    def test_a_rhythm_of_filling_and_emptying(self) -> None:
        outcomes = [played(lambda n, p=period: 96 * (n % p))[0].outcome for period in range(2, 400, 3)]  # type: ignore[misc]
        self.assertNotIn("leak", outcomes)
        self.assertGreater(outcomes.count("clean"), 120)

    def test_memory_that_is_given_back(self) -> None:
        self.check("clean", lambda n: -32 * n)

    def test_objects_that_replace_older_ones(self) -> None:
        windows = [Window(size, 0, size) for size in SIZES[:10]]
        decision = judge(windows)
        assert decision is not None
        self.assertEqual(decision.outcome, "clean")

    def test_huge_growth_stops_after_six_single_calls(self) -> None:
        windows = [Window(1, 24 << 20, 0)] * 6
        self.assertIsNone(judge(windows[:5]))
        decision = judge(windows, "144 MiB were held")
        assert decision is not None
        self.assertEqual((decision.outcome, decision.reason), ("leak", "24 MiB stayed per call over 6 calls"))

    def test_huge_growth_that_stops_is_no_leak(self) -> None:
        windows = [Window(1, 24 << 20, 0)] * 3 + [Window(1, 0, 0)] * 3
        decision = judge(windows, "72 MiB were held")
        assert decision is not None
        self.assertEqual(decision.outcome, "clean")

    def test_a_slow_leak_with_few_calls(self) -> None:
        self.check("leak", lambda n: 100 * n, [1, 1, 2, 2, 4, 4, 8, 8])

    def test_a_slow_clean_target_with_few_calls(self) -> None:
        sizes = [1, 1, 2, 2]
        self.check("clean", lambda n: 0, sizes)
        windows = [Window(size, 0, 0) for size in (1, 1, 2, 2, 4, 4, 8, 8)]
        self.assertIsNone(judge(windows))
        self.assertEqual(getattr(judge(windows, slow=True), "outcome", None), "clean")

    def test_too_few_calls(self) -> None:
        self.check("inconclusive", lambda n: 0, [1, 1])
        self.check("inconclusive", lambda n: 100 * n, [1, 1, 2])
        decision = judge([], "the time was up")
        assert decision is not None
        self.assertEqual(decision.reason, "No call could be measured: the time was up")

    def test_growth_that_comes_and_goes(self) -> None:
        chance = random.Random(1)
        levels = [0.0]
        for _ in range(8200):
            levels.append(levels[-1] + chance.choice((0, 0, 0, 5000, -4990)))
        self.assertNotEqual(played(lambda n: levels[n])[0].outcome, "leak")


class Cycles(unittest.TestCase):
    def windows(self, garbage: Callable[[int], int], grown: int = 0) -> List[Window]:
        return [Window(size, grown * size, 0, garbage(size), 50 * garbage(size)) for size in SIZES[:12]]

    def test_cycles_with_every_call(self) -> None:
        decision = judge(self.windows(lambda n: 3 * n)[:8])
        assert decision is not None
        self.assertEqual(decision.outcome, "cycle-garbage")
        self.assertIn("3 objects (150 B) per call could be freed", decision.reason)

    def test_cycles_now_and_then(self) -> None:
        decision = judge(self.windows(lambda n: n // 32 * 2))
        assert decision is not None
        self.assertEqual(decision.outcome, "cycle-garbage")

    def test_cycles_at_the_start_only(self) -> None:
        windows = self.windows(lambda n: 3 if n == 8 else 0)
        decision = judge(windows[:10])
        assert decision is not None
        self.assertEqual(decision.outcome, "clean")

    def test_a_leak_beside_cycles_is_a_leak(self) -> None:
        decision = judge(self.windows(lambda n: 3 * n, grown=64))
        assert decision is not None
        self.assertEqual(decision.outcome, "leak")


class Figures(unittest.TestCase):
    def test_rates_of_the_last_half(self) -> None:
        rates = last_rates([Window(8, 8000, 80), Window(8, 80, 8), Window(16, 160, 16)])
        self.assertEqual((rates.bytes, rates.objects), (10.0, 1.0))
        self.assertEqual(last_rates([]).bytes, 0.0)

    def test_filled_after(self) -> None:
        self.assertEqual(filled_after([Window(8, 100_000, 9), Window(8, 0, 0)]), 8)
        self.assertEqual(filled_after([Window(8, 48, 0), Window(8, 0, 0)]), 0)

    def test_amounts(self) -> None:
        figures = {0: "0 B", 1.5: "1.5 B", 1000: "1000 B", 1536: "1.5 KiB", 25 << 20: "25 MiB", 3 << 30: "3072 MiB"}
        for size, text in {**figures, -2048: "-2 KiB"}.items():
            self.assertEqual(amount(size), text)


class LastWindow(unittest.TestCase):
    # Calls, bytes and objects as measured: one late jump of 1.9 KB in the window before the last.
    JUMP = [
        (1, 2160, 1),
        (1, 144, 1),
        (2, 192, 2),
        (2, 192, 2),
        (4, 512, 4),
        (4, 448, 4),
        (8, 960, 8),
        (8, 960, 8),
        (16, 3568, 16),
    ]

    def outcome(self, last: Tuple[int, int, int]) -> str:
        decision = judge([Window(*row) for row in [*self.JUMP, last]], "the time was up", slow=True)
        assert decision is not None
        return decision.outcome

    def test_objects_settle_it_when_bytes_jumped(self) -> None:
        self.assertEqual(self.outcome((16, 1680, 16)), "leak")

    def test_a_cache_that_is_full_stops_in_both(self) -> None:
        self.assertEqual(self.outcome((16, 600, 4)), "inconclusive")


if __name__ == "__main__":
    unittest.main()
