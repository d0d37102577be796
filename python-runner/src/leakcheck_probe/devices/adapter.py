"""What an adapter offers: readings in bytes, waiting for queued work, and giving the cache back."""

from __future__ import annotations

from typing import Any, NamedTuple


class Reading(NamedTuple):
    """Bytes of one library on its devices.

    `allocated` are in use by tensors; `reserved` is what the library's pool took from the driver, `inactive` the free
    part of it that lies between tensors and cannot be given back; `driver` is in use on the devices altogether. 0 where the
    library does not tell.
    """

    allocated: int = 0
    reserved: int = 0
    inactive: int = 0
    driver: int = 0


class NoDevice(Exception):
    """The library has no device of its own here."""


class Device:
    """`kind` is `gpu` or `cpu`; `name` is for people."""

    kind = "gpu"
    name = ""

    def settle(self) -> None:
        """Wait until all queued work is done, and clear what the library keeps for itself."""

    def read(self) -> Reading:
        """The present level."""
        raise NotImplementedError

    def release(self) -> None:
        """Give the free part of the pool back to the driver."""


def figure(values: Any, *names: str) -> int:
    """The first of these that a library's dictionary of figures has."""
    for name in names:
        value = values.get(name) if values else None
        if isinstance(value, int):
            return value
    return 0
