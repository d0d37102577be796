"""Drives the callables of one package, each in a process of its own, and prints one JSON line for each.

    python -S worker.py PROBE PACKAGES PACKAGE SAMPLE SEED SECONDS

PROBE is the folder of leakcheck_probe, PACKAGES that of the packages; SAMPLE 0 takes all callables.
"""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from typing import Any, Dict

import sandbox
from callables import Callable, callables

GRACE_SECONDS = 3


def main(probe: str, folder: str, package: str, sample: int, seed: int, seconds: int) -> None:
    sys.path[:0] = [probe, folder]
    sys.dont_write_bytecode = True
    import leakcheck_probe.driver  # before the rights go

    _ = leakcheck_probe.driver
    home = sandbox.home()
    try:
        wanted = callables(folder, package)
        total = len(wanted)
        if 0 < sample < total:
            wanted = sorted(random.Random(seed).sample(wanted, sample), key=lambda item: (item.file, item.first or 0))
        print(json.dumps({"package": package, "callables": total, "sampled": len(wanted)}), flush=True)
        for item in wanted:
            print(json.dumps({**vars(item), **_in_child(folder, item, home, seconds)}), flush=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _in_child(root: str, item: Callable, home: str, seconds: int) -> Dict[str, Any]:
    """The answer of a process that drives one callable; what it left of processes and files goes with it."""
    own = tempfile.mkdtemp(dir=home)
    reading, writing = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _drive(root, item, own, writing, seconds)
    os.close(writing)
    text = _read(reading, start + seconds + GRACE_SECONDS)
    os.close(reading)
    for end in (os.killpg, os.kill):
        try:
            end(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    _, status = os.waitpid(child, 0)
    shutil.rmtree(own, ignore_errors=True)
    elapsed = round(time.monotonic() - start, 3)
    if not text.endswith(b"\n"):
        return {"outcome": "failed", "group": "did not end or died", "error": f"status {status}", "seconds": elapsed}
    answer: Dict[str, Any] = json.loads(text)
    return {**answer, "seconds": elapsed}


def _read(descriptor: int, deadline: float) -> bytes:
    text = b""
    while not text.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        part = os.read(descriptor, 65536) if ready else b""
        if not part:
            break
        text += part
    return text


def _drive(root: str, item: Callable, own: str, writing: int, seconds: int) -> None:
    """Never returns."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    pid = os.getpid()
    try:
        sandbox.become_nobody(own)
        tempfile.tempdir = own
        sandbox.limit(seconds)
        sandbox.forbid(own)
        answer = _driven(root, item)
    except BaseException as error:
        answer = {"outcome": "failed", "group": "the driver failed", "error": f"{type(error).__name__}: {error}"[:300]}
    if os.getpid() == pid:
        os.write(writing, json.dumps(answer).encode() + b"\n")
    os._exit(0)


def _driven(root: str, item: Callable) -> Dict[str, Any]:
    """`returned`: came back normally; `reached`: and ran its body; `stubs`: the arguments that were stubs."""
    from leakcheck_probe.driver import ImportFailed, NoDriver, Request, TargetMissing, candidates

    lines = (item.first, item.last) if item.first is not None and item.last is not None else None
    try:
        found = candidates(Request(root, item.file, item.qualname, lines=lines))
    except ImportFailed as error:
        return {"outcome": "failed", "group": "import failed", "error": str(error)[:300]}
    except TargetMissing as error:
        return {"outcome": "failed", "group": "name not there", "error": str(error)[:300]}
    except NoDriver as error:
        return {"outcome": "failed", "group": group_of(str(error)), "error": str(error)[:300]}
    trials = [(candidate, candidate.try_out(lines, attempts=2)) for candidate in found]
    candidate, trial = min(trials, key=lambda pair: (not pair[1].reached, not pair[1].returned))
    answer = {"call": candidate.call, "stubs": list(candidate.stubs), "error": trial.error}
    if trial.unfinished or trial.raised or not trial.returned:
        group = "did not come back" if trial.unfinished else group_of(str(trial.error))
        return {**answer, "outcome": "failed", "group": group}
    reached = trial.reached or item.first is None
    return {**answer, "outcome": "reached" if reached else "returned"}


def group_of(error: str) -> str:
    for text, group in (
        ("did not come back", "did not come back"),
        ("Forbidden", "reaches out of the sandbox"),
        ("TypeError", "TypeError or AttributeError"),
        ("AttributeError", "TypeError or AttributeError"),
        ("NotImplementedError", "not implemented"),
    ):
        if text in error:
            return group
    return "another exception"


if __name__ == "__main__":
    probe, folder, package, sample, seed, seconds = sys.argv[1:]
    main(os.path.abspath(probe), os.path.abspath(folder), package, int(sample), int(seed), int(seconds))
