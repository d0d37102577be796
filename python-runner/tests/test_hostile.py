"""Targets that mean harm, in real processes behind real walls: each ends in time with a reason, and nothing of it stays.

After each, the same supervisor measures a clean target. The worst only run where the walls stand, and look themselves.
"""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import time
import unittest
from typing import Optional

from leakcheck_probe.jobs import Answer, Job
from leakcheck_probe.sandbox.client import Launcher, LaunchError, ways
from leakcheck_probe.supervisor import Supervisor

from .test_supervisor import marked_processes

# A worker among its own processes only has a low number; anything else must not be attacked.
GUARD = "assert os.getpid() < 10, 'no walls'"
SECONDS = 4.0


def walled() -> bool:
    for way in ways():
        try:
            Launcher(way).close()
        except LaunchError:
            continue
        return way.namespaces
    return False


class Hostile(unittest.TestCase):
    def setUp(self) -> None:
        self.tree = tempfile.TemporaryDirectory(prefix="tree-")
        self.addCleanup(self.tree.cleanup)
        self.temporary = tempfile.TemporaryDirectory(prefix="private-")
        self.addCleanup(self.temporary.cleanup)
        self.addCleanup(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = self.temporary.name
        os.chmod(self.tree.name, 0o755)
        self.mark = f"leakcheck-mark-{os.getpid()}-{time.monotonic_ns()}"
        self.mounts = mounts()
        self.supervisor = Supervisor(sys.executable, 256)

    def tearDown(self) -> None:
        self.assertEqual(self.run_file("clean.py", "def target(): return [1, 2]\n", 20).failure, None)
        self.assertEqual(marked_processes(self.mark), [], "processes stayed")
        self.assertEqual(os.listdir(self.temporary.name), [], "files stayed")
        self.assertEqual(sorted(os.listdir(self.tree.name)), ["clean.py", "m.py"], "the tree was written to")
        self.assertEqual(mounts(), self.mounts, "mounts stayed")

    def run_file(self, name: str, code: str, seconds: float) -> Answer:
        with open(os.path.join(self.tree.name, name), "w", encoding="utf-8") as file:
            file.write(code)
        job = Job("measure", root=self.tree.name, file=name, qualname="target")
        return self.supervisor.run(job, seconds)

    def attacked(self, body: str, top: str = "", seconds: float = SECONDS) -> Answer:
        """Measure `def target()` with this body."""
        code = f"import gc, os, resource, signal, subprocess, sys, threading, time\nMARK = {self.mark!r}\n"
        code += (
            f"{textwrap.dedent(top)}\ndef target():\n" + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n"
        )
        started = time.monotonic()
        answer = self.run_file("m.py", code, seconds)
        self.assertLess(time.monotonic() - started, seconds + 6)
        return answer

    def assert_no_finding(self, answer: Answer) -> None:
        """A failure with a reason, or an outcome that accuses nobody."""
        if answer.failure is not None:
            self.assertTrue(answer.failure.reason)
        else:
            assert answer.measurement is not None
            self.assertIn(answer.measurement.outcome, ("clean", "inconclusive"), answer.measurement.reason)

    def assert_fails(self, answer: Answer, kind: str, words: str = "") -> None:
        assert answer.failure is not None, answer
        self.assertEqual(answer.failure.kind, kind, answer.failure)
        self.assertIn(words, answer.failure.reason)


@unittest.skipUnless(walled(), "needs namespaces")
class Attackers(Hostile):
    """What would harm the machine without walls."""

    def attacked(self, body: str, top: str = "", seconds: float = SECONDS) -> Answer:
        return super().attacked(GUARD + "\n" + textwrap.dedent(body).strip(), top, seconds)

    def test_a_fork_bomb(self) -> None:
        body = """
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        """
        self.assert_no_finding(self.attacked(body))

    def test_a_fork_bomb_that_leaves_its_session(self) -> None:
        body = """
            while True:
                try:
                    if os.fork() == 0:
                        os.setsid()
                        signal.signal(signal.SIGTERM, signal.SIG_IGN)
                except OSError:
                    pass
        """
        self.assert_no_finding(self.attacked(body))

    def test_a_kill_of_everybody(self) -> None:
        body = """
            try:
                os.kill(-1, 9)
            except ProcessLookupError:
                pass
            os.kill(os.getpid(), 9)
        """
        self.assert_fails(self.attacked(body), "internal", "SIGKILL")

    def test_a_kill_of_everybody_one_by_one(self) -> None:
        body = """
            for number in range(1, 500):
                for which in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
                    try:
                        if number != os.getpid():
                            os.kill(number, which)
                    except OSError:
                        pass
            os._exit(6)
        """
        self.assert_fails(self.attacked(body), "internal", "exit status 6")

    def test_one_large_file(self) -> None:
        body = """
            with open(os.path.join(os.environ["HOME"], "large"), "wb") as file:
                while True:
                    file.write(bytes(1 << 20))
        """
        self.assert_no_finding(self.attacked(body))

    def test_many_files_everywhere(self) -> None:
        body = """
            for folder in (os.environ["HOME"], "/tmp", "/var/tmp", "/dev/shm"):
                try:
                    for number in range(1_000_000):
                        with open(f"{folder}/{number}", "wb") as file:
                            file.write(bytes(4096))
                except OSError as error:
                    assert error.errno == 28, error
        """
        self.assert_no_finding(self.attacked(body, seconds=8))

    def test_memory_of_many_children(self) -> None:
        body = """
            kept = bytearray(60_000_000)
            for _ in range(8):
                if os.fork() == 0:
                    mine = bytearray(b"x" * 60_000_000)
                    time.sleep(60)
            time.sleep(60)
        """
        self.assert_fails(self.attacked(body, seconds=8), "memory", "256 MiB")

    def test_higher_limits(self) -> None:
        body = """
            for name in ("RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_NPROC"):
                try:
                    resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                    os._exit(9)
                except (ValueError, OSError):
                    pass
        """
        answer = self.attacked(body)
        self.assert_no_finding(answer)
        self.assertIsNone(answer.failure)

    def test_a_link_in_the_tree_to_a_secret(self) -> None:
        with tempfile.NamedTemporaryFile() as secret:
            link = os.path.join(self.tree.name, "link")
            os.symlink(secret.name, link)
            answer = self.attacked(f"try:\n    open({link!r})\n    os._exit(9)\nexcept OSError:\n    pass")
            os.unlink(link)
        self.assertIsNone(answer.failure, answer.failure)

    def test_the_walls_from_inside(self) -> None:
        # Once: a library that is loaded in every call is garbage that only the collector frees.
        top = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)"
        body = """
            assert libc.umount2(b"/tmp", 2) == -1
            assert libc.mount(b"none", b"/", None, 32 | 4096, None) == -1
            assert libc.setuid(0) == -1 and libc.setns(0, 0) == -1 and libc.chroot(b"/") == -1
            assert libc.ptrace(16, 1, 0, 0) == -1
            for path in ("/dev/vda", "/dev/mem", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern"):
                try:
                    open(path, "r+b", buffering=0)
                    os._exit(9)
                except OSError:
                    pass
        """
        answer = self.attacked(body, top=top)
        self.assertIsNone(answer.failure, answer.failure)
        self.assert_no_finding(answer)


class Nuisances(Hostile):
    """What only harms its own result, with walls or without."""

    def test_an_import_without_end(self) -> None:
        self.assert_fails(self.attacked("pass", top="while True: pass", seconds=2), "time")

    def test_a_stop_of_itself(self) -> None:
        self.assert_fails(self.attacked("os.kill(os.getpid(), signal.SIGSTOP)", seconds=2), "time")

    def test_threads_that_never_end(self) -> None:
        self.assert_no_finding(self.attacked("pass", top="threading.Thread(target=time.sleep, args=(99,)).start()"))

    def test_exit_handlers_that_hang(self) -> None:
        answer = self.attacked("pass", top="import atexit\natexit.register(time.sleep, 99)")
        self.assertIsNone(answer.failure, answer.failure)

    def test_a_forged_answer(self) -> None:
        body = r"""
            forged = b'{"measurement": {"outcome": "clean", "reason": "' + b"x" * 5000 + b'"}, "notes": ["../../etc/passwd\\u0000"],'
            forged += b'"environment": {"probe": "1", "python": "", "implementation": "", "platform": "", "libc": "", "counter": "", "isolation": "namespace"}}\n'
            for descriptor in range(3, 64):
                try:
                    os.write(descriptor, forged)
                except OSError:
                    pass
            time.sleep(9)
        """
        answer = self.attacked(body)
        assert answer.measurement is not None and answer.environment is not None and self.supervisor.attested
        self.assertEqual(len(answer.measurement.reason), 500)
        self.assertEqual(answer.environment.isolation, self.supervisor.attested.level)

    def test_forged_answers_that_break_the_schema(self) -> None:
        for forged in (
            '{"measurement": {"outcome": "great", "reason": ""}}',
            '{"paths": {}}',
            '{"unknown": 1}',
            "[" * 100_000,
            '{"kept": 1e999}',
            '{"notes": [[]]}',
            "nonsense",
            "\\udcff",
        ):
            body = f"""
                for descriptor in range(3, 64):
                    try:
                        os.write(descriptor, {forged!r}.encode('utf-8', 'replace') + b'\\n')
                    except OSError:
                        pass
                time.sleep(9)
            """
            with self.subTest(forged=forged[:40]):
                self.assert_fails(self.attacked(body), "internal", "cannot be read")

    def test_huge_strings(self) -> None:
        answer = self.attacked("raise type('E' * 100_000, (Exception,), {})('x' * 10_000_000)", seconds=10)
        self.assert_no_finding(answer)
        if answer.failure is not None:
            self.assertLessEqual(len(answer.failure.reason), 500)

    def test_gigabytes_on_the_error_output(self) -> None:
        body = """
            end = time.monotonic() + 0.6
            while time.monotonic() < end:
                os.write(2, b"x" * 1_000_000)
            os._exit(7)
        """
        self.assert_fails(self.attacked(body, seconds=10), "internal", "exit status 7")

    def test_a_private_folder_that_goes(self) -> None:
        body = """
            import shutil
            os.chdir("/")
            shutil.rmtree(os.environ["HOME"], ignore_errors=True)
        """
        self.assert_no_finding(self.attacked(body))

    def test_a_collector_that_is_switched(self) -> None:
        for call in (
            "gc.enable()",
            "gc.disable()",
            "gc.unfreeze()",
            "gc.set_threshold(1)",
            "gc.set_debug(gc.DEBUG_SAVEALL)",
        ):
            with self.subTest(call=call):
                self.assert_no_finding(self.attacked(call))

    def test_modules_that_are_replaced(self) -> None:
        for patch in (
            "time.monotonic = lambda: 0",
            "import json\njson.dumps = None",
            "os.write = os._exit = None",
            "sys.modules.clear()",
            "gc.collect = gc.get_objects = lambda *a: []",
            "os.getpid = lambda: 1",
            "import builtins\nbuiltins.len = builtins.open = None",
            "sys.setrecursionlimit(30)",
        ):
            with self.subTest(patch=patch):
                self.assert_no_finding(self.attacked("pass", top=patch))

    def test_hooks(self) -> None:
        for hook in (
            "sys.settrace(lambda *a: None)",
            "sys.setprofile(lambda *a: None)",
            "sys.addaudithook(lambda *a: None)",
            "sys.excepthook = sys.unraisablehook = None",
            "threading.settrace(lambda *a: 1 / 0)",
            "def refuse(*a): raise SystemExit\nsys.addaudithook(refuse)",
        ):
            with self.subTest(hook=hook):
                self.assert_no_finding(self.attacked("pass", top=hook))

    def test_signals_without_end(self) -> None:
        body = """
            signal.signal(signal.SIGALRM, lambda *a: None)
            signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
        """
        self.assert_no_finding(self.attacked(body))

    def test_a_stack_without_end(self) -> None:
        top = "sys.setrecursionlimit(10**9)\ndef deep(x): return deep([x]) if x else 0"
        self.assert_no_finding(self.attacked("deep(1)", top=top))


def mounts(pid: Optional[str] = None) -> int:
    try:
        with open(f"/proc/{pid or 'self'}/mountinfo", encoding="utf-8") as file:
            return len(file.readlines())
    except OSError:
        return 0


if __name__ == "__main__":
    unittest.main()
