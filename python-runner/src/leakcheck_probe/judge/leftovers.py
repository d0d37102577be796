"""Decides from windows of calls whether threads, descriptors, processes or blocks of shared memory are left behind. Pure.

The rule is that of bytes: what stays must keep coming at a steady rate while the calls double. It needs fewer calls, since a
process can have only some hundred threads and descriptors; a pool that fills up is full by then, or in the second process.
"""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from ..leftovers.counts import DECISIVE, KINDS
from .growth import LEAK_CALLS, LEAK_WINDOWS, STEADY, Decision, Window, amount, keeps_rate, last_rates, stretches

# Share of the calls of a leak of bytes that these kinds need.
CALLS_SHARE = 0.1
LAST = 4
ONES = {
    "threads": "thread",
    "tasks": "task",
    "timers": "timer",
    "descriptors": "file descriptor",
    "processes": "process",
    "shared_memory": "block of shared memory",
    "files": "temporary file",
}
MANY = {"processes": "processes", "shared_memory": "blocks of shared memory"}
# Less is not worth a word: one in 100 calls.
NOTABLE = 0.01
TELLING_BYTES = 16
# Stands for the lowest count of a window in which none was taken.
UNKNOWN = 2**62


def judge_leftovers(
    windows: Sequence[Window], exhausted: Optional[str] = None, leak_calls: int = LEAK_CALLS
) -> Optional[Decision]:
    """A leak when one of the decisive kinds keeps growing; None when none does, or more calls are needed.

    :param exhausted: why no more calls can be made; then fewer must do
    :param leak_calls: calls that a leak of bytes must last
    """
    calls = sum(window.calls for window in windows)
    if len(windows) < LEAK_WINDOWS or calls < CALLS_SHARE * leak_calls and exhausted is None:
        return None
    if not comes_steadily(windows):
        return None
    size = last_rates(windows).bytes
    with_bytes = f" ({amount(size)})" if size >= TELLING_BYTES else ""
    return Decision("leak", f"{left_in_words(windows)}{with_bytes} stayed per call over {calls} calls")


def comes_steadily(windows: Sequence[Window]) -> bool:
    """Whether a decisive kind keeps growing so far."""
    return any(left_rates(windows)[KINDS.index(kind)] >= NOTABLE for kind in DECISIVE)


def grows(windows: Sequence[Window], kind: str) -> bool:
    """Whether this kind came with every one of the last windows, at a rate that the doubling of calls did not lower."""
    at = KINDS.index(kind)
    counts = [(_count(window, at), window.calls) for window in windows]
    if len(counts) < LAST or any(count <= 0 for count, _ in counts[-LAST:]):
        return False
    (before, calls_before), (last, calls_last) = counts[-2:]
    if not _climbs(windows, at):
        return False
    if last / calls_last < STEADY * before / calls_before and last < before:
        return False
    return keeps_rate([[(_count(w, at), w.calls) for w in stretch] for stretch in stretches(windows)])


def _climbs(windows: Sequence[Window], at: int) -> bool:
    """Whether the counts within the last windows never fell far below those at their beginnings: what comes and goes does."""
    level = 0
    kept = []
    for window in windows:
        low = window.left_lows[at] if at < len(window.left_lows) else UNKNOWN
        kept.append(low >= STEADY * level)
        level += _count(window, at)
    return all(kept[-LAST:])


def left_rates(windows: Sequence[Window]) -> Tuple[float, ...]:
    """What stayed per call of each kind, over the last half of the calls; 0 for a kind that does not keep growing."""
    last = stretches(windows)[0] if windows else []
    calls = sum(window.calls for window in last) or 1
    rates: List[float] = []
    for at, kind in enumerate(KINDS):
        rate = sum(_count(window, at) for window in last) / calls
        rates.append(rate if grows(windows, kind) else 0.0)
    return tuple(rates)


def left_in_words(windows: Sequence[Window]) -> str:
    """`1 thread and 2 file descriptors`; empty when nothing keeps growing. Files are told apart."""
    rates = [(rate, kind) for rate, kind in zip(left_rates(windows), KINDS) if rate >= NOTABLE and kind != "files"]
    return " and ".join(things(rate, kind) for rate, kind in rates)


def things(amount: float, kind: str) -> str:
    """A number of things of a kind, for people."""
    text = f"{amount:.3g}"
    return f"{text} {ONES[kind]}" if text == "1" else f"{text} {MANY.get(kind, ONES[kind] + 's')}"


def _count(window: Window, at: int) -> int:
    return window.left[at] if at < len(window.left) else 0
