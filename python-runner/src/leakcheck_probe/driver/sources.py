"""The files around a module that may call its functions: its own, its neighbours, its tests. Read once, within a time."""

from __future__ import annotations

import ast
import functools
import os
import time
from typing import Any, Iterator, List, Optional, Tuple

from .. import overlay

MAX_FILES = 60
MAX_BYTES = 200_000
MAX_SECONDS = 0.3  # of one process, for reading and parsing
_SPENT = [0.0]
_ROOTS: List[str] = []


def stay_below(root: str) -> None:
    """No file above this folder is looked at."""
    real = os.path.realpath(root)
    if real not in _ROOTS:
        _ROOTS.append(real)


def trees_that_name(module: Any, name: str) -> Iterator[ast.Module]:
    """Syntax trees of files in which the text `name(` stands, the module's own first."""
    path = getattr(module, "__file__", None)
    wanted = f"{name}(".encode()
    for file in _files(path) if isinstance(path, str) and path.endswith(".py") else ():
        if _SPENT[0] > MAX_SECONDS and file != path:
            return
        start = time.monotonic()
        tree = _parsed(file) if wanted in _bytes(file) else None
        _SPENT[0] += time.monotonic() - start
        if tree is not None:
            yield tree


@functools.lru_cache(maxsize=8)
def _files(path: str) -> Tuple[str, ...]:
    own = os.path.dirname(os.path.realpath(path))
    tests: List[str] = []
    folder = own
    for _ in range(4):
        for name in ("tests", "test"):
            tests.extend(_python_files(os.path.join(folder, name)))
        above = os.path.dirname(folder)
        if above == folder or folder in _ROOTS:
            break
        folder = above
    neighbours = [file for file in _python_files(own) if os.path.realpath(file) != os.path.realpath(path)]
    stem = os.path.basename(path)[:-3]
    tests.sort(key=lambda file: stem not in os.path.basename(file))
    return (path, *[*tests, *neighbours][:MAX_FILES])


def _python_files(folder: str) -> List[str]:
    try:
        return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".py"))
    except OSError:
        return []


@functools.lru_cache(maxsize=2 * MAX_FILES)
def _bytes(path: str) -> bytes:
    patched = overlay.source_of(path)
    if patched is not None:
        return patched.encode("utf-8", "replace")
    try:
        with open(path, "rb") as stream:
            text = stream.read(MAX_BYTES + 1)
    except OSError:
        return b""
    return text if len(text) <= MAX_BYTES else b""


@functools.lru_cache(maxsize=2 * MAX_FILES)
def _parsed(path: str) -> Optional[ast.Module]:
    try:
        return ast.parse(_bytes(path))
    except (SyntaxError, ValueError, RecursionError):
        return None
