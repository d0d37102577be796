"""The order of the ways to call a target, and which of them get through."""

from __future__ import annotations

from .candidate import Candidate
from .request import Request


def candidates(request: Request) -> list[Candidate]:
    """Ways to call the target, best first. Raises TargetMissing, ImportFailed, NoDriver."""
    raise NotImplementedError
