"""What calls leave behind besides memory: the judge on scripted readings, and the counters on real ones."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from typing import Callable, List, Optional, Sequence
from unittest import mock

from leakcheck_probe.judge.growth import Decision, Window
from leakcheck_probe.judge.leftovers import UNKNOWN, judge_leftovers, left_in_words, left_rates, things
from leakcheck_probe.leftovers.counts import KINDS, Leftovers, SharedBlocks, file_count
from leakcheck_probe.windows import sample_points

SIZES = [8 << (number // 2) for number in range(18)]


def windows_of(level: Callable[[int], float], kind: str = "threads", sizes: Sequence[int] = SIZES) -> List[Window]:
    """Windows of a target that has left `level(calls)` things of a kind."""
    windows, calls = [], 8
    for size in sizes:
        left, lows = [0] * len(KINDS), [UNKNOWN] * len(KINDS)
        left[KINDS.index(kind)] = int(level(calls + size)) - int(level(calls))
        lows[KINDS.index(kind)] = min(int(level(calls + made)) for made in sample_points(size)) - int(level(8))
        windows.append(Window(size, 0, 0, left=tuple(left), left_lows=tuple(lows)))
        calls += size
    return windows


def first_decision(windows: List[Window], end: Optional[str] = None, leak_calls: int = 1000) -> Optional[Decision]:
    """What the judge says first when it is asked after every window, as in a run."""
    for used in range(1, len(windows) + 1):
        decision = judge_leftovers(windows[:used], end if used == len(windows) else None, leak_calls)
        if decision is not None:
            return decision
    return None


class Scripted(unittest.TestCase):
    def reason(self, windows: List[Window], end: Optional[str] = None, leak_calls: int = 1000) -> Optional[str]:
        decision = first_decision(windows, end, leak_calls)
        return decision.reason if decision else None

    def test_one_thread_a_call(self) -> None:
        self.assertEqual(self.reason(windows_of(lambda n: n)), "1 thread stayed per call over 112 calls")

    def test_the_second_process_asks_for_more_calls(self) -> None:
        reason = self.reason(windows_of(lambda n: n), leak_calls=2000)
        self.assertEqual(reason, "1 thread stayed per call over 240 calls")

    def test_each_decisive_kind(self) -> None:
        for kind, word in (
            ("descriptors", "3 file descriptors"),
            ("processes", "3 processes"),
            ("shared_memory", "3 blocks of shared memory"),
        ):
            self.assertEqual(
                self.reason(windows_of(lambda n: 3 * n, kind)), f"{word} stayed per call over 112 calls", kind
            )

    def test_tasks_timers_and_files_decide_nothing(self) -> None:
        for kind in ("tasks", "timers", "files"):
            self.assertIsNone(self.reason(windows_of(lambda n: n, kind)), kind)

    def test_one_in_twenty_and_one_in_fifty_calls(self) -> None:
        for every in (2, 7, 20, 50):
            for start in range(every):
                windows = windows_of(lambda n, e=every, s=start: (n + s) // e, "descriptors")  # type: ignore[misc]
                self.assertIsNotNone(self.reason(windows), (every, start))

    def test_a_pool_that_fills_up_is_none(self) -> None:
        for size in (1, 4, 16, 32, 64, 100):
            self.assertIsNone(self.reason(windows_of(lambda n, s=size: min(n, s))), size)  # type: ignore[misc]

    def test_a_larger_pool_is_none_in_the_second_process(self) -> None:
        for size in (120, 160, 200):
            windows = windows_of(lambda n, s=size: min(n, s))  # type: ignore[misc]
            self.assertIsNone(self.reason(windows, leak_calls=2000), size)

    def test_start_up_and_a_single_late_one(self) -> None:
        for at in (9, 20, 100, 400):
            self.assertIsNone(self.reason(windows_of(lambda n, a=at: 3 if n > a else 0)), at)  # type: ignore[misc]

    def test_threads_that_come_and_go(self) -> None:
        for period in range(2, 230, 3):
            windows = windows_of(lambda n, p=period: n % p)  # type: ignore[misc]
            processes = [self.reason(windows, leak_calls=calls) for calls in (1000, 2000)]
            self.assertIn(None, processes if period > 100 else processes[:1], period)

    def test_a_slow_target_with_few_calls(self) -> None:
        windows = windows_of(lambda n: n, sizes=[1, 1, 2, 2, 4, 4, 8])
        self.assertIsNone(self.reason(windows))
        self.assertEqual(self.reason(windows, "the time was up"), "1 thread stayed per call over 22 calls")

    def test_too_few_windows(self) -> None:
        self.assertIsNone(self.reason(windows_of(lambda n: n, sizes=[8] * 5), "the time was up"))

    def test_bytes_are_told_along(self) -> None:
        windows = [Window(w.calls, 2048 * w.calls, 0, left=w.left) for w in windows_of(lambda n: n)]
        self.assertEqual(self.reason(windows), "1 thread (2 KiB) stayed per call over 112 calls")

    def test_windows_without_counts(self) -> None:
        self.assertIsNone(self.reason([Window(size, 0, 0) for size in SIZES]))
        self.assertEqual(left_rates([]), (0.0,) * len(KINDS))

    def test_words(self) -> None:
        self.assertEqual(things(1, "processes"), "1 process")
        self.assertEqual(things(0.05, "descriptors"), "0.05 file descriptors")
        self.assertEqual(left_in_words(windows_of(lambda n: n, "files")), "")


class Counting(unittest.TestCase):
    """Real threads, descriptors, children, tasks and files of this very process."""

    def setUp(self) -> None:
        self.leftovers = Leftovers()
        self.before = self.leftovers.read()

    def more(self, kind: str) -> int:
        return self.leftovers.read()[KINDS.index(kind)] - self.before[KINDS.index(kind)]

    def test_nothing(self) -> None:
        self.leftovers.settle(self.before)
        self.assertEqual(self.leftovers.read(), self.before)

    def test_a_thread(self) -> None:
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        self.assertEqual(self.more("threads"), 1)
        stop.set()
        thread.join()
        self.leftovers.settle(self.before)
        self.assertEqual(self.more("threads"), 0)

    def test_a_descriptor(self) -> None:
        with open(os.devnull):
            self.assertEqual(self.more("descriptors"), 1)
        self.assertEqual(self.more("descriptors"), 0)

    @unittest.skipUnless(sys.platform.startswith("linux"), "children are listed in /proc")
    def test_a_child_and_one_that_nobody_waited_for(self) -> None:
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        self.assertEqual(self.more("processes"), 1)
        assert child.stdin is not None
        child.stdin.close()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        self.assertEqual(self.more("processes"), 1)
        child.wait()
        self.assertEqual(self.more("processes"), 0)

    def test_tasks_and_timers_of_the_loop(self) -> None:
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        leftovers = Leftovers(lambda: loop)
        before = leftovers.read()

        async def start() -> None:
            loop.create_task(asyncio.sleep(0.15))
            loop.call_later(0.05, int)
            loop.call_later(100, int).cancel()
            await asyncio.sleep(0)

        loop.run_until_complete(start())
        now = dict(zip(KINDS, leftovers.read()))
        self.assertEqual((now["tasks"], now["timers"]), (1, 2))
        self.assertEqual(leftovers.outlast(before, 5), before)

    def test_what_does_not_end_is_not_waited_for_for_ever(self) -> None:
        stop = threading.Event()
        threading.Thread(target=stop.wait).start()
        started = time.monotonic()
        left = self.leftovers.outlast(self.before, 0.1)
        stop.set()
        self.assertGreater(left[KINDS.index("threads")], self.before[KINDS.index("threads")])
        self.assertLess(time.monotonic() - started, 5)

    def test_files(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "a", "b"))
            with open(os.path.join(folder, "a", "b", "c"), "w"):
                self.assertEqual(file_count(folder), 3)
        self.assertEqual(file_count(folder), 0)
        self.assertEqual(file_count(""), 0)

    def test_a_platform_without_proc(self) -> None:
        with mock.patch("os.listdir", side_effect=FileNotFoundError):
            counts = dict(zip(KINDS, self.leftovers.read()))
        self.assertEqual(counts["threads"], threading.active_count())
        self.assertEqual((counts["descriptors"], counts["processes"]), (0, 0))


class Blocks(unittest.TestCase):
    def test_made_and_removed(self) -> None:
        from multiprocessing import shared_memory

        blocks = SharedBlocks()
        blocks.watch()
        block = shared_memory.SharedMemory(create=True, size=16)
        try:
            self.assertEqual(len(blocks.present()), 1)
            other = shared_memory.SharedMemory(block.name)
            other.close()
            self.assertEqual(len(blocks.present()), 1)
        finally:
            block.close()
            block.unlink()
        self.assertEqual(blocks.present(), {})


if __name__ == "__main__":
    unittest.main()
