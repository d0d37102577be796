"""Walks a function and notes what is done to its parameters, through local names, loops and calls in the same file."""

from __future__ import annotations

import ast
import functools
from typing import Optional

from .statements import Walk, arguments_of
from .uses import Function, Uses

MAX_FOLLOWED = 3  # calls in calls


class Reader:
    def __init__(self, tree: Optional[ast.Module]) -> None:
        self._functions = _functions_of(tree)
        self._classes = _classes_of(tree)
        self._following: list[ast.AST] = []

    def uses_of(self, definition: Function) -> dict[str, Uses]:
        """Uses of all its parameters."""
        owner = next((c for c in self._classes.values() if definition in c.body), None)
        names = [argument.arg for argument in arguments_of(definition)]
        found = {name: Uses() for name in names}
        self.follow(definition, dict(found), owner)
        return found

    def follow(self, definition: Function, scope: dict[str, Uses], owner: Optional[ast.ClassDef]) -> None:
        if definition in self._following or len(self._following) > MAX_FOLLOWED:
            return
        self._following.append(definition)
        walk = Walk(self, scope, owner, definition)
        walk.statements(definition.body)
        if definition.name == "__init__" and owner is not None and walk.kept:
            for method in owner.body:
                if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and method is not definition:
                    Walk(self, {}, owner, method, walk.kept).statements(method.body)
        self._following.pop()

    def called(self, call: ast.Call, owner: Optional[ast.ClassDef], own: str) -> Optional[tuple[Function, int]]:
        """The function of this file that a call runs, and how many of its parameters are filled already."""
        function = call.func
        if isinstance(function, ast.Name):
            if function.id in self._functions:
                return self._functions[function.id], 0
            made = _method(self._classes.get(function.id), "__init__")
            return (made, 1) if made is not None else None
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == own:
            method = _method(owner, function.attr)
            return (method, 1) if method is not None else None
        return None

    def pass_on(self, call: ast.Call, values: list[Optional[Uses]], owner: Optional[ast.ClassDef], own: str) -> None:
        """What the called function does to its parameters is done to these."""
        found = self.called(call, owner, own)
        if found is None:
            return
        function, filled = found
        parameters = [argument.arg for argument in arguments_of(function)]
        scope = {name: value for name, value in zip(parameters[filled:], values) if value is not None}
        if scope:
            inside = owner if filled and isinstance(call.func, ast.Attribute) else None
            self.follow(function, scope, inside)


@functools.lru_cache(maxsize=64)
def _functions_of(tree: Optional[ast.Module]) -> dict[str, Function]:
    body = tree.body if tree is not None else []
    return {node.name: node for node in body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@functools.lru_cache(maxsize=64)
def _classes_of(tree: Optional[ast.Module]) -> dict[str, ast.ClassDef]:
    nodes = ast.walk(tree) if tree is not None else ()
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}


def _method(owner: Optional[ast.ClassDef], name: str) -> Optional[Function]:
    body = owner.body if owner is not None else []
    return next((n for n in body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.name == name), None)
