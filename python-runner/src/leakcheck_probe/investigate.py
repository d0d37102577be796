"""The story of one target, from the plan to its result."""

from __future__ import annotations

import os
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from . import verify, ways
from .align import same_line
from .conclude import confidence_of, is_native, levels_off, settled_by_bound, stays, without_attribution
from .errors import EditError
from .jobs import Answer
from .judge.growth import LEAK_CALLS
from .plan import Limits, Target
from .pytests import files
from .report import Base, Driver, Fix, Measurement, Result
from .runs import FIRST_CALL_RECIPES, Runs
from .supervisor import Supervisor

# Called after each run: run (head, confirm, base, fix) and its outcome.
Progress = Callable[[str, str], None]
# The second process makes more calls than the first, which may have seen a cache filling that is full by then: twice as
# many, or eight times where that takes no longer than this.
CONFIRM_CALLS, MANY_CALLS, CONFIRM_MILLISECONDS = 2 * LEAK_CALLS, 4 * LEAK_CALLS, 1000.0
# An outcome of the recipe `growth` may be that of another one.
RECIPE_OF = {"cycle-garbage": "cycle", "leak": "growth", "fragmentation": "fragmentation"}
FINDINGS = ("leak", "cycle-garbage", "peak", "fragmentation")


def investigate(
    supervisor: Supervisor, target: Target, limits: Limits, head: str, base: Optional[str], tell: Progress
) -> Tuple[Result, Dict[str, str]]:
    """Measure one target in head, base and with its fix, within its limit of time.

    :param head: folder of the tree to measure; `base` the one to compare with
    :returns: the result, and the versions of the measured libraries that were loaded
    """
    deadline = time.monotonic() + limits.seconds_per_target

    def started(until: float) -> Runs:
        return Runs(supervisor, target, head, until, base is not None)

    runs = started(deadline)
    likely = target.driver is None and files.are_there(head, target.file, target.qualname)
    found = runs.tests() if likely else Answer()
    if not found.options:
        return _Investigation(runs, target, head, base, tell, found.notes).run(), runs.packages
    # Tests first; with calls of our own as well when they do not settle it.
    runs = started(time.monotonic() + ways.TESTS_SHARE * (deadline - time.monotonic()))
    runs.key = ways.key_of_all(found.options)
    by_tests = _Investigation(runs, target, head, base, tell).run()
    if ways.is_settled(by_tests, target):
        return by_tests, runs.packages
    others = started(deadline)
    other = _Investigation(others, target, head, base, tell).run()
    return ways.more_telling(by_tests, other, target), {**runs.packages, **others.packages}


class _Investigation:
    def __init__(
        self, runs: Runs, target: Target, head: str, base: Optional[str], tell: Progress, notes: Sequence[str] = ()
    ) -> None:
        self._runs, self._target, self._head, self._base = runs, target, head, base
        self._progress = tell
        self._returns = True
        self.result = Result(id=target.id, target=target.target, recipe=target.recipe, notes=list(notes))

    def run(self) -> Result:
        """The result; never raises for what the target does."""
        # 1 Find a way to call the target, and measure head with it.
        self._take(self._measure_head())
        # 2 Another process with another hash seed must come to the same.
        confirmation = self._confirm() if self._found() else Answer()
        # 3 Name who keeps it; a bound or a foreign keeper settles the matter.
        if self.result.outcome != "clean" and self.result.driver.reached and stays(self.result.head):
            self._diagnose()
        # 4 The same at the base, 5 the same with the fix.
        if self._found():
            self._measure_base()
            self._measure_fix(confirmation)
        else:
            reason = "Nothing was found in the head that could be compared"
            self.result.base, self.result.fix = Base(reason=reason), Fix(reason=reason)
        self.result.confidence = confidence_of(self.result)
        return self.result

    def _found(self) -> bool:
        return self.result.outcome in FINDINGS

    def _measure_head(self) -> Answer:
        if self._target.recipe in FIRST_CALL_RECIPES and self._runs.key is None:
            found = self._runs.search()
            if found.failure is not None or not found.options:
                return found
            self._runs.key = found.options[0].key
            self._returns = found.options[0].returned
        answer = self._runs.measure("head")
        self._tell("head", answer)
        return answer

    def _take(self, head: Answer) -> None:
        """The head's answer becomes the result so far."""
        result = self.result
        result.driver, self._runs.key = head.driver or Driver(), head.key
        result.notes += head.notes
        if head.failure is not None:
            reason = head.failure.reason
            result.reason, result.suggested_driver = reason[:1].upper() + reason[1:], head.failure.suggested_driver
        elif head.measurement is None:
            result.reason = "No way to call the target was found"
        else:
            result.head = head.measurement
            result.outcome, result.reason = head.measurement.outcome, head.measurement.reason
            result.recipe = RECIPE_OF.get(result.outcome, result.recipe)

    def _confirm(self) -> Answer:
        answer = self._runs.measure("confirm", calls=_calls_to_confirm(self.result.head))
        self._tell("confirm", answer)
        measured = answer.measurement
        self.result.confirmed = measured is not None and measured.outcome == self.result.outcome
        if levels_off(self.result.head, measured):
            assert measured is not None
            self._turn("clean", measured.reason)
        elif not self.result.confirmed:
            why = measured or answer.failure
            self._turn("inconclusive", f"A second process did not confirm it: {why.reason if why else 'no answer'}")
        return answer

    def _diagnose(self) -> None:
        measurement = self.result.head
        assert measurement is not None
        found = self._runs.diagnose("diagnosis", measurement)
        if found.failure is not None:
            self.result.notes.append(f"Who keeps it could not be found out: {found.failure.reason}")
            return
        self.result.paths, self.result.allocations = found.paths, found.allocations
        settled = _settle(found, measurement, self.result.outcome)
        if settled is not None:
            self._turn(*settled)
        elif (
            self.result.outcome == "leak" and is_native(measurement, found) and not measurement.per_call.leaves_things()
        ):
            self.result.notes.append("Native code made most of what stays: Python's tracing does not see it")

    def _turn(self, outcome: str, reason: str) -> None:
        """A later run changes the outcome; what the first one showed stays as a note."""
        self.result.notes.append(self.result.reason)
        self.result.outcome, self.result.reason, self.result.confirmed = outcome, reason, False

    def _measure_base(self) -> None:
        changes, instead = self._changes_for_base()
        if instead is not None:
            self.result.base = instead
            return
        answer = self._measured_as_settled("base", changes)
        self._tell("base", answer)
        self.result.base = verify.base_from(answer)

    def _changes_for_base(self) -> Tuple[Dict[str, Any], Optional[Base]]:
        """The fields of the job for the base, or what to say instead of a run."""
        if self._base is None:
            return {}, Base(reason="No base was given")
        changes: Dict[str, Any] = {"root": self._base, "first_line": None, "last_line": None}
        head, path = (os.path.join(root, *self._target.file.split("/")) for root in (self._head, self._base))
        if not os.path.isfile(path):
            return {}, Base("absent", "The file is not in the base")
        if self._target.recipe == "peak" and self._target.hold is not None:
            try:
                line = same_line(verify.read_source(head), verify.read_source(path), self._target.hold.line)
            except (OSError, UnicodeError, SyntaxError) as error:
                return {}, Base("failed", f"The base cannot be read: {error}")
            if line is None:
                return {}, Base("absent", "The line of the hold is not in the base")
            changes["hold"] = self._runs.hold(line)
        return changes, None

    def _measure_fix(self, confirmation: Answer) -> None:
        if not self._target.fix:
            self.result.fix = Fix(reason="No fix was given")
            return
        try:
            changes = verify.patched(self._head, self._target)
        except (EditError, OSError, UnicodeError, SyntaxError) as error:
            self.result.fix = Fix("not-verified", f"The fix could not be applied: {error}")
            return
        answers: List[Answer] = []
        for number in range(verify.FIX_RUNS):
            # A B A B: what went away must come back without the fix, or it was the machine that changed.
            failed = verify.gone(self.result.head, self._measured_again()) if number else None
            if failed is not None:
                self.result.fix = failed
                return
            answer = self._measured_as_settled("fix", changes)
            self._tell("fix", answer)
            answers.append(answer)
            failed = verify.not_fixed(self.result.head, answer)
            if failed is not None:
                self.result.fix = failed
                return
        same, compared = self._compare_values(confirmation, answers, changes)
        measured = answers[-1].measurement
        proof = "The names were let go" if self.result.outcome == "peak" else "Measured clean"
        if same:
            self.result.fix = Fix("fixed", f"{proof} in two processes; {compared}", measured)
        else:
            self.result.fix = Fix("not-verified", f"{proof}, but {compared}", measured)

    def _measured_again(self) -> Answer:
        answer = self._runs.measure("fix")
        self._tell("confirm", answer)
        return answer

    def _compare_values(self, confirmation: Answer, answers: List[Answer], changes: Dict[str, Any]) -> Tuple[bool, str]:
        if not self._returns:
            return verify.compare([], [])
        before, after = [confirmation.value], [answer.value for answer in answers]
        if confirmation.value is None:
            before, after = [self._runs.value().value], [self._runs.value(**changes).value]
        same, compared = verify.compare(before, after)
        # The head may not even agree with itself: a clock, a random number, the order of a set.
        return (same, compared) if same else verify.compare([*before, self._runs.value().value], after)

    def _measured_as_settled(self, run: str, changes: Dict[str, Any]) -> Answer:
        """A measurement of other code in the way of the head's; a bound or a foreign keeper settles it as well."""
        answer = self._runs.measure(run, **changes)
        measured = answer.measurement
        if measured is not None and stays(measured):
            found = self._runs.diagnose(run, measured, **changes)
            settled = _settle(found, measured, measured.outcome) if found.failure is None else None
            if settled is not None:
                measured.outcome, measured.reason = settled
        return answer

    def _tell(self, run: str, answer: Answer) -> None:
        self._progress(run, answer.measurement.outcome if answer.measurement else "inconclusive")


def _calls_to_confirm(head: Optional[Measurement]) -> int:
    if head is not None and (head.per_call.leaves_things() or head.per_call.device_bytes > 0):
        return CONFIRM_CALLS  # a process can have only some hundred threads, and a device only so much memory
    each = head.milliseconds / max(1, head.calls) if head is not None else CONFIRM_MILLISECONDS
    return MANY_CALLS if each * MANY_CALLS <= CONFIRM_MILLISECONDS else CONFIRM_CALLS


def _settle(found: Answer, measurement: Measurement, outcome: str) -> Optional[Tuple[str, str]]:
    """The outcome and reason to which the diagnosis turns `outcome`, if it does: a limit settles an open question too."""
    bound = settled_by_bound(found, measurement)
    if bound is not None:
        return "clean", bound
    return None if outcome == "inconclusive" else without_attribution(measurement, found)
