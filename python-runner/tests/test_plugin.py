"""`pytest --leakcheck` in processes of its own, on a small repository."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.join(HERE, "pytest_repository")
SOURCE = os.path.join(HERE, "..", "src")


@unittest.skipUnless(importlib.util.find_spec("pytest"), "pytest is not installed")
class Plugin(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.join(os.path.realpath(folder.name), "tree")
        shutil.copytree(REPOSITORY, self.root, ignore=shutil.ignore_patterns("__pycache__", "pyproject.toml"))

    def write(self, name: str, text: str) -> None:
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(text))

    def pytest(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-B", "-m", "pytest", "-p", "no:leakcheck", "-p", "leakcheck_probe.plugin"]
        path = os.pathsep.join([SOURCE, self.root])
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "LEAKCHECK"))}
        return subprocess.run(
            [*command, "-p", "no:cacheprovider", "--color=no", *arguments],
            cwd=self.root,
            env={**kept, "PYTHONPATH": path, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def leakcheck(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.pytest("--leakcheck", "--leakcheck-runs=60", "--leakcheck-seconds=60", *arguments)

    def test_a_leak_fails_and_is_named(self) -> None:
        done = self.leakcheck("-k", "test_send or test_ring")
        self.assertEqual(done.returncode, 1, done.stdout)
        # test_send_fails fails by itself, one test is skipped, one is clean.
        self.assertIn("3 failed, 1 passed, 1 skipped", done.stdout)
        self.assertIn("kept by   shelf.events._sent[*] -> Event  (1 per run)", done.stdout)
        self.assertIn("kept by   shelf.events.Bell.rung[*] -> Bell  (1 per run)", done.stdout)
        self.assertRegex(done.stdout, r"FAILED tests/test_events.py::test_send\[opened\] - leaks: \d+ B and 1 object")
        self.assertIn("3 tests repeated", done.stdout)

    @unittest.skipUnless(sys.platform == "linux", "needs glibc's account")
    def test_pytest_is_started_again_for_exact_counters(self) -> None:
        done = self.leakcheck("-k", "test_send_refuses")
        self.assertIn("glibc's own account", done.stdout)
        self.assertEqual(done.stdout.count("test session starts"), 1, done.stdout)

    def test_clean_tests_with_noisy_fixtures_pass(self) -> None:
        done = self.leakcheck("-k", "test_later or test_wait or test_name")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("3 passed", done.stdout)
        self.assertIn("0 leak", done.stdout)

    def test_what_the_tests_keep_is_no_failure(self) -> None:
        done = self.leakcheck("-k", "test_tell")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("neither what keeps it nor what made it is in this repository", done.stdout)

    def test_the_mark_leaves_a_test_out(self) -> None:
        self.write(
            "tests/test_kept.py",
            """
            import pytest
            from shelf.events import Event, send

            @pytest.mark.no_leakcheck("sent events stay on purpose")
            def test_kept():
                assert send(Event("opened"))
            """,
        )
        done = self.leakcheck("--strict-markers", "tests/test_kept.py")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_fixtures_of_modules_are_made_and_ended_once(self) -> None:
        self.write(
            "tests/test_scopes.py",
            """
            import pytest

            @pytest.fixture(scope="module")
            def shared():
                print("made", flush=True)
                yield []
                print("ended", flush=True)

            def test_one(shared): pass
            def test_two(shared): pass
            """,
        )
        done = self.leakcheck("-s", "tests/test_scopes.py")
        self.assertEqual((done.stdout.count("made"), done.stdout.count("ended")), (1, 1), done.stdout)

    def test_a_failing_tear_down_of_the_module_is_an_error(self) -> None:
        self.write(
            "tests/test_scopes.py",
            """
            import pytest

            @pytest.fixture(scope="module")
            def shared():
                yield 1
                raise ValueError("the end")

            def test_one(shared): pass
            """,
        )
        done = self.leakcheck("tests/test_scopes.py")
        self.assertIn("1 passed, 1 error", done.stdout)

    @unittest.skipIf(sys.version_info < (3, 11), "caches of functions hide it in so few runs")
    def test_cycles_count_when_asked(self) -> None:
        self.write("shelf/ring.py", "class Ring:\n    def __init__(self):\n        self.me = self\n")
        self.write("tests/test_ring.py", "from shelf.ring import Ring\n\ndef test_ring():\n    assert Ring()\n")
        self.assertEqual(self.leakcheck("tests/test_ring.py").returncode, 0)
        done = self.leakcheck("--leakcheck-cycles", "tests/test_ring.py")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("kept by   Ring.me -> Ring", done.stdout)

    def test_without_the_option_nothing_is_repeated(self) -> None:
        done = self.pytest("-k", "test_send_refuses")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("leakcheck:", done.stdout)

    def test_too_few_runs(self) -> None:
        done = self.pytest("--leakcheck", "--leakcheck-runs=3")
        self.assertIn("at least 30", done.stdout)
        self.assertEqual(done.returncode, 4)


if __name__ == "__main__":
    unittest.main()
