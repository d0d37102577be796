"""Depots, and how far they are from a customer."""

from __future__ import annotations

from functools import lru_cache


class Depot:
    """A depot with the plan of its floor."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.floor = bytearray(200 * 200)

    @lru_cache(maxsize=None)
    def distance(self, postcode: str) -> int:
        """Kilometres to a postcode, as the crow flies."""
        here, there = sum(self.code.encode()), sum(postcode.encode())
        return abs(here - there) % 900
