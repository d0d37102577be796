"""The command line: one target, or a plan."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from typing import Any, Dict, Optional, Sequence, TextIO

from . import __version__, documents, pretty, processes
from .errors import InputError
from .investigate import investigate
from .jobs import Job
from .plan import Hold, Limits, Plan, Target, parse_target, read_plan
from .report import Environment, Report, Result
from .supervisor import Supervisor
from .words import DEVICES, RECIPES

EXAMPLES = """examples:
  python -m leakcheck_probe app/cache.py::fetch --vary key
  python -m leakcheck_probe app/tree.py::build --recipe cycle --format json
  python -m leakcheck_probe app/job.py::run --recipe peak --hold 31:frame,rows
  python -m leakcheck_probe --plan plan.json --head . --base ../base --report report.json

The target runs walled off from your files, processes and network where the machine allows; the report says how well.
Exit status: 0 the report was made, 2 the command or its input was wrong.
"""
DEFAULT_SECONDS, DEFAULT_MEGABYTES = 30.0, 2048


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command; returns the exit status."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupted)
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except InputError as error:
        print(f"leakcheck-probe: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("leakcheck-probe: interrupted", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    if os.name != "posix":
        raise InputError("The probe runs on Linux and macOS only: it needs process groups and resource limits")
    plan = _plan_from(options)
    head = _folder(options.head if options.plan else options.root, "--head" if options.plan else "--root")
    base = _folder(options.base, "--base") if options.base else None
    report = probe(plan, head, base, options.python or sys.executable, sys.stderr if options.progress else None)
    _write(report, options)
    return 0


def probe(plan: Plan, head: str, base: Optional[str], python: str, progress: Optional[TextIO] = None) -> Report:
    """Run a plan on trees on this machine.

    :param python: interpreter that runs the targets
    :param progress: gets one JSON line an event
    :raises InputError: the interpreter cannot be used
    """
    processes.hide_from_equals()
    supervisor = Supervisor(python, plan.limits.megabytes)
    supervisor.gpu = plan.device == "gpu"
    report = Report(_environment(supervisor, python))
    deadline = time.monotonic() + plan.limits.seconds
    for target in plan.targets:
        _tell(progress, {"event": "started", "id": target.id, "target": target.target})
        left = deadline - time.monotonic()
        if left <= 0:
            reason = f"The {plan.limits.seconds:.0f} s for the whole plan were over"
            report.results.append(Result(target.id, target.target, reason=reason, recipe=target.recipe))
            continue
        limits = Limits(left, min(left, plan.limits.seconds_per_target), plan.limits.megabytes)

        def tell(run: str, outcome: str, identity: str = target.id) -> None:
            _tell(progress, {"event": "measured", "id": identity, "run": run, "outcome": outcome})

        result, packages = investigate(supervisor, target, limits, head, base, tell)
        report.results.append(result)
        report.environment.packages.update(packages)
    return report


def _environment(supervisor: Supervisor, python: str) -> Environment:
    answer = supervisor.run(Job("describe"), seconds=10)
    if answer.environment is None:
        why = answer.failure.reason if answer.failure else "no answer"
        raise InputError(f"{python} cannot run the probe; it must be CPython 3.9 or newer: {why}")
    return answer.environment


def _plan_from(options: argparse.Namespace) -> Plan:
    if options.plan:
        if options.target:
            raise InputError("Give either FILE::QUALNAME or --plan, not both")
        if not options.head:
            raise InputError("--plan needs --head DIR, the tree to measure")
        return read_plan(options.plan)
    if not options.target:
        raise InputError("Say what to probe: FILE::QUALNAME, such as app/cache.py::fetch, or --plan PLAN.json")
    hold = _hold(options.hold) if options.hold else None
    recipe = options.recipe or ("peak" if hold else "growth")
    if recipe == "peak" and hold is None:
        raise InputError("The recipe peak needs --hold LINE:NAME, such as --hold 31:frame")
    target = Target(
        id="target",
        target=parse_target(_relative(options.target, options.root), "The target"),
        lines=(options.line, options.line) if options.line else None,
        recipe=recipe,
        vary=tuple(options.vary),
        hold=hold,
        driver=parse_target(_relative(options.driver, options.root), "--driver") if options.driver else None,
        fix=None,
    )
    return Plan(Limits(options.seconds * 2, options.seconds, options.megabytes), (target,), options.device)


def _relative(target: str, root: str) -> str:
    """The target with its file relative to the root, wherever it was seen from."""
    file, separator, name = target.partition("::")
    beside = os.path.abspath(file)
    if not os.path.isabs(file) and not (os.path.isfile(beside) and not os.path.isfile(os.path.join(root, file))):
        return target
    return os.path.relpath(os.path.realpath(beside), os.path.realpath(root)).replace(os.sep, "/") + separator + name


def _hold(text: str) -> Hold:
    line, _, names = text.partition(":")
    found = tuple(name.strip() for name in names.split(",") if name.strip())
    if not line.isdigit() or int(line) < 1 or not found:
        raise InputError(f"--hold must be LINE:NAME,NAME, such as 31:frame,rows, not {text!r}")
    return Hold(int(line), found)


def _folder(path: str, option: str) -> str:
    if not os.path.isdir(path):
        raise InputError(f"{option} {path} is not a folder")
    return os.path.realpath(path)


def _write(report: Report, options: argparse.Namespace) -> None:
    document = documents.encode_report(report)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if options.report:
        try:
            with open(options.report, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise InputError(f"Cannot write the report {options.report}: {error.strerror}") from None
    elif options.format == "pretty" or (options.format is None and not options.plan):
        sys.stdout.write(pretty.render(report))
    else:
        sys.stdout.write(text)
    sys.stdout.flush()


def _tell(progress: Optional[TextIO], event: Dict[str, Any]) -> None:
    if progress is not None:
        print(json.dumps(event), file=progress, flush=True)


def _interrupted(number: int, _: Any) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="leakcheck-probe",
        description="Call Python code again and again under exact memory counters, and say what stays in memory.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", nargs="?", metavar="FILE::QUALNAME", help="what to call, FILE relative to the root")
    parser.add_argument("--line", type=int, help="a line that must run for the outcome to count")
    parser.add_argument("--vary", action="append", default=[], metavar="NAME", help="parameter that gets new values")
    parser.add_argument("--recipe", choices=RECIPES, help="what to measure first (default: growth)")
    parser.add_argument("--hold", metavar="LINE:NAME,NAME", help="recipe peak: locals that are not needed at that line")
    parser.add_argument("--driver", metavar="FILE::FUNC", help="a function that makes one call of the target")
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="gpu: say so when there is none to measure on")
    parser.add_argument("--root", default=".", metavar="DIR", help="root of the tree (default: the current folder)")
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS, help="for all runs together (default: 30)")
    parser.add_argument("--megabytes", type=int, default=DEFAULT_MEGABYTES, help="for one process (default: 2048)")
    parser.add_argument("--plan", metavar="PLAN.json", help="run a leakcheck/plan@1 instead of one target")
    parser.add_argument("--head", metavar="DIR", help="with --plan: the tree to measure")
    parser.add_argument("--base", metavar="DIR", help="a tree to compare with")
    parser.add_argument("--report", metavar="FILE", help="write the JSON report there instead of to the output")
    parser.add_argument("--python", metavar="PATH", help="interpreter for the targets (default: this one)")
    parser.add_argument("--format", choices=("pretty", "json"), help="default: pretty, with --plan json")
    parser.add_argument("--progress", action="store_true", help="JSON lines about the runs on the error output")
    parser.add_argument("--version", action="version", version=f"leakcheck-probe {__version__}")
    return parser
