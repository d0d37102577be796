"""CuPy's pool."""

from __future__ import annotations

from typing import Any

from .adapter import Device, NoDevice, Reading


class CupyPool(Device):
    def __init__(self, cupy: Any) -> None:
        if cupy.cuda.runtime.getDeviceCount() == 0:
            raise NoDevice
        self._cupy = cupy
        self.name = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)["name"].decode("utf-8", "replace")
        cupy.ones((8, 8)).dot(cupy.ones((8, 8)))

    def settle(self) -> None:
        self._cupy.cuda.Device().synchronize()

    def read(self) -> Reading:
        pool = self._cupy.get_default_memory_pool()
        free, total = self._cupy.cuda.runtime.memGetInfo()
        return Reading(allocated=pool.used_bytes(), reserved=pool.total_bytes(), driver=total - free)

    def release(self) -> None:
        self._cupy.get_default_memory_pool().free_all_blocks()
