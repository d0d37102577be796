"""`leakcheck/report@1`: what was measured, with the caps of the contract.

The same shapes stand in `src/contract/report.ts`. Strings may come from analysed code: they are cut, never trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional

from . import words

MAX_TARGET_BYTES = 64 * 1024


def text(cap: int, default: Optional[str] = None):  # type: ignore[no-untyped-def]
    """A string field that is cut after `cap` code points."""
    return _field({"cap": cap}, default)


def choice(options: tuple, default: Optional[str] = None):  # type: ignore[no-untyped-def, type-arg]
    """A string field that must be one of the options."""
    return _field({"options": options}, default)


def listed(cap: int, item: int = 0):  # type: ignore[no-untyped-def]
    """A list field of at most `cap` items, strings in it cut after `item` code points."""
    return field(default_factory=list, metadata={"cap": cap, "item": item})


def optional(default):  # type: ignore[no-untyped-def]
    """A field that is left out of the document where it has this value: earlier readers do not know it."""
    return field(default=default, metadata={"optional": True})


def _field(metadata: dict, default: Optional[str]):  # type: ignore[no-untyped-def, type-arg]
    return field(metadata=metadata) if default is None else field(default=default, metadata=metadata)


@dataclass
class PerCall:
    bytes: float = 0.0
    objects: float = 0.0
    cycle_objects: float = 0.0
    cycle_bytes: float = 0.0
    threads: float = optional(0.0)
    tasks: float = optional(0.0)
    timers: float = optional(0.0)
    descriptors: float = optional(0.0)
    processes: float = optional(0.0)
    shared_memory: float = optional(0.0)
    files: float = optional(0.0)
    device_bytes: float = optional(0.0)

    def leaves_things(self) -> bool:
        """Whether threads, descriptors, processes or blocks of shared memory stay, be it without memory of their own."""
        return any(rate > 0 for rate in (self.threads, self.descriptors, self.processes, self.shared_memory))


@dataclass
class Window:
    calls: int
    bytes: int
    objects: int
    cycle_objects: int


@dataclass
class Held:
    bytes: int
    released: int


@dataclass
class Resident:
    grown: int
    in_use: int
    trimmed: int
    trim: bool


@dataclass
class OnDevice:
    """Where device memory was asked for or seen; the figures are changes over all measured calls."""

    kind: str = choice(words.DEVICES)
    name: str = text(100)
    unverified: bool = False
    allocated: int = 0
    reserved: int = 0
    inactive: int = 0
    driver: int = 0


@dataclass
class Measurement:
    outcome: str = choice(words.OUTCOMES)
    reason: str = text(500)
    calls: int = 0
    milliseconds: float = 0.0
    per_call: PerCall = field(default_factory=PerCall)
    windows: List[Window] = listed(64)
    held: Optional[Held] = None
    resident: Optional[Resident] = None
    device: Optional[OnDevice] = optional(None)


@dataclass
class RetainingPath:
    path: str = text(500)
    count: int = 0
    per_call: float = 0.0
    bounded: bool = False
    maximum: Optional[int] = None
    touches_repository: bool = False
    bytes: int = optional(0)


@dataclass
class Allocation:
    path: str = text(300)
    line: int = 1
    bytes: int = 0
    objects: int = 0


@dataclass
class Driver:
    kind: str = choice(words.DRIVER_KINDS, "none")
    call: str = text(300, "")
    instance: str = choice(words.INSTANCES, "none")
    varied: List[str] = listed(32, 100)
    stubs: List[str] = listed(32, 100)
    reached: bool = False
    files: List[str] = listed(32, 300)


@dataclass
class Base:
    status: str = choice(words.BASE_STATUSES, "not-run")
    reason: str = text(500, "")
    measurement: Optional[Measurement] = None


@dataclass
class Fix:
    status: str = choice(words.FIX_STATUSES, "not-run")
    reason: str = text(500, "")
    measurement: Optional[Measurement] = None


@dataclass
class Result:
    id: str = text(64)
    target: str = text(500)
    outcome: str = choice(words.OUTCOMES, "inconclusive")
    reason: str = text(500, "")
    confidence: str = choice(words.CONFIDENCES, "low")
    recipe: str = choice(words.RECIPES, "growth")
    driver: Driver = field(default_factory=Driver)
    head: Optional[Measurement] = None
    confirmed: bool = False
    base: Base = field(default_factory=Base)
    fix: Fix = field(default_factory=Fix)
    paths: List[RetainingPath] = listed(20)
    allocations: List[Allocation] = listed(20)
    suggested_driver: Optional[str] = field(default=None, metadata={"cap": 2000})
    notes: List[str] = listed(20, 500)


@dataclass
class Environment:
    probe: str = text(50)
    python: str = text(100)
    implementation: str = text(50)
    platform: str = text(200)
    libc: str = text(50)
    counter: str = text(100)
    isolation: str = choice(words.ISOLATIONS, "process")
    walls: List[str] = listed(20, 100)
    weaker: List[str] = listed(5, 300)
    packages: Dict[str, str] = field(default_factory=dict, metadata={"cap": 100, "item": 100})


@dataclass
class Report:
    environment: Environment
    results: List[Result] = listed(100)
    schema: str = words.REPORT_SCHEMA
