"""Whether a fix works: the patched code must measure clean twice, still run, and return what it returned before."""

from __future__ import annotations

import os
import tokenize
from typing import Any, Dict, List, Optional, Tuple

from .edits import apply_edits, map_lines
from .jobs import Answer, HoldLines, Value
from .judge.growth import amount
from .plan import Target
from .report import Base, Fix, Held, Measurement

FIX_RUNS = 2
# Share of what the head's locals released by which the fixed code must hold less at the same line.
MOST = 0.5


def patched(root: str, target: Target) -> Dict[str, Any]:
    """The fields of a job that runs the fixed code.

    :raises EditError: an edit does not fit the file
    :raises OSError: the file cannot be read
    :raises UnicodeError, SyntaxError: it cannot be decoded
    """
    path = os.path.join(os.path.abspath(root), *target.file.split("/"))
    source, edits = read_source(path), target.fix or ()
    changes: Dict[str, Any] = {"overlay": {path: apply_edits(source, edits)}}
    if target.lines is not None:
        changes["first_line"], changes["last_line"] = map_lines(source, edits, *target.lines)
    if target.hold is not None:
        first, last = map_lines(source, edits, target.hold.line, target.hold.line)
        changes["hold"] = HoldLines(first, last, list(target.hold.names))
    return changes


def read_source(path: str) -> str:
    """A Python file as text, its line ends as they are but for `\\r\\n`, its coding cookie respected."""
    with tokenize.open(path) as file:
        return file.read()


def base_from(answer: Answer) -> Base:
    """What the run of the base says."""
    if answer.failure is not None:
        status = "absent" if answer.failure.kind == "missing" else "failed"
        return Base(status, answer.failure.reason)
    if answer.measurement is None or answer.measurement.outcome == "inconclusive":
        reason = answer.measurement.reason if answer.measurement else "The base gave no measurement"
        return Base("failed", reason, answer.measurement)
    return Base("measured", answer.measurement.reason, answer.measurement)


def gone(head: Optional[Measurement], again: Answer) -> Optional[Fix]:
    """Why a run of the code as it is, between two of the fixed code, spoils the proof; None when it does not."""
    assert head is not None
    measured = again.measurement
    # A run that came to nothing, as when the time was up, proves neither the one nor the other.
    if measured is None or measured.outcome in (head.outcome, "inconclusive"):
        return None
    reason = f"The code as it is, measured again between two runs of the fixed code: {measured.reason}"
    return Fix("not-verified", reason, measured)


def not_fixed(head: Optional[Measurement], answer: Answer) -> Optional[Fix]:
    """Why one run of the fixed code is not the proof that is needed; None when it is."""
    assert head is not None
    if answer.failure is not None:
        return Fix("not-verified", f"The fixed code could not be measured: {answer.failure.reason}")
    measured = answer.measurement
    if measured is None or answer.driver is None or not answer.driver.reached:
        return Fix("not-verified", "The fixed line did not run", measured)
    if head.outcome == "peak":
        return _still_held(head.held, measured)
    if measured.outcome == "inconclusive":
        return Fix("not-verified", f"The fixed code gave no clear outcome: {measured.reason}", measured)
    if measured.outcome != "clean":
        return Fix("not-fixed", f"With the fix: {measured.reason}", measured)
    return None


def _still_held(before: Optional[Held], measured: Measurement) -> Optional[Fix]:
    if measured.held is None or before is None:
        return Fix("not-verified", f"The fixed code was not measured at its line: {measured.reason}", measured)
    less = before.bytes - measured.held.bytes
    if less >= MOST * before.released:
        return None
    reason = f"The fixed code still holds {amount(measured.held.bytes)} at its line, {amount(less)} less than before"
    return Fix("not-fixed", reason, measured)


def compare(head: List[Optional[Value]], fixed: List[Optional[Value]]) -> Tuple[bool, str]:
    """Whether head and fixed code return the same, and a half sentence on what was compared.

    Several values of one side tell whether that code returns the same twice at all.
    """
    before = {value.digest for value in head if value is not None}
    after = {value.digest for value in fixed if value is not None}
    if not before or not after:
        return True, "return values were not compared, because the call does not come back"
    if before & after:
        if not {v.arguments for v in head if v is not None} & {v.arguments for v in fixed if v is not None}:
            return False, "the fixed code leaves its arguments in another state"
        return True, f"{next(value.compared for value in fixed if value is not None)} are equal"
    if len(before) > 1 and {v.kinds for v in head if v is not None} & {v.kinds for v in fixed if v is not None}:
        return True, "return values differ from run to run, and only their types were compared"
    return False, "the fixed code returns something else"
