"""What the levels of resident memory and of the allocators show, without running anything."""

from __future__ import annotations

import unittest

from leakcheck_probe.counters import AllocatorAccount
from leakcheck_probe.recipes.fragmentation import Level, judge_levels

MIB = 1 << 20


def level(resident: int, in_use: int, free: int = 0, chunks: int = 0, arenas: int = 0) -> Level:
    return Level(
        resident * MIB, AllocatorAccount(in_use=in_use * MIB, free=free * MIB, chunks=chunks, arenas=arenas * MIB)
    )


BEFORE = level(20, 10)


class Levels(unittest.TestCase):
    def check(self, expected: str, first: Level, after: Level, trimmed: int = 0) -> None:
        outcome, reason = judge_levels(BEFORE, first, after, trimmed * MIB, True, 64)
        self.assertEqual(outcome, expected, reason)

    def test_outcomes(self) -> None:
        cases = [
            ("nothing grows", "clean", level(21, 10), level(21, 10)),
            ("little is resident", "clean", level(22, 10), level(23, 10, free=3, chunks=500)),
            ("holes between survivors", "fragmentation", level(60, 11), level(60, 11, free=40, chunks=900)),
            ("arenas that survivors pin", "fragmentation", level(60, 11), level(60, 11, arenas=40)),
            ("one big free piece is taken again", "clean", level(60, 11), level(60, 11, free=40, chunks=2)),
            ("what the first call keeps is in use", "clean", level(60, 50), level(60, 50)),
            ("every call keeps more: no fragmentation, and not clean", "inconclusive", level(21, 11), level(80, 70)),
            ("it keeps more and leaves holes", "inconclusive", level(21, 11), level(80, 60, free=20, chunks=900)),
        ]
        for name, expected, first, after in cases:
            with self.subTest(name):
                self.check(expected, first, after)

    def test_the_remedy_is_named(self) -> None:
        holes = level(60, 11, free=40, chunks=900)
        for trimmed, words in ((38, "gives 38 MiB back"), (1, "gives only 1 MiB back")):
            _, reason = judge_levels(BEFORE, level(60, 11), holes, trimmed * MIB, True, 64)
            self.assertIn(words, reason)
        self.assertIn("no malloc_trim", judge_levels(BEFORE, level(60, 11), holes, 0, False, 64)[1])


if __name__ == "__main__":
    unittest.main()
