"""Spot checks of the print shop."""

from __future__ import annotations


def proof_bytes(number: int) -> int:
    """How large the proof of a label is; addresses differ in length."""
    return 600 + number * 37 % 3400


class SpotCheck:
    """Keeps one proof in forty for the people who look at them."""

    def __init__(self) -> None:
        self.kept: list[bytearray] = []
        self.total_bytes = 0

    def run(self, labels: int = 12_000) -> int:
        """Makes the proofs of a day; the result is how many were kept."""
        proofs = [bytearray(proof_bytes(number)) for number in range(labels)]
        self.total_bytes = sum(len(proof) for proof in proofs)
        self.kept = proofs[::40]
        return len(self.kept)

    def largest(self, labels: int = 12_000) -> int:
        """The size of the largest proof; one at a time is enough for that."""
        size = 0
        for number in range(labels):
            proof = bytearray(proof_bytes(number))
            size = max(size, len(proof))
        return size
