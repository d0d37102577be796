"""Values of well-known classes by the attributes that are asked of them."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any, Callable

from . import arrays, naming
from .values import Value, constant, fresh, number, octets, real, sequence, word

# A name that many classes have says nothing of which one it is.
_COMMON = {
    "name",
    "value",
    "id",
    "data",
    "kind",
    "type",
    "key",
    "title",
    "label",
    "size",
    "args",
    "code",
    "status",
    "path",
    "text",
    "url",
}


def kinds_with(attributes: frozenset[str], name: str = "") -> list[Value]:
    """Values whose class has every one of the attributes, the likeliest class first; empty for what says nothing."""
    wanted = frozenset(item for item in attributes if not (item.startswith("__") and item.endswith("__")))
    if not wanted or wanted <= _COMMON:
        return []
    found = [naming.plain_path()] if wanted & _OF_PATHS and _is_path(wanted) else []
    for kind, make in _BUILT_IN:
        if all(hasattr(kind, item) for item in wanted):
            found.append(make())
    for module, title, maker in _LOADED:
        kind = getattr(sys.modules.get(module), title, None)
        if kind is not None and all(hasattr(kind, item) for item in wanted):
            found.extend(maker())
    if (
        len(found) > 1
        and found[0].kind == "str"
        and any(hint in name for hint in ("bytes", "data", "buf", "chunk", "raw"))
    ):
        found.sort(key=lambda value: value.kind != "bytes")
    return found[:4]


_OF_PATHS = {
    "exists",
    "read_text",
    "read_bytes",
    "write_text",
    "is_dir",
    "is_file",
    "iterdir",
    "joinpath",
    "suffix",
    "stem",
    "mkdir",
}


def _is_path(wanted: frozenset[str]) -> bool:
    import pathlib

    return all(hasattr(pathlib.Path, item) for item in wanted)


def _instance(module: str, title: str, *arguments: Any) -> Callable[[], list[Value]]:
    text = f"{module}.{title}({', '.join(map(repr, arguments))})"
    return lambda: [fresh(text, functools.partial(_made, module, title, arguments), title, True)]


def _made(module: str, title: str, arguments: tuple[Any, ...]) -> Any:
    return getattr(importlib.import_module(module), title)(*arguments)


_BUILT_IN: list[tuple[Any, Callable[[], Value]]] = [
    (str, lambda: word("key")),
    (dict, naming.text_pairs),
    (list, naming.words),
    (bytes, lambda: octets("data")),
    (set, lambda: sequence(set, [word("one"), word("two")], "set")),
    (int, lambda: number(3)),
    (float, lambda: real(1.5)),
    (bytearray, lambda: fresh("bytearray(b'data')", lambda: bytearray(b"data"), "bytearray")),
    (tuple, lambda: sequence(tuple, [word("one"), word("two")], "tuple")),
    (BaseException, lambda: fresh("ValueError('x')", lambda: ValueError("x"), "ValueError", True)),
    (type(kinds_with), lambda: constant(kinds_with, "a function")),
    (type, lambda: constant(dict, "dict")),
    (slice, lambda: constant(slice(0, 2), "slice(0, 2)")),
]


def _match() -> list[Value]:
    import re

    return [constant(re.match(r"(?P<name>\w+)(.?)(.?)", "key"), "re.match('(?P<name>...)', 'key')")]


def _moment() -> list[Value]:
    import datetime

    return [constant(datetime.datetime(2024, 1, 2), "datetime.datetime(2024, 1, 2)")]


# Classes that the target has loaded itself, or that cost nothing.
_LOADED: list[tuple[str, str, Callable[[], list[Value]]]] = [
    ("_io", "TextIOWrapper", lambda: [naming.stream()]),
    ("_io", "BytesIO", lambda: [naming.binary_stream()]),
    ("collections", "deque", _instance("collections", "deque")),
    ("collections", "OrderedDict", _instance("collections", "OrderedDict")),
    ("datetime", "datetime", _moment),
    ("datetime", "timedelta", _instance("datetime", "timedelta", 1)),
    ("pathlib", "Path", lambda: [naming.plain_path()]),
    ("re", "Match", _match),
    ("re", "Pattern", lambda: [constant(importlib.import_module("re").compile("a+"), "re.compile('a+')")]),
    ("logging", "Logger", lambda: [constant(importlib.import_module("logging").getLogger("leakcheck.target"), "logging.getLogger('x')")]),
    ("logging", "LogRecord", _instance("logging", "LogRecord", "a", 20, "a.py", 1, "text", (), None)),
    ("threading", "Event", _instance("threading", "Event")),
    ("threading", "Condition", _instance("threading", "Condition")),
    ("threading", "Thread", _instance("threading", "Thread")),
    ("queue", "Queue", _instance("queue", "Queue")),
    ("asyncio.queues", "Queue", _instance("asyncio", "Queue")),
    ("asyncio.locks", "Lock", _instance("asyncio", "Lock")),
    ("asyncio.locks", "Event", _instance("asyncio", "Event")),
    ("decimal", "Decimal", _instance("decimal", "Decimal", "1.5")),
    ("uuid", "UUID", lambda: [Value("uuid.UUID(int=1)", _uuid, True, kind="UUID")]),
    ("email.message", "Message", _instance("email.message", "Message")),
    ("xml.etree.ElementTree", "Element", _instance("xml.etree.ElementTree", "Element", "a")),
    ("configparser", "ConfigParser", _instance("configparser", "ConfigParser")),
    ("argparse", "ArgumentParser", _instance("argparse", "ArgumentParser")),
    ("socket", "socket", _instance("socket", "socket")),
    ("sqlite3", "Connection", lambda: [fresh("sqlite3.connect(':memory:')", _database, "Connection")]),
    ("numpy", "ndarray", arrays.vectors),
    ("pandas", "DataFrame", arrays.frames),
    ("pandas", "Series", arrays.series),
    ("torch", "Tensor", arrays.tensors),
]  # fmt: skip


def _uuid(index: int) -> Any:
    return importlib.import_module("uuid").UUID(int=1 + index)


def _database() -> Any:
    return importlib.import_module("sqlite3").connect(":memory:")
