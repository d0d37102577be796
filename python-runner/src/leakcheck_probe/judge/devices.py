"""Decides from windows of calls what a target does with the memory of graphics devices. Pure.

What tensors use is exact, so the rule is that of bytes. A pool that grows with nothing in it is a cache, and no leak; it is
fragmentation when it keeps growing and most of it is unused. What grows for the driver alone (contexts, compiled kernels)
is worth a note and never an outcome.
"""

from __future__ import annotations

from typing import List, Optional, Sequence

from ..devices.adapter import Reading
from .growth import LEAK_CALLS, LEAK_WINDOWS, STEADY, Decision, Window, amount, keeps_rate, stretches

# Share of the calls of a leak of ordinary bytes: calls on a device are slow, and its memory is dear.
CALLS_SHARE = 0.25
LAST = 4
# The allocators hand memory out in steps of 512 bytes: half a step per call is the least that counts.
LEAST_BYTES = 256
# A pool takes 20 MiB at a time, and a few times that before it is as large as the work needs.
GROWN_BYTES = 64 << 20
UNUSED_SHARE, INACTIVE_SHARE = 0.5, 0.3
NOTABLE_BYTES = 16 << 20
ALLOCATED, RESERVED, INACTIVE, DRIVER = range(4)


def judge_devices(
    windows: Sequence[Window], exhausted: Optional[str] = None, leak_calls: int = LEAK_CALLS
) -> Optional[Decision]:
    """A leak when what tensors use keeps growing; None when it does not, or more calls are needed.

    :param exhausted: why no more calls can be made; then fewer must do
    :param leak_calls: calls that a leak of ordinary bytes must last
    """
    calls = sum(window.calls for window in windows)
    if len(windows) < LEAK_WINDOWS or calls < CALLS_SHARE * leak_calls and exhausted is None:
        return None
    if not allocated_grows(windows):
        return None
    return Decision("leak", f"{amount(device_rate(windows))} of GPU memory stayed per call over {calls} calls")


def allocated_grows(windows: Sequence[Window]) -> bool:
    """Whether tensors took more with every one of the last windows, at a rate that holds."""
    grown = [(_change(window, ALLOCATED), window.calls) for window in windows]
    if len(grown) < LAST or any(size <= 0 for size, _ in grown[-LAST:]) or device_rate(windows) < LEAST_BYTES:
        return False
    (before, calls_before), (last, calls_last) = grown[-2:]
    if last / calls_last < STEADY * before / calls_before:
        return False
    return keeps_rate([[(_change(w, ALLOCATED), w.calls) for w in stretch] for stretch in stretches(windows)])


def device_rate(windows: Sequence[Window]) -> float:
    """Bytes in use on devices that stayed per call, over the last half of the calls."""
    last = stretches(windows)[0] if windows else []
    return sum(_change(window, ALLOCATED) for window in last) / (sum(window.calls for window in last) or 1)


def judge_pool(windows: Sequence[Window], first: Reading, last: Reading, released: Reading) -> Optional[Decision]:
    """Fragmentation of the pool: it keeps growing, and most of what it took is not in use.

    :param released: the level after the library was asked to give back what it can
    """
    grown = last.reserved - first.reserved
    unused = grown - (last.allocated - first.allocated)
    late = sum(_change(window, RESERVED) for window in stretches(windows)[0]) if windows else 0
    pieces = last.inactive - first.inactive
    if grown < GROWN_BYTES or unused < UNUSED_SHARE * grown or late <= 0:
        return None
    back = last.reserved - released.reserved
    if pieces < INACTIVE_SHARE * grown and back < UNUSED_SHARE * grown:
        return None
    calls = sum(window.calls for window in windows)
    return Decision(
        "fragmentation",
        f"The pool of GPU memory grew by {amount(grown)} over {calls} calls with {amount(max(0, grown - unused))} of it in "
        f"use; {amount(pieces)} lie in pieces between tensors, and emptying the cache gives {amount(back)} back",
    )


def device_notes(first: Reading, last: Reading) -> List[str]:
    """What is no leak and still worth a word: a cache, or what only the driver knows of."""
    allocated, reserved, driver = (last[at] - first[at] for at in (ALLOCATED, RESERVED, DRIVER))
    notes = []
    if reserved - max(0, allocated) >= NOTABLE_BYTES:
        notes.append(f"The library keeps {amount(reserved - max(0, allocated))} of GPU memory for later use")
    if last.driver and driver - max(0, reserved) >= NOTABLE_BYTES:
        notes.append(
            f"The driver counts {amount(driver - max(0, reserved))} of GPU memory more than the library: contexts, kernels, "
            "or another program"
        )
    return notes


def _change(window: Window, at: int) -> int:
    return window.device[at] if at < len(window.device) else 0
