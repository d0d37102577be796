"""Targets that misbehave, in real processes: an answer comes in time, and neither a process nor a file stays."""

from __future__ import annotations

import glob
import os
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

from leakcheck_probe.errors import InputError
from leakcheck_probe.jobs import Answer, Job
from leakcheck_probe.supervisor import Supervisor


class MisbehavingTargets(unittest.TestCase):
    def setUp(self) -> None:
        self.tree = tempfile.TemporaryDirectory(prefix="tree-")
        self.addCleanup(self.tree.cleanup)
        self.temporary = tempfile.TemporaryDirectory(prefix="private-")
        self.addCleanup(self.temporary.cleanup)
        self.addCleanup(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = self.temporary.name
        self.mark = f"leakcheck-mark-{os.getpid()}-{time.monotonic_ns()}"

    def tearDown(self) -> None:
        self.assertEqual(os.listdir(self.temporary.name), [], "temporary folders stayed")
        self.assertEqual(marked_processes(self.mark), [], "processes stayed")

    def measured(self, body: str, seconds: float = 6.0, megabytes: int = 512, top: str = "") -> Answer:
        """Measure `def target()` with this body."""
        code = f"import os, sys, time, subprocess\nMARK = {self.mark!r}\n{textwrap.dedent(top)}\ndef target():\n"
        with open(os.path.join(self.tree.name, "m.py"), "w", encoding="utf-8") as file:
            file.write(code + textwrap.indent(textwrap.dedent(body).strip() + "\n", "    "))
        started = time.monotonic()
        job = Job("measure", root=self.tree.name, file="m.py", qualname="target")
        answer = Supervisor(sys.executable, megabytes).run(job, seconds)
        self.assertLess(time.monotonic() - started, seconds + 4)
        return answer

    def assert_fails(self, answer: Answer, kind: str, words: str) -> None:
        self.assertIsNotNone(answer.failure, answer)
        assert answer.failure is not None
        self.assertEqual(answer.failure.kind, kind, answer.failure)
        self.assertIn(words, answer.failure.reason)

    def test_a_killed_worker(self) -> None:
        self.assert_fails(self.measured("os.kill(os.getpid(), 9)"), "internal", "killed by SIGKILL")

    def test_an_early_exit(self) -> None:
        self.assert_fails(self.measured("os._exit(3)"), "internal", "exit status 3")

    def test_an_early_exit_at_import(self) -> None:
        self.assert_fails(self.measured("pass", top="os._exit(0)"), "internal", "exit status 0")

    def test_system_exit_at_import(self) -> None:
        self.assert_fails(self.measured("pass", top="sys.exit('stop')"), "import", "SystemExit")

    def test_keyboard_interrupt_at_import(self) -> None:
        self.assert_fails(self.measured("pass", top="raise KeyboardInterrupt"), "import", "KeyboardInterrupt")

    def test_a_missing_import(self) -> None:
        self.assert_fails(
            self.measured("no_such_module_here.go()", top="import no_such_module_here"), "import", "no_such_module_here"
        )

    def test_system_exit_and_keyboard_interrupt_in_every_call(self) -> None:
        self.assert_fails(self.measured("raise SystemExit(2)"), "driver", "SystemExit")
        self.assert_fails(self.measured("raise KeyboardInterrupt"), "driver", "KeyboardInterrupt")

    def test_a_hang_that_ignores_signals(self) -> None:
        body = """
            import signal
            for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            while True:
                time.sleep(1)
        """
        self.assert_fails(self.measured(body, seconds=2.0), "time", "did not finish within 2 s")

    def test_output_without_end(self) -> None:
        body = """
            block = b"x" * 1_000_000
            for _ in range(1000):
                os.write(1, block)
            for _ in range(20):
                os.write(2, block)
            os._exit(7)
        """
        answer = self.measured(body, seconds=20)
        self.assert_fails(answer, "internal", "exit status 7")

    def test_closed_descriptors(self) -> None:
        self.assert_fails(self.measured("os.closerange(3, 256)"), "internal", "without an answer")

    def test_nonsense_on_the_channel(self) -> None:
        body = """
            for descriptor in range(3, 64):
                try:
                    os.write(descriptor, b'{"measurement": 7}\\n')
                except OSError:
                    pass
        """
        self.assert_fails(self.measured(body), "internal", "cannot be read")

    def test_a_forged_flood_on_the_channel(self) -> None:
        body = """
            for descriptor in range(3, 64):
                try:
                    while True:
                        os.write(descriptor, b'x' * 65536)
                except OSError:
                    pass
        """
        self.assert_fails(self.measured(body), "internal", "too long")

    def test_a_fork_that_comes_back(self) -> None:
        answer = self.measured("pid = os.fork()\nif pid:\n    os.waitpid(pid, 0)")
        self.assertIsNone(answer.failure)
        assert answer.measurement is not None
        # Forking is slow: on a busy machine there may be too few calls for an outcome.
        self.assertIn(answer.measurement.outcome, ("clean", "inconclusive"))

    def test_a_daemon_in_its_own_session(self) -> None:
        body = """
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(300)", MARK])
                os._exit(0)
            os.wait()
            time.sleep(0.3)
            os._exit(5)
        """
        self.assert_fails(self.measured(body), "internal", "exit status 5")

    def test_a_grandchild_that_holds_the_channel_open(self) -> None:
        body = """
            for descriptor in range(3, 64):
                try:
                    os.set_inheritable(descriptor, True)
                except OSError:
                    pass
            command = [sys.executable, "-c", "import time; time.sleep(300)", MARK]
            subprocess.Popen(command, close_fds=False, start_new_session=True)
            os._exit(4)
        """
        self.assert_fails(self.measured(body), "internal", "exit status 4")

    def test_memory_beyond_the_limit(self) -> None:
        answer = self.measured("kept.append(bytearray(200_000_000))", megabytes=256, top="kept = []")
        failed = answer.failure is not None and answer.failure.kind in ("memory", "driver")
        raised = answer.measurement is not None and answer.measurement.outcome == "inconclusive"
        self.assertTrue(failed or raised, answer)

    def test_memory_that_only_the_supervisor_sees(self) -> None:
        body = """
            area = bytearray(150_000_000)
            for _ in range(4):
                if os.fork() == 0:
                    time.sleep(60)
            time.sleep(60)
        """
        self.assertIsNotNone(self.measured(body, seconds=3, megabytes=128).failure)

    def test_files_are_left_in_the_private_folder_only(self) -> None:
        body = """
            open("dropped", "w").close()
            os.makedirs("deep/er", exist_ok=True)
            os.chmod("deep", 0o500)
            assert os.environ["HOME"] == os.environ["TMPDIR"] == os.getcwd()
        """
        answer = self.measured(body)
        self.assertEqual(sorted(os.listdir(self.tree.name)), ["m.py"])
        self.assertIsNone(answer.failure)

    def test_no_secrets_and_no_path_of_ours(self) -> None:
        os.environ["GITHUB_TOKEN"] = "secret"
        self.addCleanup(os.environ.pop, "GITHUB_TOKEN")
        body = """
            assert "GITHUB_TOKEN" not in os.environ and "PYTHONPATH" not in os.environ
            assert not any("leakcheck" in entry or "python-runner" in entry for entry in sys.path)
        """
        answer = self.measured(body)
        assert answer.measurement is not None, answer
        self.assertEqual(answer.measurement.outcome, "clean")

    def test_an_interpreter_that_is_not_there(self) -> None:
        with self.assertRaisesRegex(InputError, "Cannot start the Python /no/such/python"):
            Supervisor("/no/such/python", 256).run(Job("describe"), 5)

    def test_a_program_that_is_no_interpreter(self) -> None:
        answer = Supervisor("/bin/true", 256).run(Job("describe"), 5)
        self.assert_fails(answer, "internal", "exit status 0")

    def test_the_worker_dies_with_its_supervisor(self) -> None:
        with open(os.path.join(self.tree.name, "m.py"), "w", encoding="utf-8") as file:
            file.write("import time\ntime.sleep(300)\ndef target(): pass\n")
        code = (
            "import sys; from leakcheck_probe.supervisor import Supervisor; from leakcheck_probe.jobs import Job; "
            f"Supervisor(sys.executable, 256).run(Job('measure', root={self.tree.name!r}, file='m.py', "
            "qualname='target'), 60)"
        )
        process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "TMPDIR": self.tree.name})
        worker = wait_for(lambda: children_of(process.pid), 10)
        process.kill()
        process.wait()
        wait_for(lambda: not any(is_running(pid) for pid in worker), 5)
        self.assertFalse(any(is_running(pid) for pid in worker))


def wait_for(condition, seconds: float):  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    return condition()


def children_of(pid: int) -> "list[int]":
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def marked_processes(mark: str) -> "list[int]":
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                if mark.encode() in file.read() and is_running(int(path.split("/")[2])):
                    found.append(int(path.split("/")[2]))
        except OSError:
            continue
    return found


if __name__ == "__main__":
    unittest.main()
