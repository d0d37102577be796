"""TensorFlow's own account of what it uses on its devices."""

from __future__ import annotations

from typing import Any

from .adapter import Device, NoDevice, Reading, figure


class TensorflowDevice(Device):
    def __init__(self, tensorflow: Any) -> None:
        self._tensorflow = tensorflow
        self._devices = [device.name for device in tensorflow.config.list_logical_devices("GPU")]
        if not self._devices:
            raise NoDevice
        self.name = ", ".join(self._devices)
        for device in self._devices:
            with tensorflow.device(device):
                tensorflow.linalg.matmul(tensorflow.ones((8, 8)), tensorflow.ones((8, 8)))

    def settle(self) -> None:
        testing = getattr(self._tensorflow.test, "experimental", None)
        wait = getattr(testing, "sync_devices", None)
        if wait is not None:
            wait()

    def read(self) -> Reading:
        told = self._tensorflow.config.experimental.get_memory_info
        # `/device:GPU:0` is named `GPU:0` here.
        names = [device.rpartition("device:")[2] for device in self._devices]
        return Reading(allocated=sum(figure(told(name), "current") for name in names))
