"""The probe as it is used: several processes, a confirmation and a diagnosis for each finding."""

from __future__ import annotations

import sys
import time
from typing import Any, Dict

from leakcheck_probe.investigate import FINDINGS, investigate
from leakcheck_probe.jobs import Answer, Job
from leakcheck_probe.plan import Hold, Limits, Target
from leakcheck_probe.supervisor import Supervisor

# Other hash seeds for every seed of the benchmark; one target takes fewer than this.
SEEDS_APART = 100


class Timed(Supervisor):
    """Adds up what the runs take and how many calls they make."""

    def __init__(self, seed: int) -> None:
        super().__init__(sys.executable, 2048)
        self.seed, self.seconds, self.runs, self.calls = seed, 0.0, 0, 0

    def run(self, job: Job, seconds: float, hash_seed: int = 0, production: bool = False) -> Answer:
        """One run, timed."""
        started = time.monotonic()
        answer = super().run(job, seconds, hash_seed + SEEDS_APART * self.seed, production)
        self.seconds += time.monotonic() - started
        self.runs += 1
        self.calls += answer.made + (answer.measurement.calls if answer.measurement else 0)
        return answer


def measure(case: Dict[str, Any], tool: str) -> Dict[str, Any]:
    """With the case's own call, or (`leakcheck-driver`) with a call that our driver finds."""
    declared = None if tool == "leakcheck-driver" else case["declared"]
    limits = Limits(case["limit"], case["limit"], 2048)
    target = Target(
        id="case",
        target=f"{case['file']}::{case['target']}",
        lines=(case["line"], case["line"]) if case["line"] else None,
        recipe=case["recipe"],
        vary=tuple(case["vary"]),
        hold=Hold(case["hold"]["line"], tuple(case["hold"]["names"])) if case["hold"] else None,
        driver=declared,
        fix=None,
    )
    timed = Timed(case["seed"])
    result, _ = investigate(timed, target, limits, case["root"], None, lambda run, outcome: None)
    reason = result.reason if result.outcome != "inconclusive" else f"inconclusive: {result.reason}"
    return {
        "alarm": result.outcome in FINDINGS and result.confirmed,
        "outcome": result.outcome,
        "calls": timed.calls,
        "seconds": max(0.0, timed.seconds - timed.runs * _start(case)),
        "reason": reason,
        "paths": [path.path for path in result.paths[:3]],
    }


def _start(case: Dict[str, Any]) -> float:
    """What it takes to start the interpreter and to import the case: the quicker one of two empty runs."""
    found = []
    for _ in range(2):
        supervisor = Timed(0)
        job = Job("search", root=case["root"], file=case["file"], qualname=case["target"], declared=case["declared"])
        supervisor.run(job, 10.0)
        found.append(supervisor.seconds)
    return min(found)
