"""Which lines of one file run, by a tracer that looks only into the code of that file."""

from __future__ import annotations

import ast
import dis
import os
import sys
import threading
import types
from typing import Any, Optional


class LineWatch:
    """Context manager; collects the lines of `path` that run, also in threads started meanwhile."""

    def __init__(self, path: str, lines: set[int]) -> None:
        self.lines = lines
        self._path = path
        self._own: dict[str, bool] = {}
        self._before: Any = None

    def __enter__(self) -> "LineWatch":
        self._before = sys.gettrace()
        threading.settrace(self._enter_frame)
        sys.settrace(self._enter_frame)
        return self

    def __exit__(self, *exc: object) -> None:
        sys.settrace(self._before)
        threading.settrace(None)  # type: ignore[arg-type]

    def _enter_frame(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        own = self._own.get(name)
        if own is None:
            own = self._own[name] = name == self._path or os.path.realpath(name) == self._path
        if not own:
            return None
        self.lines.update(header_lines(frame.f_code))
        return self._enter_line

    def _enter_line(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            self.lines.add(frame.f_lineno)
        return self._enter_line


def header_lines(code: types.CodeType) -> range:
    """The decorators and the def line: they count as run when the function is entered."""
    starts = sorted({line for _, line in dis.findlinestarts(code) if line})
    body = [line for line in starts if line > code.co_firstlineno]
    return range(code.co_firstlineno, body[0] if body else code.co_firstlineno + 1)


def any_of(lines: Optional[tuple[int, int]], ran: set[int], tree: ast.Module) -> bool:
    """Whether a flagged line ran. A line outside every function ran when the file was imported."""
    if lines is None:
        return bool(ran)
    flagged = range(lines[0], lines[1] + 1)
    return any(line in ran for line in flagged) or bool(ran) and _outside_functions(flagged, tree)


def _outside_functions(flagged: range, tree: ast.Module) -> bool:
    inside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            inside.update(range(first, (node.end_lineno or node.lineno) + 1))
    top = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)} - inside
    return any(line in top for line in flagged)
