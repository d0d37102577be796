"""`leakcheck/plan@1`: reads and validates what the probe shall run."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .edits import Edit
from .errors import InputError
from .words import DEVICES, PLAN_SCHEMA, RECIPES

MAX_TARGETS = 100


@dataclass(frozen=True)
class Hold:
    """The line during which these locals are still bound but no longer needed."""

    line: int
    names: Tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Seconds for the whole plan and for one target; MiB for one worker."""

    seconds: float
    seconds_per_target: float
    megabytes: int


@dataclass(frozen=True)
class Target:
    """One thing to run; `target` is FILE::QUALNAME, `lines` both included."""

    id: str
    target: str
    lines: Optional[Tuple[int, int]]
    recipe: str
    vary: Tuple[str, ...]
    hold: Optional[Hold]
    driver: Optional[str]
    fix: Optional[Tuple[Edit, ...]]

    @property
    def file(self) -> str:
        return self.target.split("::", 1)[0]

    @property
    def qualname(self) -> str:
        return self.target.split("::", 1)[1]


@dataclass(frozen=True)
class Plan:
    limits: Limits
    targets: Tuple[Target, ...]
    device: str = "cpu"


def read_plan(path: str) -> Plan:
    """Read a plan from a file.

    :raises InputError: the file cannot be read, is not JSON, or breaks the schema; the text names the place
    """
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except OSError as error:
        raise InputError(f"Cannot read the plan {path}: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"The plan {path} is not JSON: {error}") from None
    return parse_plan(document)


def parse_plan(document: Any) -> Plan:
    """Check a plan and make it typed.

    :raises InputError: at the first violation, with its place in the document
    """
    fields = _object(document, "plan", ("schema", "limits", "targets"), ("device",))
    if fields["schema"] != PLAN_SCHEMA:
        raise InputError(f"plan.schema must be {PLAN_SCHEMA!r}, not {fields['schema']!r}")
    limits = _object(fields["limits"], "plan.limits", ("seconds", "secondsPerTarget", "megabytes"))
    targets = _list(fields["targets"], "plan.targets")
    if len(targets) > MAX_TARGETS:
        raise InputError(f"plan.targets has {len(targets)} targets; at most {MAX_TARGETS} are allowed")
    plan = Plan(
        Limits(
            _positive(limits["seconds"], "plan.limits.seconds"),
            _positive(limits["secondsPerTarget"], "plan.limits.secondsPerTarget"),
            _integer(limits["megabytes"], "plan.limits.megabytes"),
        ),
        tuple(_target(item, f"plan.targets[{index}]") for index, item in enumerate(targets)),
        _device(fields.get("device", "cpu")),
    )
    seen: Dict[str, int] = {}
    for index, target in enumerate(plan.targets):
        if target.id in seen:
            raise InputError(f"plan.targets[{index}].id {target.id!r} was used by plan.targets[{seen[target.id]}]")
        seen[target.id] = index
    return plan


def _device(value: Any) -> str:
    if value not in DEVICES:
        raise InputError(f"plan.device must be one of {', '.join(DEVICES)}, not {value!r}")
    return str(value)


def parse_target(text: Any, place: str) -> str:
    """Check FILE::NAME, the file relative to the root of the tree."""
    text = _string(text, place)
    file, _, name = text.partition("::")
    path = PurePosixPath(file)
    if not file or not name or not file.endswith(".py"):
        raise InputError(f"{place} must be FILE.py::NAME, such as app/cache.py::Cache.load, not {text!r}")
    if path.is_absolute() or ".." in path.parts or "\\" in file or "\0" in file:
        raise InputError(f"{place} must name a file relative to the root, with forward slashes, not {file!r}")
    return text


def _target(value: Any, place: str) -> Target:
    keys = ("id", "target", "lines", "recipe", "vary", "hold", "driver", "fix")
    fields = _object(value, place, keys)
    identity = _string(fields["id"], f"{place}.id")
    if not re.fullmatch(r"[\w.-]{1,64}", identity, re.ASCII):
        raise InputError(f"{place}.id must be 1 to 64 letters, digits, '.', '_' or '-', not {identity!r}")
    if fields["recipe"] not in RECIPES:
        raise InputError(f"{place}.recipe must be one of {', '.join(RECIPES)}, not {fields['recipe']!r}")
    hold = None if fields["hold"] is None else _hold(fields["hold"], f"{place}.hold")
    if fields["recipe"] == "peak" and hold is None:
        raise InputError(f"{place}.hold is missing: the recipe peak needs a line and names")
    driver = fields["driver"]
    return Target(
        id=identity,
        target=parse_target(fields["target"], f"{place}.target"),
        lines=None if fields["lines"] is None else _lines(fields["lines"], f"{place}.lines"),
        recipe=fields["recipe"],
        vary=_strings(fields["vary"], f"{place}.vary"),
        hold=hold,
        driver=None if driver is None else parse_target(driver, f"{place}.driver"),
        fix=None if fields["fix"] is None else _edits(fields["fix"], f"{place}.fix"),
    )


def _hold(value: Any, place: str) -> Hold:
    fields = _object(value, place, ("line", "names"))
    names = _strings(fields["names"], f"{place}.names")
    if not names:
        raise InputError(f"{place}.names must name at least one local")
    return Hold(_integer(fields["line"], f"{place}.line"), names)


def _lines(value: Any, place: str) -> Tuple[int, int]:
    fields = _object(value, place, ("start", "end"))
    start, end = _integer(fields["start"], f"{place}.start"), _integer(fields["end"], f"{place}.end")
    if end < start:
        raise InputError(f"{place}.end must not come before {place}.start")
    return start, end


def _edits(value: Any, place: str) -> Tuple[Edit, ...]:
    edits = _list(_object(value, place, ("edits",))["edits"], f"{place}.edits")
    return tuple(_edit(item, f"{place}.edits[{index}]") for index, item in enumerate(edits))


def _edit(value: Any, place: str) -> Edit:
    fields = _object(value, place, ("range", "text"))
    span = _object(fields["range"], f"{place}.range", ("start", "end"))
    ends = [_position(span[side], f"{place}.range.{side}") for side in ("start", "end")]
    return Edit(ends[0], ends[1], _string(fields["text"], f"{place}.text"))


def _position(value: Any, place: str) -> Tuple[int, int]:
    fields = _object(value, place, ("line", "column"))
    return _integer(fields["line"], f"{place}.line"), _integer(fields["column"], f"{place}.column")


def _object(value: Any, place: str, keys: Sequence[str], optional: Sequence[str] = ()) -> Dict[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{place} must be an object")
    for key in value:
        if key not in keys and key not in optional:
            raise InputError(f"{place} has the unknown key {key!r}; known are {', '.join([*keys, *optional])}")
    for key in keys:
        if key not in value:
            raise InputError(f"{place}.{key} is missing")
    return value


def _list(value: Any, place: str) -> List[Any]:
    if not isinstance(value, list):
        raise InputError(f"{place} must be a list")
    return value


def _strings(value: Any, place: str) -> Tuple[str, ...]:
    return tuple(_string(item, f"{place}[{index}]") for index, item in enumerate(_list(value, place)))


def _string(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{place} must be a string")
    return value


def _integer(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InputError(f"{place} must be a whole number of at least 1")
    return value


def _positive(value: Any, place: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value < math.inf:
        raise InputError(f"{place} must be a number above 0")
    return float(value)
