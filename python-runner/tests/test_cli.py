"""The command line as people and the TypeScript side use it, in real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from typing import Any, Dict, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.join(HERE, "..", "src")
CASES = os.path.join(HERE, "cases")


def run(*arguments: str, cwd: str = CASES) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "leakcheck_probe", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": SOURCE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        encoding="utf-8",
    )


def plan_of(*targets: Dict[str, Any], seconds: float = 60) -> Dict[str, Any]:
    whole = {"lines": None, "recipe": "growth", "vary": [], "hold": None, "driver": None, "fix": None}
    return {
        "schema": "leakcheck/plan@1",
        "limits": {"seconds": seconds, "secondsPerTarget": 20, "megabytes": 1024},
        "targets": [{**whole, **target} for target in targets],
    }


class OneTarget(unittest.TestCase):
    def test_pretty(self) -> None:
        done = run("leaky_module_list.py::target")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("LEAK  leaky_module_list.py::target", done.stdout)
        self.assertIn("leaky_module_list._seen[*] -> bytearray", done.stdout)

    def test_json(self) -> None:
        done = run("leaky_dict_growth.py::target", "--vary", "key", "--format", "json", "--line", "6")
        report = json.loads(done.stdout)
        self.assertEqual(list(report), ["schema", "environment", "results"])
        self.assertEqual(report["schema"], "leakcheck/report@1")
        self.assertEqual(report["results"][0]["outcome"], "leak")
        self.assertEqual(report["results"][0]["driver"]["varied"], ["key"])

    def test_a_root_elsewhere_and_a_path_seen_from_here(self) -> None:
        for target in ("cases/clean_arithmetic.py::target", "clean_arithmetic.py::target"):
            done = run(target, "--root", "cases", "--format", "json", cwd=HERE)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["results"][0]["target"], "clean_arithmetic.py::target")

    def test_hold_implies_peak(self) -> None:
        done = run("peak_loop.py::target", "--hold", "8:rows", "--format", "json")
        self.assertEqual(json.loads(done.stdout)["results"][0]["outcome"], "peak", done.stdout)

    def test_wrong_input_is_one_sentence(self) -> None:
        for arguments, words in (
            ((), "Say what to probe"),
            (("x.py",), "must be FILE.py::NAME"),
            (("a.py::f", "--hold", "x"), "--hold must be LINE:NAME"),
            (("a.py::f", "--recipe", "peak"), "needs --hold"),
            (("a.py::f", "--root", "nowhere"), "--root nowhere is not a folder"),
            (("a.py::f", "--python", "/no/python"), "Cannot start the Python /no/python"),
            (("a.py::f", "--python", "/bin/true"), "it must be CPython 3.9 or newer"),
            (("--plan", "nowhere.json", "--head", "."), "Cannot read the plan nowhere.json"),
            (("--plan", "p.json"), "--plan needs --head"),
            (("a.py::f", "--plan", "p.json", "--head", "."), "not both"),
            (("../outside.py::f",), "relative to the root"),
        ):
            with self.subTest(arguments=arguments):
                done = run(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(words, done.stderr)
                self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)

    def test_help_says_how(self) -> None:
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        for words in ("examples:", "Exit status", "--hold"):
            self.assertIn(words, done.stdout)


class Plans(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def probe(self, plan: Dict[str, Any], *arguments: str) -> "tuple[Optional[Dict[str, Any]], Any]":
        path, report = os.path.join(self.folder, "plan.json"), os.path.join(self.folder, "report.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(plan, file)
        done = run("--plan", path, "--head", CASES, "--report", report, *arguments)
        if not os.path.exists(report):
            return None, done
        with open(report, encoding="utf-8") as file:
            return json.load(file), done

    def test_a_report_and_progress(self) -> None:
        plan = plan_of(
            {"id": "a", "target": "clean_arithmetic.py::target"}, {"id": "b", "target": "cycle_self.py::target"}
        )
        report, done = self.probe(plan, "--progress")
        assert report is not None, done
        self.assertEqual([result["outcome"] for result in report["results"]], ["clean", "cycle-garbage"])
        self.assertEqual(done.stdout, "")
        events = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertEqual(
            events,
            [
                {"event": "started", "id": "a", "target": "clean_arithmetic.py::target"},
                {"event": "measured", "id": "a", "run": "head", "outcome": "clean"},
                {"event": "started", "id": "b", "target": "cycle_self.py::target"},
                {"event": "measured", "id": "b", "run": "head", "outcome": "cycle-garbage"},
                {"event": "measured", "id": "b", "run": "confirm", "outcome": "cycle-garbage"},
            ],
        )

    def test_targets_for_which_no_time_is_left(self) -> None:
        slow = {"id": "a", "target": "clean_asyncio_run.py::target"}
        report, _ = self.probe(plan_of(slow, {"id": "b", "target": "clean_json.py::target"}, seconds=0.01))
        assert report is not None
        self.assertEqual([result["id"] for result in report["results"]], ["a", "b"])
        self.assertEqual(report["results"][1]["outcome"], "inconclusive")
        self.assertIn("whole plan were over", report["results"][1]["reason"])

    def test_a_plan_without_targets(self) -> None:
        report, _ = self.probe(plan_of())
        assert report is not None
        self.assertEqual(report["results"], [])
        self.assertIn(report["environment"]["isolation"], ("process", "namespace"))

    def test_a_bad_plan(self) -> None:
        report, done = self.probe({**plan_of(), "schema": "leakcheck/plan@7"})
        self.assertIsNone(report)
        self.assertEqual(done.returncode, 2)
        self.assertIn("plan.schema must be", done.stderr)

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_a_target_cannot_read_the_environment_of_the_probe(self) -> None:
        with open(os.path.join(self.folder, "spy.py"), "w", encoding="utf-8") as file:
            file.write(
                "import os, glob\n"
                "for path in glob.glob('/proc/[0-9]*/environ'):\n"
                "    try:\n"
                "        assert b'TOKEN_OF_THE_PROBE' not in open(path, 'rb').read(), path\n"
                "    except OSError:\n"
                "        pass\n"
                "def target(): pass\n"
            )
        plan = os.path.join(self.folder, "plan.json")
        with open(plan, "w", encoding="utf-8") as file:
            json.dump(plan_of({"id": "a", "target": "spy.py::target"}), file)
        done = subprocess.run(
            [sys.executable, "-m", "leakcheck_probe", "--plan", plan, "--head", self.folder],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": SOURCE, "TOKEN_OF_THE_PROBE": "secret"},
            stdout=subprocess.PIPE,
            check=True,
        )
        self.assertEqual(json.loads(done.stdout)["results"][0]["outcome"], "clean", done.stdout)

    def test_termination_leaves_nothing(self) -> None:
        plan = os.path.join(self.folder, "plan.json")
        with open(plan, "w", encoding="utf-8") as file:
            json.dump(plan_of({"id": "a", "target": "hang.py::target"}), file)
        temporary = os.path.join(self.folder, "tmp")
        os.mkdir(temporary)
        mark = f"mark-{time.monotonic_ns()}"
        with open(os.path.join(self.folder, "hang.py"), "w", encoding="utf-8") as file:
            file.write(
                f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)', {mark!r}])\ntime.sleep(99)\n"
            )
        process = subprocess.Popen(
            [sys.executable, "-m", "leakcheck_probe", "--plan", plan, "--head", self.folder],
            env={**os.environ, "PYTHONPATH": SOURCE, "TMPDIR": temporary},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        end = time.monotonic() + 10
        while not running(mark) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertTrue(running(mark))
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(os.listdir(temporary), [])
        self.assertFalse(running(mark))


def running(mark: str) -> bool:
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if mark.encode() in file.read():
                    return True
        except OSError:
            continue
    return False


if __name__ == "__main__":
    unittest.main()
