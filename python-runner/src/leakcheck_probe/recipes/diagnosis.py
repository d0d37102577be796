"""Names who keeps what stays, and where it was made: a run with tracing, apart from the exact one."""

from __future__ import annotations

import gc
import os
import sys
import tracemalloc
from typing import Callable, Dict, List, Optional, Tuple

from .. import counters, garbage, testcode
from ..calls import Calls
from ..devices.torch_stacks import TorchStacks
from ..driver import Candidate
from ..driver.finish import LOOP
from ..jobs import Answer, Garbage, Job
from ..leftovers import naming
from ..paths import RetainingPath as GrownPath
from ..paths import Snapshot, is_large_heap, retaining_paths
from ..report import Allocation, RetainingPath
from . import driving

WARM_UP = 8
FRAMES = 5
# Calls under DEBUG_SAVEALL: enough to tell what comes with every call.
CYCLE_CALLS = 4
# Lines that made less than this share of what stays are left out.
SMALLEST_SHARE = 0.01
# Where the language itself lists what runs.
REGISTRIES = ("threading._", "asyncio.all_tasks()", "_asyncio._", "asyncio.tasks._", "subprocess._active")
PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def run(job: Job) -> Answer:
    """Call the candidate `job.calls` times and describe what stayed, or what the collector alone could free."""
    candidate = driving.repeated(job)
    calls = Calls(candidate.run, job.deadline)
    gc.disable()
    calls.make(min(WARM_UP, job.calls))
    answer = explained(candidate, calls, job)
    answer.key = candidate.key
    return answer


def explained(candidate: Candidate, calls: Calls, job: Job) -> Answer:
    """What stays of `job.calls` calls and where it was made; only the root, the calls and the outcome of the job are used."""
    counters.flush_caches()
    counters.freeze()  # what is there now need not be walked again at every collection
    try:
        return _cycles(calls, job) if job.outcome == "cycle-garbage" else _growth(candidate, calls, job)
    finally:
        gc.unfreeze()


def _growth(candidate: Candidate, calls: Calls, job: Job) -> Answer:
    in_use, _ = counters.bytes_counter()
    _traced(calls, 1, job.root)  # what tracing itself leaves behind comes with its first use
    # In a large heap the repository's own part mostly tells, and the rest takes seconds.
    near = is_large_heap()
    before = _snapshot(candidate, job, near)
    settle()
    root = os.path.realpath(job.root)
    inventory = naming.Inventory(lambda filename: relative_to(root, filename), lambda: LOOP.current)
    left: List[naming.Left] = []
    stacks = TorchStacks(lambda filename: relative_to(root, filename))
    stacks.start()
    start, first = in_use(), calls.made
    traced, allocations = _traced(calls, job.calls, job.root, lambda: left.extend(inventory.new()))
    kept = in_use() - start if counters.is_exact() else traced
    made = max(1, calls.made - first)
    found = retaining_paths(before, _snapshot(candidate, job, near, before), made, slowly=not near)
    per = made
    if near and not found:
        before = _snapshot(candidate, job, False)
        per = max(1, calls.make(job.calls))
        settle()
        found = retaining_paths(before, _snapshot(candidate, job, False, before), per)
    if candidate.kind == "tests" and not any(p.touches_repository for p in found):
        # Tests keep what the repository's code made for them; and before 3.11 every function gets a cache of its own at
        # its 1024th call, which its lines seem to have made.
        if any(p.of_tests for p in found) or sys.version_info < (3, 11):
            allocations = []
    paths = _named(found, per)
    left_paths, left_lines = naming.summed(left, made)
    # A thing left behind is named by what it is: the registries that list it say less.
    kept_paths = [path for path in paths if not (left_paths and _only_lists(path.path))]
    known = {(line.path, line.line) for line in allocations}
    left_lines = [line for line in left_lines if (line.path, line.line) not in known]
    on_device = [Allocation(path, line, size, count) for (path, line), size, count in stacks.surviving()]
    return Answer(
        paths=[*left_paths, *kept_paths][:20],
        allocations=[*on_device, *left_lines, *allocations][:20],
        traced=traced,
        kept=kept,
        made=made,
    )


def _snapshot(candidate: Candidate, job: Job, near: bool, earlier: Optional[Snapshot] = None) -> Snapshot:
    """What every path holds, all objects in sight; those made since the earlier snapshot are told apart."""
    fresh = gc.get_objects() if earlier is not None else []
    gc.unfreeze()
    found = Snapshot(job.root, candidate.roots(), earlier, near=near, fresh=fresh)
    del fresh
    gc.freeze()
    return found


def _named(found: List[GrownPath], made: int) -> List[RetainingPath]:
    return [
        RetainingPath(p.path, p.count, p.count / made, p.bounded, p.maximum, p.touches_repository, p.bytes)
        for p in found
    ]


def _only_lists(path: str) -> bool:
    return path.startswith(REGISTRIES) or path.startswith("<thread ") and path.endswith(" -> frame")


def _traced(
    calls: Calls, count: int, root: str, look: Callable[[], None] = lambda: None
) -> Tuple[int, List[Allocation]]:
    """Bytes that stay of so many calls by Python's own tracing, and the lines that made them.

    :param look: called at the end, while the tracing is on
    """
    tracemalloc.start(FRAMES)
    calls.make(count)
    settle()
    traced = tracemalloc.get_traced_memory()[0]
    look()
    allocations = surviving_allocations(tracemalloc.take_snapshot(), root)
    tracemalloc.stop()
    settle()
    return traced, allocations


def _cycles(calls: Calls, job: Job) -> Answer:
    count = min(CYCLE_CALLS, job.calls)
    survey = garbage.survey(calls, count, job.root)
    paths = [
        RetainingPath(cycle.path, cycle.count, cycle.count / count, touches_repository=cycle.own)
        for cycle in survey.cycles
    ]
    return Answer(paths=paths, garbage=Garbage(survey.own, survey.only_classes), made=count)


def settle() -> None:
    counters.flush_caches()
    gc.collect()


def surviving_allocations(snapshot: tracemalloc.Snapshot, root: str) -> List[Allocation]:
    """What is still there, by the innermost line of the tree that made it; most bytes first, 20 at most."""
    root = os.path.realpath(root)
    sums: Dict[Tuple[str, int], List[int]] = {}
    inside: Dict[str, Optional[str]] = {}
    for trace in snapshot.traces:
        for frame in reversed(trace.traceback):
            if testcode.is_between(frame.filename):
                break  # made for the test, whoever called it
            if frame.filename not in inside:
                inside[frame.filename] = relative_to(root, frame.filename)
            path = inside[frame.filename]
            if path is not None:
                cell = sums.setdefault((path, frame.lineno), [0, 0])
                cell[0] += trace.size
                cell[1] += 1
                break
    total = sum(size for size, _ in sums.values())
    ordered = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    return [
        Allocation(path, line, size, count)
        for (path, line), (size, count) in ordered[:20]
        if size >= SMALLEST_SHARE * total and line >= 1
    ]


def relative_to(root: str, filename: str) -> Optional[str]:
    """The path below the root with forward slashes; None outside, in an environment inside, and in the probe."""
    if filename.startswith("<"):
        return None  # frozen modules and code of `exec` lie in no folder
    path = os.path.realpath(filename)
    if not path.startswith(root + os.sep) or path.startswith(PACKAGE + os.sep):
        return None
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    return None if "site-packages/" in relative or "dist-packages/" in relative else relative
