"""Which test files may reach the target: by their text alone, before anything of them runs."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import time
import tokenize
from typing import Iterator, List, Tuple

from ..driver.placement import place
from .settings import Settings, read_settings

MAX_FILES_SEEN = 5000
MAX_FILES = 8
MAX_BYTES = 1 << 20
LOOK_SECONDS = 1.0
_SKIPPED = {"node_modules", "site-packages", "dist-packages", "__pycache__", "build", "dist"}
_IMPORTS_MODULE, _MENTIONS_NAME, _MENTIONS_CLASS, _IMPORTS_PACKAGE, _NAMED_ALIKE = 8, 6, 3, 2, 1


def are_there(root: str, file: str, qualname: str) -> bool:
    """Whether a search for tests is worth a process: some test file is likely. Reads text alone, briefly.

    :param file: of the target, relative to the root
    """
    try:
        with tokenize.open(os.path.join(root, *file.split("/"))) as stream:
            tree = ast.parse(stream.read())
    except (OSError, SyntaxError, ValueError):
        return False
    deadline = time.monotonic() + LOOK_SECONDS
    module = place(root, file, tree).name
    return qualname != "<module>" and bool(likely_files(root, read_settings(root), module, qualname, deadline))


def likely_files(root: str, settings: Settings, module: str, qualname: str, deadline: float) -> List[str]:
    """Test files that import the module or its package, or that mention the target; most promising first, absolute.

    :param module: dotted name under which the tree imports the target's file
    :param deadline: on the clock of `time.monotonic`; files not read by then are left out
    """
    found: List[Tuple[int, int, str]] = []
    for number, path in enumerate(_test_files(root, settings)):
        if number >= MAX_FILES_SEEN or time.monotonic() > deadline:
            break
        try:
            if os.path.getsize(path) > MAX_BYTES:
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        score = score_of(text, os.path.basename(path), module, qualname)
        if score >= _IMPORTS_PACKAGE:
            found.append((-score, len(text), path))
    return [path for _, _, path in sorted(found)[:MAX_FILES]]


def score_of(text: str, name: str, module: str, qualname: str) -> int:
    """How promising a test file is; below 2 it says nothing of the target's package. Pure."""
    package, _, stem = module.rpartition(".")
    top = module.split(".")[0]
    *outer, leaf = [part for part in qualname.split(".") if part not in ("__init__", "__new__", "<locals>")] or [""]
    score = 0
    if _imports(text, module) or _imports_from(text, package, stem):
        score += _IMPORTS_MODULE
    elif _imports(text, top):
        score += _IMPORTS_PACKAGE
    if leaf and _mentions(text, leaf):
        score += _MENTIONS_NAME if score or len(leaf) > 3 else 0
    score += _MENTIONS_CLASS if outer and _mentions(text, outer[-1]) else 0
    return score + (_NAMED_ALIKE if stem.strip("_") and stem.strip("_") in name else 0)


def _imports(text: str, module: str) -> bool:
    return re.search(rf"^\s*(?:import|from)\s+(?:[\w., ]*,\s*)?{re.escape(module)}\b", text, re.MULTILINE) is not None


def _imports_from(text: str, package: str, stem: str) -> bool:
    """`from package import stem`, also in brackets, and relatively from within the package."""
    source = rf"(?:{re.escape(package)}|\.+[\w.]*)" if package else r"\.+[\w.]*"
    listed = rf"^\s*from\s+{source}\s+import\s+(?:\([^)]*\b{re.escape(stem)}\b|[^\n(]*\b{re.escape(stem)}\b)"
    relative = rf"^\s*from\s+\.+(?:[\w.]*\.)?{re.escape(stem)}\s+import\b"
    return any(re.search(pattern, text, re.MULTILINE) for pattern in (listed, relative))


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _test_files(root: str, settings: Settings) -> Iterator[str]:
    starts = [os.path.join(root, *path.split("/")) for path in settings.paths]
    inside = [path for path in starts if os.path.realpath(path).startswith(os.path.realpath(root))]
    for start in [path for path in inside if os.path.isdir(path)] or [root]:
        for folder, folders, files in os.walk(start):
            folders[:] = sorted(name for name in folders if not _is_skipped(folder, name))
            yield from (
                os.path.join(folder, name)
                for name in sorted(files)
                if any(fnmatch.fnmatch(name, pattern) for pattern in settings.patterns)
            )


def _is_skipped(folder: str, name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED or os.path.isfile(os.path.join(folder, name, "pyvenv.cfg"))
