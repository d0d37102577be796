"""What the other modules talk about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scan:
    """A parcel was seen at a depot, at so many seconds since the epoch."""

    number: str
    depot: str
    at: int


class BookingError(ValueError):
    """A carrier's answer is not what the contract says."""
