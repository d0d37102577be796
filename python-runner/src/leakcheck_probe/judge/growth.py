"""Decides from windows of calls what a target does with memory. Pure.

The rule looks at windows of growing size. Memory that stays is a leak when it keeps coming at a steady rate while the
number of calls doubles; it is a cache filling up when the rate falls. A single jump, such as a table that doubles or
one late import, is neither: the lowest window of each stretch must keep the rate as well, or the mean must.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

# Below these windows count as flat: one step of the counter (16 bytes) in 64 calls, one object in 100 calls. Two steps
# more are allowed, because the allocator rounds a block up or not, depending on its neighbours.
FLAT_BYTES_PER_CALL = 0.25
FLAT_BYTES = 32
FLAT_OBJECTS_PER_CALL = 0.01
# A stretch of calls keeps its rate when it has at least this share of the rate of the stretch before. A logarithmic
# growth has 0.5; one leak in 50 calls wavers down to about 0.65.
STEADY = 0.6
# Calls that make `clean` safe (two windows of 128), and calls that tell most unfilled caches from leaks.
CLEAN_CALLS = 496
LEAK_CALLS = 1000
# With fewer calls at least so many windows must agree; a slow or hungry target stops at SLOW_WINDOWS (30 calls), where
# everything that keeps one object per call has shown itself.
CLEAN_WINDOWS = 4
SLOW_WINDOWS = 8
LEAK_WINDOWS = 6
CYCLE_WINDOWS = 8
LAST = 4
# Windows of one size come twice; what they show together counts when so many pairs agree.
PAIRS = 3
# Growth that dies down falls in the last window too; one that goes on at this share of the window before does not.
GOES_ON = 0.85
# After a growth at the start the level may waver: by this share of what was reached, and so many bytes per call.
WAVER_SHARE = 0.02
WAVER_BYTES_PER_CALL = 8.0
WAVER_OBJECTS_PER_CALL = 0.1
# Below a rhythm of filling and emptying the lowest levels must climb by so much: they are only samples.
TROUGH_BYTES_PER_CALL = 8.0
# A start-up effect worth a word.
NOTABLE_BYTES, NOTABLE_OBJECTS, NOTABLE_THINGS = 512, 4, 2


@dataclass(frozen=True)
class Window:
    """Changes over some calls, read when all garbage was collected.

    `cycle_objects` were unreachable and freed by the collector only; `cycle_bytes` came back with them. `low` is the
    lowest level that samples within the window saw, above the level before the first window. `left` are changes of the
    counts of things, in the order of `leftovers.KINDS`, `left_lows` their lowest levels as far as samples were taken.
    `device` are changes of a `devices.Reading`.
    """

    calls: int
    bytes: int
    objects: int
    cycle_objects: int = 0
    cycle_bytes: int = 0
    low: Optional[int] = None
    left: Tuple[int, ...] = ()
    left_lows: Tuple[int, ...] = ()
    device: Tuple[int, ...] = ()


@dataclass(frozen=True)
class Decision:
    outcome: str
    reason: str


@dataclass(frozen=True)
class Rates:
    """Per call, over the last half of the calls."""

    bytes: float
    objects: float
    cycle_objects: float
    cycle_bytes: float


def judge(
    windows: Sequence[Window], exhausted: Optional[str] = None, slow: bool = False, leak_calls: int = LEAK_CALLS
) -> Optional[Decision]:
    """What the windows show, or None when more calls are needed.

    :param exhausted: why no more calls can be made; then the answer is never None
    :param slow: calls are dear in time or memory, so that fewer must do
    :param leak_calls: calls that a leak must last when more can be made
    """
    calls = sum(window.calls for window in windows)
    enough = exhausted is not None
    many = calls >= CLEAN_CALLS or enough or (slow and len(windows) >= SLOW_WINDOWS and _flat(windows[-LAST:]))
    if many and len(windows) >= CLEAN_WINDOWS and _flat(windows[-2:]):
        decision = _flat_outcome(windows, calls, enough) if not _drops_hide_a_climb(windows) else None
        if decision is not None:
            return decision
    if len(windows) >= CYCLE_WINDOWS and _flat(windows[-LAST:]) and _steady_cycles(windows):
        return _cycle_garbage(windows, calls)
    if many and _comes_with_garbage(windows):
        decision = _flat_outcome(windows, calls, enough)
        if decision is not None:
            return decision
    if (calls >= leak_calls or enough) and len(windows) >= LEAK_WINDOWS and (_grows(windows) or _troughs_grow(windows)):
        rates = last_rates(windows)
        return Decision("leak", f"{_amounts(rates)} stayed per call over {calls} calls")
    return _give_up(windows, calls, str(exhausted)) if enough else None


def last_rates(windows: Sequence[Window]) -> Rates:
    """The rates over the last half of the calls, where start-up effects are behind."""
    halves = stretches(windows)
    last = halves[0] if halves else []
    calls = sum(window.calls for window in last) or 1
    return Rates(
        sum(w.bytes for w in last) / calls,
        sum(w.objects for w in last) / calls,
        sum(w.cycle_objects for w in last) / calls,
        sum(w.cycle_bytes for w in last) / calls,
    )


def filled_after(windows: Sequence[Window]) -> int:
    """The number of calls after which nothing more stayed; 0 when nothing ever did."""
    calls = filled = 0
    for window in windows:
        calls += window.calls
        things = max(window.left, default=0)
        if window.bytes > NOTABLE_BYTES or window.objects > NOTABLE_OBJECTS or things > NOTABLE_THINGS:
            filled = calls
    return filled


def _flat(windows: Sequence[Window]) -> bool:
    calls = sum(window.calls for window in windows)
    size, objects = sum(window.bytes for window in windows), sum(window.objects for window in windows)
    # Objects that replace older ones are counted as new while the bytes stay, so bytes at or below zero settle it.
    return size <= FLAT_BYTES_PER_CALL * calls + FLAT_BYTES and (objects <= FLAT_OBJECTS_PER_CALL * calls or size <= 0)


def _comes_with_garbage(windows: Sequence[Window]) -> bool:
    """Whether memory stays only when a window is larger than all before: tables that hold its garbage until the end.

    The collector, which is off meanwhile, would have kept them small. Windows come in pairs of one size; of the second
    less than a byte per call stays.
    """
    pairs = [(one, two) for one, two in zip(windows[::2], windows[1::2]) if one.calls == two.calls][-PAIRS:]
    return len(pairs) == PAIRS and all(
        one.cycle_objects > 0
        and two.cycle_objects > 0
        and one.bytes > 0
        and two.bytes <= FLAT_BYTES_PER_CALL * two.calls
        for one, two in pairs
    )


def _flat_outcome(windows: Sequence[Window], calls: int, enough: bool) -> Optional[Decision]:
    if not any(w.cycle_objects for w in windows[-2:]):
        filled = filled_after(windows)
        after = f"; it grew until call {filled} and then stayed level" if filled else ""
        return Decision("clean", f"Nothing stayed in memory over {calls} calls{after}")
    if _steady_cycles(windows) or (enough and sum(w.cycle_objects for w in windows[-LAST:]) > 0):
        return _cycle_garbage(windows, calls)
    return None


def _cycle_garbage(windows: Sequence[Window], calls: int) -> Decision:
    rates = last_rates(windows)
    return Decision(
        "cycle-garbage",
        f"{counted(rates.cycle_objects)} ({amount(rates.cycle_bytes)}) per call could be freed by the garbage collector "
        f"only, over {calls} calls",
    )


def _steady_cycles(windows: Sequence[Window]) -> bool:
    if any(w.cycle_objects == 0 for w in windows[-LAST:]):
        return False
    return keeps_rate([[(w.cycle_objects, w.calls) for w in s] for s in stretches(windows)])


def _grows(windows: Sequence[Window]) -> bool:
    if any(w.bytes <= 0 for w in windows[-LAST:]) or not _climbs(windows):
        return False
    if not _last_keeps_rate(windows[-2], windows[-1]):
        return False
    rates = last_rates(windows)
    if rates.bytes <= FLAT_BYTES_PER_CALL and rates.objects <= FLAT_OBJECTS_PER_CALL:
        return False
    parts = stretches(windows)
    # Objects come at an even rate even when the table that holds them doubles in leaps.
    return keeps_rate([[(w.bytes, w.calls) for w in stretch] for stretch in parts]) or keeps_rate(
        [[(w.objects, w.calls) for w in stretch] for stretch in parts]
    )


def _drops_hide_a_climb(windows: Sequence[Window]) -> bool:
    """Whether the last windows are flat only because something was emptied in them, while the lowest levels climb."""
    if all(window.bytes > -FLAT_BYTES - FLAT_BYTES_PER_CALL * window.calls for window in windows[-2:]):
        return False
    parts = stretches(windows)[:2]
    lows = [[w.low for w in stretch if w.low is not None] for stretch in parts]
    if not all(lows):
        return False
    between = sum(window.calls for stretch in parts for window in stretch) / 2
    return min(lows[0]) - min(lows[1]) > FLAT_BYTES + FLAT_BYTES_PER_CALL * between


def _troughs_grow(windows: Sequence[Window]) -> bool:
    """Whether the lowest levels climb at a steady rate, below something that fills and empties in its own rhythm."""
    troughs = _troughs(windows)
    if len(troughs) < SLOW_WINDOWS + 1 or any(trough.bytes <= 0 for trough in troughs[-LAST:]):
        return False
    if all(window.bytes >= 0 for window in windows[LAST:]):
        return False  # nothing is emptied, so that the ends of the windows tell more, and sooner
    return last_rates(troughs).bytes >= TROUGH_BYTES_PER_CALL and keeps_rate(
        [[(t.bytes, t.calls) for t in stretch] for stretch in stretches(troughs)]
    )


def _troughs(windows: Sequence[Window]) -> List[Window]:
    """The changes from the lowest level of one window to that of the next; none when the levels are not known."""
    pairs = zip(windows, windows[1:])
    return [
        Window((before.calls + after.calls + 1) // 2, after.low - before.low, 0)
        for before, after in pairs
        if before.low is not None and after.low is not None
    ]


def _last_keeps_rate(before: Window, last: Window) -> bool:
    """Whether the last window did not fall off: in bytes or, as the one before may hold a single jump, in objects."""
    pairs = ((before.bytes, last.bytes), (before.objects, last.objects))
    return any(b > 0 and b / last.calls >= STEADY * a / before.calls for a, b in pairs)


def _climbs(windows: Sequence[Window]) -> bool:
    """Whether the lowest level of each of the last windows rose, by half of what the windows claim at least.

    Something that fills and empties in a rhythm of its own can look steady at the ends of windows; its low never rises.
    """
    lows, level = [], 0
    for window in windows:
        lows.append(level if window.low is None else window.low)
        level += window.bytes
    climbs = [after - before for before, after in zip(lows[-LAST - 1 :], lows[-LAST:])]
    claimed = sum(window.bytes for window in windows[-LAST - 1 : -1])
    return min(climbs) > 0 and sum(climbs) >= claimed / 2


def keeps_rate(stretches: List[List[Tuple[int, int]]]) -> bool:
    """Whether the rate held up over the last two doublings, by the means or by the lowest windows."""
    if len(stretches) < 3 or not all(stretches):
        return False
    means = [sum(amount for amount, _ in s) / sum(calls for _, calls in s) for s in stretches]
    floors = [min(amount / calls for amount, calls in s) for s in stretches]
    return any(a > 0 and a >= STEADY * b and b >= STEADY * c for a, b, c in (means, floors))


def stretches(windows: Sequence[Window]) -> List[List[Window]]:
    """The windows of the last half of the calls, of the half of the rest, and of the half of that, in this order."""
    rest = list(windows)
    found: List[List[Window]] = []
    for _ in range(3):
        half = sum(window.calls for window in rest) / 2
        taken: List[Window] = []
        while rest and sum(window.calls for window in taken) < half:
            taken.insert(0, rest.pop())
        found.append(taken)
    return found


def _give_up(windows: Sequence[Window], calls: int, exhausted: str) -> Decision:
    if not windows:
        return Decision("inconclusive", f"No call could be measured: {exhausted}")
    rates = last_rates(windows)
    if len(windows) >= LEAK_WINDOWS and _dies_down(windows):
        return Decision("clean", f"Growth died down over {calls} calls, as when a cache fills")
    if len(windows) >= SLOW_WINDOWS and _only_wavers(windows):
        return Decision("clean", f"Memory was filled at first, and then only wavered, over {calls} calls")
    if len(windows) >= SLOW_WINDOWS and _stays_below_first_half(windows):
        return Decision("clean", f"Memory went up and down over {calls} calls without climbing")
    if _flat(windows) and calls >= CLEAN_CALLS:
        return Decision("clean", f"Nothing stayed in memory over {calls} calls")
    if _flat(windows):
        return Decision("inconclusive", f"Nothing stayed in memory, but only {calls} calls were made: {exhausted}")
    return Decision(
        "inconclusive", f"{_amounts(rates)} stayed per call, not at a steady rate, over {calls} calls: {exhausted}"
    )


def _stays_below_first_half(windows: Sequence[Window]) -> bool:
    """Whether the level of the last half never exceeds what the first half had reached."""
    last = len(stretches(windows)[0])
    level, levels = 0, []
    for window in windows:
        level += window.bytes
        levels.append(level)
    return max(levels[-last:]) <= max([0, *levels[:-last]])


def _dies_down(windows: Sequence[Window]) -> bool:
    last, before, first = (
        sum(w.bytes for w in stretch) / max(1, sum(w.calls for w in stretch)) for stretch in stretches(windows)
    )
    return last < STEADY * before and before < STEADY * first and not _goes_on(windows[-2], windows[-1])


def _goes_on(before: Window, last: Window) -> bool:
    """Whether the last window grew as the one before did: what dies down would have grown less."""
    rates = before.bytes / before.calls, last.bytes / last.calls
    return min(rates) > FLAT_BYTES_PER_CALL and rates[1] >= GOES_ON * rates[0]


def _only_wavers(windows: Sequence[Window]) -> bool:
    """Whether much came at first and the level then went up and down a little: allocators of libraries do that."""
    last = stretches(windows)[0]
    calls = sum(window.calls for window in last)
    level, reached = 0, 0
    for window in windows[: len(windows) - len(last)]:
        level += window.bytes
        reached = max(reached, level)
    rise = sum(window.bytes for window in last)
    return (
        any(window.bytes < 0 for window in last)
        and rise <= min(WAVER_SHARE * reached, WAVER_BYTES_PER_CALL * calls)
        and sum(window.objects for window in last) <= WAVER_OBJECTS_PER_CALL * calls
    )


def amount(size: float) -> str:
    """A number of bytes for people."""
    for unit in ("B", "KiB"):
        if abs(size) < 1024:
            return f"{size:.0f} {unit}" if unit == "B" and abs(size) >= 10 else f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.0f} MiB" if abs(size) >= 1000 else f"{size:.3g} MiB"


def _amounts(rates: Rates) -> str:
    objects = f" and {counted(rates.objects)}" if abs(rates.objects) >= FLAT_OBJECTS_PER_CALL else ""
    return amount(rates.bytes) + objects


def counted(objects: float) -> str:
    """A number of objects for people."""
    return "1 object" if objects == 1 else f"{objects:.3g} objects"
