"""What the diagnosis makes of an outcome, and how sure it is. Pure."""

from __future__ import annotations

from typing import Optional, Tuple

from .jobs import Answer
from .judge.growth import Window, filled_after
from .report import Measurement, Result

# Calls after which a leak or its absence is sure by the count alone; a slow target that made fewer is less sure.
MANY_CALLS, SOME_CALLS = 240, 30
# A process can have only some hundred threads or descriptors: fewer calls must do.
MANY_THINGS = 100
# The judge looks at the rate of the last half of the calls: a cache that was full before has no part in it.
FILLING_SHARE = 0.5
# Native code made what stays when as much stays again, and Python's own tracing sees less than this share of it.
TRACED_SHARE = 0.5
# Lines of the tree made what stays when at least this share of it came from them: something small always does.
MADE_SHARE = 0.1


def settled_by_bound(found: Answer, measurement: Measurement) -> Optional[str]:
    """Why a growth is a cache on its way to its own limit; None when a path has none, or was full long before the end.

    An uneven growth, which is no outcome by itself, is settled by any limit.
    """
    limits = [path.maximum for path in found.paths if path.bounded and path.maximum is not None]
    if not limits or len(limits) < len(found.paths):
        return None
    if measurement.outcome == "leak" and min(limits) <= FILLING_SHARE * measurement.calls:
        return None
    state = "was filling" if min(limits) > measurement.calls else "was full before the last call"
    return f"A cache of at most {max(limits)} entries {state}; {measurement.calls} calls were made"


def stays(measurement: Optional[Measurement]) -> bool:
    """Whether something stayed or became garbage, be it not so steadily that there is a name for it."""
    if measurement is None:
        return False
    uneven = measurement.calls >= SOME_CALLS and measurement.per_call.bytes > 0
    return measurement.outcome in ("leak", "cycle-garbage") or measurement.outcome == "inconclusive" and uneven


def levels_off(first: Optional[Measurement], second: Optional[Measurement]) -> bool:
    """Whether the second process grew for as long as the first was watched, and then no more: a cache without a stated limit."""
    if first is None or second is None or (first.outcome, second.outcome) != ("leak", "clean"):
        return False
    if first.per_call.leaves_things() and second.calls >= 2 * first.calls:
        return True  # a pool that was full
    return filled_after([Window(w.calls, w.bytes, w.objects) for w in second.windows]) >= first.calls


def without_attribution(measurement: Measurement, found: Answer) -> Optional[Tuple[str, str]]:
    """Outcome and reason when nothing that stays points to the tree; None when something does."""
    if measurement.outcome == "cycle-garbage":
        if found.garbage is None or found.garbage.own:
            return None
        what = "a class statement makes for itself" if found.garbage.only_classes else "libraries make"
        return "clean", f"Nothing stayed in memory; the only cycles are those that {what}"
    made = sum(line.bytes for line in found.allocations)
    if (
        made >= MADE_SHARE * _expected(measurement, found)
        or any(path.touches_repository for path in found.paths)
        or is_native(measurement, found)
    ):
        return None
    return "inconclusive", "Memory stays, but neither what keeps it nor what made it is in this repository"


def is_native(measurement: Measurement, found: Answer) -> bool:
    """Whether native code, which tracing does not see, made what stays."""
    expected = _expected(measurement, found)
    return found.traced < TRACED_SHARE * expected <= found.kept


def _expected(measurement: Measurement, found: Answer) -> float:
    """Bytes that should stay over the calls of the diagnosis."""
    return measurement.per_call.bytes * max(1, found.made)


def confidence_of(result: Result) -> str:
    """How sure the outcome is: by calls made, by how the target was called, and by the second process."""
    if result.head is None or result.outcome == "inconclusive":
        return "low"
    guessed = result.driver.kind == "synthesised" and bool(result.driver.stubs)
    if result.outcome == "clean":
        if result.head.calls < SOME_CALLS and result.head.held is None:
            return "low"
        return "high" if result.head.calls >= MANY_CALLS and not guessed else "medium"
    if not result.confirmed:
        return "low"
    things = result.head.calls >= MANY_THINGS and result.head.per_call.leaves_things()
    counted = (
        result.head.calls >= MANY_CALLS or things or result.head.held is not None or result.head.resident is not None
    )
    return "high" if counted and not guessed else "medium"
