"""A test case with a tree of one file, and one way to investigate it."""

from __future__ import annotations

import os
import sys
import tempfile
import textwrap
import unittest
from typing import Any, Optional, Tuple

from leakcheck_probe.edits import Edit
from leakcheck_probe.investigate import investigate
from leakcheck_probe.plan import Limits, Target
from leakcheck_probe.report import Result
from leakcheck_probe.supervisor import Supervisor

LIMITS = Limits(60, 30, 1024)

LEAK = """
    _seen = []

    def target(key="a"):
        _seen.append(bytes(500))
        return key * 2
"""


class Tree(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        self.told: "list[tuple[str, str]]" = []
        self.shown: "list[str]" = []

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
        supervisor = Supervisor(sys.executable, LIMITS.megabytes, shown=self.shown)
        result, _ = investigate(supervisor, target, limits, head, base_tree, tell)
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
