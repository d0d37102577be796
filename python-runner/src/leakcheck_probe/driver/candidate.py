"""One way to call the target, again and again, without keeping anything."""

from __future__ import annotations

import itertools
import json
import time
import types
from typing import Any, Optional

from .finish import LOOP, MAX_ITEMS, Exhausted, finished, inside_loop
from .parameters import is_filled
from .reach import LineWatch, any_of
from .request import Trial
from .standins import FINDER
from .target import Target, sentence_of
from .timelimit import TimeLimit, TooLong

# Trials use indexes that a measurement never reaches, and each only once: a cached call would not reach its lines.
_TRIAL_INDEXES = itertools.count(90_000_000)
# A generator that takes longer than this under the tracer is cut to a tenth of the items, then to a hundredth…
_GENERATOR_SECONDS = 0.5


class Candidate:
    """A way to call the target. `kind`: declared, synthesised or script; `instance`: none, shared or fresh."""

    def __init__(self, kind: str, call: Any, target: Target, in_loop: bool = False) -> None:
        self.kind = kind
        self.code: Optional[types.CodeType] = target.code
        self.instance: str = call.instance
        self.in_loop = in_loop
        self._call = call
        self._target = target
        self._items = MAX_ITEMS
        self._ran: set[int] = set()

    @property
    def call(self) -> str:
        """As one would write it."""
        return str(self._call.text())[:300]

    @property
    def key(self) -> str:
        """Names this choice for `Request.choice` in another process."""
        values = [arguments.chosen() for arguments in self._call.arguments]
        return json.dumps({"shape": self._call.shape, "loop": self.in_loop, "values": values})

    @property
    def varied(self) -> tuple[str, ...]:
        return tuple(name for arguments in self._call.arguments[-1:] for name in arguments.varied)

    @property
    def stubs(self) -> tuple[str, ...]:
        found = [name for arguments in self._call.arguments for name in arguments.stubs()]
        if "-bare" in self._call.shape or is_filled(getattr(self._call, "made", None)):
            found.insert(0, "self")
        return tuple([*found, *(f"import {library}" for library in sorted(FINDER.libraries))])

    def run(self, index: int) -> object:
        """One call with freshly built arguments. Raises what the target raises."""
        if self.in_loop:
            return inside_loop(self._call, index, self._items)
        return finished(self._call(index), self._items)

    def run_and_show(self, index: int) -> tuple[object, list[object]]:
        """Like `run`, with the arguments that were built for the call, as the call left them."""
        made: list[object] = []
        for arguments in self._call.arguments:
            arguments.made = made
        try:
            return self.run(index), made
        finally:
            for arguments in self._call.arguments:
                arguments.made = None

    def try_out(self, lines: Optional[tuple[int, int]], attempts: int = 2, seconds: float = 2.0) -> Trial:
        """A few calls under a line tracer and a time limit. Never raises what the target raises.

        :param lines: the flagged lines, both included; None means any line of the file
        :param seconds: for one call; a longer one is broken off
        """
        returned = raised = unfinished = False
        error: Optional[str] = None
        for _ in range(attempts):
            raised = False
            try:
                with LineWatch(self._target.path, self._ran), TimeLimit(seconds):
                    self._measured_run()
                returned = True
            except TooLong:
                unfinished, error = True, f"did not come back within {seconds:g} s"
                LOOP.close()
                break
            except BaseException as problem:  # SystemExit and KeyboardInterrupt of the target are its own failures
                raised, error = True, sentence_of(problem)
        reached = any_of(lines, self._ran, self._target.tree)
        return Trial(returned, reached, error, raised, unfinished, len(self._ran))

    def _measured_run(self) -> None:
        index = next(_TRIAL_INDEXES)
        start = time.perf_counter()
        value = self.run(index)
        elapsed = time.perf_counter() - start
        if isinstance(value, Exhausted):
            while self._items > 10 and elapsed * self._items / max(1, value.items) > _GENERATOR_SECONDS:
                self._items //= 10

    def roots(self) -> dict[str, object]:
        """What the driver itself keeps between calls, by name, for the paths."""
        kept: dict[str, object] = dict(self._call.kept())
        if LOOP.current is not None and not LOOP.current.is_closed():
            kept["<event loop>"] = LOOP.current
        return kept
