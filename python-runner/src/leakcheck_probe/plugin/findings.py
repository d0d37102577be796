"""What the repetitions showed, as pytest shows it: a failure for each leak, a few lines at the end."""

from __future__ import annotations

from typing import Any, List, Optional, Tuple

from .. import counters
from ..judge.growth import amount
from .repeated import Repeated

MAX_PATHS = 5
MAX_OPEN = 10


class Location:
    """Where the failed test stands, with the message of the short summary."""

    def __init__(self, path: str, line: int, message: str) -> None:
        self.path, self.lineno, self.message = path, line, message


class Finding:
    """The failure of a test that leaks; pytest writes it where a traceback would stand."""

    def __init__(self, item: Any, result: Repeated) -> None:
        path, line, _ = item.location
        what = result.reason[:1].lower() + result.reason[1:]
        self.reprcrash = Location(path, (line or 0) + 1, f"leaks: {what}")
        self._nodeid = item.nodeid
        self._result = result

    def lines(self) -> List[str]:
        """Plain text, most telling first."""
        result, found = self._result, self._result.found
        lines = [
            "The test passes, but every run of it leaves something in memory:",
            "",
            f"  {result.reason}",
            "",
        ]
        for path in found.paths[:MAX_PATHS]:
            lines.append(f"  kept by   {_plain(path.path)}  ({path.per_call:.3g} per run)")
        for place in found.allocations[:MAX_PATHS]:
            lines.append(
                f"  made at   {_plain(place.path)}:{place.line}  ({amount(place.bytes / max(1, found.made))} per run)"
            )
        if not counters.is_exact():
            lines.append("  counted   by tracemalloc: memory of native code is not seen")
        lines += [
            "",
            f"Again:      pytest --leakcheck '{_plain(self._nodeid)}'",
            "On purpose: @pytest.mark.no_leakcheck('why') leaves a test out",
        ]
        return lines

    def toterminal(self, writer: Any) -> None:
        for line in self.lines():
            writer.line(line, red=line.startswith("  ") and line == f"  {self._result.reason}")

    def __str__(self) -> str:
        return "\n".join(self.lines())


class Findings:
    """Counts over all tests of this process."""

    def __init__(self) -> None:
        self._tests = self._runs = self._leaks = 0
        self._seconds = 0.0
        self._open: List[Tuple[str, str]] = []

    def take(self, item: Any, result: Repeated) -> Optional[Finding]:
        """The failure, when there is one."""
        self._tests += 1
        self._runs += result.runs
        self._seconds += result.seconds
        if result.outcome == "inconclusive":
            self.open(item.nodeid, result.reason)
        if result.outcome in ("clean", "inconclusive"):
            return None
        self._leaks += 1
        return Finding(item, result)

    def open(self, nodeid: str, reason: str) -> None:
        """Note a test about which nothing can be said."""
        self._open.append((nodeid, reason))

    def summarise(self, reporter: Any) -> None:
        """Some lines at the end; none where other processes ran the tests."""
        if not self._tests and not self._open:
            return
        reporter.section("leakcheck", sep="-")
        reporter.line(
            f"{self._tests} tests repeated, {self._runs} runs in {self._seconds:.1f} s: "
            f"{self._leaks} leak, {len(self._open)} not settled"
        )
        for nodeid, reason in self._open[:MAX_OPEN]:
            reporter.line(f"not settled: {_plain(nodeid)}: {_plain(reason)[:200]}")
        if len(self._open) > MAX_OPEN:
            reporter.line(f"and {len(self._open) - MAX_OPEN} more")


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
