"""The recipe `fragmentation`: resident memory that grew although nothing is in use, under the production allocators."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from typing import Optional, Tuple

from .. import counters
from ..calls import Calls
from ..counters import AllocatorAccount
from ..errors import TargetError
from ..jobs import Answer, Job
from ..judge.growth import amount
from ..report import Measurement, Resident
from . import driving

# Less than this is the ordinary slack of an allocator: a few arenas of pymalloc, or one step of a busy heap.
GROWN_BYTES = 4 << 20
# From this share on the memory that grew counts as unused, and a trim as the remedy.
MOST = 0.5
# Free memory in fewer pieces is what one big temporary leaves behind, and the next one takes again.
PIECES = 64
# Fragmentation shows after a few calls; more only tell whether it goes on.
MAX_CALLS = 64
MAX_SECONDS = 1.0


@dataclass(frozen=True)
class Level:
    """Resident bytes, and what the allocators say."""

    resident: int
    account: AllocatorAccount


def run(job: Job) -> Answer:
    """Call the candidate up to 64 times and compare what is resident with what is in use."""
    candidate = driving.repeated(job)
    started = time.monotonic()
    before = level()
    calls = Calls(candidate.run, min(job.deadline, started + MAX_SECONDS))
    calls.make(1)
    first = level()
    calls.make(MAX_CALLS - 1)
    after = level()
    has_trim = counters.trim()
    trimmed = max(0, after.resident - counters.resident_bytes()) if has_trim and after else 0
    if before is None or first is None or after is None:
        raise TargetError("This platform does not tell resident memory and bytes in use")
    resident = Resident(
        after.resident - before.resident, after.account.in_use - before.account.in_use, trimmed, has_trim
    )
    outcome, reason = judge_levels(before, first, after, trimmed, has_trim, calls.made)
    if calls.made and calls.raised == calls.made and outcome != "fragmentation":
        outcome, reason = "inconclusive", f"Every call raised {calls.first_error}"
    reached = driving.trial_of(candidate, job).reached
    if not reached:
        outcome, reason = "inconclusive", f"The flagged lines did not run; {reason[:1].lower()}{reason[1:]}"
    measurement = Measurement(
        outcome=outcome,
        reason=reason,
        calls=calls.made,
        milliseconds=(time.monotonic() - started) * 1000,
        resident=resident,
    )
    return Answer(key=candidate.key, driver=driving.driver_of(candidate, reached), measurement=measurement)


def level() -> Optional[Level]:
    """The present level, after garbage is gone; None where the platform does not tell."""
    counters.flush_caches()
    gc.collect()
    account, resident = counters.allocator_account(), counters.resident_bytes()
    return Level(resident, account) if account is not None and resident else None


def judge_levels(
    before: Level, first: Level, after: Level, trimmed: int, has_trim: bool, calls: int
) -> Tuple[str, str]:
    """Outcome and reason from the levels before the first call, after it, and after the last. Pure."""
    grown = after.resident - before.resident
    used = after.account.in_use - before.account.in_use
    figures = (
        f"Resident memory grew by {amount(grown)} over {calls} calls while {amount(max(0, used))} more were in use"
    )
    if grown >= GROWN_BYTES and after.account.in_use - first.account.in_use > MOST * grown:
        return "inconclusive", f"{figures}; bytes in use grow as well"
    if grown < GROWN_BYTES or min(_holes(before.account, after.account), grown - used) < MOST * grown:
        return "clean", figures
    return "fragmentation", f"{figures}; {_remedy(grown - used, trimmed, has_trim)}"


def _holes(before: AllocatorAccount, after: AllocatorAccount) -> int:
    """Free memory between survivors that came up since `before`."""
    pieces = after.chunks - before.chunks
    heap = after.free - before.free if pieces >= PIECES else 0
    return heap + max(0, after.arenas - before.arenas)


def _remedy(holes: int, trimmed: int, has_trim: bool) -> str:
    if not has_trim:
        return "this platform has no malloc_trim"
    if trimmed >= MOST * holes:
        return f"malloc_trim(0) gives {amount(trimmed)} back"
    return f"malloc_trim(0) gives only {amount(trimmed)} back, because survivors pin the arenas of the interpreter"
