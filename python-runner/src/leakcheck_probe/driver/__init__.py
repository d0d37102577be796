"""How a target is called: from `FILE::QUALNAME` to something that can be run again and again.

`candidates(request)` imports the file, looks for a declared driver, else synthesises arguments, and returns
the ways of calling that got through, best first. It calls the target while it searches (see
`Request.choice` for how to repeat a decision without a search).

    for candidate in candidates(request):
        trial = candidate.try_out(lines)
        for index in range(1000):
            candidate.run(index)
        before = Snapshot(root, candidate.roots())   # leakcheck_probe.paths
"""

from __future__ import annotations

from ..errors import ImportFailed, NoDriver, TargetMissing
from .candidate import Candidate
from .request import Request, Trial
from .search import candidates

__all__ = [
    "Candidate",
    "ImportFailed",
    "NoDriver",
    "Request",
    "TargetMissing",
    "Trial",
    "candidates",
]
