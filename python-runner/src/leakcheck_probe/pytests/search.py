"""Finds the tests that reach the flagged lines: likely files first, then each of their tests once under the line watch."""

from __future__ import annotations

import os
import time
import types
from typing import Any, Callable, Iterator, List, Tuple

from ..calls import end_forked_child
from ..driver.request import Request
from ..driver.timelimit import TimeLimit
from ..jobs import Answer, Option
from ..recipes import driving
from .candidate import Target, TestCandidate, key_of
from .files import likely_files
from .harness import Harness, has_pytest, open_harness
from .settings import read_settings

MOST = 3
# Reading files, collecting them, and running tests: shares of the time that the search has.
READING_SHARE, COLLECTING_SHARE = 0.2, 0.5
# One test, under the watch: what takes longer cannot be repeated often enough.
TEST_SECONDS = 2.0
FAST_SECONDS = 0.05
# Thirty calls, the fewest for an outcome, then take as long as a measurement may.
SLOWEST_SECONDS = 0.25
MAX_TRIED = 200
# Longer names do not fit into a report.
MAX_NAME = 280
_UNFIT = ("skip", "xfail", "benchmark")


def run(job: Any) -> Answer:
    """Keys of up to three tests that pass, pass again and reach the flagged lines, fastest first; none is no failure."""
    request = driving.request_of(job)
    if request.qualname == "<module>" or request.declared is not None or not has_pytest():
        return Answer()
    target = Target(request)
    if target.is_declared:
        return Answer()
    started, seconds = time.monotonic(), max(0.5, job.deadline - time.monotonic())
    settings = read_settings(target.root)
    until = started + READING_SHARE * seconds
    files = likely_files(target.root, settings, target.placement.name, request.qualname, until)
    if not files:
        return Answer()
    target.prepare(request)
    try:
        with TimeLimit(COLLECTING_SHARE * seconds):
            harness = open_harness(target.root, files, settings.options)
    except BaseException:  # a conftest.py may raise anything; then this tree has no tests for us
        return Answer()
    if harness is None:
        return Answer()
    found = reaching(harness, files, target, request, started + 0.9 * seconds)
    options = [Option(key_of([test.name]), "none", True, True) for test in found]
    notes = [] if found else [f"Of the tests in {len(files)} files that name the target none passes and reaches it"]
    return Answer(options=options, notes=notes)


def reaching(
    harness: Harness, files: List[str], target: Target, request: Request, deadline: float
) -> List[TestCandidate]:
    """The fastest tests that pass twice and reach the flagged lines, at most one of every test function."""
    found: List[Tuple[TestCandidate, str]] = []
    for item in list(ordered(harness.items, files, request.qualname))[:MAX_TRIED]:
        if time.monotonic() > deadline or _is_enough(found):
            break
        test = TestCandidate(item, target)
        if len(test.name) > MAX_NAME or not _passes(test, request):
            continue
        found.append((test, test.name.split("[")[0]))
    fastest: List[TestCandidate] = []
    functions = set()
    for test, function in sorted(found, key=_preference(request)):
        if function not in functions and len(fastest) < MOST:
            functions.add(function)
            fastest.append(test)
    return fastest


def _preference(request: Request) -> Callable[[Tuple[TestCandidate, str]], Tuple[float, float]]:
    """The fastest first; where no line is asked for, those that run most of the target."""

    def order(pair: Tuple[TestCandidate, str]) -> Tuple[float, float]:
        return (0 if request.lines else -pair[0].steps, pair[0].seconds)

    return order


def _passes(test: TestCandidate, request: Request) -> bool:
    """Whether it passes and reaches the lines; and passes again, now with everything imported: that is its time."""
    first = test.try_out(request.lines, seconds=TEST_SECONDS)
    end_forked_child()
    if not (first.returned and first.reached):
        return False
    again = test.try_out(request.lines, seconds=TEST_SECONDS)
    end_forked_child()
    return again.returned and test.seconds <= SLOWEST_SECONDS


def _is_enough(found: List[Tuple[TestCandidate, str]]) -> bool:
    return len({function for test, function in found if test.seconds <= FAST_SECONDS}) >= MOST


def ordered(items: List[Any], files: List[str], qualname: str) -> Iterator[Any]:
    """Tests whose own code mentions the target first, then by file, as they stand; not what cannot be repeated."""
    names = {part for part in qualname.split(".") if not part.startswith("<")}
    places = {os.path.realpath(path): place for place, path in enumerate(files)}

    def rank(item: Any) -> Tuple[int, int]:
        function = getattr(item, "obj", None)
        function = getattr(function, "__func__", function)
        code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
        mentioned = len(names & set(names_in(code))) if code is not None else 0
        return -mentioned, places.get(os.path.realpath(str(item.path)), len(places))

    return iter(sorted((item for item in items if _is_fit(item)), key=rank))


def _is_fit(item: Any) -> bool:
    function = getattr(item, "obj", None)
    if getattr(function, "is_hypothesis_test", False):
        return False  # other examples every time, which its own caches keep
    return not any(mark.name in _UNFIT for mark in item.iter_markers())


def names_in(code: types.CodeType) -> Iterator[str]:
    """All global and attribute names in a code object and in those nested in it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from names_in(constant)
