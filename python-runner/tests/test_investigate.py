"""Whole investigations with real processes: base, confirmation, bounds and attribution."""

from __future__ import annotations

import os
import sys
import textwrap
import unittest

from leakcheck_probe.plan import Hold, Limits

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree_case import LEAK, Tree


class Bases(Tree):
    def test_introduced(self) -> None:
        result = self.investigate(LEAK, base=LEAK.replace("_seen.append(bytes(500))", "pass"))
        self.assertEqual(result.base.status, "measured")
        assert result.base.measurement is not None
        self.assertEqual(result.base.measurement.outcome, "clean")

    def test_already_there(self) -> None:
        result = self.investigate(LEAK, base="import os\n" + textwrap.dedent(LEAK))
        assert result.base.measurement is not None
        self.assertEqual((result.base.status, result.base.measurement.outcome), ("measured", "leak"))

    def test_the_target_is_new(self) -> None:
        result = self.investigate(LEAK, base="def other(): pass\n")
        self.assertEqual(result.base.status, "absent")

    def test_the_base_cannot_be_imported(self) -> None:
        result = self.investigate(LEAK, base="raise ImportError('no_such_thing')\n" + textwrap.dedent(LEAK))
        self.assertEqual(result.base.status, "failed")
        self.assertIn("no_such_thing", result.base.reason)

    def test_the_line_of_the_hold_moved(self) -> None:
        code = """
            def target():
                rows = bytearray(2_000_000)
                count = len(rows)
                return count
        """
        moved = "import os\n\n" + textwrap.dedent(code)
        result = self.investigate(code, base=moved, recipe="peak", hold=Hold(4, ("rows",)))
        assert result.base.measurement is not None, result.base
        self.assertEqual(result.base.measurement.outcome, "peak")


class Settling(Tree):
    def test_a_bounded_cache(self) -> None:
        code = """
            import functools

            @functools.lru_cache(maxsize=5000)
            def target(key):
                return key
        """
        result = self.investigate(code, vary=("key",))
        self.assertEqual(result.outcome, "clean")
        self.assertIn("at most 5000 entries", result.reason)

    def test_a_bounded_cache_that_is_full_at_the_last_moment(self) -> None:
        code = """
            import collections

            _last = collections.deque(maxlen=1000)

            def target(value="v"):
                _last.append(value + "!")
        """
        result = self.investigate(code)
        self.assertEqual(result.outcome, "clean", result.reason)

    def test_a_cache_that_the_second_process_saw_full(self) -> None:
        # A larger table at 683 entries hides from the first process that half of 700 entries went.
        code = """
            _cache = {}
            _calls = 0

            def target(key="some key"):
                global _calls
                _calls += 1
                _cache[_calls] = key * 4
                if len(_cache) > 700:
                    for old in list(_cache)[:350]:
                        del _cache[old]
        """
        result = self.investigate(code)
        self.assertEqual(result.outcome, "clean", result.reason)

    def test_cycles_of_a_library(self) -> None:
        os.makedirs(os.path.join(self.root, "elsewhere"))
        library = os.path.join(self.root, "elsewhere", "lib.py")
        with open(library, "w", encoding="utf-8") as file:
            file.write("class Item:\n    pass\ndef make():\n    item = Item()\n    item.me = item\n")
        code = f"""
            import sys
            sys.path.append({os.path.dirname(library)!r})
            import lib

            def target():
                lib.make()
        """
        self.leftovers = lambda: []  # type: ignore[method-assign]
        self.shown = [os.path.dirname(library)]
        result = self.investigate(code)
        self.assertEqual(result.outcome, "clean", result.reason)
        self.assertIn("libraries make", result.reason)

    def test_a_closure_of_the_standard_library_that_calls_itself(self) -> None:
        code = """
            import ast

            def target():
                return ast.dump(ast.parse("a = 1"))
        """
        result = self.investigate(code)
        self.assertEqual(result.outcome, "clean", result.reason)

    def test_memory_of_native_code(self) -> None:
        code = """
            import ctypes

            _libc = ctypes.CDLL(None)
            _libc.malloc.restype = ctypes.c_void_p

            def target():
                _libc.malloc(1000)
        """
        result = self.investigate(code)
        self.assertEqual(result.outcome, "leak", result.reason)
        self.assertTrue(any("Native code" in note for note in result.notes), result.notes)

    def test_an_outcome_that_depends_on_the_hash_seed(self) -> None:
        code = """
            import os

            _kept = []

            def target():
                if os.environ["PYTHONHASHSEED"] == "1":
                    _kept.append([0])
        """
        result = self.investigate(code)
        self.assertEqual((result.outcome, result.confirmed), ("inconclusive", False))
        self.assertIn("did not confirm", result.reason)

    def test_the_target_is_missing(self) -> None:
        result = self.investigate(LEAK, target="m.py::targt")
        self.assertEqual((result.outcome, result.head, result.driver.kind), ("inconclusive", None, "none"))
        self.assertIn("target", result.reason)

    def test_nobody_can_call_it(self) -> None:
        code = """
            def target(connection):
                if type(connection).__name__ != "Connection":
                    raise RuntimeError("no connection")
        """
        result = self.investigate(code)
        self.assertEqual(result.outcome, "inconclusive")
        self.assertIn("def leakcheck_probe_target", str(result.suggested_driver))

    def test_a_declared_driver(self) -> None:
        code = """
            class Connection:
                pass

            _open = []

            def target(connection):
                if type(connection).__name__ != "Connection":
                    raise RuntimeError("no connection")
                _open.append(connection)

            def leakcheck_probe_target():
                target(Connection())
        """
        result = self.investigate(code)
        self.assertEqual((result.outcome, result.driver.kind), ("leak", "declared"))

    def test_a_slow_target_is_measured_within_its_time(self) -> None:
        code = """
            import time

            _kept = []

            def target():
                time.sleep(0.02)
                _kept.append([0])
        """
        result = self.investigate(code, limits=Limits(60, 6, 512))
        self.assertEqual(result.outcome, "leak", result.reason)
        assert result.head is not None
        self.assertLess(result.head.calls, 200)


if __name__ == "__main__":
    unittest.main()
