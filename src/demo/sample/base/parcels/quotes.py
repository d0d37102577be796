"""What it costs to send a parcel."""

from __future__ import annotations

from functools import lru_cache

BASE_CENTS = 390
CENTS_PER_KILO = 85


def zone(postcode: str) -> int:
    """The zone of a postcode: 0 is the city itself, 9 the far islands."""
    return sum(postcode.encode()) % 10


@lru_cache(maxsize=128)
def quote(origin: str, destination: str, grams: int) -> int:
    """The price in cents of a parcel between two postcodes."""
    hops = abs(zone(origin) - zone(destination))
    kilos = -(-grams // 1000)
    return BASE_CENTS + kilos * CENTS_PER_KILO * (1 + hops)
