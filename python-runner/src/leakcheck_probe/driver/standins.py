"""Inert modules in place of libraries that are not installed, for code that does not depend on them."""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from typing import Any, Optional, Sequence

from .stub import STUB


class StandIn(types.ModuleType):
    """Every name in it is the same inert stub; star imports bring nothing."""

    __path__: list[str] = []
    __all__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return STUB


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves the stand-ins of the libraries that it was told of, and nothing else."""

    def __init__(self) -> None:
        self.libraries: set[str] = set()

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[types.ModuleType] = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if name.split(".")[0] not in self.libraries:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> StandIn:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


FINDER = Finder()


def stand_in_for(library: str) -> bool:
    """Serve a library from now on, in this process; False where it is there, or served already."""
    if library in FINDER.libraries or library in sys.builtin_module_names or not library.isidentifier():
        return False
    try:
        if importlib.util.find_spec(library) is not None:
            return False
    except (ImportError, ValueError):
        pass
    FINDER.libraries.add(library)
    if FINDER not in sys.meta_path:
        sys.meta_path.append(FINDER)  # behind all others: what is installed is used
    return True


def forget() -> None:
    """No longer serve any."""
    for name in [name for name, module in sys.modules.items() if isinstance(module, StandIn)]:
        del sys.modules[name]
    FINDER.libraries.clear()


def names_from(tree: ast.Module, libraries: set[str]) -> dict[str, str]:
    """The names of a file that come out of these libraries, with the library of each."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] in libraries:
                    found[alias.asname or alias.name.split(".")[0]] = alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] in libraries:
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module or "").split(".")[0]
    return found


def needed_by(tree: ast.Module, qualname: str, libraries: set[str]) -> list[str]:
    """Those of the libraries on which a function or class depends: by a name in its own text, in the classes around it,
    or in functions and classes of the file that it names."""
    if qualname == "<module>":
        return sorted(libraries)
    foreign = names_from(tree, libraries)
    own = {
        node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    assigned = {name: node for node in tree.body for name in _assigned(node)}
    found: set[str] = set()
    seen: set[str] = set()
    waiting = _start(own, qualname.split(".<locals>")[0].split("."))
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in foreign:
            found.add(foreign[name])
        node: Any = own.get(name, assigned.get(name))
        if node is not None:
            waiting.extend(_names_in(node))
    return sorted(found)


def _start(own: dict[str, Any], parts: list[str]) -> list[str]:
    """The names to begin with: of a method its own, those of the constructor and of the class itself."""
    owner = own.get(parts[0])
    if not isinstance(owner, ast.ClassDef) or len(parts) != 2:
        return parts[:1]
    wanted = {parts[1], "__init__", "__new__"}
    kept = [node for node in owner.body if getattr(node, "name", None) in wanted]
    called = {n.attr for node in kept for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = [n for n in owner.body if not isinstance(n, functions) or n.name in wanted or n.name in called]
    return [name for node in [*owner.bases, *owner.decorator_list, *body] for name in _names_in(node)]


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _names_in(node: ast.AST) -> list[str]:
    """Names that run, which those in annotations do not."""
    found = []
    skipped = {id(part) for inner in ast.walk(node) for part in _annotations(inner)}
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if id(inner) in skipped:
            continue
        if isinstance(inner, ast.Name):
            found.append(inner.id)
        waiting.extend(ast.iter_child_nodes(inner))
    return found


def _annotations(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.arg):
        return [node.annotation] if node.annotation is not None else []
    if isinstance(node, ast.AnnAssign):
        return [node.annotation]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None:
        return [node.returns]
    return []
