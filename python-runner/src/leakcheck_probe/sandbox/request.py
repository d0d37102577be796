"""What the supervisor asks a launcher for; this module can be imported on every platform."""

from __future__ import annotations

from typing import Dict, List, NamedTuple

# Where the private folder of a worker is; a folder of its own memory, so that nothing stays and no disk fills up.
HOME = "/run/leakcheck"


class Plan(NamedTuple):
    """What the supervisor asks for.

    `uid` is the user and the group of the worker; `namespaces` false leaves only the user and what it may do; after
    `seconds` the launcher ends the worker even when the supervisor gets no processor time to ask for it;
    `nice` is how much less urgent the worker is than its launcher.
    """

    command: List[str]
    variables: Dict[str, str]
    home: str
    uid: int
    namespaces: bool
    covers: List[str]
    entries: List[List[str]]
    seconds: float
    nice: int
