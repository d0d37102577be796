"""pytest-memray: a test that loops 100 times, as its documentation advises, with a limit for each place that allocates."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from typing import Any, Dict, List

import memray  # noqa: F401 (its import is no part of the measurement)
import one_call
import pytest

WARM_UP, LOOP = 8, 100
# 10 bytes for each call: less would flag what the interpreter itself keeps.
LIMIT = "1 KB"
OBJECTS_FROM = (3, 13, 3)

TEST = """
import pytest
from memray_rule import CALLS

@pytest.fixture(autouse=True)
def warm():
    for _ in range({warm}):
        CALLS[0]()

@pytest.mark.{mark}
def test_case():
    call = CALLS[0]
    for _ in range({loop}):
        call()
"""
CALLS: List[one_call.OneCall] = []


class Verdict:
    """Notes what pytest says of the one test."""

    failed = ran = False
    reason = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called by pytest."""
        if report.when == "call":
            self.ran, self.failed = True, report.failed
        if report.failed:
            self.reason = str(report.longrepr)[-200:]


def measure(case: Dict[str, Any], tool: str) -> Dict[str, Any]:
    """`memray`: limit_leaks; `memray-objects`: limit_leaked_objects, which needs CPython 3.13.3."""
    if tool == "memray-objects" and sys.version_info[:3] < OBJECTS_FROM:
        return {"error": f"limit_leaked_objects needs Python 3.13.3, this is {sys.version.split()[0]}"}
    call = one_call.of_case(case)
    sys.modules["memray_rule"].CALLS.append(call)
    mark = f'limit_leaks("{LIMIT}")' if tool == "memray" else "limit_leaked_objects"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "test_case.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TEST.format(warm=WARM_UP, loop=LOOP, mark=mark))
        verdict = Verdict()
        options = ["-q", "-p", "no:cacheprovider", "--rootdir", folder, "-c", os.devnull, path]
        started = time.monotonic()
        pytest.main(options, plugins=[verdict])
        seconds = time.monotonic() - started
    if not verdict.ran:
        return {"error": json.dumps(verdict.reason or "the test did not run")}
    return {"alarm": verdict.failed, "calls": call.made, "seconds": seconds, "reason": verdict.reason}
