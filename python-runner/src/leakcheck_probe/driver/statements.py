"""Follows parameters through the statements of a function: assignments, loops, `with`, `match`."""

from __future__ import annotations

import ast
from typing import Any, Optional

from .expressions import Expressions, is_name, mark
from .uses import Function, Uses


class Walk(Expressions):
    """`scope`: uses by local name. `kept`: uses by attribute of self, shared by the methods of a class."""

    def statements(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self._assign(target, node.value)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._loop(node.target, node.iter, isinstance(node, ast.AsyncFor))
            self.statements([*node.body, *node.orelse])
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                value = self.look(item.context_expr)
                mark(value, "entered")
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, value)
            self.statements(node.body)
        elif isinstance(node, ast.AugAssign):
            mark(self.look(node.target), "arithmetic" if not isinstance(node.value, ast.JoinedStr) else "text")
            mark(self.look(node.value), "arithmetic")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            hidden = {argument.arg for argument in arguments_of(node)}
            outer, self._scope = self._scope, {k: v for k, v in self._scope.items() if k not in hidden}
            self.statements(node.body)
            self._scope = outer
        elif type(node).__name__ == "Match":
            self._match(node)
        else:
            for child in ast.iter_child_nodes(node):
                self._child(child)

    def _child(self, child: ast.AST) -> None:
        if isinstance(child, ast.expr):
            self.look(child)
        elif isinstance(child, ast.stmt):
            self._statement(child)
        else:  # except handlers, keywords
            for inner in ast.iter_child_nodes(child):
                self._child(inner)

    def _assign(self, target: ast.expr, value: Optional[ast.expr]) -> None:
        """`a, b = x["a"], x["b"]` goes pair by pair."""
        both = isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List))
        if both and len(target.elts) == len(value.elts):  # type: ignore[attr-defined, union-attr]
            for part, inner in zip(target.elts, value.elts):  # type: ignore[attr-defined, union-attr]
                self._assign(part, inner)
        else:
            self._bind(target, self.look(value))

    def _bind(self, target: ast.expr, value: Optional[Uses]) -> None:
        if isinstance(target, ast.Name):
            if value is not None:
                self._scope[target.id] = value
            else:
                self._scope.pop(target.id, None)
        elif isinstance(target, (ast.Tuple, ast.List)):
            starred = any(isinstance(part, ast.Starred) for part in target.elts)
            parts = value.split(len(target.elts)) if value is not None and not starred else []
            for number, part in enumerate(target.elts):
                inner = part.value if isinstance(part, ast.Starred) else part
                self._bind(inner, parts[number] if parts else None)
        elif isinstance(target, ast.Attribute) and is_name(target.value, self._own):
            if value is not None:
                self.kept.setdefault(target.attr, value)
        else:
            self.look(target)

    def _loop(self, target: ast.expr, source: ast.expr, waits: bool = False) -> None:
        inner, shape = source, "plain"
        if isinstance(source, ast.Call):
            if isinstance(source.func, ast.Attribute) and source.func.attr in ("items", "values") and not source.args:
                inner, shape = source.func.value, source.func.attr
            elif isinstance(source.func, ast.Name) and source.func.id in (
                "enumerate",
                "sorted",
                "list",
                "reversed",
                "tuple",
                "set",
            ):
                inner, shape = (source.args or [source])[0], source.func.id
        value = self.look(inner) if inner is not source or shape == "plain" else None
        if value is None:
            self._bind(target, None)
            return
        if shape in ("items", "values"):
            value.attribute(shape)
            value.methods[shape] = None
            value.marks.add("mapped")
            self._bind_entry(target, value, shape)
            return
        value.marks.add("awaited" if waits else "iterated")
        if shape == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            self._bind(target.elts[0], None)
            self._bind(target.elts[1], value.item())
        else:
            self._bind(target, value.item())

    def _bind_entry(self, target: ast.expr, value: Uses, shape: str) -> None:
        if shape == "values":
            self._bind(target, value.entry())
        elif isinstance(target, ast.Tuple) and len(target.elts) == 2:
            self._bind(target.elts[0], None)
            self._bind(target.elts[1], value.entry())

    def _match(self, node: Any) -> None:
        value = self.look(node.subject)
        for case in node.cases:
            if value is not None:
                _pattern(case.pattern, value)
            self.look(case.guard)
            self.statements(case.body)


def _pattern(pattern: Any, value: Uses) -> None:
    kind = type(pattern).__name__
    if kind == "MatchValue" and isinstance(pattern.value, ast.Constant):
        value.constants.append(pattern.value.value)
    elif kind == "MatchMapping":
        for key in pattern.keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                _pattern(pattern.patterns[pattern.keys.index(key)], value.key(key.value))
    elif kind == "MatchSequence":
        for part, inner in zip(pattern.patterns, value.split(len(pattern.patterns))):
            _pattern(part, inner)
    elif kind == "MatchClass":
        value.classes.append(ast.unparse(pattern.cls))
    elif kind in ("MatchOr", "MatchAs"):
        for part in getattr(pattern, "patterns", None) or [pattern.pattern]:
            if part is not None:
                _pattern(part, value)


def arguments_of(definition: Function) -> list[ast.arg]:
    arguments = definition.args
    extra = [part for part in (arguments.vararg, arguments.kwarg) if part is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]
