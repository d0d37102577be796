"""Other platforms, with their facts injected: fewer counters, which the report names, and never a wrong number."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from unittest import mock

from leakcheck_probe import counters
from leakcheck_probe.jobs import Job
from leakcheck_probe.sandbox import client, interpreter
from leakcheck_probe.supervisor import Supervisor

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")
MEASURE = """
    import sys
    from leakcheck_probe import counters
    {facts}
    from leakcheck_probe.calls import Calls
    from leakcheck_probe.windows import measure
    import time
    kept = []
    def leak(index): kept.append(bytes(1000))
    def clean(index): bytes(1000)
    for target in (leak, clean):
        windows, decision = measure(Calls(target, time.monotonic() + 20))
        print(decision.outcome, round(windows[-1].bytes / windows[-1].calls), counters.bytes_counter()[1], sep="|")
"""


def measured(facts: str) -> "list[list[str]]":
    """Outcome, bytes per call and name of the counter, of a target that keeps 1000 bytes and of one that keeps none."""
    code = textwrap.dedent(MEASURE).replace("{facts}", facts)
    variables = {**os.environ, "PYTHONPATH": SOURCE, **counters.EXACT_ALLOCATOR}
    done = subprocess.run([sys.executable, "-c", code], env=variables, stdout=subprocess.PIPE, check=True)
    return [line.split("|") for line in done.stdout.decode().splitlines()]


class Counters(unittest.TestCase):
    def assert_right(self, found: "list[list[str]]", counter: str) -> None:
        (leak, kept, name), (clean, nothing, _) = found
        self.assertEqual((leak, clean, name), ("leak", "clean", counter))
        self.assertAlmostEqual(int(kept), 1040, delta=40)
        self.assertAlmostEqual(int(nothing), 0, delta=1)

    def test_a_libc_without_an_account_as_musl(self) -> None:
        self.assert_right(measured("counters._ACCOUNT = None"), counters.TRACED_COUNTER)

    def test_a_platform_without_proc_as_macos(self) -> None:
        facts = (
            "counters._ACCOUNT = None; import builtins, os; real = open; listdir = os.listdir\n"
            "def refuse(path, *a, **k):\n"
            "    if str(path).startswith('/proc'): raise FileNotFoundError(path)\n"
            "    return real(path, *a, **k)\n"
            "def no_listing(path='.'):\n"
            "    if str(path).startswith('/proc'): raise FileNotFoundError(path)\n"
            "    return listdir(path)\n"
            "builtins.open = refuse; os.listdir = no_listing; sys.platform = 'darwin'\n"
        )
        self.assert_right(measured(facts), counters.TRACED_COUNTER)

    def test_an_interpreter_that_keeps_its_own_allocator_as_free_threaded_ones(self) -> None:
        self.assert_right(measured("import os; del os.environ['PYTHONMALLOC']"), counters.TRACED_COUNTER)


class Interpreters(unittest.TestCase):
    def test_a_free_threaded_build_is_started_with_its_own_allocator(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "python")
            with open(script, "w", encoding="utf-8") as file:
                refuse = '[ "$PYTHONMALLOC" = malloc ] && { echo "Fatal Python error: unknown allocator" >&2; exit 1; }'
                file.write(f'#!/bin/sh\n{refuse}\nexec {sys.executable} "$@"\n')
            os.chmod(script, 0o755)
            found = interpreter.Interpreter(script, [], free_threaded=True)
            with mock.patch.object(interpreter, "find", lambda python: found):
                environment = Supervisor(script, 256, []).run(Job("describe"), 20).environment
        assert environment is not None
        self.assertEqual(environment.counter, counters.TRACED_COUNTER)

    def test_the_flag_of_an_interpreter_is_asked_for(self) -> None:
        expected = "t" in getattr(sys, "abiflags", "")
        self.assertEqual(interpreter.find(sys.executable).free_threaded, expected)
        self.assertEqual(interpreter.own().free_threaded, expected)


class Walls(unittest.TestCase):
    def test_there_are_none_elsewhere(self) -> None:
        with mock.patch.object(sys, "platform", "darwin"):
            self.assertEqual(client.ways(), [])

    def test_windows_is_told_in_one_sentence(self) -> None:
        code = (
            "import sys; sys.modules['fcntl'] = sys.modules['resource'] = None\n"
            "from leakcheck_probe import cli; import os; os.name = 'nt'; sys.exit(cli.main(['m.py::f']))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": SOURCE}, stderr=subprocess.PIPE, check=False
        )
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn(b"runs on Linux and macOS only", done.stderr)


if __name__ == "__main__":
    unittest.main()
