"""Finds and repeats the way to call the target: the bridge from jobs to the driver."""

from __future__ import annotations

from typing import List, Optional, Tuple

from ..calls import end_forked_child
from ..digest import Digest
from ..driver import Candidate, NoDriver, Request, Trial, candidates
from ..jobs import Answer, Job, Option, Value
from ..report import Driver

# Calls whose return values are compared between versions of the code.
VALUE_CALLS = 3
# A call that takes longer cannot be repeated often enough to be measured; only the recipe `peak` can do with it.
CALL_SECONDS = 1.0


def request_of(job: Job) -> Request:
    """The driver's view of a job."""
    return Request(
        root=job.root,
        file=job.file,
        qualname=job.qualname,
        vary=tuple(job.vary),
        declared=job.declared,
        overlay=job.overlay,
        lines=lines_of(job),
        choice=job.key,
    )


def lines_of(job: Job) -> Optional[Tuple[int, int]]:
    if job.first_line is None or job.last_line is None:
        return None
    return job.first_line, job.last_line


def search(job: Job) -> Answer:
    """All ways that came through the search, without measuring any."""
    found = tried(job)
    return Answer(options=[option_of(candidate, trial) for candidate, trial in found])


def tried(job: Job) -> List[Tuple[Candidate, Trial]]:
    """Every candidate with how its first calls went: those that return and reach the lines first."""
    ways = candidates(request_of(job))
    end_forked_child()
    found = [(candidate, trial_of(candidate, job)) for candidate in ways]
    return sorted(found, key=lambda pair: (not pair[1].reached, not (pair[1].returned or pair[1].unfinished)))


def trial_of(candidate: Candidate, job: Job) -> Trial:
    """How one call goes: whether it returns, and whether the flagged lines run; what is open by turns gets a second one."""
    trial = candidate.try_out(lines_of(job), attempts=1, seconds=CALL_SECONDS)
    if not trial.reached and not trial.unfinished:
        trial = candidate.try_out(lines_of(job), attempts=1, seconds=CALL_SECONDS)
    end_forked_child()
    return trial


def chosen(job: Job) -> List[Candidate]:
    """The candidates that an earlier run chose, without having called them: one, or a few tests.

    :raises NoDriver: this version of the code cannot be called that way
    """
    found = candidates(request_of(job))
    if not found:
        raise NoDriver("The target can no longer be called as before")
    return found if found[0].kind == "tests" else found[:1]


def repeated(job: Job) -> Candidate:
    """The first of the candidates that an earlier run chose. Raises NoDriver as `chosen` does."""
    return chosen(job)[0]


def value(job: Job) -> Answer:
    """What the first calls return, without measuring."""
    candidate = repeated(job)
    trial_of(candidate, job)  # as before a measurement, so that the same calls are compared
    return Answer(value=first_values(candidate))


def option_of(candidate: Candidate, trial: Trial) -> Option:
    return Option(candidate.key, candidate.instance, trial.returned, trial.reached, trial.error)


def driver_of(candidate: Candidate, reached: bool) -> Driver:
    """How the report names the way of calling."""
    return Driver(
        kind=candidate.kind,
        call=candidate.call,
        instance=candidate.instance,
        varied=list(candidate.varied),
        stubs=list(candidate.stubs),
        reached=reached,
        files=list(getattr(candidate, "files", ())),
    )


def first_values(candidate: Candidate) -> Value:
    """A digest of what the first calls return or raise."""
    digest = Digest()
    for index in range(VALUE_CALLS):
        try:
            returned, arguments = candidate.run_and_show(index)
            digest.add(returned)
            digest.add_arguments(arguments)
            del returned, arguments
        except BaseException as error:  # the target's own, also SystemExit
            digest.add_error(error)
        end_forked_child()
    value = digest.value()
    if candidate.kind == "tests":
        value.compared = "outcomes of the test"
    return value
