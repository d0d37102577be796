"""Reads what the carriers drop into our spool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from parcels.model import Scan


class Spool:
    """A folder with a `snapshot.csv` of last night and the `*.scans` files of today."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.scans"))

    def read_into(self, name: str, buffer: bytearray) -> int:
        """Fills the buffer with the file and says how many bytes that were; a missing file has none."""
        path = self.folder / name
        if not path.is_file():
            return 0
        with path.open("rb") as handle:
            return handle.readinto(buffer)


def parse(data: bytes) -> Iterator[Scan]:
    """The scans of a file with lines such as `JD0001,HAM,1767000000`; broken lines are left out."""
    for line in data.decode("utf-8", "replace").splitlines():
        fields = line.split(",")
        if len(fields) == 3 and fields[2].isdigit():
            yield Scan(fields[0], fields[1], int(fields[2]))


def follow(spool: Spool) -> Iterator[Scan]:
    """The scans of today, file by file, without the parcels that last night's snapshot already had."""
    snapshot = bytearray(4 * 1024 * 1024)
    size = spool.read_into("snapshot.csv", snapshot)
    known = {scan.number for scan in parse(bytes(snapshot[:size]))}
    for path in spool.files():
        for scan in parse(path.read_bytes()):
            if scan.number not in known:
                yield scan


def replay(spool: Spool) -> Iterator[Scan]:
    """The scans of today once more, through one buffer that all files share."""
    buffer = bytearray(4 * 1024 * 1024)
    for path in spool.files():
        size = spool.read_into(path.name, buffer)
        yield from parse(bytes(buffer[:size]))
