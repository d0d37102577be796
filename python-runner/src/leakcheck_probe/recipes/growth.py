"""The recipes `growth` and `cycle`: what stays after calls, and what only the collector could free. One run gives both."""

from __future__ import annotations

import gc
import time
from typing import List, Optional, Tuple

from ..calls import Calls
from ..devices import Devices, loaded_devices
from ..driver import Candidate, Trial
from ..driver.finish import LOOP
from ..jobs import Answer, Job
from ..judge.devices import allocated_grows, device_notes, device_rate
from ..judge.growth import LEAK_CALLS, Decision, Window, last_rates
from ..judge.leftovers import NOTABLE, left_rates, things
from ..leftovers.counts import KINDS, Leftovers
from ..report import Measurement, OnDevice, PerCall
from ..report import Window as ReportedWindow
from ..windows import measure
from . import driving

# A slow target is judged by the calls that it made in this time, even when there is more.
PATIENCE_SECONDS = 5.0
# A test costs a millisecond by itself, and is worth more than arguments of ours.
TEST_PATIENCE_SECONDS = 8.0


def run(job: Job) -> Answer:
    """Measure the candidate named by the job, or search for one.

    A method is measured with one instance for all calls and with a fresh one for each; growth in either counts.
    """
    if job.key is not None:
        return _of_chosen(job)
    found = driving.tried(job)
    chosen = _one_per_instance(found)
    answer = _measured(*chosen[0], _share(job.deadline, len(chosen)), job.gpu)
    for candidate, trial in chosen[1:]:
        if answer.measurement is None or answer.measurement.outcome not in ("clean", "inconclusive"):
            break
        gc.unfreeze()
        other = _measured(candidate, trial, job.deadline, job.gpu)
        if other.measurement is not None and _more_telling(other.measurement, answer.measurement):
            answer = other
    answer.options = [driving.option_of(candidate, trial) for candidate, trial in found]
    return answer


def _of_chosen(job: Job) -> Answer:
    """The candidate that the key names; of several tests the first one with a finding, else the most telling one."""
    best: Optional[Answer] = None
    ways = driving.chosen(job)
    for number, candidate in enumerate(ways):
        # The very first call is the one to watch: a guard that a fix put above the line may let it run only once.
        trial = driving.trial_of(candidate, job)
        value = driving.first_values(candidate)
        deadline = _share(job.deadline, len(ways) - number)
        if candidate.kind == "tests":
            candidate.warm_up(deadline)
        answer = _measured(candidate, trial, deadline, job.gpu, job.calls or LEAK_CALLS)
        answer.value = value
        if best is None or _is_better(answer, best):
            best = answer
        if best.measurement is not None and best.measurement.outcome not in ("clean", "inconclusive"):
            break
        gc.unfreeze()
    assert best is not None
    return best


def _is_better(other: Answer, first: Answer) -> bool:
    if other.measurement is None or first.measurement is None:
        return first.measurement is None
    return _more_telling(other.measurement, first.measurement)


def _one_per_instance(found: List[Tuple[Candidate, Trial]]) -> List[Tuple[Candidate, Trial]]:
    """The best candidate, and the best one of the other way to make the instance when it does as well."""
    best_candidate, best_trial = found[0]
    for candidate, trial in found[1:]:
        as_good = (trial.reached, trial.returned) >= (best_trial.reached, best_trial.returned)
        if candidate.instance != best_candidate.instance and as_good:
            return [found[0], (candidate, trial)]
    return [found[0]]


def _more_telling(other: Measurement, first: Measurement) -> bool:
    if other.outcome == first.outcome:
        return False
    return other.outcome not in ("clean", "inconclusive") or first.outcome == "inconclusive"


def _share(deadline: float, parts: int) -> float:
    now = time.monotonic()
    return now + max(0.0, deadline - now) / parts


def _measured(
    candidate: Candidate, trial: Trial, deadline: float, wants_gpu: bool, leak_calls: int = LEAK_CALLS
) -> Answer:
    driver = driving.driver_of(candidate, trial.reached)
    if trial.unfinished and not trial.returned:
        reason = f"A call did not come back within {driving.CALL_SECONDS:g} s"
        return Answer(key=candidate.key, driver=driver, measurement=Measurement("inconclusive", reason))
    started = time.monotonic()
    patience = TEST_PATIENCE_SECONDS if candidate.kind == "tests" else PATIENCE_SECONDS
    calls = Calls(candidate.run, min(deadline, started + patience))
    devices = Devices(loaded_devices())
    windows, decision = measure(calls, leak_calls, Leftovers(lambda: LOOP.current), devices)
    decision, notes = _qualified(decision, trial, calls)
    notes += _left_on_disk(windows) + device_notes(devices.first, devices.last)
    if candidate.kind == "tests" and calls.raised * 2 > calls.made:
        decision = Decision("inconclusive", f"The test does not pass when it is repeated: {calls.first_error}")
    measured = sum(window.calls for window in windows)
    measurement = Measurement(
        outcome=decision.outcome,
        reason=decision.reason,
        calls=measured,
        milliseconds=(time.monotonic() - started) * 1000,
        per_call=_per_call(windows),
        windows=[ReportedWindow(w.calls, w.bytes, w.objects, w.cycle_objects) for w in windows],
        device=on_device(devices, wants_gpu),
    )
    return Answer(key=candidate.key, driver=driver, measurement=measurement, notes=notes)


def _qualified(decision: Decision, trial: Trial, calls: Calls) -> Tuple[Decision, List[str]]:
    """The decision with what the calls themselves tell: a target that never worked has not been seen clean."""
    if not trial.reached:
        return Decision("inconclusive", f"The flagged lines did not run; {_lower(decision.reason)}"), []
    if calls.raised == calls.made and calls.made and decision.outcome == "clean":
        return Decision("inconclusive", f"Every call raised {calls.first_error}"), []
    if calls.raised:
        return decision, [f"{calls.raised} of {calls.made} calls raised, the first one {calls.first_error}"]
    return decision, []


def on_device(devices: Devices, wants_gpu: bool) -> Optional[OnDevice]:
    """Where the target ran, where that matters: on a device, or on the CPU although a device was asked for."""
    if not devices:
        return OnDevice("cpu", "CPU", unverified=True) if wants_gpu else None
    changes = (last - first for first, last in zip(devices.first, devices.last))
    return OnDevice("gpu", devices.name, False, *changes)


def _left_on_disk(windows: List[Window]) -> List[str]:
    rate = left_rates(windows)[KINDS.index("files")]
    return [f"{things(rate, 'files')} stayed per call in the temporary folder"] if rate >= NOTABLE else []


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _per_call(windows: List[Window]) -> PerCall:
    rates = last_rates(windows)
    left = dict(zip(KINDS, left_rates(windows)))
    rate = device_rate(windows) if allocated_grows(windows) else 0.0
    return PerCall(rates.bytes, rates.objects, rates.cycle_objects, rates.cycle_bytes, **left, device_bytes=rate)
