"""The order of the ways to call a target, and which of them get through."""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Iterable, Iterator, Optional

from ..errors import NoDriver
from .arguments import Arguments, picks_like
from .candidate import Candidate
from .declared import declared_call
from .extract import extracted_call
from .parameters import Slot
from .plan import Plan, plans
from .request import Request, Trial
from .shapes import ScriptCall
from .suggestion import suggested_driver
from .target import Target, load

MAX_ATTEMPTS = 150
# For the search of one shape: as many attempts are always made, more only within the shorter time.
FIRST_ATTEMPTS = 20
SOON_SECONDS = 0.5
MAX_SECONDS = 4.0
CALL_SECONDS = 1.0
MAX_UNFINISHED = 2
_LOOP_ERRORS = ("no running event loop", "no current event loop", "attached to a different loop")


def candidates(request: Request) -> list[Candidate]:
    """Ways to call the target, best first. Raises TargetMissing, ImportFailed, NoDriver.

    The target is called during the search, unless `request.choice` names an earlier decision that still fits.
    """
    tests = _chosen_tests(request)
    if tests:
        return tests
    target = load(request)
    declared = declared_call(request, target)
    if declared is not None:
        return [Candidate("declared", declared, target)]
    if target.qualname == "<module>":
        code = compile(target.tree, target.path, "exec", dont_inherit=True)
        extracted = extracted_call(target, request.lines)
        if extracted is not None:
            return [Candidate("script", extracted, target)]
        return [Candidate("script", ScriptCall(target.module.__name__, target.path, code), target)]
    chosen = _chosen_before(request, target, plans(target, request.vary))
    return [chosen] if chosen is not None else _searched(request, target, plans(target, request.vary))


def _chosen_tests(request: Request) -> list[Any]:
    """The tests that `request.choice` names, if it names tests."""
    if request.choice is None or '"tests"' not in request.choice:
        return []
    from ..pytests.candidate import chosen

    return list(chosen(request))


def _chosen_before(request: Request, target: Target, shapes: Iterable[Plan]) -> Optional[Candidate]:
    if request.choice is None:
        return None
    try:
        choice = json.loads(request.choice)
        wanted, loop, values = choice["shape"], bool(choice["loop"]), choice["values"]
    except (ValueError, KeyError, TypeError):
        return None
    for plan in shapes:
        groups = [picks_like(slots, chosen) for slots, chosen in zip(plan.groups, values)]
        if plan.shape == wanted and len(values) == len(plan.groups) and None not in groups:
            picks = tuple(pick for group in groups for pick in group or ())
            return _candidate(target, plan, picks, request.vary, loop)
    return None


def _searched(request: Request, target: Target, shapes: Iterable[Plan]) -> list[Candidate]:
    found: list[tuple[Candidate, Trial]] = []
    for plan in shapes:
        if plan.last_resort and any(map(_is_enough, found)):
            continue
        found.append(_climb(request, target, plan, found))
    useful = [pair for pair in found if pair[1].returned or pair[1].reached and _is_worth(pair, request)]
    if not useful:
        error = found[0][1].error if found else "it cannot be called"
        call = found[0][0]._call if found else None
        raise NoDriver(f"every call of {target.qualname} raised ({error})"[:480], suggested_driver(target, call))
    return [candidate for candidate, _ in sorted(useful, key=lambda pair: _order(pair[1]))]


def _is_worth(pair: tuple[Candidate, Trial], request: Request) -> bool:
    """A call that never returns normally still counts when it does not end (but not when a stub may be why it
    does not), or raises behind the flagged lines."""
    candidate, trial = pair
    return not candidate.stubs if trial.unfinished else request.lines is not None


def _order(trial: Trial) -> tuple[bool, bool]:
    return (not trial.reached, not trial.returned)


def _candidate(target: Target, plan: Plan, picks: tuple[int, ...], vary: tuple[str, ...], in_loop: bool) -> Candidate:
    groups: list[Arguments] = []
    position = 0
    for slots in plan.groups:
        groups.append(
            Arguments(slots, picks[position : position + len(slots)], vary if slots is plan.groups[-1] else ())
        )
        position += len(slots)
    return Candidate("synthesised", plan.build(groups), target, in_loop)


def _climb(
    request: Request, target: Target, plan: Plan, earlier: list[tuple[Candidate, Trial]]
) -> tuple[Candidate, Trial]:
    """Try the first values of all slots, then change one at a time; keep a change that gets further."""
    slots = [slot for group in plan.groups for slot in group]
    in_loop = plan.in_loop
    best = _attempt(request, target, plan, _start(plan, earlier), in_loop)
    if best[1].error and any(text in best[1].error for text in _LOOP_ERRORS):
        in_loop = True
        best = _attempt(request, target, plan, _picks(best[0]), in_loop)
    tried = {_picks(best[0])}
    start = time.monotonic()
    unfinished = int(best[1].unfinished)
    progress = True
    while progress and not _is_enough(best):
        progress = False
        for picks in _neighbours(slots, _picks(best[0]), best[1].error or ""):
            if unfinished >= MAX_UNFINISHED or _is_over(len(tried), time.monotonic() - start):
                break
            if picks in tried:
                continue
            tried.add(picks)
            attempt = _attempt(request, target, plan, picks, in_loop)
            unfinished += attempt[1].unfinished
            if _score(attempt) > _score(best):
                best, progress = attempt, True
                break
    return best


def _is_over(attempts: int, seconds: float) -> bool:
    soon = attempts >= FIRST_ATTEMPTS and seconds > SOON_SECONDS
    return soon or attempts >= MAX_ATTEMPTS or seconds > MAX_SECONDS


def _attempt(
    request: Request, target: Target, plan: Plan, picks: tuple[int, ...], loop: bool
) -> tuple[Candidate, Trial]:
    candidate = _candidate(target, plan, picks, request.vary, loop)
    return candidate, candidate.try_out(request.lines, attempts=1, seconds=CALL_SECONDS)


def _start(plan: Plan, earlier: list[tuple[Candidate, Trial]]) -> tuple[int, ...]:
    """What worked for a shared instance is the first guess for a fresh one."""
    width = sum(len(slots) for slots in plan.groups)
    for candidate, _ in earlier:
        picks = _picks(candidate)
        if len(picks) == width:
            return picks
    return plan.start + (0,) * (width - len(plan.start))


def _picks(candidate: Candidate) -> tuple[int, ...]:
    return tuple(pick for arguments in candidate._call.arguments for pick in arguments.picks)


def _is_enough(pair: tuple[Candidate, Trial]) -> bool:
    candidate, trial = pair
    return trial.reached and (trial.returned or trial.unfinished and not candidate.stubs)


def _score(pair: tuple[Candidate, Trial]) -> tuple[bool, bool, int]:
    return (_is_enough(pair), pair[1].returned, pair[1].steps)


def _neighbours(slots: list[Slot], picks: tuple[int, ...], error: str) -> Iterator[tuple[int, ...]]:
    """One slot changed to its next value, then to the one after; slots that the error seems to be about first."""

    def suspicion(position: int) -> tuple[bool, int]:
        slot = slots[position]
        kind = slot.alternatives[picks[position]].kind
        return (not (kind and f"'{kind}'" in error or f"'{slot.name}'" in error), position)

    order: list[int] = sorted(range(len(slots)), key=suspicion)
    width: Callable[[Any], int] = lambda slot: len(slot.alternatives)  # noqa: E731
    for step in range(1, max(map(width, slots), default=1)):
        if step == 2:
            yield from _together(slots, picks)
        for position in order:
            if step < width(slots[position]):
                changed = (picks[position] + step) % width(slots[position])
                yield (*picks[:position], changed, *picks[position + 1 :])


def _together(slots: list[Slot], picks: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every slot that can take the same kind of value takes it: two columns of numbers, three pieces of bytes."""
    kinds = dict.fromkeys(value.text for slot in slots for value in slot.alternatives)
    for text in kinds if len(slots) > 1 else ():
        places = [next((i for i, value in enumerate(slot.alternatives) if value.text == text), None) for slot in slots]
        if sum(place is not None for place in places) > 1:
            yield tuple(pick if place is None else place for pick, place in zip(picks, places))
