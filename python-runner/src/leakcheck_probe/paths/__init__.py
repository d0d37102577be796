"""Who keeps the survivors: named paths from roots to what grew.

    before = Snapshot(root, candidate.roots())      # after the warm-up, after gc.collect(); gc.unfreeze() first
    ... N calls ...
    after = Snapshot(root, candidate.roots(), before)
    for path in retaining_paths(before, after, calls=N): ...

A snapshot counts slots per merged path (`app.cache._seen[*]`); it keeps no reference to what it counted. The
comparison names the shortest paths whose count rose with the calls.
"""

from __future__ import annotations

from .growth import RetainingPath, retaining_paths
from .snapshot import Snapshot, is_large_heap

__all__ = ["RetainingPath", "Snapshot", "is_large_heap", "retaining_paths"]
