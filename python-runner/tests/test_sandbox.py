"""The walls around a worker: what they are is looked up from outside and tried from inside, in each way there is."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
import unittest
from typing import Optional

from leakcheck_probe.jobs import Answer, Job
from leakcheck_probe.sandbox import filter as calls
from leakcheck_probe.sandbox.attest import attest, own_namespaces
from leakcheck_probe.sandbox.client import Launcher, LaunchError, Way, ways
from leakcheck_probe.sandbox.trees import Trees, unreadable
from leakcheck_probe.sandbox.view import Entry, view_of
from leakcheck_probe.supervisor import Supervisor

OTHER = 61000
WALLS = ["no capabilities", "no new privileges", "no network", "own process view", "read-only files"]


def usable(way: Way) -> bool:
    try:
        Launcher(way).close()
    except LaunchError:
        return False
    return way in ways() or way.own


@unittest.skipUnless(sys.platform == "linux", "Linux only")
class Walls(unittest.TestCase):
    """`check()` in the target returns what is wrong; it must be nothing."""

    def setUp(self) -> None:
        self.tree = tempfile.TemporaryDirectory(prefix="tree-")
        self.addCleanup(self.tree.cleanup)
        self.secret = tempfile.NamedTemporaryFile("w", suffix=".secret")
        self.addCleanup(self.secret.close)
        self.secret.write("secret")
        self.secret.flush()

    def run_inside(self, way: Optional[Way], check: str, python: str = sys.executable) -> "tuple[Answer, Supervisor]":
        code = "import os, sys, socket\n\ndef check():\n" + textwrap.indent(textwrap.dedent(check), "    ")
        code += "\n\nwrong = check()\nassert not wrong, wrong\n\ndef target():\n    pass\n"
        with open(os.path.join(self.tree.name, "m.py"), "w", encoding="utf-8") as file:
            file.write(code)
        supervisor = Supervisor(python, 512, [way] if way else [])
        answer = supervisor.run(Job("measure", root=self.tree.name, file="m.py", qualname="target"), 20)
        return answer, supervisor

    def assert_clean(self, answer: Answer) -> None:
        self.assertIsNone(answer.failure, answer.failure)
        assert answer.measurement is not None
        self.assertIn(answer.measurement.outcome, ("clean", "inconclusive"))

    def whole_walls(self, way: Way) -> Supervisor:
        check = f"""
            if os.path.exists({self.secret.name!r}) or os.listdir(os.path.expanduser("~")):
                return "files of others"
            if [name for name in os.listdir("/proc") if name.isdigit() and name not in ("1", str(os.getpid()))]:
                return "processes of others"
            for place in ({self.tree.name!r}, sys.prefix, "/etc", os.path.dirname(os.__file__)):
                try:
                    open(os.path.join(place, "x"), "w").close()
                    return "writes " + place
                except OSError:
                    pass
            try:
                socket.create_connection(("1.1.1.1", 53), 0.5)
                return "network"
            except OSError:
                pass
            server = socket.create_server(("127.0.0.1", 0))
            socket.create_connection(server.getsockname()).close()
            server.close()
            for name in ("environ", "mem", "maps"):
                try:
                    open("/proc/1/" + name, "rb").read(1)
                    return "reads " + name
                except OSError:
                    pass
            try:
                os.kill(1, 9)
            except OSError:
                pass
            with open(os.path.join(os.environ["TMPDIR"], "own"), "w") as file:
                file.write("x")
        """
        answer, supervisor = self.run_inside(way, check)
        self.assert_clean(answer)
        self.assertEqual(supervisor.weaker, [])
        assert supervisor.attested is not None
        self.assertEqual(supervisor.attested.level, "namespace")
        self.assertLessEqual(set(WALLS), set(supervisor.attested.facts))
        return supervisor

    @unittest.skipUnless(usable(Way("root")), "needs root and namespaces")
    def test_as_root(self) -> None:
        supervisor = self.whole_walls(Way("root"))
        assert supervisor.attested is not None
        self.assertIn("another user", supervisor.attested.facts)

    @unittest.skipUnless(
        os.geteuid() != 0 and usable(Way("", own=True)), "needs another user than root, and namespaces"
    )
    def test_in_a_user_namespace(self) -> None:
        supervisor = self.whole_walls(Way("user namespace", own=True))
        assert supervisor.attested is not None
        self.assertNotIn("another user", supervisor.attested.facts)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_as_root_without_namespaces(self) -> None:
        if any(not os.stat(path).st_mode & 1 for path in (tempfile.gettempdir(), os.path.realpath(sys.executable))):
            self.skipTest("another user does not reach the interpreter")
        answer, supervisor = self.run_inside(Way("root alone", namespaces=False), self.filtered())
        self.assert_clean(answer)
        assert supervisor.attested is not None
        self.assertEqual(supervisor.attested.level, "process")

    def test_without_walls(self) -> None:
        answer, supervisor = self.run_inside(None, self.filtered())
        self.assert_clean(answer)
        assert supervisor.attested is not None
        self.assertEqual(supervisor.attested.level, "process")
        self.assertLessEqual({"no new privileges", "system calls filtered"}, set(supervisor.attested.facts))

    def filtered(self) -> str:
        return """
            try:
                socket.socket(socket.AF_INET)
                return "network"
            except PermissionError:
                pass
            socket.socketpair()
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            if libc.ptrace(0, 0, 0, 0) != -1 or libc.unshare(0x10000000) != -1:
                return "ptrace or unshare"
        """

    def test_a_way_that_does_not_work_falls_back(self) -> None:
        broken = Way("broken", ("/no/such/sudo",))
        answer, supervisor = self.run_inside(broken, "pass")
        self.assert_clean(answer)
        self.assertEqual(len(supervisor.weaker), 1)
        self.assertIn("broken: No such file", supervisor.weaker[0])
        described = supervisor.run(Job("describe"), 10).environment
        assert described is not None
        self.assertEqual((described.isolation, described.weaker), ("process", supervisor.weaker))

    @unittest.skipUnless(usable(Way("root")), "needs root and namespaces")
    def test_an_interpreter_that_another_user_cannot_run_falls_back(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        closed = os.path.join(folder.name, "closed")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", closed], check=True)
        os.chmod(closed, 0o700)
        answer, supervisor = self.run_inside(Way("root"), "pass", os.path.join(closed, "bin", "python"))
        self.assert_clean(answer)
        assert supervisor.attested is not None
        self.assertEqual(supervisor.attested.level, "process")
        self.assertIn("Permission denied", supervisor.weaker[0])

    def test_a_tree_for_its_owner_only(self) -> None:
        os.chmod(self.tree.name, 0o700)
        deep = os.path.join(self.tree.name, "deep")
        os.mkdir(deep, 0o700)
        with open(os.path.join(deep, "data.txt"), "w", encoding="utf-8") as file:
            file.write("data")
        os.chmod(os.path.join(deep, "data.txt"), 0o600)
        way = next(iter(way for way in ways() if usable(way)), None)
        answer, _ = self.run_inside(way, f"return open({os.path.join(deep, 'data.txt')!r}).read() != 'data'")
        self.assert_clean(answer)


class Parts(unittest.TestCase):
    def test_what_is_needed_comes_back_in_covered_folders(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.realpath(folder)
            real = os.path.join(folder, "real", "tree")
            os.makedirs(real)
            os.symlink("real", os.path.join(folder, "link"))
            found = view_of([os.path.join(folder, "link", "tree"), real + "/missing", "/usr/lib"], {}, [folder], OTHER)
            self.assertTrue(any(folder == cover or folder.startswith(cover + "/") for cover in found.covers))
            self.assertEqual(
                found.entries, sorted([Entry(os.path.join(folder, "link"), "real"), Entry(real, "", real)])
            )

    def test_a_needed_folder_is_not_covered(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertNotIn(os.path.realpath(folder), view_of([folder], {}, [folder], -1).covers)

    def test_copies_keep_links_and_leave_the_history_out(self) -> None:
        with tempfile.TemporaryDirectory() as tree:
            os.mkdir(os.path.join(tree, ".git"))
            os.symlink("/etc/shadow", os.path.join(tree, "link"))
            os.mkfifo(os.path.join(tree, "pipe"))
            with open(os.path.join(tree, "a.py"), "w", encoding="utf-8") as file:
                file.write("x = 1\n")
            os.chmod(os.path.join(tree, "a.py"), 0o600)
            self.assertTrue(unreadable(tree, OTHER))
            trees = Trees(OTHER)
            copy = trees.copy_of(tree)
            assert copy is not None
            self.assertEqual(sorted(os.listdir(copy)), ["a.py", "link"])
            self.assertEqual(os.readlink(os.path.join(copy, "link")), "/etc/shadow")
            self.assertFalse(unreadable(copy, OTHER))
            del trees
            self.assertFalse(os.path.exists(copy))

    def test_a_process_like_ours_is_walled_off_from_nothing(self) -> None:
        found = attest(os.getpid(), os.getuid(), own_namespaces())
        self.assertEqual(found.level, "process")
        self.assertNotIn("another user", found.facts)
        self.assertNotIn("no network", found.facts)

    def test_a_process_that_is_gone(self) -> None:
        self.assertEqual(attest(0, os.getuid(), own_namespaces()), ("process", []))

    def test_the_filter_knows_two_machines(self) -> None:
        for machine in ("x86_64", "aarch64"):
            program = calls.program(machine, network=False)
            assert program is not None
            self.assertEqual(len(program) % 8, 0)
        self.assertIsNone(calls.program("riscv64", network=False))


if __name__ == "__main__":
    unittest.main()
