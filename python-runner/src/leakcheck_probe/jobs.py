"""What the supervisor asks of a worker, and what a worker answers: plain data, sent as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional

from .report import Allocation, Driver, Environment, Measurement, RetainingPath, choice, listed, text

# What a worker says when its interpreter and the probe are loaded, before it gets its job.
READY = b"ready\n"
ACTIONS = ("describe", "tests", "search", "measure", "value", "peak", "fragmentation", "diagnose")
FAILURES = ("missing", "import", "driver", "memory", "time", "internal")


@dataclass
class HoldLines:
    """The line of a hold in the text that runs: where a fix replaced it, the lines of the replacement."""

    first: int
    last: int
    names: List[str] = listed(64, 200)


@dataclass
class Job:
    """One run of one target.

    `key` names a candidate that an earlier run found; `calls` are those to make in `diagnose`, and those that a leak
    must last in `measure`; `outcome` is what `diagnose` shall explain; `gpu` says that the plan asks for
    a graphics device;
    `deadline` is on the clock of `time.monotonic`. The supervisor fills in the last four, with its process id.
    """

    action: str = choice(ACTIONS)
    root: str = ""
    file: str = ""
    qualname: str = ""
    vary: List[str] = field(default_factory=list)
    declared: Optional[str] = None
    overlay: Dict[str, str] = field(default_factory=dict)
    first_line: Optional[int] = None
    last_line: Optional[int] = None
    key: Optional[str] = None
    hold: Optional[HoldLines] = None
    calls: int = 0
    outcome: str = ""
    gpu: bool = False
    deadline: float = 0.0
    seconds: float = 0.0
    megabytes: int = 0
    supervisor: int = 0


@dataclass
class Failure:
    """Why there is no measurement."""

    kind: str = choice(FAILURES)
    reason: str = text(500)
    suggested_driver: Optional[str] = field(default=None, metadata={"cap": 2000})


@dataclass
class Option:
    """A way to call the target that came through the search."""

    key: str = text(2000)
    instance: str = text(10)
    returned: bool = False
    reached: bool = False
    error: Optional[str] = field(default=None, metadata={"cap": 300})


@dataclass
class Value:
    """What the calls returned, as a digest; `compared` says in a few words what it covers.

    `kinds` is a digest of the types alone, `arguments` one of the containers that were given, as the calls left them.
    """

    digest: str = text(64)
    compared: str = text(100)
    kinds: str = text(64)
    arguments: str = text(64, "")


@dataclass
class Garbage:
    """What the unreachable objects were."""

    own: bool = False
    only_classes: bool = False


@dataclass
class Answer:
    failure: Optional[Failure] = None
    environment: Optional[Environment] = None
    options: List[Option] = listed(16)
    key: str = text(2000, "")
    driver: Optional[Driver] = None
    measurement: Optional[Measurement] = None
    value: Optional[Value] = None
    garbage: Optional[Garbage] = None
    paths: List[RetainingPath] = listed(20)
    allocations: List[Allocation] = listed(20)
    traced: int = 0
    kept: int = 0
    made: int = 0
    packages: Dict[str, str] = field(default_factory=dict)
    notes: List[str] = listed(20, 500)
