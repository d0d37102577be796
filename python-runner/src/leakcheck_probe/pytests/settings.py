"""What the tree says to pytest: where tests lie, what their files are called, options that tests cannot do without."""

from __future__ import annotations

import configparser
import os
import shlex
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

# In the order in which pytest looks; the first with a section for pytest counts.
_FILES = (
    ("pytest.toml", "pytest"),
    (".pytest.toml", "pytest"),
    ("pytest.ini", "pytest"),
    (".pytest.ini", "pytest"),
    ("pyproject.toml", "tool.pytest"),
    ("tox.ini", "pytest"),
    ("setup.cfg", "tool:pytest"),
)
DEFAULT_PATTERNS = ("test_*.py", "*_test.py")
# Options of `addopts` that say how tests are imported or set up. All others are about selection, output, other processes
# or the order, which a repetition has nothing to do with.
_KEPT = ("--import-mode", "--ds", "--dc", "--asyncio-mode", "--pythonpath", "--confcutdir")


@dataclass(frozen=True)
class Settings:
    """`paths` relative to the root, `patterns` of file names, `options` to hand on."""

    paths: Tuple[str, ...] = ()
    patterns: Tuple[str, ...] = DEFAULT_PATTERNS
    options: Tuple[str, ...] = ()


def read_settings(root: str) -> Settings:
    """The settings at the root of the tree; the defaults where there are none, or none that can be read."""
    for name, section in _FILES:
        path = os.path.join(root, name)
        if not os.path.isfile(path):
            continue
        try:
            found = _toml(path, section) if name.endswith(".toml") else _ini(path, section)
        except (OSError, ValueError, ImportError, configparser.Error):
            continue
        if found is None and name in ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"):
            found = {}  # pytest takes an empty one too
        if found is not None:
            patterns = tuple(_words(found.get("python_files"))) or DEFAULT_PATTERNS
            return Settings(tuple(_words(found.get("testpaths"))), patterns, kept_options(_words(found.get("addopts"))))
    return Settings()


def _ini(path: str, section: str) -> Any:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    with open(path, encoding="utf-8") as file:
        parser.read_file(file)
    return dict(parser[section]) if parser.has_section(section) else None


def _toml(path: str, section: str) -> Any:
    try:
        import tomllib as toml
    except ImportError:  # before 3.11 pytest itself brings this
        import tomli as toml  # type: ignore[import-not-found, no-redef, unused-ignore]
    with open(path, "rb") as file:
        found: Any = toml.load(file)
    for part in section.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    if isinstance(found, dict) and "ini_options" in found:
        return found["ini_options"]
    return found if isinstance(found, dict) and found else None


def _words(value: Any) -> List[str]:
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    try:
        return shlex.split(value) if isinstance(value, str) else []
    except ValueError:
        return []


def kept_options(words: Sequence[str]) -> Tuple[str, ...]:
    """Those of the words that are options to keep, with their values, as `--name=value`, and plugins as `-p name`."""
    kept: List[str] = []
    values: Dict[str, str] = {}
    following = iter(words)
    for word in following:
        name, equals, value = word.partition("=")
        if name in _KEPT:
            values[name] = value if equals else next(following, "")
        elif word.startswith("-p") and not word.startswith("--"):
            plugin = word[2:] or next(following, "")
            if plugin and not plugin.startswith("no:"):
                kept += ["-p", plugin]
    return (*kept, *(f"{name}={value}" for name, value in values.items() if value))
