"""Which files of the tree are the tests' own: what they make or keep is none of the repository's doing.

The set is for the whole process, because a process measures one target with one kind of driver.
"""

from __future__ import annotations

import fnmatch
import os
from typing import Dict, Optional

_PATTERNS = ("test_*.py", "*_test.py", "conftest.py", "tests.py")
_FOLDERS = {"test", "tests"}
# Files that stand between a test and what it tests: whatever they allocate they keep for themselves.
_HARNESSES = (
    "/_pytest/",
    "/pluggy/",
    "/unittest/",
    "/pytest_asyncio/",
    "/anyio/pytest_plugin",
    "/hypothesis/",
    "/mock/",
)

_root: Optional[str] = None
_target = ""
_known: Dict[str, bool] = {}


def hide(root: str, target: str) -> None:
    """From now on tests of this tree are not its own code; the file of the target always is.

    :param root: absolute; so is `target`
    """
    global _root, _target
    _root, _target = os.path.realpath(root), os.path.realpath(target)
    _known.clear()


def is_hidden(path: str) -> bool:
    """Whether a file holds tests or helpers of tests, and a test is what drives."""
    if _root is None:
        return False
    found = _known.get(path)
    if found is None:
        real = os.path.realpath(path)
        inside = real.startswith(_root + os.sep) and real != _target
        found = _known[path] = inside and is_test_file(os.path.relpath(real, _root).replace(os.sep, "/"))
    return found


def is_between(path: str) -> bool:
    """Whether code of this file allocates for the test or for the machinery around it."""
    if _root is None:
        return False
    inside = os.path.realpath(path).startswith(_root + os.sep) and "site-packages" not in path
    return is_hidden(path) if inside else any(part in path.replace(os.sep, "/") for part in _HARNESSES)


def is_test_file(relative: str) -> bool:
    """Whether a file is named as pytest's are, or lies in a folder of tests. Pure."""
    *folders, name = relative.split("/")
    return bool(_FOLDERS.intersection(folders)) or any(fnmatch.fnmatch(name, pattern) for pattern in _PATTERNS)
