"""The recipe `peak`: what the named locals hold at a line where they are no longer needed.

The target is traced until that line begins. There the bytes in use are read, the named locals are let go in the frame,
and the bytes are read again. Nothing after that line runs: the process answers and ends, so that loops without an end
can be measured.
"""

from __future__ import annotations

import ctypes
import dis
import gc
import os
import sys
import time
from types import CodeType, FrameType
from typing import Any, Callable, Dict, List, Optional, Set

from .. import counters
from ..calls import FIRST_INDEX, describe, end_forked_child
from ..driver import Candidate
from ..errors import InputError
from ..jobs import Answer, HoldLines, Job
from ..judge.growth import amount
from ..report import Held, Measurement
from . import driving

# Less is not worth a line of code: 16 pages, which no allocator would give back to the system anyway.
PEAK_BYTES = 64 << 10
ATTEMPTS = 8
# A loop binds its names in one turn and waits with them in the next.
VISITS = 4


class HoldTracer:
    """Trace function that measures once: where a line of the range begins and one of the names is bound."""

    def __init__(self, path: str, hold: HoldLines, read: Callable[[], int], done: Callable[[Held, List[str]], None]):
        self._path = os.path.realpath(path)
        self._hold = hold
        self._read = read
        self._done = done
        self._line_of: Dict[CodeType, Optional[int]] = {}
        self._visits = 0

    def finish(self) -> None:
        """After the call: answer also where the line was reached with nothing bound."""
        if self._visits > 0:
            self._done(Held(0, 0), [])

    def __call__(self, frame: FrameType, event: str, _: Any) -> Optional[Callable[..., Any]]:
        if event != "call":
            return None
        line = self._target_line(frame.f_code)
        if line is None:
            return None
        if frame.f_trace is not None:
            return frame.f_trace  # a generator goes on: its level was read when it began
        return self._local(line, self._read())

    def _local(self, line: int, entry: int) -> Callable[..., Any]:
        def at_line(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line" and frame.f_lineno == line:
                self._visits += 1
                comes_round = self._visits < VISITS and _binds_from(frame.f_code, line, self._hold.names)
                if comes_round and not _bound(frame, self._hold.names):
                    return at_line
                sys.settrace(None)
                before = self._read()
                bound = _let_go(frame, self._hold.names)
                self._done(Held(before - entry, before - self._read()), bound)
            return at_line

        return at_line

    def _target_line(self, code: CodeType) -> Optional[int]:
        """The line to stop at in this code, or None when the hold lies elsewhere."""
        if code not in self._line_of:
            self._line_of[code] = self._find_line(code)
        return self._line_of[code]

    def _find_line(self, code: CodeType) -> Optional[int]:
        if code.co_firstlineno > self._hold.last or os.path.realpath(code.co_filename) != self._path:
            return None
        lines = _lines_of(code)
        inside = [line for line in lines if self._hold.first <= line <= self._hold.last]
        if inside:
            return max(inside)
        # A line such as `while True:` may have no code of its own; then it is the next one that has.
        nested = [const for const in code.co_consts if isinstance(const, CodeType)]
        if any(_spans(inner, self._hold.last) for inner in nested) or not _spans(code, self._hold.last):
            return None
        return min(line for line in lines if line > self._hold.last)


def _lines_of(code: CodeType) -> List[int]:
    return [line for _, line in dis.findlinestarts(code) if line is not None]


def _binds_from(code: CodeType, line: int, names: List[str]) -> bool:
    """Whether one of the names is bound at that line or below, so that a loop comes back to the line with it."""
    at = code.co_firstlineno
    starts = dict(dis.findlinestarts(code))
    for instruction in dis.get_instructions(code):
        at = starts.get(instruction.offset) or at
        if at < line or not instruction.opname.startswith(("STORE_FAST", "STORE_DEREF")):
            continue
        # Python 3.13 stores two names with one instruction.
        bound = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
        if not set(names).isdisjoint(bound):
            return True
    return False


def _spans(code: CodeType, line: int) -> bool:
    return code.co_firstlineno <= line < max(_lines_of(code), default=0)


def run(job: Job, send: Callable[[Answer], None]) -> Answer:
    """Call the candidate until the line is reached; `send` ends the process there."""
    if job.hold is None:
        raise InputError("The recipe peak needs a line and names")
    candidate = driving.repeated(job)
    read, _ = counters.bytes_counter()
    started = time.monotonic()

    def done(held: Held, bound: List[str]) -> None:
        milliseconds = (time.monotonic() - started) * 1000
        send(_answer(candidate, job.hold, held, bound, milliseconds))  # type: ignore[arg-type]

    path = os.path.join(job.root, *job.file.split("/"))
    errors: Set[str] = set()
    gc.collect()
    gc.disable()
    for index in range(ATTEMPTS):
        counters.flush_caches()
        tracer = HoldTracer(path, job.hold, read, done)
        sys.settrace(tracer)
        try:
            candidate.run(FIRST_INDEX + index)
        except BaseException as error:  # the target's own, also SystemExit
            errors.add(describe(error))
        finally:
            sys.settrace(None)
        tracer.finish()
        end_forked_child()
        if time.monotonic() > job.deadline:
            break
    why = f"; the calls raised {sorted(errors)[0]}" if errors else ""
    measurement = Measurement(
        outcome="inconclusive",
        reason=f"Line {job.hold.last} was not reached in {index + 1} calls{why}",
        calls=index + 1,
        milliseconds=(time.monotonic() - started) * 1000,
    )
    return Answer(key=candidate.key, driver=driving.driver_of(candidate, False), measurement=measurement)


def _answer(candidate: Candidate, hold: HoldLines, held: Held, bound: List[str], milliseconds: float) -> Answer:
    names = ", ".join(hold.names)
    if held.released >= PEAK_BYTES:
        outcome = "peak"
        reason = f"{amount(held.released)} came back at once when {names} was let go before line {hold.last}"
    elif not bound:
        outcome, reason = "clean", f"{names} held nothing at line {hold.last}"
    elif candidate.kind == "declared" or candidate.call.endswith("()"):
        outcome, reason = "clean", f"Letting {names} go before line {hold.last} gave {amount(held.released)} back"
    else:
        outcome = "inconclusive"
        reason = f"With the synthesised arguments {names} held only {amount(held.released)} at line {hold.last}"
    measurement = Measurement(outcome=outcome, reason=reason, calls=1, milliseconds=milliseconds, held=held)
    return Answer(key=candidate.key, driver=driving.driver_of(candidate, True), measurement=measurement)


def _bound(frame: FrameType, names: List[str]) -> List[str]:
    values = frame.f_locals
    return [name for name in names if values.get(name) is not None]


def _let_go(frame: FrameType, names: List[str]) -> List[str]:
    """Set the locals to None in the running frame; returns those that were bound."""
    bound = _bound(frame, names)
    values = frame.f_locals
    for name in bound:
        values[name] = None
    if sys.version_info < (3, 13):
        # Before 3.13 `f_locals` is a copy; this writes it back at once instead of after the trace function.
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return bound
