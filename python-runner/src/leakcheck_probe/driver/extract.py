"""Statements that run by no name: the block under `if __name__ == "__main__":`, as the body of a function."""

from __future__ import annotations

import ast
import types
from typing import Any, Dict, List, Optional, Tuple

from .arguments import Arguments
from .target import Target


class ExtractedCall:
    """Statements of a file as a function of their own: new local names each time, the module's own names around them."""

    instance = "none"
    shape = "extracted"

    def __init__(self, target: Target, block: ast.If) -> None:
        self.arguments: List[Arguments] = []
        self._lines = (block.body[0].lineno, block.body[-1].end_lineno or block.body[-1].lineno)
        self._file = target.path.rsplit("/", 1)[-1]
        self._function = _function(target.module, target.path, block.body)

    def __call__(self, index: int) -> Any:
        self._function()
        return None

    def text(self) -> str:
        return f"lines {self._lines[0]}-{self._lines[1]} of {self._file}, extracted into a function"

    def kept(self) -> Dict[str, object]:
        return {}


def extracted_call(target: Target, lines: Optional[Tuple[int, int]]) -> Optional[ExtractedCall]:
    """The call for flagged lines that an import does not run; None where they are not in such a block, or where its
    statements cannot stand in a function (`import *`)."""
    if lines is None:
        return None
    for block in target.tree.body:
        if (
            isinstance(block, ast.If)
            and _is_main(block.test)
            and block.lineno <= lines[0]
            and lines[1] <= (block.end_lineno or 0)
        ):
            try:
                return ExtractedCall(target, block)
            except SyntaxError:
                return None
    return None


def _is_main(test: ast.expr) -> bool:
    """`__name__ == "__main__"`"""
    sides = [test.left, *test.comparators] if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq) else []
    texts = {side.id if isinstance(side, ast.Name) else getattr(side, "value", None) for side in sides}
    return texts == {"__name__", "__main__"}


def _function(module: types.ModuleType, path: str, body: List[ast.stmt]) -> Any:
    shared = sorted({name for part in body for name in _read_elsewhere(module, part)})
    first = [ast.Global(shared)] if shared else []
    arguments = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    wrapped: Any = ast.parse("def extracted(): pass")
    wrapped.body[0].args = arguments
    wrapped.body[0].lineno = max(1, body[0].lineno - 1)
    wrapped.body[0].end_lineno = body[-1].end_lineno
    wrapped.body[0].body = [*first, *body]
    for node in first:
        ast.copy_location(node, body[0])
    code = compile(ast.fix_missing_locations(wrapped), path, "exec", dont_inherit=True)
    space: Dict[str, Any] = vars(module)
    inner = next(part for part in code.co_consts if isinstance(part, types.CodeType))
    return types.FunctionType(inner, space, "extracted")


def _read_elsewhere(module: types.ModuleType, node: ast.AST) -> List[str]:
    """Names that the statements assign and functions of the module read as globals."""
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    functions = [value for value in vars(module).values() if isinstance(value, types.FunctionType)]
    return [name for name in stored if name in vars(module) or any(name in f.__code__.co_names for f in functions)]
