"""Reads how much memory this process uses; the only module that asks the allocator, the collector and /proc.

Readings are exact only after `settle()`: interpreter caches emptied and unreachable objects collected. The byte counter
is glibc's own account of bytes handed out (mallinfo2: uordblks + hblkhd). With PYTHONMALLOC=malloc it covers Python and C
memory to the 16 bytes of a malloc step; the allocator settings below keep it free of caching inside glibc.
"""

from __future__ import annotations

import ctypes
import gc
import linecache
import os
import re
import sys
import tracemalloc
from dataclasses import dataclass
from typing import Callable, Dict, Optional, Tuple

# One arena and no per-thread cache: freed blocks are seen as free at once, whichever thread freed them. With a fixed
# threshold big blocks always are mappings of their own, so that letting one go shows in the same reading.
EXACT_ALLOCATOR: Dict[str, str] = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.arena_max=1:glibc.malloc.mxfast=0"
    ":glibc.malloc.mmap_threshold=131072",
}

GLIBC_COUNTER = "mallinfo2 (uordblks + hblkhd) with PYTHONMALLOC=malloc"
TRACED_COUNTER = "tracemalloc (Python allocations only)"


class _Mallinfo2(ctypes.Structure):
    # Order of the fields: glibc, malloc.h, struct mallinfo2.
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    ]


def _libc() -> Optional[ctypes.CDLL]:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):
        return None


_LIBC = _libc()
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def _glibc_account() -> Optional[Callable[[], _Mallinfo2]]:
    read = getattr(_LIBC, "mallinfo2", None)
    if read is not None:
        read.restype = _Mallinfo2
    return read


_ACCOUNT = _glibc_account()


def bytes_counter() -> Tuple[Callable[[], int], str]:
    """A function that reads the bytes in use, and what it counts.

    Where glibc has no mallinfo2 (musl, macOS, glibc before 2.33) or Python does not use malloc, tracing is started.
    """
    account = _ACCOUNT
    if account is not None and is_exact():

        def read() -> int:
            figures = account()
            return int(figures.uordblks + figures.hblkhd)

        return read, GLIBC_COUNTER
    if not tracemalloc.is_tracing():
        tracemalloc.start(1)
    return lambda: tracemalloc.get_traced_memory()[0], TRACED_COUNTER


def is_exact() -> bool:
    """Whether glibc itself counts every byte of this process; otherwise Python's tracing must do."""
    return _ACCOUNT is not None and os.environ.get("PYTHONMALLOC") == "malloc"


def has_account() -> bool:
    """Whether a process with the settings of `EXACT_ALLOCATOR` would count exactly on this platform."""
    return _ACCOUNT is not None


def settle() -> int:
    """Empty the interpreter's caches and collect; returns the number of unreachable objects found."""
    flush_caches()
    return gc.collect()


def flush_caches() -> None:
    """Empty caches of the interpreter and of modules that every program shares; they are not the target's."""
    clear = getattr(sys, "_clear_internal_caches", None) or getattr(sys, "_clear_type_cache", None)
    if clear is not None:
        clear()
    re.purge()
    linecache.cache.clear()


def freeze() -> None:
    """Take all present objects out of the collector's sight, so that only newer ones are walked and counted."""
    gc.collect()
    gc.freeze()


def new_objects() -> int:
    """Collector-tracked objects made since `freeze()` that are still there."""
    return len(gc.get_objects())


def resident_bytes(pid: str = "self") -> int:
    """Resident memory that no file backs, in bytes; 0 where the platform does not say (no /proc)."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            fields = file.read().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE


def proportional_bytes(pid: str) -> int:
    """Memory that no file backs, each page shared out among the processes that have it; 0 where it cannot be read.

    Slower than `resident_bytes`, but right for forked processes, which have most pages together.
    """
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            found = re.search(rb"Pss_Anon:\s+(\d+) kB", file.read())
    except OSError:
        return 0
    return int(found.group(1)) << 10 if found else 0


@dataclass(frozen=True)
class AllocatorAccount:
    """Bytes of the production allocators.

    `in_use` is glibc's account plus what lies in blocks of pymalloc, which glibc cannot see. `free` is free memory inside
    the heap, without its top, which is kept for the next request; `chunks` counts its pieces. `arenas` is free memory in
    arenas of pymalloc.
    """

    in_use: int
    free: int
    chunks: int
    arenas: int


def allocator_account() -> Optional[AllocatorAccount]:
    """The present account; None where glibc has no mallinfo2."""
    if _ACCOUNT is None:
        return None
    figures = _ACCOUNT()
    used, arenas = _pymalloc_bytes()
    return AllocatorAccount(
        in_use=int(figures.uordblks + figures.hblkhd) + used,
        free=int(figures.fordblks) - int(figures.keepcost),
        chunks=int(figures.ordblks),
        arenas=max(0, arenas - used),
    )


def trim() -> bool:
    """Ask glibc to give free memory back; False where there is no malloc_trim."""
    function = getattr(_LIBC, "malloc_trim", None)
    if function is None:
        return False
    function(0)
    return True


def _pymalloc_bytes() -> Tuple[int, int]:
    """Bytes in allocated blocks of pymalloc, and bytes of its arenas.

    The interpreter prints these figures to the error stream of C and tells them nowhere else.
    """
    stats = getattr(sys, "_debugmallocstats", None)
    if stats is None:
        return 0, 0
    import tempfile  # slow to import, and only the recipe `fragmentation` comes here

    saved = os.dup(2)
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), 2)
            stats()
            os.dup2(saved, 2)
            file.seek(0)
            printed = file.read()
    finally:
        os.dup2(saved, 2)
        os.close(saved)
    return _figure(rb"# bytes in allocated blocks", printed), _figure(rb"arenas \* \d+ bytes/arena", printed)


def _figure(label: bytes, printed: bytes) -> int:
    found = re.search(label + rb"\s*=\s*([\d,]+)", printed)
    return int(found.group(1).replace(b",", b"")) if found else 0
