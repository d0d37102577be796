"""A stand-in for `torch` with a device whose memory a caching allocator hands out, as PyTorch's does.

Only what the adapter uses is there, with PyTorch's own signatures (`test_devices` compares them with a real PyTorch):
anything else raises AttributeError.
"""

from __future__ import annotations

import types
from typing import Any, Dict, List, Optional, Tuple

STEP, SMALL, SMALL_SEGMENT, LARGE_SEGMENT = 512, 1 << 20, 2 << 20, 20 << 20


class Segment:
    def __init__(self, size: int) -> None:
        self.size = size
        self.blocks: List[List[Any]] = [[0, size, None]]  # start, size, owner

    def take(self, size: int, owner: object) -> bool:
        for at, (start, length, used) in enumerate(self.blocks):
            if used is None and length >= size:
                rest = [[start + size, length - size, None]] if length > size else []
                self.blocks[at : at + 1] = [[start, size, owner], *rest]
                return True
        return False

    def give(self, owner: object) -> None:
        for block in self.blocks:
            if block[2] == owner:
                block[2] = None
        merged: List[List[Any]] = []
        for block in self.blocks:
            if merged and merged[-1][2] is None and block[2] is None:
                merged[-1][1] += block[1]
            else:
                merged.append(block)
        self.blocks = merged

    def used(self) -> int:
        return sum(size for _, size, owner in self.blocks if owner is not None)


class Tensor:
    """Memory of the device for as long as the object lives."""

    def __init__(self, cuda: "Cuda", size: int) -> None:
        self._cuda, self._number = cuda, cuda.allocate(size)

    def __del__(self) -> None:
        self._cuda.free(self._number)

    def matmul(self, other: "Tensor") -> "Tensor":
        return Tensor(self._cuda, 256)

    def reshape(self, *shape: int) -> "Tensor":
        return self


class Cuda:
    def __init__(self, available: bool, capacity: int) -> None:
        self._available, self._capacity = available, capacity
        self._segments: List[Segment] = []
        self._owners: Dict[int, Segment] = {}
        self._next = 0
        self.calls: List[str] = []
        self.context = 0
        self.memory = types.SimpleNamespace(
            _record_memory_history=self._record_memory_history, _snapshot=self._snapshot
        )
        self._workspaces: List[Tensor] = []

    def allocate(self, size: int) -> int:
        self._need()
        size = max(STEP, -(-size // STEP) * STEP)
        self._next += 1
        for segment in sorted(self._segments, key=lambda segment: segment.size):
            if (segment.size == SMALL_SEGMENT) == (size <= SMALL) and segment.take(size, self._next):
                break
        else:
            segment = Segment(SMALL_SEGMENT if size <= SMALL else max(LARGE_SEGMENT, -(-size // (2 << 20)) * (2 << 20)))
            if sum(s.size for s in self._segments) + segment.size > self._capacity:
                raise RuntimeError("CUDA out of memory")
            self._segments.append(segment)
            segment.take(size, self._next)
        self._owners[self._next] = segment
        return self._next

    def free(self, number: int) -> None:
        self._owners.pop(number).give(number)

    def _need(self) -> None:
        if not self._available:
            raise RuntimeError("Found no NVIDIA driver on your system")

    def is_available(self) -> bool:
        return self._available

    def init(self) -> None:
        self._need()
        self.context = 300 << 20

    def current_device(self) -> int:
        self._need()
        return 0

    def device_count(self) -> int:
        return 2 if self._available else 0

    def get_device_name(self, device: Optional[int] = None) -> str:
        return "Stand-in"

    def initial_seed(self) -> int:
        return 1

    def manual_seed(self, seed: int) -> None:
        self.calls.append("manual_seed")

    def synchronize(self, device: Optional[int] = None) -> None:
        self.calls.append("synchronize")

    def empty_cache(self) -> None:
        self._segments = [segment for segment in self._segments if segment.used()]

    def mem_get_info(self, device: Optional[int] = None) -> Tuple[int, int]:
        if device == 1:
            raise AssertionError("looking at another device would start it")
        return self._capacity - self.context - self.memory_reserved(), self._capacity

    def memory_allocated(self, device: Optional[int] = None) -> int:
        return 0 if device == 1 else sum(segment.used() for segment in self._segments)

    def memory_reserved(self, device: Optional[int] = None) -> int:
        return 0 if device == 1 else sum(segment.size for segment in self._segments)

    def memory_stats(self, device: Optional[int] = None) -> Dict[str, Any]:
        split = [segment for segment in self._segments if len(segment.blocks) > 1]
        return {"inactive_split_bytes.all.current": sum(segment.size - segment.used() for segment in split)}

    def _record_memory_history(self, enabled: Any = "all", context: Any = "all", stacks: str = "all",
                               max_entries: int = 1, device: Any = None) -> None:  # fmt: skip
        self.calls.append("_record_memory_history")

    def _snapshot(self, device: Optional[int] = None) -> Any:
        return {"segments": []}


def stand_in(available: bool = True, capacity: int = 16 << 30) -> Any:
    """A module-like object to put into `sys.modules["torch"]`."""
    cuda = Cuda(available, capacity)

    def ones(*size: int, device: str) -> Tensor:
        count = 4
        for length in size:
            count *= length
        return Tensor(cuda, count)

    def clear() -> None:
        cuda.calls.append("clear")

    return types.SimpleNamespace(
        cuda=cuda,
        ones=ones,
        nn=types.SimpleNamespace(functional=types.SimpleNamespace(conv1d=lambda input, weight: Tensor(cuda, 64))),
        _C=types.SimpleNamespace(_cuda_clearCublasWorkspaces=clear),
    )
