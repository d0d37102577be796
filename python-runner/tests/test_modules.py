"""Modules as people write them: the driver must find its own way to the line marked `# leak`, without a stub; the leak
must be measured, and gone where the line is replaced by its `# instead:`.

`LEAKCHECK_MODULES=regex` runs those with matching names only.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Dict, List, Tuple

TESTS = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(TESTS, "modules")
WANTED = os.environ.get("LEAKCHECK_MODULES", "")
NAMES = [file[:-3] for file in sorted(os.listdir(FOLDER)) if file.endswith(".py") and re.search(WANTED, file)]


class Module:
    def __init__(self, name: str) -> None:
        with open(os.path.join(FOLDER, f"{name}.py"), encoding="utf-8") as stream:
            lines = stream.read().splitlines()
        words = dict(line[2:].split(": ", 1) for line in lines[:4] if re.match(r"# \w+: ", line))
        self.name = name
        self.target = words["target"]
        self.vary = words.get("vary", "").split()
        self.outcome = words.get("outcome", "leak")
        self.needs = words.get("needs")
        body = [line for line in lines if not re.match(r"# (target|vary|outcome|needs): ", line)]
        self.leaky, self.fixed, self.line = _versions(body)

    def missing(self) -> bool:
        return self.needs is not None and importlib.util.find_spec(self.needs) is None

    def plan(self, fixed: bool) -> Dict[str, Any]:
        name = f"{self.name}_fixed" if fixed else self.name
        return {
            "id": name,
            "target": f"{name}.py::{self.target}",
            "lines": {"start": self.line, "end": self.line},
            "recipe": "growth",
            "vary": self.vary,
            "hold": None,
            "driver": None,
            "fix": None,
        }


def _versions(lines: List[str]) -> Tuple[str, str, int]:
    """The text with the leak, the text without, and the line of the leak."""
    leaky: List[str] = []
    fixed: List[str] = []
    at = 0
    for line in lines:
        instead = re.match(r"(\s*)# instead: (.*)", line)
        if instead is not None:
            fixed[-1] = instead.group(1) + instead.group(2)
            continue
        if line.endswith("  # leak"):
            at, line = len(leaky) + 1, line[: -len("  # leak")]
        leaky.append(line)
        fixed.append(line)
    return "\n".join(leaky) + "\n", "\n".join(fixed) + "\n", at


class Modules(unittest.TestCase):
    """One test a module; all are measured before."""

    results: "Dict[str, Dict[str, Any]]" = {}
    modules = {name: Module(name) for name in NAMES}

    @classmethod
    def setUpClass(cls) -> None:
        present = [module for module in cls.modules.values() if not module.missing()]
        with tempfile.TemporaryDirectory() as folder:
            targets = []
            for module in present:
                for fixed, text in ((False, module.leaky), (True, module.fixed)):
                    targets.append(module.plan(fixed))
                    with open(os.path.join(folder, targets[-1]["id"] + ".py"), "w", encoding="utf-8") as stream:
                        stream.write(text)
            plan = {
                "schema": "leakcheck/plan@1",
                "limits": {"seconds": 900, "secondsPerTarget": 20, "megabytes": 1024},
                "targets": targets,
            }
            path = os.path.join(folder, "plan.json")
            with open(path, "w", encoding="utf-8") as stream:
                json.dump(plan, stream)
            command = [sys.executable, "-m", "leakcheck_probe", "--plan", path, "--head", folder]
            environment = {**os.environ, "PYTHONPATH": os.path.join(TESTS, "..", "src")}
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        cls.results = {result["id"]: result for result in json.loads(done.stdout)["results"]}

    def check(self, name: str) -> None:
        module = self.modules[name]
        if module.missing():
            self.skipTest(f"{module.needs} is not installed")
        leaky, fixed = self.results[name], self.results[f"{name}_fixed"]
        for result, outcome in ((leaky, module.outcome), (fixed, "clean")):
            told = f"{result['reason']} {result['driver']}"
            self.assertEqual(result["outcome"], outcome, told)
            self.assertTrue(result["driver"]["reached"], told)
            self.assertEqual(result["driver"]["stubs"], [], told)


for _name in NAMES:
    setattr(Modules, f"test_{_name}", lambda self, name=_name: self.check(name))


if __name__ == "__main__":
    unittest.main()
