"""Drivers that people wrote: named in the request, or found beside the target by name or mark."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import replace
from typing import Any, Optional

from ..errors import NoDriver, TargetMissing
from .arguments import Arguments
from .parameters import Slot
from .request import Request
from .shapes import FunctionCall
from .target import Target, find_definition, load
from .unwrap import function_of
from .values import Value

PREFIX = "leakcheck_probe_"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_MARK = re.compile(r"#\s*leakcheck:\s*probe\b")


def declared_call(request: Request, target: Target) -> Optional[FunctionCall]:
    """The call of the declared driver, if there is one. It takes nothing, or the number of the call.

    Raises TargetMissing when the request names one that is not there.
    """
    if request.declared is not None:
        return _from_request(request, request.declared)
    for name in (PREFIX + target.name, PREFIX + target.qualname.replace(".", "_")):
        function = vars(target.module).get(name)
        if callable(function):
            return _call(name, function)
    if _is_marked(target) and callable(target.raw) and target.owner is None:
        return _call(target.qualname, target.raw)
    return None


def is_declared(qualname: str, tree: ast.Module, source: list[str]) -> bool:
    """Whether the file's text has a driver for the target; imports nothing."""
    parts = qualname.split(".<locals>")[0].split(".")
    names = {PREFIX + parts[-1], PREFIX + "_".join(parts)}
    if any(isinstance(node, ast.FunctionDef) and node.name in names for node in tree.body):
        return True
    definition = find_definition(tree, parts)
    return len(parts) == 1 and isinstance(definition, _FUNCTIONS) and _has_mark(definition, source)


def _from_request(request: Request, declared: str) -> FunctionCall:
    file, separator, name = declared.partition("::")
    if not separator or not name:
        raise TargetMissing(f"the driver {declared!r} is not written FILE::FUNCTION")
    driver = load(replace(request, file=file, qualname=name, declared=None))
    function: Any = driver.raw
    if isinstance(function, (staticmethod, classmethod)):
        function = getattr(driver.owner, driver.name)
    if not callable(function):
        raise TargetMissing(f"the driver {declared!r} cannot be called")
    return _call(name, function)


def _call(name: str, function: Any) -> FunctionCall:
    try:
        wanted = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
        required = [p for p in wanted if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (ValueError, TypeError):
        required = []
    if len(required) > 1:
        raise NoDriver(
            f"the driver {name} takes {len(required)} arguments; a driver takes none, or the number of the call"
        )
    number = Value("index", _index, True, kind="int")
    slots = [Slot(parameter.name, False, (number,)) for parameter in required]
    return FunctionCall(name, function, Arguments(slots, (0,) * len(slots), tuple(slot.name for slot in slots)))


def _index(index: int) -> int:
    return index


def _is_marked(target: Target) -> bool:
    """`# leakcheck: probe` on the def line (or a line of its parameters)."""
    definition = target.definition
    body = getattr(definition, "body", None)
    if definition is None or not body or function_of(target.raw) is None:
        return False
    return _has_mark(definition, target.source)


def _has_mark(definition: Any, source: list[str]) -> bool:
    last = max(definition.lineno, definition.body[0].lineno - 1)
    return any(_MARK.search(line) for line in source[definition.lineno - 1 : last])
