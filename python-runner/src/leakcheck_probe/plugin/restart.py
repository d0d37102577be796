"""Starts pytest once more with the allocator that the exact counters need."""

from __future__ import annotations

import os
import sys
from typing import Any, List

from .. import counters

_DONE = "LEAKCHECK_RESTARTED"


def with_exact_counters(config: Any) -> None:
    """Replace this process by the same command with another environment; come back where that helps or fits nothing.

    It fits only a process that is pytest and nothing else: a program that called pytest would begin anew.
    """
    if counters.is_exact() or not counters.has_account() or _DONE in os.environ:
        return
    if list(config.invocation_params.args) != sys.argv[1:] or "PYTEST_XDIST_WORKER" in os.environ:
        return
    command = command_line()
    if not command:
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, command, {**os.environ, **counters.EXACT_ALLOCATOR, _DONE: "1"})


def command_line() -> List[str]:
    """The command that started this process, the interpreter's own options included; empty when nobody knows."""
    original = list(getattr(sys, "orig_argv", ()))
    if not original:  # before 3.10
        try:
            with open("/proc/self/cmdline", "rb") as file:
                original = [os.fsdecode(part) for part in file.read().split(b"\0")[:-1]]
        except OSError:
            return []
    return [sys.executable, *original[1:]]
