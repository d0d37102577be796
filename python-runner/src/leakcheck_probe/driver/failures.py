"""Why a target cannot be driven.

DriverFailure
├── TargetMissing   the file or the name is not there (at a base commit: the target is new)
├── ImportFailed    the module of the target could not be imported
└── NoDriver        it is there, but no way of calling it got through; carries `suggested_driver`
"""

from __future__ import annotations


class DriverFailure(Exception):
    """Base of the three; `reason` is one sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TargetMissing(DriverFailure):
    """The file does not exist, or has no such name."""


class ImportFailed(DriverFailure):
    """Importing the file raised; the reason names what is missing."""


class NoDriver(DriverFailure):
    """No call returned. `suggested_driver` is a probe function to paste and complete."""

    def __init__(self, reason: str, suggested_driver: str) -> None:
        super().__init__(reason)
        self.suggested_driver = suggested_driver
