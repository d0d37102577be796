"""One way to call the target."""

from __future__ import annotations

import types
from typing import Optional

from .request import Trial


class Candidate:
    kind: str  # declared | synthesised | script
    call: str  # as one would write it, capped at 300 characters
    key: str  # stable name of this choice: give it to Request.choice in another process
    instance: str  # none | shared | fresh
    varied: tuple[str, ...]
    stubs: tuple[str, ...]
    code: Optional[types.CodeType]  # code object of the target

    def run(self, index: int) -> object:
        """One call with freshly built arguments. `index` selects the varied values. Raises what the target raises."""
        raise NotImplementedError

    def try_out(self, lines: Optional[tuple[int, int]], attempts: int = 2, seconds: float = 2.0) -> Trial:
        """A few calls under a line tracer. Never raises what the target raises."""
        raise NotImplementedError

    def roots(self) -> dict[str, object]:
        """What the driver itself keeps between calls (a shared instance, the event loop), by name, for the paths."""
        raise NotImplementedError
