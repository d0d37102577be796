"""Which lines made the tensors that are still on a device: PyTorch can note the stack of every allocation."""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

Site = Tuple[str, int]
# Allocations that are noted at most; older ones are forgotten.
MOST_ENTRIES = 200_000


class TorchStacks:
    """Notes from `start()` on; does nothing where PyTorch is not loaded, has no device, or cannot note stacks."""

    def __init__(self, relative: Callable[[str], Optional[str]]) -> None:
        self._relative = relative
        self._memory: Any = None

    def start(self) -> None:
        cuda = getattr(sys.modules.get("torch"), "cuda", None)
        try:
            if cuda is None or not cuda.is_available():
                return
            memory = cuda.memory
            try:
                memory._record_memory_history(max_entries=MOST_ENTRIES, stacks="python")
            except TypeError:  # before 2.1
                memory._record_memory_history(True)
            self._memory = memory
        except Exception:
            return

    def surviving(self) -> List[Tuple[Site, int, int]]:
        """Line of the tree, bytes and blocks of what is still allocated; most bytes first."""
        if self._memory is None:
            return []
        try:
            snapshot = self._memory._snapshot()
            segments = snapshot["segments"] if isinstance(snapshot, dict) else snapshot
        except Exception:
            return []
        sums: Dict[Site, List[int]] = {}
        for segment in segments:
            for block in segment.get("blocks", ()):
                site = self._site(block) if block.get("state") == "active_allocated" else None
                if site is not None:
                    cell = sums.setdefault(site, [0, 0])
                    cell[0] += int(block.get("size", 0))
                    cell[1] += 1
        found = [(site, size, count) for site, (size, count) in sums.items()]
        return sorted(found, key=lambda item: (-item[1], item[0]))

    def _site(self, block: Any) -> Optional[Site]:
        history = block.get("history") or [{}]
        for frame in block.get("frames") or history[0].get("frames") or ():
            path = self._relative(str(frame.get("filename")))
            if path is not None and int(frame.get("line", 0)) >= 1:
                return path, int(frame["line"])
        return None
