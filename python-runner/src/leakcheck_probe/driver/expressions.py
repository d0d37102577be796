"""What an expression does to the values that it reads."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Optional

from .uses import Function, Taken, Uses

if TYPE_CHECKING:
    from .reading import Reader

_ITERATING = {"sorted", "enumerate", "list", "sum", "iter", "min", "max", "any", "all", "set", "tuple", "frozenset", "reversed",
              "zip", "map", "filter", "Counter", "deque", "chain", "array", "asarray"}  # fmt: skip
_MARKING = {"open": "opened", "len": "measured", "range": "arithmetic", "next": "next", "abs": "arithmetic", "round": "arithmetic",
            "dict": "mapped", "sleep": "arithmetic", "sqrt": "arithmetic"}  # fmt: skip


class Expressions:
    """`look` answers with the uses of the value of an expression, when that comes from a parameter."""

    def __init__(
        self,
        reader: Reader,
        scope: dict[str, Uses],
        owner: Optional[ast.ClassDef],
        definition: Function,
        kept: Optional[dict[str, Uses]] = None,
    ) -> None:
        self._reader, self._scope, self._owner = reader, scope, owner
        arguments = definition.args.args
        self._own = arguments[0].arg if owner is not None and arguments else ""
        self.kept = kept if kept is not None else {}  # by attribute of self

    def _child(self, child: ast.AST) -> None:
        raise NotImplementedError

    def _bind(self, target: ast.expr, value: Optional[Uses]) -> None:
        raise NotImplementedError

    def _loop(self, target: ast.expr, source: ast.expr, waits: bool = False) -> None:
        raise NotImplementedError

    def look(self, node: Optional[ast.expr]) -> Optional[Uses]:
        """The uses of the value of an expression, when it comes from a parameter."""
        if node is None:
            return None
        handler = getattr(self, f"_{type(node).__name__.lower()}", None)
        if handler is not None:
            return handler(node)  # type: ignore[no-any-return]
        for child in ast.iter_child_nodes(node):
            self._child(child)
        return None

    def _name(self, node: ast.Name) -> Optional[Uses]:
        return self._scope.get(node.id)

    def _attribute(self, node: ast.Attribute) -> Optional[Uses]:
        if is_name(node.value, self._own):
            return self.kept.get(node.attr)
        value = self.look(node.value)
        return value.attribute(node.attr) if value is not None else None

    def _await(self, node: ast.Await) -> Optional[Uses]:
        value = self.look(node.value)
        mark(value, "awaited")
        return None

    def _starred(self, node: ast.Starred) -> Optional[Uses]:
        mark(self.look(node.value), "iterated")
        return None

    def _namedexpr(self, node: Any) -> Optional[Uses]:
        value = self.look(node.value)
        self._bind(node.target, value)
        return value

    def _boolop(self, node: ast.BoolOp) -> Optional[Uses]:
        values = [self.look(part) for part in node.values]
        return next((value for value in values if value is not None), None)

    def _ifexp(self, node: ast.IfExp) -> Optional[Uses]:
        self.look(node.test)
        first, second = self.look(node.body), self.look(node.orelse)
        return first or second

    def _subscript(self, node: ast.Subscript) -> Optional[Uses]:
        value = self.look(node.value)
        index: Any = getattr(node.slice, "value", node.slice) if type(node.slice).__name__ == "Index" else node.slice
        key = self.look(index) if not isinstance(index, (ast.Slice, ast.Constant)) else None
        if key is not None and isinstance(node.value, (ast.Name, ast.Attribute)):
            key.tables.append(ast.unparse(node.value))
        if value is None:
            return None
        if isinstance(index, ast.Constant) and isinstance(index.value, str):
            return value.key(index.value)
        if isinstance(index, ast.Slice):
            value.marks.add("sliced")
            return value
        value.marks.add("looked_up" if isinstance(index, (ast.Name, ast.Attribute)) else "indexed")
        return value.item()

    def _binop(self, node: ast.BinOp) -> Optional[Uses]:
        left, right = self.look(node.left), self.look(node.right)
        if isinstance(node.op, (ast.Mod, ast.BitOr)) and not isinstance(node.right, ast.Constant):
            return None
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            return None
        for side, other in ((left, node.right), (right, node.left)):
            text = isinstance(other, ast.JoinedStr) or isinstance(other, ast.Constant) and isinstance(other.value, str)
            mark(side, "text" if text else "listed" if isinstance(other, ast.List) else "arithmetic")
        return None

    def _unaryop(self, node: ast.UnaryOp) -> Optional[Uses]:
        value = self.look(node.operand)
        if isinstance(node.op, (ast.USub, ast.UAdd)):
            mark(value, "arithmetic")
        return None

    def _compare(self, node: ast.Compare) -> Optional[Uses]:
        sides = [node.left, *node.comparators]
        values = [self.look(side) for side in sides]
        for position, operation in enumerate(node.ops):
            left, right = position, position + 1
            if isinstance(operation, (ast.In, ast.NotIn)):
                _contained(sides[left], values[left], sides[right], values[right])
                continue
            for own, other in ((left, right), (right, left)):
                value, constant = values[own], sides[other]
                if value is None or not isinstance(constant, ast.Constant):
                    continue
                if isinstance(operation, (ast.Eq, ast.NotEq)) and constant.value is not None:
                    value.constants.append(constant.value)
                elif isinstance(operation, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                    value.marks.add("arithmetic")
        return None

    def _call(self, node: ast.Call) -> Optional[Uses]:
        values = [self.look(argument) for argument in node.args]
        named = [(keyword, self.look(keyword.value)) for keyword in node.keywords]
        result = self._called(node, values)
        name = ast.unparse(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else ""
        texts = tuple(ast.unparse(argument) for argument in node.args)
        for position, value in enumerate(values):
            if value is not None and name:
                value.takers.append(Taken(name, position, texts))
        for keyword, value in named:
            if keyword.arg is None:
                mark(value, "mapped")
        self._reader.pass_on(node, values, self._owner, self._own)
        return result

    def _called(self, node: ast.Call, values: list[Optional[Uses]]) -> Optional[Uses]:
        function = node.func
        first = values[0] if values else None
        if isinstance(function, ast.Attribute):
            return self._method_called(function, node, first)
        mark(self.look(function), "called")
        name = function.id if isinstance(function, ast.Name) else ""
        if first is None:
            return None
        if name == "isinstance" and len(node.args) == 2:
            classes = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
            first.classes.extend(ast.unparse(c) for c in classes if isinstance(c, (ast.Name, ast.Attribute)))
        elif name in ("getattr", "hasattr") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
            return first.attribute(str(node.args[1].value)) if name == "getattr" else None
        elif name in _ITERATING:
            for value in values:
                mark(value, "iterated")
            return first if name in ("sorted", "list", "tuple", "reversed", "iter") else None
        elif name in _MARKING:
            first.marks.add(_MARKING[name])
        return None

    def _method_called(self, function: ast.Attribute, node: ast.Call, first: Optional[Uses]) -> Optional[Uses]:
        constant = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if function.attr == "join" and first is not None:
            first.marks.update(("iterated", "joined"))
        if first is not None and function.attr in ("get", "pop", "setdefault"):
            first.tables.append(ast.unparse(function.value))
        if is_name(function.value, self._own):
            value = self.kept.get(function.attr)
            mark(value, "called")
            return None
        value = self.look(function.value)
        if value is None:
            return None
        if function.attr in ("get", "pop", "setdefault") and isinstance(constant, str):
            value.attribute(function.attr)
            value.methods[function.attr] = None
            return value.key(constant)
        if isinstance(constant, str):
            kinds = {"split": value.contained, "rsplit": value.contained, "partition": value.contained, "index": value.contained,
                     "rpartition": value.contained, "startswith": value.prefixes, "endswith": value.suffixes}  # fmt: skip
            kinds.get(function.attr, []).append(constant)
        result = value.attribute(function.attr)
        value.methods[function.attr] = None
        if function.attr in ("split", "rsplit", "partition", "rpartition"):
            return result  # unpacking it says how many parts there are
        return value if function.attr in ("strip", "lower", "upper", "rstrip", "lstrip", "copy") else None

    def _lambda(self, node: ast.Lambda) -> Optional[Uses]:
        self.look(node.body)
        return None

    def _listcomp(self, node: Any) -> Optional[Uses]:
        outer = dict(self._scope)
        for generator in node.generators:
            self._loop(generator.target, generator.iter)
            for condition in generator.ifs:
                self.look(condition)
        for part in ("key", "value", "elt"):
            self.look(getattr(node, part, None))
        self._scope = outer
        return None

    _setcomp = _dictcomp = _generatorexp = _listcomp

    def _yieldfrom(self, node: ast.YieldFrom) -> Optional[Uses]:
        mark(self.look(node.value), "iterated")
        return None


def _contained(left: ast.expr, needle: Optional[Uses], right: ast.expr, hay: Optional[Uses]) -> None:
    if hay is not None and isinstance(left, ast.Constant) and isinstance(left.value, str):
        hay.contained.append(left.value)
    if needle is None:
        return
    if isinstance(right, (ast.Tuple, ast.List, ast.Set)):
        needle.constants.extend(part.value for part in right.elts if isinstance(part, ast.Constant))
    elif isinstance(right, (ast.Name, ast.Attribute)):
        needle.tables.append(ast.unparse(right))


def mark(value: Optional[Uses], mark: str) -> None:
    if value is not None:
        value.marks.add(mark)


def is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and bool(name)
