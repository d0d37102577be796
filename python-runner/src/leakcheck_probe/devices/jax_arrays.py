"""JAX: what its devices say of themselves, else the arrays that are alive."""

from __future__ import annotations

from typing import Any

from .adapter import Device, Reading, figure


class JaxArrays(Device):
    """On a CPU the arrays lie in ordinary memory, and are only counted."""

    def __init__(self, jax: Any) -> None:
        self._jax = jax
        self._devices = list(jax.local_devices())
        self.kind = "cpu" if all(device.platform == "cpu" for device in self._devices) else "gpu"
        self.name = ", ".join(str(device.device_kind) for device in self._devices)[:100]

    def settle(self) -> None:
        wait = getattr(self._jax, "effects_barrier", None)
        if wait is not None:
            wait()
        # Work is queued in order: when the last piece is done, all is.
        for device in self._devices:
            self._jax.device_put(0.0, device).block_until_ready()

    def read(self) -> Reading:
        told = [device.memory_stats() for device in self._devices]
        if not any(told):
            return Reading(allocated=sum(int(array.nbytes) for array in self._jax.live_arrays()))
        return Reading(
            allocated=sum(figure(stats, "bytes_in_use") for stats in told),
            reserved=sum(figure(stats, "pool_bytes", "bytes_reserved") for stats in told),
        )
