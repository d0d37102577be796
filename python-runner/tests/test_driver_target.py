"""The file is imported as the module that it is, from the right tree, and what goes wrong is said in one sentence."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import textwrap
import unittest

from leakcheck_probe import overlay
from leakcheck_probe.driver import ImportFailed, Request, TargetMissing, candidates, standins

FOREIGN = """
import json
import no_such_broker
from no_such_orm import Base, Session as Database
from no_such_orm.types import Text

_rows = []

def publish(topic: str):
    return no_such_broker.send(topic)

def remember(row: dict):
    _rows.append(json.dumps(row))
    return len(_rows)

def through(topic: str):
    return publish(topic)

class Keeper:
    def __init__(self, size: int):
        self.size = size

    def flush(self):
        return Database(self.size)

    def save(self, row: dict, session: "Database" = None) -> Text:
        return self._count(row)

    def _count(self, row):
        return len(row) + self.size

class Row:
    text = Text(30)
"""


class Tree(unittest.TestCase):
    """A temporary tree; modules and search path are as before after each test."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = os.path.realpath(holder.name)
        self.addCleanup(self.restore, list(sys.path), dict(sys.modules), list(sys.meta_path))

    @staticmethod
    def restore(path, modules, finders):
        sys.path[:] = path
        sys.meta_path[:] = finders
        for name in set(sys.modules) - set(modules):
            del sys.modules[name]
        sys.modules.update(modules)
        standins.forget()
        importlib.invalidate_caches()

    def write(self, **files):
        for name, text in files.items():
            self.put(name.replace("__", "/") + ".py", text)

    def put(self, name, text=""):
        path = os.path.join(self.root, *name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(textwrap.dedent(text))

    def run_target(self, target, **options):
        file, qualname = target.split("::")
        return candidates(Request(self.root, file, qualname, **options))[0].run(0)


NAMED = "def name():\n    return __name__\n"


class Placement(Tree):
    def test_names(self):
        layouts = [
            ("alone_one.py", [], "alone_one"),
            ("pack_one/inner/part.py", ["pack_one/__init__.py", "pack_one/inner/__init__.py"], "pack_one.inner.part"),
            ("src/pack_two/part.py", ["src/pack_two/__init__.py"], "pack_two.part"),
            ("src/space_one/part.py", [], "space_one.part"),
            ("space_two/part.py", [], "space_two.part"),
            ("pack_three/__init__.py", [], "pack_three"),
            ("deep-folder/pack_four/part.py", ["deep-folder/pack_four/__init__.py"], "pack_four.part"),
            ("deep-folder/script_one.py", [], "script_one"),
        ]
        for file, others, expected in layouts:
            for other in others:
                self.put(other)
            self.put(file, NAMED)
            with self.subTest(file):
                self.assertEqual(self.run_target(f"{file}::name"), expected)

    def test_package_inside_a_namespace_that_the_file_imports(self):
        self.put("space_three/core/__init__.py")
        self.put("space_three/core/other.py", "VALUE = 1\n")
        self.put("space_three/core/part.py", "from space_three.core.other import VALUE\n" + NAMED)
        self.assertEqual(self.run_target("space_three/core/part.py::name"), "space_three.core.part")

    def test_relative_import_and_neighbour(self):
        self.put("pack_five/__init__.py")
        self.put("pack_five/other.py", "VALUE = 5\n")
        self.put("pack_five/part.py", "from .other import VALUE\ndef value():\n    return VALUE\n")
        self.put("tools/neighbour_one.py", "VALUE = 6\n")
        self.put("tools/script_two.py", "import neighbour_one\ndef value():\n    return neighbour_one.VALUE\n")
        self.assertEqual(self.run_target("pack_five/part.py::value"), 5)
        self.assertEqual(self.run_target("tools/script_two.py::value"), 6)

    def test_another_copy_that_is_loaded_does_not_win(self):
        with tempfile.TemporaryDirectory() as elsewhere:
            os.mkdir(os.path.join(elsewhere, "pack_six"))
            for name, text in (("__init__.py", ""), ("part.py", "def where():\n    return 'installed'\n")):
                with open(os.path.join(elsewhere, "pack_six", name), "w") as stream:
                    stream.write(text)
            sys.path.insert(0, elsewhere)
            importlib.import_module("pack_six.part")
            self.put("pack_six/__init__.py")
            self.put("pack_six/part.py", "def where():\n    return 'tree'\n")
            self.assertEqual(self.run_target("pack_six/part.py::where"), "tree")

    def test_a_file_named_like_the_standard_library(self):
        import json

        self.put("json/decoder.py", "def where():\n    return __file__\n")
        self.put("textwrap.py", "def where():\n    return __file__\n")
        for file in ("json/decoder.py", "textwrap.py"):
            self.assertEqual(self.run_target(f"{file}::where"), os.path.join(self.root, file))
        self.assertIs(sys.modules["json"], json)

    def test_names_that_are_no_identifiers(self):
        self.put("my-scripts/do-it.py", "def value():\n    return 7\n")
        self.assertEqual(self.run_target("my-scripts/do-it.py::value"), 7)


class Patched(Tree):
    def test_overlay_is_served_and_the_file_stays(self):
        self.put("pack_seven/__init__.py")
        self.put("pack_seven/part.py", "def value():\n    return 'old'\n")
        path = os.path.join(self.root, "pack_seven", "part.py")
        self.assertEqual(
            self.run_target("pack_seven/part.py::value", overlay={path: "def value():\n    return 'new'\n"}), "new"
        )
        with open(path) as stream:
            self.assertIn("old", stream.read())
        self.assertIsNotNone(overlay.source_of(path))

    def test_overlay_of_a_file_loaded_by_path(self):
        self.put("my-scripts/patched-one.py", "def value():\n    return 'old'\n")
        path = os.path.join(self.root, "my-scripts", "patched-one.py")
        text = "def value():\n    return 'new'\n"
        self.assertEqual(self.run_target("my-scripts/patched-one.py::value", overlay={path: text}), "new")


class Failures(Tree):
    def fails(self, kind, pattern, target):
        with self.assertRaisesRegex(kind, pattern) as caught:
            self.run_target(target)
        self.assertNotIn("\n", str(caught.exception))
        self.assertLessEqual(len(str(caught.exception)), 500)

    def test_missing(self):
        self.put("missing_one.py", "import os\ndef fetch_rows(): ...\nclass Store:\n    def load(self): ...\n")
        self.fails(TargetMissing, "gone.py is not in the tree", "gone.py::x")
        self.fails(TargetMissing, "there are fetch_rows", "missing_one.py::fetch_row")
        self.fails(TargetMissing, "class Store.*there are load", "missing_one.py::Store.save")
        self.fails(TargetMissing, "'fetch_rows.inner'", "missing_one.py::fetch_rows.inner")

    def test_import(self):
        cases = {
            "needs_one": (
                "import not_a_package_xyz\nnot_a_package_xyz.x = 1 / 0\n",
                "the module 'not_a_package_xyz' is not installed",
            ),
            "needs_two": ("from os import nothing_of_that_name\n", "ImportError: cannot import name"),
            "broken_one": ("def f(:\n", "is not valid Python .* in line 1"),
            "broken_two": ("1 / 0\n", "raised ZeroDivisionError"),
            "exits_one": ("import sys\nsys.exit(3)\n", "ends the program .SystemExit 3."),
            "interrupts": ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
            "shouts": ("raise ValueError('a\\n\\x1b[31m' + 'b' * 5000)\n", "ValueError: a  *.31mb"),
        }
        for name, (text, pattern) in cases.items():
            with self.subTest(name):
                self.put(f"{name}.py", text + "def f(): ...\n")
                self.fails(ImportFailed, pattern, f"{name}.py::f")

    def test_library_that_is_missing_is_stood_in_for_where_the_target_does_not_need_it(self):
        self.put("foreign_one.py", FOREIGN)
        for qualname, reason in (
            ("publish", "depends on no_such_broker"),
            ("through", "depends on no_such_broker"),
            ("Keeper.flush", "depends on no_such_orm"),
            ("Row", "depends on no_such_orm"),
            ("<module>", "depends on no_such_broker, no_such_orm"),
        ):
            with self.subTest(qualname):
                self.fails(ImportFailed, reason, f"foreign_one.py::{qualname}")
        marks = ("import no_such_broker", "import no_such_orm")
        for qualname in ("remember", "Keeper.save"):
            with self.subTest(qualname):
                (candidate, *_) = candidates(Request(self.root, "foreign_one.py", qualname))
                self.assertEqual(candidate.stubs, marks)
                self.assertTrue(candidate.try_out(None).returned)

    def test_main_block_does_not_run(self):
        self.put("script_three.py", "def f():\n    return 1\nif __name__ == '__main__':\n    raise SystemExit\n")
        self.assertEqual(self.run_target("script_three.py::f"), 1)

    def test_script_runs_in_a_new_namespace_each_time(self):
        self.put(
            "script_four.py", "import builtins\nbuiltins.runs_of_script = getattr(builtins, 'runs_of_script', 0) + 1\n"
        )
        self.addCleanup(lambda: delattr(__import__("builtins"), "runs_of_script"))
        candidate = candidates(Request(self.root, "script_four.py", "<module>"))[0]
        self.assertEqual(candidate.kind, "script")
        candidate.run(0)
        candidate.run(1)
        self.assertEqual(__import__("builtins").runs_of_script, 3)


if __name__ == "__main__":
    unittest.main()
