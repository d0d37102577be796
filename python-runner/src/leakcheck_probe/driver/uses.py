"""How a function's body uses its parameters: a cheap look at the syntax. Pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Optional


@dataclass
class Uses:
    """`marks`: called, iterated, awaited, entered, arithmetic, measured, opened, indexed, keyed."""

    marks: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    constants: list[Any] = field(default_factory=list)  # compared with
    classes: list[str] = field(default_factory=list)  # named in isinstance


def uses_of(definition: Optional[ast.AST]) -> dict[str, Uses]:
    """Uses by name, for every name that is read in the body."""
    found: dict[str, Uses] = {}
    for node in ast.walk(definition) if definition is not None else ():
        _look(node, found)
    return found


def _mark(node: Any, found: dict[str, Uses], mark: str) -> None:
    if isinstance(node, ast.Name):
        found.setdefault(node.id, Uses()).marks.add(mark)


def _look(node: ast.AST, found: dict[str, Uses]) -> None:
    if isinstance(node, ast.Call):
        _look_at_call(node, found)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        found.setdefault(node.value.id, Uses()).attributes.add(node.attr)
    elif isinstance(node, (ast.For, ast.comprehension)):
        _mark(node.iter, found, "iterated")
    elif isinstance(node, (ast.AsyncFor,)):
        _mark(node.iter, found, "awaited")
    elif isinstance(node, ast.Await):
        _mark(node.value, found, "awaited")
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        for item in node.items:
            _mark(item.context_expr, found, "entered")
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        text = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        _mark(node.value, found, "keyed" if text else "indexed")
    elif isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Mod, ast.BitOr)):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            text = isinstance(other, ast.JoinedStr) or isinstance(other, ast.Constant) and isinstance(other.value, str)
            _mark(side, found, "text" if text else "arithmetic")
    elif isinstance(node, ast.Compare):
        _look_at_comparison(node, found)


def _look_at_call(node: ast.Call, found: dict[str, Uses]) -> None:
    _mark(node.func, found, "called")
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "isinstance" and len(node.args) == 2 and isinstance(node.args[0], ast.Name):
        classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
        found.setdefault(node.args[0].id, Uses()).classes.extend(c.id for c in classes if isinstance(c, ast.Name))
        return
    builtin = {"open": "opened", "len": "measured", "range": "arithmetic", "int": "text", "iter": "iterated"}
    builtin.update({"sorted": "iterated", "enumerate": "iterated", "list": "iterated", "sum": "iterated"})
    if name in builtin:
        for argument in node.args[:1]:
            _mark(argument, found, builtin[name])


def _look_at_comparison(node: ast.Compare, found: dict[str, Uses]) -> None:
    sides = [node.left, *node.comparators]
    for side in sides:
        if not isinstance(side, ast.Name):
            continue
        for other in sides:
            if isinstance(other, ast.Constant) and other.value is not None:
                found.setdefault(side.id, Uses()).constants.append(other.value)
            elif isinstance(other, (ast.Tuple, ast.List, ast.Set)):
                values = [part.value for part in other.elts if isinstance(part, ast.Constant)]
                found.setdefault(side.id, Uses()).constants.extend(values)
