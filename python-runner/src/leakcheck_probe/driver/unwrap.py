"""Looks through decorators and descriptors without triggering them."""

from __future__ import annotations

import ast
import inspect
import os
import types
from typing import Any, Optional

# Attributes under which wrappers keep what they wrap: functools, descriptors, click, celery, pytest, joblib.
_INNER = ("__wrapped__", "__func__", "fget", "func", "callback", "fn", "run", "_function", "_func")


def raw_attribute(holder: Any, name: str) -> Any:
    """The attribute as it lies in the class (a staticmethod stays one). Raises AttributeError."""
    if isinstance(holder, type):
        return inspect.getattr_static(holder, name)
    if isinstance(holder, types.ModuleType):
        return getattr(holder, name)
    raise AttributeError(name)


def private_name(owner: Optional[type], name: str) -> str:
    """`__name` as the compiler mangles it inside a class."""
    if owner is None or not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{owner.__name__.lstrip('_')}{name}"


def function_of(
    raw: Any, path: Optional[str] = None, definition: Optional[ast.AST] = None
) -> Optional[types.FunctionType]:
    """The function that a definition in the file `path` made, below all wrappers; without a definition the innermost."""
    chain = [function for function in _chain(raw, path) if path is None or _same_file(function, path)]
    first, last = _extent(definition)
    for function in chain:
        if first <= function.__code__.co_firstlineno <= last:
            return function
    return chain[-1] if chain else None


def _extent(definition: Optional[ast.AST]) -> tuple[int, int]:
    if definition is None:
        return (1, 0)
    decorators = [node.lineno for node in getattr(definition, "decorator_list", [])]
    line = int(getattr(definition, "lineno", 1))
    return (min([line, *decorators]), line)


def _chain(raw: Any, path: Optional[str]) -> list[types.FunctionType]:
    found: list[types.FunctionType] = []
    seen: set[int] = set()
    while raw is not None and id(raw) not in seen and len(seen) < 32:
        seen.add(id(raw))
        if isinstance(raw, types.FunctionType):
            found.append(raw)
            raw = raw.__dict__.get("__wrapped__") or _closed_over(raw, path)
        elif isinstance(raw, types.MethodType):
            raw = raw.__func__
        else:
            raw = next(filter(None, (_static(raw, name) for name in _INNER)), None)
    return found


def code_of(raw: Any, path: str, definition: Optional[ast.AST] = None) -> Optional[types.CodeType]:
    function = function_of(raw, path, definition)
    return function.__code__ if function is not None else None


def _static(raw: Any, name: str) -> Any:
    try:
        found = inspect.getattr_static(raw, name)
    except AttributeError:
        return None
    if isinstance(found, (types.MemberDescriptorType, types.GetSetDescriptorType)):
        try:
            return found.__get__(raw, type(raw))
        except Exception:
            return None
    if name == "__wrapped__":
        return found
    return found if isinstance(found, (types.FunctionType, types.MethodType, staticmethod, classmethod)) else None


def _closed_over(function: types.FunctionType, path: Optional[str]) -> Any:
    """What a wrapper without functools.wraps calls: the one function of the file in its closure."""
    cells = []
    for cell in function.__closure__ or ():
        try:
            content = cell.cell_contents
        except ValueError:  # not yet filled
            continue
        if isinstance(content, types.FunctionType) and (path is None or _same_file(content, path)):
            cells.append(content)
    return cells[0] if len(cells) == 1 else None


def _same_file(function: types.FunctionType, path: str) -> bool:
    name = function.__code__.co_filename
    return name == path or os.path.realpath(name) == path
