"""One argument value: how it is built anew for each call, and how one would write it."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from typing import Any, Callable, Optional

from .stub import STUB, passive

# pathlib interns the parts of every path, and in 3.12 interned strings live for ever: distinct paths would look like a leak.
_PATHS_ARE_KEPT = sys.version_info[:2] == (3, 12)


@dataclass(frozen=True)
class Value:
    """`make(index)` builds it; index 0 gives the standing value. `varies`: other indexes give other values.

    `rank` is the number of stubs inside. `kind` is a type name, compared with names in error messages.
    """

    text: str
    make: Callable[[int], Any]
    varies: bool = False
    stub: bool = False
    kind: str = ""


def constant(value: Any, text: Optional[str] = None) -> Value:
    """An immutable value, the same object each time."""
    return Value(
        text if text is not None else repr(value)[:60], functools.partial(_same, value), kind=type(value).__name__
    )


def fresh(text: str, build: Callable[[], Any], kind: str = "", varies: bool = False) -> Value:
    """A new object each time. `varies` when objects of this type differ by identity."""
    return Value(text, functools.partial(_built, build), varies=varies, kind=kind)


def word(prefix: str) -> Value:
    """A str of fixed length, so that a thousand distinct ones take the same room."""
    return Value(repr(prefix), functools.partial(_word, prefix), varies=True, kind="str")


def octets(prefix: str) -> Value:
    return Value(repr(prefix.encode()), functools.partial(_octets, prefix), varies=True, kind="bytes")


def number(start: int) -> Value:
    return Value(str(start), functools.partial(_number, start), varies=True, kind="int")


def real(start: float) -> Value:
    return Value(str(start), functools.partial(_real, start), varies=True, kind="float")


def sequence(kind: Callable[[list[Any]], Any], items: list[Value], name: str = "list") -> Value:
    """list, tuple, set… of these items."""
    inner = ", ".join(item.text for item in items)
    comma = "," if name == "tuple" and len(items) == 1 else ""
    text = {"list": f"[{inner}]", "tuple": f"({inner}{comma})", "set": f"{{{inner}}}"}.get(name, f"{name}([{inner}])")
    make = functools.partial(_sequence, kind, tuple(item.make for item in items))
    return Value(text, make, any(i.varies for i in items), any(i.stub for i in items), name)


def mapping(
    items: list[tuple[Value, Value]], kind: Callable[[dict[Any, Any]], Any] = dict, name: str = "dict"
) -> Value:
    inner = ", ".join(f"{key.text}: {value.text}" for key, value in items)
    make = functools.partial(_mapping, kind, tuple((key.make, value.make) for key, value in items))
    varies = any(key.varies or value.varies for key, value in items)
    stub = any(value.stub for _, value in items)
    return Value(f"{{{inner}}}" if name == "dict" else f"{name}({{{inner}}})", make, varies, stub, name)


def callback() -> Value:
    """A function; varied ones are equal to nothing else."""
    return Value("lambda *args: args[0]", _callback, varies=True, kind="function")


def stub(which: Any = STUB) -> Value:
    return Value("stub", functools.partial(_same, which), stub=True, kind=type(which).__name__)


def file_path(convert: Callable[[str], Any] = str, name: str = "str") -> Value:
    """An existing text file in a temporary folder."""
    varies = convert is str or not _PATHS_ARE_KEPT
    return Value(_written("sample.txt", name), functools.partial(_file, convert), varies=varies, kind=name)


def folder_path(convert: Callable[[str], Any] = str, name: str = "str") -> Value:
    varies = convert is str or not _PATHS_ARE_KEPT
    return Value(_written("folder", name), functools.partial(_folder, convert), varies=varies, kind=name)


def _written(name: str, kind: str) -> str:
    return repr(name) if kind == "str" else f"{kind}({name!r})"


def _same(value: Any, index: int) -> Any:
    return value


def _built(build: Callable[[], Any], index: int) -> Any:
    return build()


def _word(prefix: str, index: int) -> str:
    return f"{prefix}-{index:08d}" if index else prefix


def _octets(prefix: str, index: int) -> bytes:
    return _word(prefix, index).encode()


def _number(start: int, index: int) -> int:
    return start + 1000 + index if index else start


def _real(start: float, index: int) -> float:
    return start + index


def _sequence(kind: Callable[[list[Any]], Any], makers: tuple[Callable[[int], Any], ...], index: int) -> Any:
    return kind([make(index) for make in makers])


def _mapping(kind: Callable[[dict[Any, Any]], Any], makers: Any, index: int) -> Any:
    return kind({key(index): value(index) for key, value in makers})


def _callback(index: int) -> Any:
    return functools.partial(passive) if index else passive


_FOLDER: list[str] = []


def temporary_folder() -> str:
    """One folder of this process for files that targets read; removed at exit."""
    if not _FOLDER:
        import atexit

        _FOLDER.append(tempfile.mkdtemp(prefix="leakcheck-"))
        atexit.register(shutil.rmtree, _FOLDER[0], True)
    return _FOLDER[0]


def _file(convert: Callable[[str], Any], index: int) -> Any:
    folder = temporary_folder()
    _forget(os.path.join(folder, f"sample-{index - 1:08d}.txt"), index)
    path = os.path.join(folder, f"sample-{index:08d}.txt" if index else "sample.txt")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("first line\nsecond line\n")
    return convert(path)


def _folder(convert: Callable[[str], Any], index: int) -> Any:
    folder = temporary_folder()
    _forget(os.path.join(folder, f"folder-{index - 1:08d}"), index)
    path = os.path.join(folder, f"folder-{index:08d}" if index else "folder")
    os.makedirs(path, exist_ok=True)
    return convert(path)


def _forget(path: str, index: int) -> None:
    """The file of the call before goes, so that a long run leaves one file, not thousands."""
    if index > 1 and os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    elif index > 1 and os.path.exists(path):
        os.remove(path)


def loaded(name: str) -> Any:
    """A module if it is loaded already: the probe itself never imports numpy, pandas or torch."""
    return sys.modules.get(name)
