"""What grew between two snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .snapshot import Snapshot


@dataclass(frozen=True)
class RetainingPath:
    """One path whose slots grew, from a root to the kept object."""

    path: str  # app.cache._seen[*] -> bytes
    count: int  # slots that came to be between the snapshots
    bytes: int  # of the strings, bytes and arrays found below, as far as they are visible
    bounded: bool
    maximum: Optional[int]
    touches_repository: bool
    type_name: str


def retaining_paths(
    before: Snapshot, after: Snapshot, calls: int, share: float = 0.5, limit: int = 20
) -> list[RetainingPath]:
    """The paths that grew by at least `share` slots per call, most kept first; when none did, the slower ones."""
    raise NotImplementedError
