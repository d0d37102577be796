"""Makes annotations into types, tolerant of what cannot be evaluated (strings, `X | None` on 3.9, TYPE_CHECKING)."""

from __future__ import annotations

import ast
import builtins
import collections.abc
import importlib
import inspect
import sys
import types
import typing
from typing import Any, Optional

Unknown = typing.TypeVar  # a name that means nothing here: kept, because the name itself is a hint


class Names:
    """What a name means in annotations of one module (and class)."""

    def __init__(
        self, module: Optional[types.ModuleType], tree: Optional[ast.Module] = None, owner: Any = None
    ) -> None:
        self.module = module
        self.tree = tree
        self.owner = owner
        self._deferred: Optional[dict[str, tuple[str, str]]] = None

    @classmethod
    def of(cls, kind: type) -> "Names":
        """The names around a class that was reached through an annotation."""
        return cls(sys.modules.get(getattr(kind, "__module__", "") or ""), None, kind)

    def find(self, name: str) -> Any:
        for space in (vars(self.owner) if self.owner else {}, vars(self.module) if self.module else {}):
            if name in space:
                return space[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        found = self._behind_type_checking(name)
        if found is not None:
            return found
        return getattr(typing, name) if name in typing.__all__ and name[0].isupper() else Unknown(name)

    def value(self, expression: str) -> Any:
        """What a name, attribute or constant of the text stands for now. Raises when it is nothing that lasts."""
        return self._value(ast.parse(expression, mode="eval").body)

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls") and self.owner is not None:
                return inspect.getattr_static(self.owner, node.attr)
            return inspect.getattr_static(self._value(node.value), node.attr)
        if isinstance(node, ast.Name):
            for space in (vars(self.owner) if self.owner else {}, vars(self.module) if self.module else {}):
                if node.id in space:
                    return space[node.id]
            return getattr(builtins, node.id)
        return ast.literal_eval(node)

    def classes(self) -> dict[str, type]:
        """Classes of the same package that the module knows by name, those it defines first."""
        home = getattr(self.module, "__name__", "")
        top = home.split(".")[0]
        found = {n: v for n, v in vars(self.module).items() if isinstance(v, type)} if self.module else {}
        own = {n: v for n, v in found.items() if v.__module__ == home}
        return {**own, **{n: v for n, v in found.items() if v.__module__.split(".")[0] == top and top}}

    def class_called(self, name: str) -> Optional[type]:
        """A class of the module, else of a loaded module of its package, that is called like a parameter."""
        wanted = name.replace("_", "").lower()
        if len(wanted) < 3:
            return None
        for title, kind in self.classes().items():
            if title.lower().lstrip("_") == wanted:
                return kind
        home = getattr(self.module, "__name__", "")
        top = home.split(".")[0]
        for other, module in sorted(sys.modules.items()) if top else ():
            if other != home and other.split(".")[0] == top and module is not None:
                for title, kind in vars(module).items():
                    if title.lower() == wanted and isinstance(kind, type) and kind.__module__ == other:
                        return kind
        return None

    def _behind_type_checking(self, name: str) -> Any:
        """Imports that only type checkers make: taken from modules that are loaded or belong to the same package."""
        if self._deferred is None:
            self._deferred = _guarded_imports(self.tree) if self.tree is not None else {}
        source, attribute = self._deferred.get(name, ("", ""))
        if not source:
            return None
        try:
            package = getattr(self.module, "__package__", None) or None
            module = (
                importlib.import_module(source, package) if source.startswith(".") else importlib.import_module(source)
            )
            return getattr(module, attribute) if attribute else module
        except Exception:
            return None


def _guarded_imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.If) or "TYPE_CHECKING" not in ast.dump(statement.test):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.ImportFrom):
                source = "." * node.level + (node.module or "")
                found.update({alias.asname or alias.name: (source, alias.name) for alias in node.names})
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    found[name] = (alias.name if alias.asname else name, "")
    return found


def resolved(annotation: Any, names: Names) -> Any:
    """A type, a typing construct, a TypeVar for an unknown name, or `Any`."""
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    module, colon, qualname = annotation.partition(":")
    if colon and qualname.isidentifier():  # a class that a doc string names
        return getattr(sys.modules.get(module), qualname, Any)
    try:
        return _evaluated(ast.parse(annotation.strip(), mode="eval").body, names)
    except Exception:
        return Any


def _evaluated(node: ast.expr, names: Names) -> Any:
    if isinstance(node, ast.Constant):
        return resolved(node.value, names) if isinstance(node.value, str) else node.value
    if isinstance(node, ast.Name):
        return names.find(node.id)
    if isinstance(node, ast.Attribute):
        holder = _evaluated(node.value, names)
        return (
            Unknown(node.attr) if isinstance(holder, typing.TypeVar) else getattr(holder, node.attr, Unknown(node.attr))
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return typing.Union[_argument(node.left, names), _argument(node.right, names)]
    if isinstance(node, ast.Subscript):
        return _subscripted(node, names)
    return Any


def _argument(node: ast.expr, names: Names) -> Any:
    found = _evaluated(node, names)
    return type(None) if found is None else found


def _subscripted(node: ast.Subscript, names: Names) -> Any:
    base = _evaluated(node.value, names)
    inner: Any = node.slice
    inner = getattr(inner, "value", inner) if type(inner).__name__ == "Index" else inner  # 3.8 grammar
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    if base is typing.Literal:
        return typing.Literal[tuple(ast.literal_eval(part) for part in parts)]  # type: ignore[misc]
    if getattr(base, "_name", None) == "Annotated" or base is getattr(typing, "Annotated", None):
        return _evaluated(parts[0], names)
    if base in (typing.Callable, collections.abc.Callable):
        return base
    arguments = tuple(... if isinstance(p, ast.Constant) and p.value is ... else _argument(p, names) for p in parts)
    try:
        return base[arguments if len(arguments) > 1 else arguments[0]]
    except Exception:
        return base
