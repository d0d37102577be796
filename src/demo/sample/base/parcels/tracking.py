"""The tracking page, and the load of the sorting belts."""

from __future__ import annotations


def describe(number: str, depot: str) -> str:
    """What the customer reads on the tracking page."""
    lines = [f"Parcel {number}", f"Last seen at the depot {depot}"]
    if depot.startswith("X"):
        lines.append("It is with our partner abroad.")
    return "\n".join(lines)
