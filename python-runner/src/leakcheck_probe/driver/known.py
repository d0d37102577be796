"""Values for classes of the language and of its standard library."""

from __future__ import annotations

import contextlib
import importlib
import re
import types
import typing
from typing import Any, Callable

from . import naming
from .values import Value, constant, fresh, number, octets, real, sequence, word

_SIMPLE: dict[Any, Callable[[], list[Value]]] = {
    int: lambda: [number(3)],
    float: lambda: [real(1.5)],
    complex: lambda: [constant(1j)],
    bool: lambda: [constant(True), constant(False)],
    str: lambda: [word("key"), naming.json_text()],
    bytes: lambda: [octets("data")],
    bytearray: lambda: [fresh("bytearray(b'data')", lambda: bytearray(b"data"), "bytearray")],
    memoryview: lambda: [fresh("memoryview(b'data')", lambda: memoryview(b"data"), "memoryview")],
    object: lambda: [fresh("object()", object, "object", True)],
    None: lambda: [constant(None)],
    type(None): lambda: [constant(None)],
    list: lambda: [naming.words(), naming.numbers()],
    tuple: lambda: [sequence(tuple, [word("one"), word("two")], "tuple")],
    set: lambda: [sequence(set, [word("one"), word("two")], "set")],
    frozenset: lambda: [sequence(frozenset, [word("one"), word("two")], "frozenset")],
    dict: lambda: [naming.text_pairs()],
    range: lambda: [constant(range(3), "range(3)")],
    type: lambda: [constant(int, "int")],
    re.Pattern: lambda: [constant(re.compile("a+"), "re.compile('a+')")],
    typing.TextIO: lambda: [naming.stream()],
    typing.BinaryIO: lambda: [naming.binary_stream()],
    typing.IO: lambda: [naming.stream(), naming.binary_stream()],
    BaseException: lambda: [fresh("ValueError('x')", lambda: ValueError("x"), "ValueError", True)],
    Exception: lambda: [fresh("ValueError('x')", lambda: ValueError("x"), "ValueError", True)],
    types.ModuleType: lambda: [constant(re, "re")],
}


def _immutable(module: str, name: str, *arguments: Any, **keywords: Any) -> list[Value]:
    value = getattr(importlib.import_module(module), name)(*arguments, **keywords)
    return [constant(value, f"{module}.{value!r}"[:60] if not repr(value).startswith(module) else repr(value)[:60])]


def _instance(module: str, name: str) -> list[Value]:
    return [fresh(f"{module}.{name}()", getattr(importlib.import_module(module), name), name, True)]


def _logger() -> list[Value]:
    return [constant(importlib.import_module("logging").getLogger("leakcheck.target"), "logging.getLogger('x')")]


# Classes of the standard library by name, so that nothing is imported that the target does not use.
_BY_NAME: dict[str, Callable[[], list[Value]]] = {
    "decimal.Decimal": lambda: _immutable("decimal", "Decimal", "1.5"),
    "fractions.Fraction": lambda: _immutable("fractions", "Fraction", 1, 2),
    "datetime.date": lambda: _immutable("datetime", "date", 2024, 1, 2),
    "datetime.time": lambda: _immutable("datetime", "time", 1, 2),
    "datetime.datetime": lambda: _immutable("datetime", "datetime", 2024, 1, 2),
    "datetime.timedelta": lambda: _immutable("datetime", "timedelta", seconds=1),
    "uuid.UUID": lambda: [Value("uuid.UUID(int=1)", _uuid, True, kind="UUID")],
    "pathlib.Path": lambda: [naming.plain_path()],
    "pathlib.PurePath": lambda: [naming.plain_path()],
    "os.PathLike": lambda: [naming.plain_path()],
    "_io.StringIO": lambda: [naming.stream()],
    "io.TextIOBase": lambda: [naming.stream()],
    "_io.TextIOWrapper": lambda: [naming.stream()],
    "_io.BytesIO": lambda: [naming.binary_stream()],
    "logging.Logger": _logger,
    "threading.Event": lambda: _instance("threading", "Event"),
    "threading.Thread": lambda: _instance("threading", "Thread"),
    "queue.Queue": lambda: _instance("queue", "Queue"),
    "asyncio.queues.Queue": lambda: _instance("asyncio", "Queue"),
    "asyncio.locks.Event": lambda: _instance("asyncio", "Event"),
    "argparse.Namespace": lambda: _instance("argparse", "Namespace"),
}


def known_class(annotation: Any) -> Any:
    """The maker for a well-known class, else None."""
    with contextlib.suppress(TypeError):  # not hashable
        if annotation in _SIMPLE:
            return _SIMPLE[annotation]
    if not isinstance(annotation, type):
        return None
    module = str(annotation.__module__).replace("pathlib._local", "pathlib")
    return _BY_NAME.get(f"{module}.{annotation.__qualname__}")


def _uuid(index: int) -> Any:
    return importlib.import_module("uuid").UUID(int=1 + index)
