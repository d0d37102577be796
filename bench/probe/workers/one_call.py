"""The one callable of a case, which every tool measures: made by our driver, so that no tool has to search."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Dict

from leakcheck_probe.driver import Request, candidates

# Above the small integers: a loop counter is then an object of the same size in every call.
FIRST = 1000


@dataclasses.dataclass
class OneCall:
    """Calls the case with a new number each time, and counts; what a call raises is the case's own matter."""

    run: Callable[[int], Any]
    made: int = 0

    def __call__(self) -> None:
        self.made += 1
        try:
            self.run(FIRST + self.made)
        except Exception:
            pass


def of_case(case: Dict[str, Any]) -> OneCall:
    """The declared call of a case where it has one, else the best that our driver finds."""
    request = Request(
        root=case["root"],
        file=case["file"],
        qualname=case["target"],
        vary=tuple(case["vary"]),
        declared=case["declared"],
        lines=(case["line"], case["line"]) if case["line"] else None,
    )
    return OneCall(candidates(request)[0].run)
