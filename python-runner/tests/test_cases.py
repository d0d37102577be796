"""Every case file is measured for real; the outcome and the path must be those of its first line.

`LEAKCHECK_CASES=regex` runs the cases with matching names only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from case_files import FOLDER, Case, cases

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")
CASES = cases(os.environ.get("LEAKCHECK_CASES", ""))


class Cases(unittest.TestCase):
    """One test a file; all are measured before, by as many probes as there are processors."""

    results: "Dict[str, Dict[str, Any]]" = {}

    @classmethod
    def setUpClass(cls) -> None:
        wanted = [case for case in CASES if not case.missing()]
        probes = min(4, os.cpu_count() or 1)
        with ThreadPoolExecutor(probes) as pool:
            for report in pool.map(probed, [wanted[number::probes] for number in range(probes)]):
                cls.results.update({result["id"]: result for result in report["results"]})

    def check(self, case: Case) -> None:
        if case.missing():
            self.skipTest(f"{case.missing()} is not installed")
        result = self.results[case.id]
        self.assertEqual(result["outcome"], case.outcome, json.dumps(result))
        if case.path is not None:
            paths = [path["path"] for path in result["paths"]]
            self.assertTrue(any(case.path in path for path in paths), f"{case.path} is in none of {paths}")
        self.assertEqual(result["confirmed"], case.outcome not in ("clean", "inconclusive"))


def probed(part: List[Case]) -> Dict[str, Any]:
    """The report of one probe process."""
    plan = {
        "schema": "leakcheck/plan@1",
        "limits": {"seconds": 600, "secondsPerTarget": 30, "megabytes": 1024},
        "targets": [case.target() for case in part],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "plan.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(plan, file)
        command = [sys.executable, "-m", "leakcheck_probe", "--plan", path, "--head", FOLDER]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": SOURCE}, stdout=subprocess.PIPE, check=True)
    report: Dict[str, Any] = json.loads(done.stdout)
    return report


for _case in CASES:
    setattr(Cases, f"test_{_case.id}", lambda self, case=_case: self.check(case))


if __name__ == "__main__":
    unittest.main()
