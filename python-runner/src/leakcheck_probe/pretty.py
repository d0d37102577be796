"""The report for people."""

from __future__ import annotations

from typing import List

from .judge.growth import amount
from .report import Environment, Measurement, OnDevice, Report, Result

# What one kept object holds of text, bytes and arrays: below this it says nothing.
TELLING_BYTES = 256
BARS = "▁▂▃▄▅▆▇█"
HEADLINES = {
    "leak": "LEAK",
    "clean": "clean",
    "cycle-garbage": "CYCLE GARBAGE",
    "peak": "HELD TOO LONG",
    "fragmentation": "FRAGMENTATION",
    "inconclusive": "inconclusive",
}


def render(report: Report) -> str:
    """Text with a line end; control characters of the target's strings are made visible."""
    parts = [_result(result) for result in report.results] + [_environment(report.environment)]
    return "\n\n".join(parts) + "\n"


def _result(result: Result) -> str:
    lines = [f"{HEADLINES[result.outcome]}  {_safe(result.target)}", f"  {_safe(result.reason)}"]
    if result.driver.kind != "none":
        varied = f", new {', '.join(result.driver.varied)} on every call" if result.driver.varied else ""
        lines.append(f"  called     {_safe(result.driver.call)} ({result.driver.kind}{varied})")
    if result.head is not None:
        lines += _measurement(result.head)
    for path in result.paths[:5]:
        limit = f", at most {path.maximum}" if path.bounded else ""
        each = path.bytes / max(1, path.count)
        size = f" of {amount(each)}" if each >= TELLING_BYTES else ""
        lines.append(f"  kept by    {_safe(path.path)}  ({path.per_call:.3g}{size} per call{limit})")
    for allocation in result.allocations[:5]:
        size = f"{amount(allocation.bytes)} in {allocation.objects} blocks"
        made = size if allocation.bytes else f"{allocation.objects} times"
        lines.append(f"  made at    {_safe(allocation.path)}:{allocation.line}  ({made})")
    if result.base.status != "not-run":
        lines.append(f"  base       {result.base.status}: {_safe(result.base.reason)}")
    if result.fix.status != "not-run":
        lines.append(f"  fix        {result.fix.status}: {_safe(result.fix.reason)}")
    confirmed = ", confirmed by a second process" if result.confirmed else ""
    lines.append(f"  confidence {result.confidence}{confirmed}")
    lines += [f"  note       {_safe(note)}" for note in result.notes]
    if result.suggested_driver:
        lines += ["", "  A probe function to complete and put into the file:", ""]
        lines += [f"    {_safe(line)}" for line in result.suggested_driver.split("\n")]
    return "\n".join(lines)


def _measurement(head: Measurement) -> List[str]:
    lines = [f"  calls      {head.calls} in {head.milliseconds:.0f} ms"]
    if head.windows:
        per_call = [max(0.0, window.bytes / window.calls) for window in head.windows]
        lines.append(f"  per call   {sparkline(per_call)}  {amount(head.per_call.bytes)} at the end")
    if head.device is not None:
        lines.append(f"  device     {_device(head.device, head.per_call.device_bytes)}")
    if head.resident is not None:
        grown, used = amount(head.resident.grown), amount(head.resident.in_use)
        lines.append(
            f"  resident   {grown} more, {used} more in use, a trim gives {amount(head.resident.trimmed)} back"
        )
    return lines


def _device(device: OnDevice, rate: float) -> str:
    if device.unverified:
        return "CPU: a GPU was asked for, and there is none here"
    return f"{_safe(device.name)}: {amount(rate)} per call, {amount(device.allocated)} more in use, {amount(device.reserved)} more reserved"


def sparkline(values: List[float]) -> str:
    """One bar a value, the highest one full; below one step of the counter (16 bytes) all are low."""
    top = max(*values, 16.0)
    return "".join(BARS[min(len(BARS) - 1, int(value / top * (len(BARS) - 1) + 0.5))] for value in values)


def _environment(environment: Environment) -> str:
    packages = "".join(f", {name} {version}" for name, version in environment.packages.items())
    walls = f" ({', '.join(environment.walls)})" if environment.walls else ""
    lines = [
        f"{environment.implementation} {environment.python}{packages} on {environment.platform}; "
        f"bytes by {environment.counter}; isolation {environment.isolation}{walls}"
    ]
    return "\n".join([*lines, *(f"no stronger walls: {_safe(reason)}" for reason in environment.weaker)])


def _safe(text: str) -> str:
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
