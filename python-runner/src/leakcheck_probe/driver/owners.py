"""Which classes have the attributes that a piece of code asks of a parameter."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from typing import Optional

from .annotations import Names

MAX_CLASSES = 200


def with_attributes(names: Names, attributes: frozenset[str], methods: frozenset[str]) -> list[type]:
    """Classes around the module that have all of them, the plainest first."""
    wanted = attributes | methods
    if not wanted:
        return []
    found = []
    for title, kind in list(names.classes().items())[:MAX_CLASSES]:
        if wanted <= attributes_of(kind) and not issubclass(kind, BaseException):
            found.append(kind)
    return sorted(found, key=_is_abstract)


def _is_abstract(kind: type) -> bool:
    return bool(getattr(kind, "__abstractmethods__", None)) or bool(getattr(kind, "_is_protocol", False))


def attributes_of(kind: type) -> frozenset[str]:
    """What the class and its bases have: methods, annotations, and what their methods assign to `self`."""
    found: set[str] = set()
    for base in inspect.getmro(kind)[:-1]:
        found.update(vars(base))
        found.update(_annotated(base))
        found.update(_assigned(base.__module__).get(base.__name__, ()))
    return frozenset(found)


def _annotated(kind: type) -> list[str]:
    try:
        return list(kind.__dict__.get("__annotations__", ()) if sys.version_info < (3, 14) else kind.__annotations__)
    except Exception:  # a name that only type checkers know
        return []


@functools.lru_cache(maxsize=256)
def module_tree(module: str) -> Optional[ast.Module]:
    """The syntax tree of a loaded module; None when there is no text."""
    spec = getattr(sys.modules.get(module), "__spec__", None)
    loader = getattr(spec, "loader", None)
    try:
        text = loader.get_source(module) if hasattr(loader, "get_source") else None
        return ast.parse(text) if text is not None else None
    except (OSError, ImportError, SyntaxError, ValueError):
        return None


@functools.lru_cache(maxsize=256)
def _assigned(module: str) -> dict[str, set[str]]:
    """By class of a module: the attributes that are assigned to `self`."""
    tree = module_tree(module)
    if tree is None:
        return {}
    return {node.name: _of_self(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _of_self(definition: ast.ClassDef) -> set[str]:
    found = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name):
            if node.value.id == "self":
                found.add(node.attr)
    return found
