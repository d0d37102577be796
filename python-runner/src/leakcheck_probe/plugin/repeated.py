"""Repeats one test that passed, in its own session, and judges what stays."""

from __future__ import annotations

import contextlib
import gc
import os
import time
import warnings
from dataclasses import dataclass
from typing import Any, Dict, Iterator, Optional

from .. import testcode
from ..calls import Calls
from ..conclude import settled_by_bound, without_attribution
from ..jobs import Answer, Job
from ..judge.growth import Decision, last_rates
from ..pytests.repetition import Repetition, silent
from ..recipes import diagnosis
from ..report import Measurement, PerCall
from ..windows import measure

# Runs that are traced to name who keeps what stays.
TRACED_RUNS = 24


@dataclass(frozen=True)
class Budget:
    """Runs that a leak must last, seconds for one test, and whether cycles count."""

    runs: int
    seconds: float
    cycles: bool


@dataclass(frozen=True)
class Repeated:
    """`outcome`: clean, leak, cycle-garbage or inconclusive; `found` names who keeps it, where something leaks."""

    outcome: str
    reason: str
    runs: int
    seconds: float
    found: Answer


class _Test:
    """A test with the face of a candidate."""

    kind = "tests"

    def __init__(self, item: Any) -> None:
        self._repetition = Repetition(item)

    def run(self, index: int) -> None:
        self._repetition.once()

    def roots(self) -> Dict[str, object]:
        return self._repetition.standing_fixtures()


def repeated(item: Any, budget: Budget) -> Repeated:
    """Run the test until it is clear whether it leaves something; the session goes on as before."""
    root = os.path.realpath(str(item.config.rootpath))
    testcode.hide(root, os.path.join(root, "?"))
    test: Any = _Test(item)
    started = time.monotonic()
    calls = Calls(test.run, started + budget.seconds)
    with _undisturbed(item):
        windows, decision = measure(calls, budget.runs, first=1)
        rates = last_rates(windows)
        per_call = PerCall(rates.bytes, rates.objects, rates.cycle_objects, rates.cycle_bytes)
        runs = sum(window.calls for window in windows)
        found = Answer()
        decision = _of_runs(decision, calls)
        if decision.outcome == "leak" or decision.outcome == "cycle-garbage" and budget.cycles:
            gc.unfreeze()
            calls.deadline = time.monotonic() + budget.seconds
            job = Job("diagnose", root=root, calls=TRACED_RUNS, outcome=decision.outcome)
            found = diagnosis.explained(test, calls, job)
            measured = Measurement(decision.outcome, decision.reason, runs, per_call=per_call)
            decision = _attributed(decision, found, measured)
    if decision.outcome == "cycle-garbage" and not budget.cycles:
        decision = Decision("clean", decision.reason)
    reason = decision.reason.replace("per call", "per run").replace(" calls", " runs")
    return Repeated(decision.outcome, reason, runs, time.monotonic() - started, found)


def _of_runs(decision: Decision, calls: Calls) -> Decision:
    if calls.raised:
        return Decision("inconclusive", f"it does not pass when it is repeated: {calls.first_error}")
    return decision


def _attributed(decision: Decision, found: Answer, measured: Measurement) -> Decision:
    bound: Optional[str] = settled_by_bound(found, measured)
    if bound is not None:
        return Decision("clean", bound)
    settled = without_attribution(measured, found)
    return decision if settled is None else Decision(*settled)


@contextlib.contextmanager
def _undisturbed(item: Any) -> Iterator[None]:
    """The collector, warnings and temporary folders are ours meanwhile; all are given back as they were."""
    collecting = gc.isenabled()
    factory = getattr(item.config, "_tmp_path_factory", None)
    policy = getattr(factory, "_retention_policy", None)
    shown = warnings.showwarning
    # Pytest would keep every warning, and every folder.
    warnings.showwarning = lambda *_, **__: None
    if policy is not None:
        factory._retention_policy = "failed"  # type: ignore[union-attr]
    try:
        with silent(item.config.hook):
            yield
    finally:
        warnings.showwarning = shown
        if policy is not None:
            factory._retention_policy = policy  # type: ignore[union-attr]
        gc.unfreeze()
        if collecting:
            gc.enable()
