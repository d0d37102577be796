"""PyTorch's caching allocator."""

from __future__ import annotations

from typing import Any, List

from .adapter import Device, NoDevice, Reading, figure


class TorchCuda(Device):
    """All devices on which this process has memory; looking at another one would start it."""

    def __init__(self, torch: Any) -> None:
        cuda = torch.cuda
        if not cuda.is_available():
            raise NoDevice
        self._torch, self._cuda = torch, cuda
        cuda.init()
        self.name = str(cuda.get_device_name(cuda.current_device()))
        # Context, random numbers, cuBLAS and cuDNN take memory with their first use.
        cuda.manual_seed(cuda.initial_seed())
        square = torch.ones(8, 8, device="cuda")
        square.matmul(square)
        try:
            torch.nn.functional.conv1d(square.reshape(1, 8, 8), square.reshape(8, 8, 1))
        except RuntimeError:
            pass  # built without cuDNN

    def settle(self) -> None:
        self._cuda.synchronize()
        # The workspaces of cuBLAS come out of the pool, one for each stream that ever multiplied.
        clear = getattr(self._torch._C, "_cuda_clearCublasWorkspaces", None)
        if clear is not None:
            clear()

    def read(self) -> Reading:
        cuda = self._cuda
        devices = self._devices()
        free_and_total = [cuda.mem_get_info(device) for device in devices]
        return Reading(
            allocated=sum(cuda.memory_allocated(device) for device in devices),
            reserved=sum(cuda.memory_reserved(device) for device in devices),
            inactive=sum(figure(cuda.memory_stats(device), "inactive_split_bytes.all.current") for device in devices),
            driver=sum(total - free for free, total in free_and_total),
        )

    def release(self) -> None:
        self._cuda.empty_cache()

    def _devices(self) -> List[int]:
        current = self._cuda.current_device()
        others = range(self._cuda.device_count())
        return [number for number in others if number == current or self._cuda.memory_reserved(number) > 0]
