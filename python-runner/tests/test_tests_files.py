"""Which test files are likely to reach a target, what of pytest's settings is kept, and which result tells more."""

from __future__ import annotations

import os
import tempfile
import time
import unittest
from typing import Optional

from leakcheck_probe import ways
from leakcheck_probe.plan import Target
from leakcheck_probe.pytests.files import are_there, likely_files, score_of
from leakcheck_probe.pytests.settings import DEFAULT_PATTERNS, Settings, kept_options, read_settings
from leakcheck_probe.report import Base, Driver, Result
from leakcheck_probe.testcode import is_test_file


class Scores(unittest.TestCase):
    def score(self, text: str, name: str = "test_x.py", qualname: str = "Cache.load") -> int:
        return score_of(text, name, "app.store.cache", qualname)

    def test_ways_to_import_the_module(self) -> None:
        for text in (
            "import app.store.cache",
            "import os, app.store.cache",
            "from app.store.cache import Cache",
            "from app.store import cache",
            "from app.store import (\n    other,\n    cache,\n)",
            "from ..store.cache import Cache",
            "from .. import cache",
            "    from app.store import cache  # late",
        ):
            self.assertGreaterEqual(self.score(text), 8, text)

    def test_other_imports(self) -> None:
        for text in ("import application", "from app_store.cache import x", "import cached", "x = 'app.store.cache'"):
            self.assertLess(self.score(text), 2, text)

    def test_the_name_counts_beside_an_import(self) -> None:
        self.assertGreater(self.score("import app\nCache().load()"), self.score("import app\n"))
        self.assertGreater(self.score("from app import x\nCache().load()"), self.score("from app import x\nload()"))

    def test_a_name_alike_breaks_ties(self) -> None:
        self.assertGreater(self.score("import app", "test_cache.py"), self.score("import app", "test_other.py"))


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        self.write("app/__init__.py", "")
        self.write("app/cache.py", "def load(): pass\n")

    def write(self, name: str, text: str) -> str:
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def likely(self) -> "list[str]":
        found = likely_files(self.root, read_settings(self.root), "app.cache", "load", time.monotonic() + 10)
        return [os.path.relpath(path, self.root) for path in found]

    def test_the_most_promising_first(self) -> None:
        self.write("tests/test_a.py", "import app\n")
        self.write("tests/test_b.py", "from app.cache import load\nload()\n")
        self.write("tests/test_c.py", "import os\n")
        self.write("tests/helper.py", "from app.cache import load\n")
        self.assertEqual(self.likely(), ["tests/test_b.py", "tests/test_a.py"])
        self.assertTrue(are_there(self.root, "app/cache.py", "load"))

    def test_no_test_names_the_package(self) -> None:
        self.write("tests/test_c.py", "import os\n")
        self.assertFalse(are_there(self.root, "app/cache.py", "load"))

    def test_environments_are_not_searched(self) -> None:
        self.write("env/pyvenv.cfg", "")
        for folder in ("env", ".tox", "node_modules", "build"):
            self.write(f"{folder}/test_b.py", "from app.cache import load\n")
        self.assertEqual(self.likely(), [])

    def test_the_tree_says_where_tests_lie(self) -> None:
        self.write("setup.cfg", "[tool:pytest]\ntestpaths = checks\npython_files = check_*.py\n")
        self.write("checks/check_a.py", "import app\n")
        self.write("tests/test_a.py", "import app\n")
        self.assertEqual(self.likely(), ["checks/check_a.py"])

    def test_no_path_leads_out_of_the_tree(self) -> None:
        self.write("pytest.ini", "[pytest]\ntestpaths = ../.. /etc\n")
        self.write("tests/test_a.py", "import app\n")
        self.assertEqual(self.likely(), ["tests/test_a.py"])

    def test_settings_that_cannot_be_read(self) -> None:
        self.write("pytest.ini", "[pytest\n")
        self.assertEqual(read_settings(self.root), Settings((), DEFAULT_PATTERNS, ()))

    def test_an_empty_ini_file_counts(self) -> None:
        self.write("pytest.ini", "")
        self.write("setup.cfg", "[tool:pytest]\ntestpaths = checks\n")
        self.assertEqual(read_settings(self.root).paths, ())


class Options(unittest.TestCase):
    def test_only_what_tests_cannot_do_without(self) -> None:
        words = "-n auto --cov=app --ds settings --import-mode=importlib -p app.plugin -p no:randomly -x tests".split()
        kept = ("-p", "app.plugin", "--ds=settings", "--import-mode=importlib")
        self.assertEqual(kept_options(words), kept)


class TestCode(unittest.TestCase):
    def test_names(self) -> None:
        for name in ("tests/helper.py", "app/tests/x.py", "test_a.py", "app/a_test.py", "conftest.py"):
            self.assertTrue(is_test_file(name), name)
        for name in ("app/testing.py", "app/latest.py", "app/contest.py", "testsuite/x.py"):
            self.assertFalse(is_test_file(name), name)


TARGET = Target("t", "m.py::f", None, "growth", ("key",), None, None, None)


def result(kind: str, outcome: str, **changes: object) -> Result:
    made = Result("t", "m.py::f", outcome, "why", "high", driver=Driver(kind, f"{kind}()", reached=True))
    made.confirmed = outcome == "leak"
    for name, value in changes.items():
        setattr(made, name, value)
    return made


class Ways(unittest.TestCase):
    def told(self, tests: Result, other: Result) -> Optional[str]:
        return ways.more_telling(tests, other, TARGET).driver.kind

    def test_a_leak_settles_it(self) -> None:
        self.assertTrue(ways.is_settled(result("tests", "leak"), TARGET))
        self.assertFalse(ways.is_settled(result("tests", "leak", confirmed=False), TARGET))
        self.assertFalse(ways.is_settled(result("tests", "leak", base=Base("failed")), TARGET))
        self.assertFalse(ways.is_settled(result("tests", "clean"), TARGET))
        self.assertFalse(ways.is_settled(result("tests", "cycle-garbage", confirmed=True), TARGET))

    def test_the_leak_counts_whoever_finds_it(self) -> None:
        self.assertEqual(self.told(result("tests", "clean"), result("synthesised", "leak")), "synthesised")
        self.assertEqual(self.told(result("tests", "leak"), result("synthesised", "clean")), "tests")
        self.assertEqual(self.told(result("tests", "leak"), result("none", "inconclusive")), "tests")

    def test_of_two_leaks_the_one_with_a_base(self) -> None:
        with_base = result("synthesised", "leak", base=Base("measured"))
        self.assertEqual(self.told(result("tests", "leak", base=Base("failed")), with_base), "synthesised")

    def test_tests_do_not_clear_what_must_vary(self) -> None:
        varied = result("synthesised", "clean", driver=Driver("synthesised", "f()", varied=["key"], reached=True))
        self.assertEqual(self.told(result("tests", "clean"), varied), "synthesised")

    def test_tests_tell_more_than_stand_ins(self) -> None:
        stub = result("synthesised", "clean", driver=Driver("synthesised", "f()", stubs=["x"], reached=True))
        self.assertEqual(self.told(result("tests", "clean", confidence="medium"), stub), "tests")

    def test_the_other_way_becomes_a_note(self) -> None:
        best = ways.more_telling(result("tests", "clean"), result("synthesised", "leak"), TARGET)
        self.assertEqual(best.notes, ["With tests(): clean, why"])


if __name__ == "__main__":
    unittest.main()
