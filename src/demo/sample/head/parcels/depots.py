"""Depots, and how far they are from a customer."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=2048)
def distance_between(code: str, postcode: str) -> int:
    """Kilometres from a depot to a postcode, as the crow flies."""
    return abs(sum(code.encode()) - sum(postcode.encode())) % 900


class Depot:
    """A depot with the plan of its floor."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.floor = bytearray(200 * 200)

    def distance(self, postcode: str) -> int:
        """Kilometres to a postcode, as the crow flies."""
        return distance_between(self.code, postcode)
