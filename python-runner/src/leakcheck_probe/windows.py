"""Runs calls in windows and reads the counters after each: what the recipes `growth` and `cycle` measure."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from typing import Callable, List, Optional, Tuple

from . import counters
from .calls import Calls
from .devices import Devices
from .judge.devices import allocated_grows, judge_devices, judge_pool
from .judge.growth import LEAK_CALLS, LEAK_WINDOWS, Decision, Window, judge
from .judge.leftovers import comes_steadily, judge_leftovers, left_in_words, left_rates
from .ledger import MAX_WINDOWS, Ledger
from .leftovers.counts import KINDS, PASSING, Leftovers

WARM_UP = 8
# Bytes that a target may keep, or leave for the collector within one window, before we stop and decide.
HELD_LIMIT = 64 << 20
# The same for the memory of devices, which is larger and costs nothing to let go.
DEVICE_HELD_LIMIT = 1 << 30
# Ten windows are 62 times the size of the first one; the first is smaller for slow and for hungry targets.
FIRST_SIZES = (8, 4, 2)
TEN_WINDOWS = 62
# Share of the time that warm-up may take, and the ten windows together.
WARM_UP_SHARE, WINDOWS_SHARE = 0.2, 0.8
# Samples within a window, not evenly spaced, so that no rhythm of the target can hide between them. Reading costs time
# in proportion to the free pieces of the heap, so not after every call.
SAMPLES = 16
# What still runs when a leak was decided gets this time to end by itself.
OUTLAST_SECONDS = 1.0
# Things left behind that tell, when calls begin to fail, that the limits of the process are reached.
CROWDED = 24


@dataclass(frozen=True)
class Pace:
    """What one call costs: seconds, bytes that stay, and bytes before the collector ran."""

    seconds: float
    kept: int
    before_collection: int
    on_device: int = 0


def measure(
    calls: Calls,
    leak_calls: int = LEAK_CALLS,
    leftovers: Optional[Leftovers] = None,
    devices: Optional[Devices] = None,
    first: int = FIRST_SIZES[0],
) -> Tuple[List[Window], Decision]:
    """Call until the judge decides or time, memory or the number of calls is exhausted. Leaves the collector off.

    :param leak_calls: calls that a leak must last when more can be made
    :param leftovers: counts what is left behind besides memory
    :param devices: graphics devices to read as well
    :param first: calls of the first window at most; below the usual size fewer calls than usual make `clean`
    """
    read, _ = counters.bytes_counter()
    gc.disable()
    devices = devices or Devices([])
    ledger = Ledger(read, leftovers or Leftovers(), devices)
    pace = _warm_up(calls, ledger, read)
    counters.freeze()
    ledger.begin()
    ledger.rehearse(FIRST_SIZES[0], lambda size: (_decided(ledger, None, None, False, LEAK_CALLS), sample_points(size)))
    _run_window(calls, ledger, 0)
    ledger.begin()
    size, most = min(first, _first_size(pace, calls.deadline)), max(1, HELD_LIMIT // max(1, pace.before_collection))
    for number in range(MAX_WINDOWS):
        count = min(size << (number // 2), most)
        raised = calls.raised
        exhausted = _run_window(calls, ledger, count)
        failing = calls.first_error if calls.raised > raised and ledger.crowd >= CROWDED else None
        if number + 1 == MAX_WINDOWS:
            exhausted = exhausted or "no steady state within the limit of calls"
        if ledger.held > HELD_LIMIT and number + 1 >= LEAK_WINDOWS:
            exhausted = exhausted or f"{ledger.held >> 20} MiB were held"
        if devices.held > DEVICE_HELD_LIMIT and number + 1 >= LEAK_WINDOWS:
            exhausted = exhausted or f"{devices.held >> 20} MiB of GPU memory were held"
        decided = _decided(ledger, exhausted, failing, size < FIRST_SIZES[0], leak_calls)
        if decided is not None:
            windows, decision = _settled(ledger, *decided, calls.deadline)
            return windows, _with_pool(windows, decision, devices)
    raise AssertionError("the judge always decides when it is told that calls are exhausted")


def _decided(
    ledger: Ledger, exhausted: Optional[str], failing: Optional[str], slow: bool, leak_calls: int
) -> Optional[Tuple[List[Window], Decision]]:
    """The windows and what they show; they may not live on into the next window, where they would be counted.

    :param failing: why calls began to fail in the last window, which then is no measure of the rate
    """
    windows = ledger.windows()
    if failing is not None:
        decision = judge_leftovers(windows[:-1], failing, leak_calls)
        if decision is not None:
            return windows[:-1], decision
    decision = judge_leftovers(windows, exhausted, leak_calls) or judge_devices(windows, exhausted, leak_calls)
    if decision is None:
        # While things or tensors pile up, flat bytes alone make nothing clean.
        slow = slow and not comes_steadily(windows) and not allocated_grows(windows)
        decision = judge(windows, exhausted, slow, leak_calls)
    if decision is not None and decision.outcome == "leak" and left_in_words(windows) not in decision.reason:
        decision = Decision("leak", f"{decision.reason}; {left_in_words(windows)} per call among it")
    return None if decision is None else (windows, decision)


def _with_pool(windows: List[Window], decision: Decision, devices: Devices) -> Decision:
    """The decision, or what the pool of a device shows where nothing else was found."""
    if decision.outcome != "clean" or not devices:
        return decision
    return judge_pool(windows, devices.first, devices.last, devices.after_release()) or decision


def _settled(
    ledger: Ledger, windows: List[Window], decision: Decision, deadline: float
) -> Tuple[List[Window], Decision]:
    """The decision, or `clean` where what stayed was only still at work and is gone when it had time to end."""
    at_work = [at for at in map(KINDS.index, PASSING) if left_rates(windows)[at] > 0]
    if decision.outcome != "leak" or not at_work:
        return windows, decision
    held, seconds = ledger.held, min(OUTLAST_SECONDS, deadline - time.monotonic())
    started = time.monotonic()
    counts, level = ledger.outlast(seconds)
    first = ledger.first_counts
    if any(counts[at] > first[at] for at in at_work) or level > held / 2:
        return windows, decision
    waited = max(0.1, time.monotonic() - started)
    calls = sum(window.calls for window in windows)
    reason = f"{left_in_words(windows)} per call still at work when the call was over ended within {waited:.1g} s"
    return windows, Decision("clean", f"Nothing stayed in memory over {calls} calls; {reason}")


def sample_points(count: int) -> List[int]:
    """After how many calls of a window the level is read; the last one is `count`."""
    return sorted(
        {max(number, count * number * number // SAMPLES**2) for number in range(1, min(count, SAMPLES) + 1)} | {count}
    )


def _run_window(calls: Calls, ledger: Ledger, count: int) -> Optional[str]:
    """One window; says why it was the last one, if it was."""
    started = time.monotonic()
    made = 0
    for until in sample_points(count):
        made += calls.make(until - made)
        if made < until:
            break
        ledger.sample()
    if made:
        ledger.close_window(made)
    now = time.monotonic()
    # The next window takes as long as this one or twice as long; a part of a window would only blur the rates.
    if made < count or now + (now - started) > calls.deadline:
        return "the time was up"
    return None


def _warm_up(calls: Calls, ledger: Ledger, read: Callable[[], int]) -> Pace:
    """The first calls, which fill caches and import late."""
    until = time.monotonic() + WARM_UP_SHARE * max(0.0, calls.deadline - time.monotonic())
    ledger.begin()
    start = before = read()
    seconds = grown = 0.0
    made = 0
    while made < WARM_UP and (made < 2 or time.monotonic() < until):
        before = read()
        began = time.monotonic()
        made += calls.make(1)
        seconds = time.monotonic() - began
        grown = read() - before
        if read() - start > HELD_LIMIT // 4 and made >= 2 or time.monotonic() > calls.deadline:
            break
    ledger.close_window(max(1, made))
    kept = max(0, ledger.held) // max(1, made)
    on_device = max(0, ledger.held_on_devices) // max(1, made)
    return Pace(seconds, min(kept, max(0, int(grown))), max(0, int(grown)), on_device)


def _first_size(pace: Pace, deadline: float) -> int:
    left = max(0.0, deadline - time.monotonic()) * WINDOWS_SHARE
    for size in FIRST_SIZES:
        calls = TEN_WINDOWS * size
        fits = calls * pace.kept <= HELD_LIMIT and calls * pace.on_device <= DEVICE_HELD_LIMIT
        if calls * pace.seconds <= left and fits:
            return size
    return 1
