"""The runs of one target: makes their jobs, and shares the time out among them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any, Dict, Optional

from . import ways
from .jobs import Answer, HoldLines, Job
from .plan import Target
from .report import Measurement
from .supervisor import Supervisor

# How the time is shared out, in the order of the runs; what one does not use goes to those after it.
SHARES = {"tests": 1.0, "head": 1.5, "confirm": 1.0, "diagnosis": 0.5, "base": 1.5, "fix": 4.0}
LEAST_SECONDS = 0.5
# The search for a way to call a target that never returns takes longer than measuring it.
SEARCH_UNIT = 3.0
# Bytes that a diagnosis may let the target keep, and the calls that it makes at most.
DIAGNOSIS_BYTES, DIAGNOSIS_CALLS = 32 << 20, 128
# Tests are slow while allocations are traced.
DIAGNOSIS_TESTS = 24
# Collecting and running tests once, at most.
SEARCH_TESTS_SECONDS = 30.0
# For comparing return values of targets that may not come back at all.
VALUE_SECONDS = 2.0
# Runs that measure the very first call and therefore search for a way to call in a process of their own.
FIRST_CALL_RECIPES = ("peak", "fragmentation")


class Runs:
    """Starts the runs of one target in the tree of the head; `changes` are fields of the job that differ.

    :param deadline: on the clock of `time.monotonic`; runs that begin after it get the least time
    """

    def __init__(self, supervisor: Supervisor, target: Target, head: str, deadline: float, has_base: bool) -> None:
        self._supervisor, self._target, self._head, self._deadline = supervisor, target, head, deadline
        self._shares = dict(SHARES)
        if not has_base:
            self._shares["base"] = 0.0
        if target.fix is None:
            self._shares["fix"] = 0.0
        self._seed = 0
        self.key: Optional[str] = None
        self.packages: Dict[str, str] = {}

    def tests(self) -> Answer:
        """Tests that reach the flagged lines."""
        answer = self._start("tests", self._job("tests"), most=SEARCH_TESTS_SECONDS)
        self._shares["tests"] = 0.0
        return answer

    def search(self) -> Answer:
        """Ways to call the target; nothing is measured."""
        return self._start("head", self._job("search"), SEARCH_UNIT)

    def measure(self, run: str, **changes: Any) -> Answer:
        """The recipe of the plan, with the chosen way of calling or, when there is none yet, a search for one."""
        action = self._target.recipe if self._target.recipe in FIRST_CALL_RECIPES else "measure"
        unit = SHARES["head"] if run == "head" else 1.0
        answer = self._start(run, self._job(action, **changes), unit, production=action == "fragmentation")
        self._shares[run] = max(0.5, self._shares[run] - 1.0)
        return answer

    def diagnose(self, run: str, measurement: Measurement, **changes: Any) -> Answer:
        """Who keeps what stays, and who made it."""
        each = max(1.0, measurement.per_call.bytes, measurement.per_call.cycle_bytes)
        by_tests = ways.names_tests(self.key)
        most = DIAGNOSIS_TESTS if by_tests else DIAGNOSIS_CALLS
        calls = int(max(2, min(most, DIAGNOSIS_BYTES / each, measurement.calls)))
        job = self._job("diagnose", calls=calls, outcome=measurement.outcome, **changes)
        return self._start(run, job, 1.5 if by_tests else 0.5)

    def value(self, **changes: Any) -> Answer:
        """What the first calls return; no value when they do not come back soon."""
        return self._start("fix", self._job("value", **changes), most=VALUE_SECONDS)

    def hold(self, line: int) -> Optional[HoldLines]:
        return HoldLines(line, line, list(self._target.hold.names)) if self._target.hold else None

    def _job(self, action: str, **changes: Any) -> Job:
        target = self._target
        job = Job(
            action=action,
            root=self._head,
            file=target.file,
            qualname=target.qualname,
            vary=list(target.vary),
            declared=target.driver,
            first_line=target.lines[0] if target.lines else None,
            last_line=target.lines[1] if target.lines else None,
            key=self.key,
            hold=self.hold(target.hold.line) if target.hold else None,
        )
        return replace(job, **changes)

    def _start(self, run: str, job: Job, unit: float = 1.0, most: float = 1e9, production: bool = False) -> Answer:
        order = list(SHARES)
        to_come = sum(self._shares[name] for name in order[order.index(run) :])
        left = self._deadline - time.monotonic()
        seconds = max(LEAST_SECONDS, min(most, left * unit / max(to_come, unit)))
        # Every process gets another hash seed: an outcome that depends on it is none.
        self._seed += 1
        answer = self._supervisor.run(job, seconds, self._seed, production)
        self.packages.update(answer.packages)
        return answer
