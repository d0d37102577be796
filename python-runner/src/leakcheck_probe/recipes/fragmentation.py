"""The recipe `fragmentation`: resident memory that grew although nothing is in use, under the production allocators."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from typing import Tuple

from .. import counters
from ..calls import Calls
from ..jobs import Answer, Job
from ..judge import amount
from ..report import Measurement, Resident
from . import driving

# Less than this is the ordinary slack of an allocator: four arenas of pymalloc, or one extension step of a busy heap.
GROWN_BYTES = 4 << 20
# From this share on the memory that grew counts as unused, and a trim as the remedy.
MOST = 0.5
MAX_CALLS = 64


@dataclass(frozen=True)
class Level:
    """Bytes: resident, in use, and free at the top of the heap."""

    resident: int
    in_use: int
    top: int


def run(job: Job) -> Answer:
    """Call the candidate up to 64 times and compare what is resident with what is in use."""
    candidate = driving.repeated(job)
    started = time.monotonic()
    before = level()
    calls = Calls(candidate.run, job.deadline)
    calls.make(1)
    first = level()
    calls.make(MAX_CALLS - 1)
    after = level()
    has_trim = counters.trim()
    trimmed = max(0, after.resident - level().resident) if has_trim else 0
    resident = Resident(after.resident - before.resident, after.in_use - before.in_use, trimmed, has_trim)
    outcome, reason = judge_levels(before, first, after, trimmed, has_trim, calls.made)
    if calls.made and calls.raised == calls.made and outcome != "fragmentation":
        outcome, reason = "inconclusive", f"Every call raised {calls.first_error}"
    measurement = Measurement(
        outcome=outcome,
        reason=reason,
        calls=calls.made,
        milliseconds=(time.monotonic() - started) * 1000,
        resident=resident,
    )
    return Answer(key=candidate.key, driver=driving.driver_of(candidate, True), measurement=measurement)


def level() -> Level:
    """The present level, after garbage is gone."""
    counters.flush_caches()
    gc.collect()
    in_use, top = counters.allocator_account()
    return Level(counters.resident_bytes(), in_use, top)


def judge_levels(before: Level, first: Level, after: Level, trimmed: int, has_trim: bool, calls: int) -> Tuple[str, str]:
    """Outcome and reason from the levels before the first call, after it, and after the last. Pure."""
    if before.resident == 0 or before.in_use == 0:
        return "inconclusive", "This platform does not tell resident memory or bytes in use"
    grown, used = after.resident - before.resident, after.in_use - before.in_use
    holes = grown - max(0, used) - max(0, after.top - before.top)
    figures = f"Resident memory grew by {amount(grown)} over {calls} calls while {amount(max(0, used))} more were in use"
    if grown < GROWN_BYTES or holes < MOST * grown:
        return "clean", figures
    if after.in_use - first.in_use > MOST * holes:
        return "inconclusive", f"{figures}; bytes in use grow as well"
    return "fragmentation", f"{figures}; {_remedy(holes, trimmed, has_trim)}"


def _remedy(holes: int, trimmed: int, has_trim: bool) -> str:
    if not has_trim:
        return "this platform has no malloc_trim"
    if trimmed >= MOST * holes:
        return f"malloc_trim(0) gives {amount(trimmed)} back"
    return f"malloc_trim(0) gives only {amount(trimmed)} back, because survivors pin the arenas of the interpreter"
