"""An instance without its constructor, for methods of classes whose constructor cannot be called here.

The attributes that `__init__` assigns are set: displays and constants as written, everything else to a stub.
"""

from __future__ import annotations

import ast
import functools
from typing import Any, Callable, Optional

from .parameters import concrete
from .stub import STUB
from .target import Target

_EMPTY: dict[str, Callable[[], Any]] = {"dict": dict, "list": list, "set": set, "bytearray": bytearray}


def bare_builder(target: Target, owner_definition: Optional[ast.AST]) -> Optional[Callable[[], Any]]:
    """Builds such an instance; None when the class has no `__init__` in this file."""
    constructor = next(
        (
            node
            for node in getattr(owner_definition, "body", [])
            if isinstance(node, ast.FunctionDef) and node.name == "__init__" and node.args.args
        ),
        None,
    )
    if constructor is None or target.owner is None:
        return None
    own = constructor.args.args[0].arg
    makers: list[tuple[str, Callable[[], Any]]] = []
    for node in ast.walk(constructor):
        if isinstance(node, ast.Assign):
            makers.extend(
                (t.attr, _maker(node.value)) for t in node.targets if _is_own(t, own) and isinstance(t, ast.Attribute)
            )
        elif isinstance(node, ast.AnnAssign) and _is_own(node.target, own) and isinstance(node.target, ast.Attribute):
            makers.append((node.target.attr, _maker(node.value) if node.value is not None else _stub))
    return functools.partial(_build, concrete(target.owner), tuple(makers))


def _is_own(node: ast.AST, own: str) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == own


def _stub() -> Any:
    return STUB


def _maker(value: ast.expr) -> Callable[[], Any]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and not value.args:
        return _EMPTY.get(value.func.id, _stub)
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError):
        return _stub
    return functools.partial(ast.literal_eval, value)


def _build(kind: type, makers: tuple[tuple[str, Callable[[], Any]], ...]) -> Any:
    instance = kind.__new__(kind)
    for name, make in makers:
        try:
            object.__setattr__(instance, name, make())
        except AttributeError:  # a read-only property
            continue
    return instance
