"""Which methods have to be called on a new instance before the one that is measured: `connect()` before `send()`."""

from __future__ import annotations

import ast
from typing import Optional

from .uses import Function

MAX_SETUPS = 3
_USUAL = ("start", "open", "connect", "setup", "set_up", "initialize", "initialise", "init", "begin", "load", "build", "prepare", "run",
          "reset", "configure", "login", "activate", "bind", "attach", "startup", "acquire", "fit")  # fmt: skip


def setups(owner: Optional[ast.AST], definition: Optional[ast.AST]) -> list[Function]:
    """Other methods of the class that assign what this one reads, and those with a usual name; the likeliest first."""
    if not isinstance(owner, ast.ClassDef) or not isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    methods = [node for node in owner.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    read = _attributes(definition, ast.Load)
    ready = next((_settled(method) for method in methods if method.name == "__init__"), set())
    found: list[tuple[int, int, Function]] = []
    for place, method in enumerate(methods):
        if method is definition or method.name.startswith("__") or method.decorator_list or not method.args.args:
            continue
        missing = len((_attributes(method, ast.Store) & read) - ready)
        usual = method.name.strip("_") in {name.strip("_") for name in _USUAL}
        if missing or usual:
            found.append((-missing - usual, place, method))
    return [method for _, _, method in sorted(found, key=lambda item: item[:2])[:MAX_SETUPS]]


def _attributes(definition: Function, context: type) -> set[str]:
    """Attributes of self that are read or assigned."""
    own = definition.args.args[0].arg if definition.args.args else ""
    return {
        node.attr
        for node in ast.walk(definition)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, context)
        and isinstance(node.value, ast.Name)
        and node.value.id == own
    }


def _settled(constructor: Function) -> set[str]:
    """What the constructor assigns for good: not None and not False, which stand for a state to come."""
    own = constructor.args.args[0].arg if constructor.args.args else ""
    found = set()
    for node in ast.walk(constructor):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and value.value in (None, False, 0, ""):
            continue
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == own:
                found.add(target.attr)
    return found
