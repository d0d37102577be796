"""The files that an interpreter needs, found out without running any code of its packages."""

from __future__ import annotations

import glob
import json
import os
import subprocess
import sys
from typing import List, NamedTuple

from ..errors import InputError

QUESTION = (
    "import sys, json; print(json.dumps([sys.executable, sys.abiflags, sys.base_prefix, sys.base_exec_prefix,"
    " sys.prefix, sys.exec_prefix, *sys.path]))"
)
ASK_SECONDS = 20


class Interpreter(NamedTuple):
    """`executable` is the real one, where the given one was a script that starts it.

    `free_threaded` builds have an allocator of their own, and refuse to start with another.
    """

    executable: str
    needed: List[str]
    free_threaded: bool = False


def find(python: str) -> Interpreter:
    """:raises InputError: the interpreter cannot be started"""
    try:
        # Without site: a package's .pth file is code, and nothing is walled off yet.
        asked = subprocess.run(
            [python, "-I", "-S", "-c", QUESTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=ASK_SECONDS,
            check=False,
        )
    except OSError as error:
        raise InputError(f"Cannot start the Python {python}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        return Interpreter(python, [])
    try:
        executable, flags, *needed = [str(word) for word in json.loads(asked.stdout)]
    except ValueError:
        return Interpreter(python, [])
    return Interpreter(executable, _with_packages(executable, needed), "t" in flags)


def own() -> Interpreter:
    """The running interpreter."""
    prefixes = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    flags = getattr(sys, "abiflags", "")
    return Interpreter(sys.executable, _with_packages(sys.executable, prefixes), "t" in flags)


def _with_packages(executable: str, needed: List[str]) -> List[str]:
    environment = os.path.dirname(os.path.dirname(os.path.abspath(executable)))
    if os.path.isfile(os.path.join(environment, "pyvenv.cfg")):
        needed = [*needed, environment]
    found = [path for path in [executable, *needed] if os.path.isabs(path)]
    for prefix in dict.fromkeys(found):
        for file in glob.glob(os.path.join(glob.escape(prefix), "lib*", "python3*", "*-packages", "*.pth")):
            found += _folders_in(file)
    return list(dict.fromkeys(found))


def _folders_in(file: str) -> List[str]:
    """Folders that a .pth file names, as an editable installation does."""
    try:
        with open(file, encoding="utf-8") as lines:
            words = [line.strip() for line in lines]
    except (OSError, UnicodeError):
        return []
    return [word for word in words if os.path.isabs(word) and os.path.isdir(word)]
