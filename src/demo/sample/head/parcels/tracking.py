"""The tracking page, and the load of the sorting belts."""

from __future__ import annotations

import zlib

BELTS = 12

_pages: dict[tuple[str, str], str] = {}
_latest: dict[int, str] = {}


def describe(number: str, depot: str) -> str:
    """What the customer reads on the tracking page; people reload it all day."""
    key = (number, depot)
    if key not in _pages:
        _pages[key] = _page(number, depot)
    return _pages[key]


def _page(number: str, depot: str) -> str:
    lines = [f"Parcel {number}", f"Last seen at the depot {depot}"]
    if depot.startswith("X"):
        lines.append("It is with our partner abroad.")
    return "\n".join(lines)


def belt_of(number: str) -> int:
    """The sorting belt of a parcel; the checksum spreads them evenly."""
    return zlib.crc32(number.encode()) % BELTS


def sort(number: str) -> int:
    """Puts a parcel on its belt."""
    belt = belt_of(number)
    _latest[belt] = number
    return belt


def latest(belt: int) -> str:
    """The parcel that went over a belt last."""
    return _latest.get(belt, "")
