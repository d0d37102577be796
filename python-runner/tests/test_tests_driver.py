"""Tests of a small repository as drivers, with real pytest: which are chosen, and what of them counts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import unittest
from typing import Any, Optional

from leakcheck_probe.investigate import investigate
from leakcheck_probe.plan import Limits, Target
from leakcheck_probe.report import Result
from leakcheck_probe.supervisor import Supervisor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree_case import replacement

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytest_repository")
FILE = "shelf/events.py"
TESTS = "pytest tests/test_events.py::"


@unittest.skipUnless(importlib.util.find_spec("pytest"), "pytest is not installed")
class TestsAsDrivers(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.join(os.path.realpath(folder.name), "head")
        shutil.copytree(REPOSITORY, self.root, ignore=shutil.ignore_patterns("__pycache__"))

    def source(self) -> str:
        with open(os.path.join(self.root, FILE), encoding="utf-8") as file:
            return file.read()

    def line_of(self, text: str) -> int:
        return next(n for n, line in enumerate(self.source().split("\n"), 1) if text in line)

    def investigate(self, name: str, line: str = "", base: Optional[str] = None, **changes: Any) -> Result:
        """`line` is a text that stands in the flagged line."""
        number = self.line_of(line) if line else 0
        fields: "dict[str, Any]" = {
            "id": "t",
            "target": f"{FILE}::{name}",
            "lines": (number, number) if line else None,
            "recipe": "growth",
            "vary": (),
            "hold": None,
            "driver": None,
            "fix": None,
        }
        before = tree_of(self.root)
        target = Target(**{**fields, **changes})
        result, _ = investigate(
            Supervisor(sys.executable, 1024), target, Limits(240, 120, 1024), self.root, base, lambda run, outcome: None
        )
        self.assertEqual(tree_of(self.root), before, "the tree stays as it is")
        return result

    def test_a_leak_that_only_a_test_shows(self) -> None:
        edit = replacement(self.source(), "_sent.append(event)", "pass")
        result = self.investigate("send", "_sent.append", fix=(edit,))
        self.assertEqual((result.outcome, result.confirmed), ("leak", True), result)
        self.assertEqual((result.driver.kind, result.driver.call), ("tests", TESTS + "test_send[opened]"))
        self.assertEqual(result.driver.files, ["tests/test_events.py", "tests/conftest.py"])
        self.assertIn("shelf.events._sent[*] -> Event", [path.path for path in result.paths])
        self.assertEqual(result.fix.status, "not-verified", "the test fails with this fix")

    def test_the_fix_is_measured_with_the_same_test(self) -> None:
        edit = replacement(self.source(), "_sent.append(event)\n", "_sent[:] = [event]\n")
        result = self.investigate("send", "_sent.append", fix=(edit,))
        self.assertEqual(result.fix.status, "fixed", result.fix)
        self.assertIn("outcomes of the test are equal", result.fix.reason)

    def test_a_clean_function_stays_clean_under_a_noisy_test(self) -> None:
        result = self.investigate("name_of")
        self.assertIn("test_name: clean", by_tests(result))

    def test_threads(self) -> None:
        self.assertIn("test_later: clean", by_tests(self.investigate("later")))

    def test_a_unittest_case(self) -> None:
        result = self.investigate("Bell.ring", "self.rung.append")
        self.assertEqual((result.outcome, result.driver.call), ("leak", TESTS + "TestBells::test_ring"), result)

    def test_an_asynchronous_test(self) -> None:
        result = self.investigate("Bell.wait")
        self.assertIn("TestWaiting::test_wait: clean", by_tests(result))

    def test_a_slow_test_is_no_driver(self) -> None:
        result = self.investigate("slow")
        self.assertNotEqual(result.driver.kind, "tests")
        self.assertTrue(any("none passes and reaches it" in note for note in result.notes), result.notes)

    def test_a_test_repeats_its_key(self) -> None:
        result = self.investigate("remember", "_by_name[key]", vary=("key",))
        self.assertEqual((result.outcome, result.driver.kind), ("leak", "synthesised"), result)
        self.assertEqual(result.driver.varied, ["key"])

    def test_a_test_that_clears_up_does_not_hide_the_leak(self) -> None:
        result = self.investigate("record", "_calls.append")
        self.assertEqual((result.outcome, result.driver.kind), ("leak", "synthesised"), result)
        self.assertTrue(any("test_record: clean" in note for note in result.notes), result.notes)

    def test_what_tests_keep_is_none_of_the_repository(self) -> None:
        result = self.investigate("tell")
        self.assertNotEqual(result.outcome, "leak")
        self.assertIn("neither what keeps it nor what made it is in this repository", by_tests(result))

    def test_a_base_without_the_test(self) -> None:
        base = os.path.join(os.path.dirname(self.root), "base")
        shutil.copytree(self.root, base)
        os.unlink(os.path.join(base, "tests", "test_events.py"))
        result = self.investigate("send", "_sent.append", base=base)
        # Then both are called with made-up arguments, which can be had for this one.
        self.assertEqual((result.outcome, result.base.status, result.driver.kind), ("leak", "measured", "synthesised"))

    def test_the_base_runs_its_own_test(self) -> None:
        base = os.path.join(os.path.dirname(self.root), "base")
        shutil.copytree(self.root, base)
        with open(os.path.join(base, FILE), "w", encoding="utf-8") as file:
            file.write(self.source().replace("_sent.append(event)\n", "_sent[:] = [event]\n"))
        result = self.investigate("send", "_sent.append", base=base)
        assert result.base.measurement is not None, result.base
        self.assertEqual((result.outcome, result.base.measurement.outcome), ("leak", "clean"), result.base)

    def test_a_tree_whose_tests_cannot_be_collected(self) -> None:
        with open(os.path.join(self.root, "tests", "conftest.py"), "w", encoding="utf-8") as file:
            file.write("raise SystemExit(3)\n")
        result = self.investigate("record", "_calls.append")
        self.assertEqual((result.outcome, result.driver.kind), ("leak", "synthesised"), result)


def by_tests(result: Result) -> str:
    """What the tests showed, whether they made the result or a note on it: calls of our own may tell as much."""
    if result.driver.kind == "tests":
        return f"{result.driver.call}: {result.outcome}, {result.reason}"
    return next((note for note in result.notes if note.startswith("With pytest")), "")


def tree_of(root: str) -> "list[str]":
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names)


if __name__ == "__main__":
    unittest.main()
