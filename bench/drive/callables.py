"""Lists the public callables of a package from its text, without importing it."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass
from typing import Iterator, List, Optional, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_LEFT_OUT = {"tests", "test", "testing", "_vendor", "vendor", "vendored", "__pycache__"}


@dataclass(frozen=True)
class Callable:
    """`first` to `last` are the lines of its body; None when nothing is written there (a class without `__init__`)."""

    file: str  # below the folder of the packages
    qualname: str
    kind: str  # function, method, property, class
    first: Optional[int] = None
    last: Optional[int] = None


def callables(folder: str, package: str) -> List[Callable]:
    """Public functions, classes, methods and properties of all modules but tests, in the order of the text.

    Left out is what has no body to drive: overloads, abstract methods, `...`, a bare `raise NotImplementedError`.
    """
    found: List[Callable] = []
    for path in sorted(_files(os.path.join(folder, package))):
        file = os.path.relpath(path, folder).replace(os.sep, "/")
        with open(path, "rb") as stream:
            try:
                tree = ast.parse(stream.read())
            except (SyntaxError, ValueError):
                continue
        found.extend(_in_body(tree.body, file, ""))
    return list({(item.file, item.qualname): item for item in found}.values())  # the last definition counts


def _files(folder: str) -> Iterator[str]:
    for directory, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in files:
            own = name.endswith(".py") and not name.startswith("test_") and name not in ("__main__.py", "conftest.py")
            if own:
                yield os.path.join(directory, name)


def _in_body(body: List[ast.stmt], file: str, prefix: str) -> Iterator[Callable]:
    for statement in body:
        if isinstance(statement, (ast.If, ast.Try)):
            if "TYPE_CHECKING" not in ast.dump(statement.test if isinstance(statement, ast.If) else ast.Pass()):
                yield from _in_body(statement.body, file, prefix)
        elif isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
            yield _class(statement, file, prefix)
            yield from _in_body(statement.body, file, f"{prefix}{statement.name}.")
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and not statement.name.startswith("_"):
            if _is_driven(statement):
                yield Callable(file, prefix + statement.name, _kind(statement, prefix), *_extent(statement))


def _class(statement: ast.ClassDef, file: str, prefix: str) -> Callable:
    own = [node for node in statement.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    return Callable(file, prefix + statement.name, "class", *(_extent(own[-1]) if own else (None, None)))


def _extent(function: Function) -> tuple:  # type: ignore[type-arg]
    body = function.body
    first = body[1] if _is_text(body[0]) and len(body) > 1 else body[0]
    return first.lineno, function.end_lineno


def _kind(function: Function, prefix: str) -> str:
    if any(name.endswith(("property", ".getter")) for name in _decorators(function)):
        return "property"
    return "method" if prefix else "function"


def _decorators(function: Function) -> List[str]:
    return [ast.unparse(node.func if isinstance(node, ast.Call) else node) for node in function.decorator_list]


def _is_driven(function: Function) -> bool:
    names = _decorators(function)
    if any(name.endswith(("overload", "abstractmethod", "abstractproperty", ".setter", ".deleter")) for name in names):
        return False
    return not all(_is_text(node) or _is_nothing(node) for node in function.body) or _is_only_text(function)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_only_text(function: Function) -> bool:
    """A doc string alone is a body that returns None; `...` alone is none."""
    return all(_is_text(node) and node.value.value is not ... for node in function.body)  # type: ignore[attr-defined]


def _is_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and node.exc is not None and "NotImplementedError" in ast.dump(node.exc)
