"""Whether a fix is called fixed: patched code in real processes."""

from __future__ import annotations

import os
import sys
import textwrap
import unittest

from leakcheck_probe.edits import Edit
from leakcheck_probe.investigate import investigate
from leakcheck_probe.plan import Hold, Target
from leakcheck_probe.supervisor import Supervisor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree_case import LEAK, LIMITS, Tree


class Fixes(Tree):
    def test_a_fix_that_works(self) -> None:
        result = self.investigate(LEAK, fix=("_seen.append(bytes(500))", "pass"))
        self.assertEqual((result.outcome, result.fix.status), ("leak", "fixed"), result.fix.reason)
        self.assertIn("return values are equal", result.fix.reason)
        assert result.fix.measurement is not None
        self.assertLess(result.fix.measurement.per_call.bytes, 1.0)
        self.assertEqual([run for run, _ in self.told], ["head", "confirm", "fix", "confirm", "fix"])

    def test_a_guard_that_lets_the_line_run_once(self) -> None:
        code = """
            import logging

            def target():
                logging.getLogger("m").addHandler(logging.NullHandler())
                return 1
        """
        old = 'logging.getLogger("m").addHandler'
        fix = (old, 'if not logging.getLogger("m").handlers:\n        ' + old)
        result = self.investigate(code, fix=fix, lines=(4, 4))
        self.assertEqual((result.outcome, result.fix.status), ("leak", "fixed"), result.fix.reason)

    def test_a_guard_that_evicts_instead(self) -> None:
        old = "_seen.append(bytes(500))"
        fix = (old, f"if len(_seen) >= 3:\n        _seen.pop()\n    else:\n        {old}")
        result = self.investigate(LEAK, fix=fix, lines=(4, 4))
        self.assertEqual(result.fix.status, "fixed", result.fix.reason)

    def test_a_fix_that_treats_its_arguments_in_another_way(self) -> None:
        code = LEAK.replace('key="a"', "rows: list").replace("key * 2", "1")
        fixes = {"pass": "fixed", "rows.append(1)": "not-verified"}
        for text, status in fixes.items():
            result = self.investigate(code, fix=("_seen.append(bytes(500))", text))
            self.assertEqual(result.fix.status, status, result.fix.reason)
        self.assertIn("leaves its arguments in another state", result.fix.reason)

    def test_a_fix_that_does_not_help(self) -> None:
        result = self.investigate(LEAK, fix=("bytes(500)", "bytes(400)"))
        self.assertEqual(result.fix.status, "not-fixed", result.fix.reason)
        self.assertIn("stayed per call", result.fix.reason)

    def test_a_fix_that_changes_the_return_value(self) -> None:
        code = LEAK.replace("return key * 2", "return len(_seen) * 0 + 7")
        result = self.investigate(code, fix=("_seen.append(bytes(500))\n    return len(_seen) * 0 + 7", "return 8"))
        self.assertEqual(result.fix.status, "not-verified")
        self.assertIn("returns something else", result.fix.reason)

    def test_a_fix_that_raises(self) -> None:
        result = self.investigate(LEAK, fix=("_seen.append(bytes(500))", "raise RuntimeError('gone')"))
        self.assertEqual(result.fix.status, "not-verified", result.fix.reason)

    def test_a_fix_that_stops_the_code_from_running(self) -> None:
        fix = ("_seen.append", "return key * 2\n    _seen.append")
        result = self.investigate(LEAK, fix=fix, lines=(4, 4))
        self.assertEqual((result.outcome, result.fix.status), ("leak", "not-verified"))
        self.assertIn("did not run", result.fix.reason)

    def test_a_fix_that_does_not_parse(self) -> None:
        result = self.investigate(LEAK, fix=("bytes(500)", "bytes("))
        self.assertEqual(result.fix.status, "not-verified")
        self.assertIn("not valid Python", result.fix.reason)

    def test_a_fix_that_does_not_fit_the_file(self) -> None:
        head = self.write("head", LEAK)
        edit = Edit((99, 1), (99, 1), "x")
        target = Target("t", "m.py::target", None, "growth", (), None, None, (edit,))
        supervisor = Supervisor(sys.executable, LIMITS.megabytes)
        result, _ = investigate(supervisor, target, LIMITS, head, None, lambda run, outcome: None)
        self.assertEqual(result.fix.status, "not-verified")
        self.assertIn("points to line 99", result.fix.reason)

    def test_a_bound_fixes_a_cache_that_does_not_fill_in_time(self) -> None:
        code = """
            import functools

            @functools.lru_cache(maxsize=None)
            def target(key):
                return key
        """
        result = self.investigate(code, fix=("maxsize=None", "maxsize=4096"), vary=("key",))
        self.assertEqual((result.outcome, result.fix.status), ("leak", "fixed"), result.fix.reason)
        assert result.fix.measurement is not None
        self.assertIn("at most 4096 entries", result.fix.measurement.reason)

    def test_a_weak_back_reference(self) -> None:
        code = """
            import weakref

            class Node:
                def __init__(self, parent=None):
                    self.parent = parent
                    self.child = None if parent else Node(self)
                    self.payload = bytearray(1000)

            def target():
                return Node()
        """
        result = self.investigate(code, fix=("= parent\n", "= parent and weakref.ref(parent)\n"), recipe="cycle")
        self.assertEqual((result.outcome, result.recipe, result.fix.status), ("cycle-garbage", "cycle", "fixed"))
        self.assertIn("types of the return values", result.fix.reason)

    def test_values_that_differ_from_run_to_run(self) -> None:
        code = "import time\n" + textwrap.dedent(LEAK).replace("key * 2", "time.time()")
        result = self.investigate(code, fix=("_seen.append(bytes(500))", "pass"))
        self.assertEqual(result.fix.status, "fixed", result.fix.reason)
        self.assertIn("differ from run to run", result.fix.reason)

    def test_varying_values_of_another_type(self) -> None:
        code = "import time\n" + textwrap.dedent(LEAK).replace("key * 2", "time.time()")
        result = self.investigate(code, fix=("_seen.append(bytes(500))\n    return time.time()", "return 'noon'"))
        self.assertEqual(result.fix.status, "not-verified", result.fix.reason)

    def test_a_fix_that_keeps_the_flagged_line_from_running(self) -> None:
        code = textwrap.dedent(LEAK).lstrip()
        line = code[: code.index("_seen.append")].count("\n") + 1
        old = 'def target(key="a"):\n'
        result = self.investigate(LEAK, fix=(old, old + "    return key * 2\n"), lines=(line, line))
        self.assertEqual(result.fix.status, "not-verified", result.fix.reason)
        self.assertIn("did not run", result.fix.reason)

    def test_letting_go_before_an_endless_loop(self) -> None:
        code = """
            import time

            def target():
                rows = bytearray(2_000_000)
                count = len(rows)
                while True:
                    time.sleep(100)
        """
        fix = ("while True:", "del rows\n    while True:")
        result = self.investigate(code, fix=fix, recipe="peak", hold=Hold(7, ("rows",)))
        self.assertEqual((result.outcome, result.fix.status), ("peak", "fixed"), result.fix.reason)
        self.assertIn("does not come back", result.fix.reason)
        assert result.head and result.head.held and result.fix.measurement and result.fix.measurement.held
        self.assertGreaterEqual(result.head.held.released, 2_000_000)
        self.assertLess(result.fix.measurement.held.bytes, 10_000)

    def test_a_peak_that_is_still_there(self) -> None:
        code = """
            def target():
                rows = bytearray(2_000_000)
                count = len(rows)
                for number in range(3):
                    count += number
                return count
        """
        fix = ("count += number", "count += number + 0")
        result = self.investigate(code, fix=fix, recipe="peak", hold=Hold(4, ("rows",)))
        self.assertEqual((result.outcome, result.fix.status), ("peak", "not-fixed"), result.fix.reason)


if __name__ == "__main__":
    unittest.main()
