"""Spot checks of the print shop."""

from __future__ import annotations


def proof_bytes(number: int) -> int:
    """How large the proof of a label is; addresses differ in length."""
    return 600 + number * 37 % 3400


class SpotCheck:
    """Keeps one proof in forty for the people who look at them."""

    def __init__(self) -> None:
        self.kept: list[bytearray] = []

    def run(self, labels: int = 12_000) -> int:
        """Makes the proofs of a day; the result is how many were kept."""
        self.kept = [bytearray(proof_bytes(number)) for number in range(0, labels, 40)]
        return len(self.kept)
