"""What to drive, and what came of trying: the plain data of the driver."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional


@dataclass(frozen=True)
class Request:
    """One target to drive.

    `choice` repeats a decision: the `Candidate.key` of an earlier process. With it no search is made and
    nothing is called beforehand, so that a second process, the base and the fix get the same arguments.
    `lines` (both included, 1-based) lets the search prefer arguments that reach the flagged lines.
    """

    root: str  # absolute directory of the tree
    file: str  # relative to root, with forward slashes
    qualname: str
    vary: tuple[str, ...] = ()
    declared: Optional[str] = None  # FILE::FUNCTION
    overlay: dict[str, str] = field(default_factory=dict)  # absolute path -> source served instead
    lines: Optional[tuple[int, int]] = None
    choice: Optional[str] = None


@dataclass(frozen=True)
class Trial:
    """How a few calls of a candidate went.

    `returned`: at least one call came back normally. `reached`: one of the lines ran. `raised`: the last call
    raised. `unfinished`: a call had to be broken off after the time limit. `steps`: distinct lines of the
    file that ran. `error`: one sentence, for people.
    """

    returned: bool
    reached: bool
    error: Optional[str]
    raised: bool
    unfinished: bool = False
    steps: int = 0
