"""Whole investigations with real processes: base, fix, confirmation, bounds and attribution."""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Optional, Tuple

from leakcheck_probe.edits import Edit
from leakcheck_probe.investigate import investigate
from leakcheck_probe.plan import Hold, Limits, Target
from leakcheck_probe.report import Result
from leakcheck_probe.supervisor import Supervisor

LIMITS = Limits(60, 30, 1024)


class Tree(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        self.told: "list[tuple[str, str]]" = []

    def write(self, tree: str, code: str) -> str:
        os.makedirs(os.path.join(self.root, tree), exist_ok=True)
        path = os.path.join(self.root, tree, "m.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(code).lstrip())
        return os.path.join(self.root, tree)

    def investigate(
        self, code: str, fix: Optional[Tuple[str, str]] = None, base: Optional[str] = None, **changes: Any
    ) -> Result:
        """`fix` replaces a text that occurs once by another; `base` is the file at the base."""
        head = self.write("head", code)
        limits = changes.pop("limits", LIMITS)
        fields: "dict[str, Any]" = {
            "id": "t",
            "target": "m.py::target",
            "lines": None,
            "recipe": "growth",
            "vary": (),
            "hold": None,
            "driver": None,
            "fix": (replacement(textwrap.dedent(code).lstrip(), *fix),) if fix else None,
        }
        target = Target(**{**fields, **changes})
        base_tree = self.write("base", base) if base is not None else None
        tell = lambda run, outcome: self.told.append((run, outcome))  # noqa: E731
        result, _ = investigate(Supervisor(sys.executable, LIMITS.megabytes), target, limits, head, base_tree, tell)
        self.assertEqual(self.leftovers(), [])
        return result

    def leftovers(self) -> "list[str]":
        found = [name for _, folders, files in os.walk(self.root) for name in folders + files]
        return [name for name in found if name not in ("head", "base", "m.py")]


def replacement(source: str, old: str, new: str) -> Edit:
    assert source.count(old) == 1, f"{old!r} occurs {source.count(old)} times"
    before = source[: source.index(old)]
    through = before + old
    ends = [(text.count("\n") + 1, len(text) - text.rfind("\n")) for text in (before, through)]
    return Edit(ends[0], ends[1], new)


LEAK = """
    _seen = []

    def target(key="a"):
        _seen.append(bytes(500))
        return key * 2
"""


class Fixes(Tree):
    def test_a_fix_that_works(self) -> None:
        result = self.investigate(LEAK, fix=("_seen.append(bytes(500))", "pass"))
        self.assertEqual((result.outcome, result.fix.status), ("leak", "fixed"), result.fix.reason)
        self.assertIn("return values are equal", result.fix.reason)
        assert result.fix.measurement is not None
        self.assertEqual(result.fix.measurement.per_call.bytes, 0.0)
        self.assertEqual([run for run, _ in self.told], ["head", "confirm", "fix", "fix"])

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
        result = self.investigate(LEAK, base="import no_such_thing\n" + textwrap.dedent(LEAK))
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
        result = self.investigate(code)
        self.assertEqual(result.outcome, "clean")
        self.assertIn("libraries make", result.reason)

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
