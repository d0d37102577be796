"""Memory of graphics devices, as the libraries that use them account for it: one adapter for each library.

Nothing is imported for it: only libraries that the target itself has loaded are asked.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Sequence

from .adapter import Device, Reading
from .cupy_pool import CupyPool
from .jax_arrays import JaxArrays
from .tensorflow_device import TensorflowDevice
from .torch_cuda import TorchCuda

__all__ = ["Device", "Devices", "Reading", "loaded_devices"]

# Each takes the loaded module, and raises where it finds no device to read.
ADAPTERS: Dict[str, Callable[[Any], Device]] = {
    "torch": TorchCuda,
    "tensorflow": TensorflowDevice,
    "jax": JaxArrays,
    "cupy": CupyPool,
}


def loaded_devices() -> List[Device]:
    """Devices that loaded libraries can use, made ready: what their first use takes is there before anything counts."""
    found: List[Device] = []
    for name, adapter in ADAPTERS.items():
        module = sys.modules.get(name)
        if module is None:
            continue
        try:
            device = adapter(module)
            if device.kind == "cpu":
                continue  # arrays in ordinary memory are counted with it
            device.settle()
            device.read()
        except Exception:  # no driver, no device, a library without what we ask: there is nothing to measure
            continue
        found.append(device)
    return found


class Devices:
    """The graphics devices that one run reads, taken together; false when there are none.

    `first` is the level from which the windows count, `last` that of the last reading.
    """

    def __init__(self, devices: Sequence[Device]) -> None:
        self._devices = list(devices)
        self.name = ", ".join(dict.fromkeys(device.name for device in self._devices))
        self.first = self.last = Reading()

    def __bool__(self) -> bool:
        return bool(self._devices)

    @property
    def held(self) -> int:
        """Bytes of tensors above the first level."""
        return self.last.allocated - self.first.allocated

    def begin(self) -> None:
        self.first = self.last = self._read()

    def change(self) -> Reading:
        """What changed since the last reading."""
        before, self.last = self.last, self._read()
        return Reading(*(now - then for now, then in zip(self.last, before)))

    def after_release(self) -> Reading:
        """The level when the libraries gave back what they can."""
        for device in self._devices:
            device.release()
        return self._read()

    def _read(self) -> Reading:
        allocated = reserved = inactive = driver = 0
        for device in self._devices:
            device.settle()
            reading = device.read()
            allocated, reserved = allocated + reading.allocated, reserved + reading.reserved
            inactive, driver = inactive + reading.inactive, max(driver, reading.driver)
        return Reading(allocated, reserved, inactive, driver)
