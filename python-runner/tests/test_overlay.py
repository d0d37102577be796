"""Patched files are served to imports of every kind, and no bytecode of them is read or written."""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")


class Overlay(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        os.makedirs(os.path.join(self.root, "app"))
        for name, text in {"app/__init__.py": "", "app/a.py": "VALUE = 1\n", "app/b.py": "VALUE = 'b'\n"}.items():
            with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
                file.write(text)

    def run_python(self, code: str, sources: "dict[str, str]") -> str:
        """Run code in a fresh interpreter with an overlay installed."""
        absolute = {os.path.join(self.root, name): text for name, text in sources.items()}
        start = (
            f"import sys; sys.path[:0] = [{self.root!r}, {SOURCE!r}]; from leakcheck_probe import overlay; "
            f"import json; overlay.install(json.loads({json.dumps(absolute)!r}))\n"
        )
        done = subprocess.run([sys.executable, "-c", start + code], stdout=subprocess.PIPE, check=True)
        return done.stdout.decode("utf-8").strip()

    def test_an_ordinary_import(self) -> None:
        code = "import app.a, app.b; print(app.a.VALUE, app.b.VALUE)"
        self.assertEqual(self.run_python(code, {"app/a.py": "VALUE = 2\n"}), "2 b")

    def test_stale_bytecode_is_not_read(self) -> None:
        py_compile.compile(os.path.join(self.root, "app/a.py"))
        self.assertEqual(self.run_python("import app.a; print(app.a.VALUE)", {"app/a.py": "VALUE = 2\n"}), "2")

    def test_nothing_is_written(self) -> None:
        self.run_python("import app.a, app.b", {"app/a.py": "VALUE = 2\n"})
        self.assertEqual(sorted(os.listdir(os.path.join(self.root, "app"))), ["__init__.py", "a.py", "b.py"])

    def test_a_package_file(self) -> None:
        code = "import app; print(app.NAME)"
        self.assertEqual(self.run_python(code, {"app/__init__.py": "NAME = 'patched'\n"}), "patched")

    def test_loading_by_path(self) -> None:
        path = os.path.join(self.root, "app/a.py")
        code = (
            f"import importlib.util as u; s = overlay.spec_from_path('x', {path!r}); m = u.module_from_spec(s); "
            "s.loader.exec_module(m); print(m.VALUE, m.__file__.endswith('a.py'))"
        )
        self.assertEqual(self.run_python(code, {"app/a.py": "VALUE = 3\n"}), "3 True")
        self.assertEqual(self.run_python(code, {}), "1 True")

    def test_through_a_link_to_the_tree(self) -> None:
        link = os.path.join(self.root, "link")
        os.symlink(os.path.join(self.root, "app"), link)
        code = f"sys.path.insert(0, {link!r}); import a; print(a.VALUE)"
        self.assertEqual(self.run_python(code, {"app/a.py": "VALUE = 4\n"}), "4")

    def test_a_coding_cookie_is_about_the_bytes_on_disk(self) -> None:
        text = "# coding: latin-1\nVALUE = '\u00e9\u65e5'\n"
        code = "import app.a; print(ascii(app.a.VALUE))"
        self.assertEqual(self.run_python(code, {"app/a.py": text}), "'\\xe9\\u65e5'")


if __name__ == "__main__":
    unittest.main()
