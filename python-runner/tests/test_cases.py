"""Every case file is measured for real; the outcome and the path must be those of its first line.

`LEAKCHECK_CASES=regex` runs the cases with matching names only.
"""

from __future__ import annotations

import os
import sys
import unittest

from leakcheck_probe.investigate import investigate
from leakcheck_probe.plan import Limits
from leakcheck_probe.supervisor import Supervisor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from case_files import FOLDER, Case, cases  # noqa: E402

LIMITS = Limits(seconds=60, seconds_per_target=30, megabytes=1024)


def _make(case: Case):  # type: ignore[no-untyped-def]
    def test(self: unittest.TestCase) -> None:
        if case.missing():
            self.skipTest(f"{case.missing()} is not installed")
        supervisor = Supervisor(sys.executable, LIMITS.megabytes)
        result, _ = investigate(supervisor, case.target, LIMITS, FOLDER, None, lambda run, outcome: None)
        self.assertEqual(result.outcome, case.outcome, f"{result}")
        if case.path is not None:
            paths = [path.path for path in result.paths]
            self.assertTrue(any(case.path in path for path in paths), f"{case.path} is in none of {paths}")
        if case.outcome in ("leak", "cycle-garbage", "peak", "fragmentation"):
            self.assertTrue(result.confirmed)

    return test


class Cases(unittest.TestCase):
    """One test a file."""


for _case in cases(os.environ.get("LEAKCHECK_CASES", "")):
    setattr(Cases, f"test_{_case.file[:-3]}", _make(_case))


if __name__ == "__main__":
    unittest.main()
