"""Talks to the carriers that take our parcels abroad."""

from __future__ import annotations

from parcels.model import BookingError


RECORD_BYTES = 32 * 1024


def parse_booking(record: bytes) -> str:
    """The booking number in a record such as `OK 4711`, filled up with blanks."""
    status, _, number = record.decode().rstrip().partition(" ")
    if status != "OK" or not number.isdigit():
        raise BookingError(f"no booking, status {status[:20]!r}")
    return number


class Carrier:
    """One partner; remembers what went wrong for the evening report."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.failures: list[BookingError] = []

    def book(self, answer: str) -> str:
        """The booking number, or an empty text when the carrier refused."""
        record = answer.encode().ljust(RECORD_BYTES)
        try:
            return parse_booking(record)
        except BookingError as exc:
            self.failures.append(exc)
            return ""

    def report(self) -> str:
        return "\n".join(f"{self.name}: {failure}" for failure in self.failures)
