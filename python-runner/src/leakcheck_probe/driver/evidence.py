"""Arguments with which a function is called elsewhere: in its module, in its tests, in the examples of doc strings."""

from __future__ import annotations

import ast
import copy
import functools
import re
import types
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .annotations import Names
from .sources import trees_that_name
from .timelimit import TimeLimit, TooLong
from .values import Value

MAX_SITES = 4
EVAL_SECONDS = 0.3
_PLAIN = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Name, ast.Attribute, ast.Call, ast.keyword, ast.UnaryOp,
          ast.USub, ast.BinOp, ast.operator, ast.expr_context, ast.Starred, ast.Subscript, ast.Slice)  # fmt: skip


def seen_arguments(
    name: str, parameters: List[str], definition: Optional[ast.AST], names: Names
) -> Dict[str, List[Value]]:
    """Values by parameter, those of the first call first.

    :param parameters: names in order, without those that are filled already
    """
    found: Dict[str, List[Value]] = {}
    sites = 0
    if not parameters or not name.isidentifier():
        return found
    for call, before, setup in _calls(name, definition, names):
        row = _row(call, parameters, before, setup, names)
        for parameter, value in row.items():
            found.setdefault(parameter, []).append(value)
        sites += bool(row)
        if sites >= MAX_SITES:
            break
    return found


def _calls(
    name: str, definition: Optional[ast.AST], names: Names
) -> Iterator[Tuple[ast.Call, Dict[str, ast.expr], str]]:
    """Calls with what the local names before them stand for, and the statements that an example makes before."""
    for node in (definition, names.tree):
        text = (
            ast.get_docstring(node) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)) else None
        )
        yield from _in_examples(name, text or "")
    for tree in trees_that_name(names.module, name):
        yield from _in_tree(name, tree)


def _in_examples(name: str, text: str) -> Iterator[Tuple[ast.Call, Dict[str, ast.expr], str]]:
    before: List[str] = []
    for match in re.finditer(r"^[ \t]*>>> (.*(?:\n[ \t]*\.\.\. .*)*)", text, re.MULTILINE):
        source = re.sub(r"\n[ \t]*\.\.\. ", "\n", match.group(1))
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_called(node, name):
                yield node, {}, "\n".join(before)
        before.append(source)


def _in_tree(name: str, tree: ast.Module) -> Iterator[Tuple[ast.Call, Dict[str, ast.expr], str]]:
    for scope in [
        tree,
        *(node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))),
    ]:
        known: Dict[str, ast.expr] = {}
        for node in _ordered(scope):
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                known[node.targets[0].id] = node.value
            elif isinstance(node, ast.Call) and _is_called(node, name):
                yield node, dict(known), ""


def _ordered(scope: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function in the order of the text; not inside other functions, not where an error is expected."""
    for child in ast.iter_child_nodes(scope):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.With) and any("aises" in ast.dump(item.context_expr) for item in child.items):
            continue
        yield from _ordered(child)
        yield child


def _is_called(call: ast.Call, name: str) -> bool:
    function = call.func
    called = (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )
    return called == name and bool(call.args or call.keywords)


def _row(
    call: ast.Call, parameters: List[str], known: Dict[str, ast.expr], setup: str, names: Names
) -> Dict[str, Value]:
    given = dict(zip(parameters, call.args))
    given.update({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg in parameters})
    row = {}
    for parameter, node in given.items():
        value = _value(node, known, setup, names)
        if value is not None:
            row[parameter] = value
    return row


def _value(node: ast.expr, known: Dict[str, ast.expr], setup: str, names: Names) -> Optional[Value]:
    """The argument as a value that is built anew for each call; None when it means nothing outside of its place."""
    try:
        literal = ast.literal_eval(node)
        return Value(
            ast.unparse(node)[:200], functools.partial(_literal, literal), _varies(literal), kind=type(literal).__name__
        )
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    expression = _Known(known).visit(copy.deepcopy(node))
    space = vars(names.module) if isinstance(names.module, types.ModuleType) else {}
    if not all(isinstance(part, _PLAIN) for part in ast.walk(expression)):
        return None
    if not setup and not all(part.id in space for part in ast.walk(expression) if isinstance(part, ast.Name)):
        return None
    try:
        code = compile(ast.fix_missing_locations(ast.Expression(expression)), "<example>", "eval")
        prepared = compile(setup, "<example>", "exec", dont_inherit=True) if setup else None
        make = functools.partial(_evaluated, code, prepared, space)
        with TimeLimit(EVAL_SECONDS):
            kind = type(make(0)).__name__
    except (Exception, TooLong, SystemExit):
        return None
    return Value(ast.unparse(expression)[:200], make, kind=kind)


class _Known(ast.NodeTransformer):
    """Puts the last assigned expression where a local name stands."""

    def __init__(self, known: Dict[str, ast.expr]) -> None:
        self._known = known
        self._depth = 0

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id not in self._known or self._depth > 3:
            return node
        self._depth += 1
        found = self.visit(copy.deepcopy(self._known[node.id]))
        self._depth -= 1
        return found


def _literal(value: Any, index: int) -> Any:
    if index and isinstance(value, str):
        return f"{value}-{index:08d}"
    if index and type(value) in (int, float):
        return value + 1000 + index
    return value if isinstance(value, (str, bytes, int, float, type(None))) else copy.deepcopy(value)


def _varies(value: Any) -> bool:
    return isinstance(value, str) or type(value) in (int, float)


def _evaluated(code: types.CodeType, setup: Optional[types.CodeType], space: Dict[str, Any], index: int) -> Any:
    names = dict(space)
    if setup is not None:
        exec(setup, names)
    return eval(code, names)
