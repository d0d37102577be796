"""Whether what tests showed settles a target, and which of two ways of calling it tells more. Pure."""

from __future__ import annotations

import json
from typing import List, Optional

from .jobs import Option
from .plan import Target
from .report import Result

# Of the time for a target, when tests drive it first.
TESTS_SHARE = 0.65
# What each recipe is there to find.
SOUGHT = {"growth": "leak", "cycle": "cycle-garbage", "peak": "peak", "fragmentation": "fragmentation"}
_SURE = {"high": 2, "medium": 1, "low": 0}


def key_of_all(options: List[Option]) -> str:
    """The key that names the tests of all options."""
    return json.dumps({"tests": [name for option in options for name in json.loads(option.key)["tests"]]})


def names_tests(key: Optional[str]) -> bool:
    """Whether a key of a candidate names tests."""
    return key is not None and key.startswith('{"tests"')


def is_settled(result: Result, target: Target) -> bool:
    """Whether tests found what the recipe is after, the base included.

    That they find nothing settles nothing: a test repeats the same key and may clear in its tear-down what the code keeps.
    """
    found = result.confirmed and result.outcome == _sought(result, target)
    return found and result.base.status in ("measured", "absent", "not-run")


def more_telling(tests: Result, other: Result, target: Target) -> Result:
    """The result to report, with a note on what the other way of calling showed."""
    ranks = _rank(tests, target), _rank(other, target)
    best, rest = (other, tests) if ranks[1] > ranks[0] else (tests, other)
    if rest.driver.kind != "none" and best.driver.kind != rest.driver.kind:
        reason = rest.reason[:1].lower() + rest.reason[1:]
        best.notes.append(f"With {rest.driver.call}: {rest.outcome}, {reason}"[:500])
    return best


def _rank(result: Result, target: Target) -> "tuple[int, int, int, int, int]":
    """Findings first, those that the recipe is after, then by whether the base was measured; what is clean by how sure it is."""
    confirmed = result.confirmed and result.outcome not in ("clean", "inconclusive")
    clean = result.outcome == "clean"
    weight = 3 if confirmed and result.outcome == _sought(result, target) else 2 if confirmed else 1 if clean else 0
    if confirmed:
        return weight, int(result.base.status in ("measured", "absent")), _is_tests(result), 0, 0
    varied = set(target.vary) <= set(result.driver.varied)
    # Of two that are as sure the reader can trust ours more: nobody changed it.
    real = int(varied and result.driver.reached), int(not result.driver.stubs)
    return (weight, *real, _SURE[result.confidence], int(not _is_tests(result)))


def _is_tests(result: Result) -> int:
    return int(result.driver.kind == "tests")


def _sought(result: Result, target: Target) -> str:
    return SOUGHT[target.recipe]
