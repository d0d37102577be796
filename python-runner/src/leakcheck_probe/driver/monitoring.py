"""Which lines of one file run, by `sys.monitoring` (3.12+): other code runs at its own speed. Elsewhere by a tracer."""

from __future__ import annotations

import os
import sys
import types
from typing import Any, ContextManager

from .reach import LineWatch, header_lines

_TOOLS = (4, 3)  # ids that Python leaves to anybody


def line_watch(path: str, lines: set[int]) -> ContextManager[Any]:
    """A context manager that collects the lines of `path` that run meanwhile, in all threads."""
    monitoring = getattr(sys, "monitoring", None)
    free = [tool for tool in _TOOLS if monitoring.get_tool(tool) is None] if monitoring is not None else []
    return MonitoringWatch(path, lines, free[0]) if free else LineWatch(path, lines)


class MonitoringWatch:
    """Sees every function begin once, and the lines of those of the file."""

    def __init__(self, path: str, lines: set[int], tool: int) -> None:
        self._path, self._lines, self._tool = path, lines, tool
        self._own: dict[str, bool] = {}
        self._watched: list[types.CodeType] = []

    def __enter__(self) -> "MonitoringWatch":
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        events = monitoring.events
        monitoring.use_tool_id(self._tool, "leakcheck")
        monitoring.register_callback(self._tool, events.PY_START, self._begin)
        monitoring.register_callback(self._tool, events.LINE, self._line)
        monitoring.restart_events()
        monitoring.set_events(self._tool, events.PY_START)
        return self

    def __exit__(self, *exc: object) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        for code in self._watched:
            monitoring.set_local_events(self._tool, code, 0)
        monitoring.set_events(self._tool, 0)
        for event in (monitoring.events.PY_START, monitoring.events.LINE):
            monitoring.register_callback(self._tool, event, None)
        monitoring.free_tool_id(self._tool)

    def _begin(self, code: types.CodeType, _: int) -> Any:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        name = code.co_filename
        own = self._own.get(name)
        if own is None:
            own = self._own[name] = name == self._path or os.path.realpath(name) == self._path
        if own:
            self._lines.update(header_lines(code))
            self._watched.append(code)
            monitoring.set_local_events(self._tool, code, monitoring.events.LINE)
        return monitoring.DISABLE

    def _line(self, code: types.CodeType, line: int) -> Any:
        self._lines.add(line)
        return sys.monitoring.DISABLE  # type: ignore[attr-defined, unused-ignore]
