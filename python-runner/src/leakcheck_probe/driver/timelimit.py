"""Breaks off a call that does not come back: by timer signal on the main thread, else not at all."""

from __future__ import annotations

import signal
import threading
from typing import Any


class TooLong(BaseException):
    """Raised inside the target; no `except Exception` catches it."""


class TimeLimit:
    """Context manager. Fires again every half second, for targets that swallow the first one."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._before: Any = None
        self._armed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()

    def __enter__(self) -> "TimeLimit":
        if self._armed:
            self._before = signal.signal(signal.SIGALRM, _expired)
            signal.setitimer(signal.ITIMER_REAL, self._seconds, 0.5)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._armed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before if self._before is not None else signal.SIG_DFL)


def _expired(number: int, frame: Any) -> None:
    raise TooLong
