"""Paths are named as a person would write them, and only what grew is named."""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import signal
import sys
import threading
import unittest
import weakref

from leakcheck_probe.paths import Snapshot, retaining_paths
from leakcheck_probe.paths.snapshot import held_by_nothing_else

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "driver_cases")
CALLS = 150


def holders():
    if ROOT not in sys.path:
        sys.path.insert(0, ROOT)
    importlib.import_module("shop.borrower")
    return importlib.import_module("shop.holders")


def grown(function, calls=CALLS, held=None, **options):
    """Paths after `calls` calls of the function with a number."""
    for number in range(8):
        function(number)
    gc.collect()
    before = Snapshot(ROOT, held)
    for number in range(1000, 1000 + calls):
        function(number)
    gc.collect()
    return retaining_paths(before, Snapshot(ROOT, held, before), calls, **options)


class EveryHolder(unittest.TestCase):
    """All holders of the case module grow at the same time; each must be found by its own name."""

    @classmethod
    def setUpClass(cls):
        cls.hooks = sys.excepthook, threading.excepthook
        module = holders()

        def grow_all(number):
            for function in module.GROW.values():
                function(number)

        cls.found = {path.path: path for path in grown(grow_all, limit=200)}
        cls.expected = list(module.GROW)

    @classmethod
    def tearDownClass(cls):
        import atexit
        import logging

        module = holders()
        logging.root.handlers.clear()
        signal.signal(signal.SIGUSR2, signal.SIG_DFL)
        sys.excepthook, threading.excepthook = cls.hooks
        for task in module._tasks:
            task.cancel()
        module.loop.run_until_complete(__import__("asyncio").sleep(0))
        module.loop.close()
        atexit.unregister(module.Item().__init__)

    def test_named(self):
        for path in self.expected:
            with self.subTest(path):
                self.assertIn(path, self.found, sorted(self.found))

    def test_counts(self):
        for path in self.expected:
            if path.startswith("shop.holders.text"):
                continue
            with self.subTest(path):
                self.assertAlmostEqual(self.found[path].count, CALLS, delta=2 + CALLS * (".__dict__[*]" in path))

    def test_nothing_else_of_the_repository(self):
        """Besides the expected ones only the container above a heavy path and what a holder needs itself."""
        shorter = {"shop.holders._errors[*] -> ValueError", "shop.holders._open[*] -> generator",
                   "shop.holders._callbacks[*] -> partial", "shop.holders._list_of_alive[*] -> Item",
                   "shop.holders._frames[*] -> frame", "shop.holders._traces[*] -> traceback",
                   "shop.holders._waiting_coroutines[*] -> coroutine", "shop.holders._pages[*] -> async_generator",
                   "shop.holders._bound[*] -> method", "shop.holders._memory[*] -> memoryview",
                   f"shop.holders._references[*] -> {weakref.ref.__name__}"}  # fmt: skip
        own = {path for path, found in self.found.items() if path.startswith("shop.")}
        self.assertEqual(own - set(self.expected), shorter)

    def test_limits_that_holders_state(self):
        stated = {path: found.maximum for path, found in self.found.items() if found.bounded}
        self.assertEqual(
            stated,
            {
                "shop.holders.fetch_bounded.<lru_cache maxsize=7000><value>[*] -> list": 7000,
                "shop.holders.fetch_record.<lru_cache maxsize=6000><value>[*] -> dict": 6000,
                "shop.holders._recent[*] -> list": 9000,
            },
        )

    def test_repository(self):
        self.assertTrue(self.found["shop.holders._list[*] -> bytes"].touches_repository)
        self.assertFalse(self.found["logging.root.handlers[*] -> NullHandler"].touches_repository)

    def test_bytes(self):
        self.assertEqual(self.found["shop.holders._list[*] -> bytes"].bytes, 100 * CALLS)


class NativeCode(unittest.TestCase):
    """What only C code holds has no path: it is said so, and nothing else is blamed."""

    def named(self, function):
        for number in range(8):
            function(number)
        gc.collect()
        before = Snapshot(ROOT)
        gc.freeze()
        for number in range(CALLS):
            function(number)
        gc.collect()
        fresh = gc.get_objects()
        gc.unfreeze()
        return [path.path for path in retaining_paths(before, Snapshot(ROOT, None, before, fresh=fresh), CALLS)]

    def test_a_reference_too_many(self):
        def forgets(number):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object([number]))

        self.assertEqual(self.named(forgets), ["<native code>[*] -> list"])

    def test_what_a_path_leads_to_is_not_blamed_on_it(self):
        holders().kept_here = []
        paths = self.named(lambda number: holders().kept_here.append([{number: {}}]))
        self.assertEqual(paths, ["shop.holders.kept_here[*] -> list"])

    def test_nothing_kept(self):
        self.assertEqual(self.named(lambda number: [number]), [])


class NearSearch(unittest.TestCase):
    def test_the_repository_is_searched_alone(self):
        module = holders()
        module.near = []
        before = Snapshot(ROOT, near=True)
        for number in range(CALLS):
            module.near.append([number])
            os.environ[f"LEAKCHECK_{number}"] = "x"
        after = Snapshot(ROOT, None, before, near=True)
        for number in range(CALLS):
            del os.environ[f"LEAKCHECK_{number}"]
        paths = [path.path for path in retaining_paths(before, after, CALLS, slowly=False)]
        self.assertEqual(paths, ["shop.holders.near[*] -> list"])


class Comparison(unittest.TestCase):
    def test_no_growth_no_path(self):
        self.assertEqual(grown(lambda number: [number] * 10), [])

    def test_replaced_values_are_no_growth(self):
        module = holders()

        def replace(number):
            module.replaced = [bytes(10)] * 5

        self.assertEqual(grown(replace), [])

    def test_slow_growth_is_named_when_nothing_grows_fast(self):
        module = holders()
        module.slow = []
        paths = grown(lambda number: module.slow.append(number) if number % 50 == 0 else None)
        self.assertEqual([(path.path, path.count) for path in paths], [("shop.holders.slow[*] -> int", 3)])

    def test_most_kept_first(self):
        module = holders()
        module.one, module.three = [], []

        def grow(number):
            module.one.append([])
            module.three.extend([[], [], []])

        self.assertEqual([p.count for p in grown(grow)], [3 * CALLS, CALLS])

    def test_what_the_driver_holds_has_its_name(self):
        registry = holders().Registry()
        paths = grown(lambda number: registry._rows.append(number), held={"shop.holders.Registry()": registry})
        self.assertEqual([path.path for path in paths], ["shop.holders.Registry()._rows[*] -> int"])
        self.assertTrue(paths[0].touches_repository)

    def test_nested_small_dictionaries_keep_their_keys(self):
        module = holders()
        module.settings = {"north": {"rows": []}, "south": {"rows": []}}
        paths = grown(lambda number: module.settings["south"]["rows"].append([]))
        self.assertEqual([p.path for p in paths], ["shop.holders.settings['south']['rows'][*] -> list"])

    def test_another_thread(self):
        ready, done = threading.Event(), threading.Event()
        shared = []

        def waits():
            kept_by_thread = [shared]
            ready.set()
            done.wait()
            return kept_by_thread

        thread = threading.Thread(target=waits, name="worker")
        thread.start()
        ready.wait()
        try:
            paths = grown(lambda number: shared.append([]))
        finally:
            done.set()
            thread.join()
        self.assertEqual(len(paths), 1, paths)
        self.assertIn("[*] -> list", paths[0].path)

    def test_hostile_objects_neither_run_nor_stop_the_search(self):
        module = holders()
        ran = []

        class Hostile:
            def __init__(self):
                self.kept = []

            def __getattribute__(self, name):
                ran.append(name)
                raise RuntimeError(name)

            @property
            def __class__(self):
                ran.append("class")
                raise RuntimeError

            def __len__(self):
                ran.append("len")
                raise RuntimeError

            def __hash__(self):
                ran.append("hash")
                raise RuntimeError

        hostile = Hostile()
        kept = object.__getattribute__(hostile, "__dict__")["kept"]
        module.hostile = hostile
        ran.clear()
        paths = grown(lambda number: kept.append([]))
        self.assertEqual([p.path for p in paths], ["shop.holders.hostile.kept[*] -> list"])
        self.assertEqual(ran, [])

    def test_hostile_names_are_cut_and_printable(self):
        module = holders()
        name = "a\n\u202e" + "b" * 2000
        setattr(module, name, [])
        try:
            (path,) = grown(lambda number: getattr(module, name).append([]))
        finally:
            delattr(module, name)
        self.assertLessEqual(len(path.path), 500)
        self.assertTrue(path.path.isprintable())

    def test_what_only_c_code_holds(self):
        def kept():
            pass

        class Local:
            def method(self):
                pass

        methods = [Local().method]
        items = [kept, *methods]
        holder = {"kept": kept}
        self.assertEqual(held_by_nothing_else(items, (items, methods)), methods)
        del holder

    def test_a_snapshot_keeps_nothing_alive(self):
        module = holders()

        class Local:
            pass

        module.temporary = Local()
        reference = __import__("weakref").ref(Local)
        snapshot = Snapshot(ROOT)
        del module.temporary, Local
        gc.collect()
        self.assertIsNone(reference())
        self.assertTrue(snapshot.complete)

    def test_a_cut_snapshot_is_compared_with_one_cut_alike(self):
        gc.collect()
        before = Snapshot(ROOT, nodes=500)
        self.assertFalse(before.complete)
        after = Snapshot(ROOT, None, before)
        self.assertEqual(after.visited, before.visited)
        self.assertEqual(retaining_paths(before, after, 100), [])


@unittest.skipUnless(importlib.util.find_spec("numpy"), "numpy is not installed")
class Arrays(unittest.TestCase):
    def test_view_names_its_base(self):
        import numpy

        module = holders()
        module.heads = []
        paths = grown(lambda number: module.heads.append(numpy.ones(1000)[:2]))
        self.assertEqual(
            [(p.path, p.bytes) for p in paths],
            [
                ("shop.holders.heads[*] -> ndarray", 8000 * CALLS),
                ("shop.holders.heads[*].base -> ndarray", 8000 * CALLS),
            ],
        )


if __name__ == "__main__":
    unittest.main()
