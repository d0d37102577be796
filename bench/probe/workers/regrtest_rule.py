"""The rule of CPython's own tests, `regrtest -R 3:3`: three runs to warm up, and a leak when each of three more adds a block.

The debug build's reference counts are not there in release builds, so blocks and descriptors are all that it has.
"""

from __future__ import annotations

import gc
import linecache
import os
import re
import sys
import time
from typing import Any, Dict, List, Tuple

import one_call

WARM_UP = RUNS = 3
# `regrtest-50`: a run is 50 calls, as a test that loops would make.
LOOP = 50


def measure(case: Dict[str, Any], tool: str) -> Dict[str, Any]:
    """A run is one call (`regrtest`) or 50 (`regrtest-50`)."""
    call = one_call.of_case(case)
    times = LOOP if tool == "regrtest-50" else 1
    pool = list(range(-1000, 1000))  # as regrtest does: its own counts must be there before
    readings: List[Tuple[int, int]] = [(0, 0)] * (WARM_UP + RUNS + 1)
    started = time.monotonic()
    readings[0] = _reading()
    for number in range(WARM_UP + RUNS):
        for _ in range(times):
            call()
        readings[number + 1] = _reading()
    seconds = time.monotonic() - started
    deltas = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(readings[WARM_UP:], readings[WARM_UP + 1 :])]
    alarm = all(blocks >= 1 for blocks, _ in deltas) or any(files for _, files in deltas)
    del pool
    return {"alarm": alarm, "calls": call.made, "seconds": seconds, "reason": f"blocks and descriptors: {deltas}"}


def _reading() -> Tuple[int, int]:
    re.purge()
    linecache.clearcache()
    for _ in range(3):
        gc.collect()
    clear = getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache
    clear()
    return sys.getallocatedblocks(), len(os.listdir("/proc/self/fd"))
