"""psleak: windows of more and more calls; a leak when memory grew more in every window. Needs PYTHONMALLOC=malloc."""

from __future__ import annotations

import time
import unittest
from typing import Any, Dict

import one_call
import psleak


def measure(case: Dict[str, Any], tool: str) -> Dict[str, Any]:
    """With psleak's own settings."""
    call = one_call.of_case(case)
    test = psleak.MemoryLeakTestCase()
    started = time.monotonic()
    try:
        test.execute(call)
        alarm, reason = False, ""
    except unittest.SkipTest as error:
        return {"error": str(error)}
    except psleak.Error as error:
        alarm, reason = True, f"{type(error).__name__}: {error}"[:200]
    return {"alarm": alarm, "calls": call.made, "seconds": time.monotonic() - started, "reason": reason}
