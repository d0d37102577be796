"""Which module a file is: its dotted name and the directory from which it is imported. Pure but for looking at files."""

from __future__ import annotations

import ast
import os
from typing import NamedTuple


class Placement(NamedTuple):
    name: str  # app.cache
    directory: str  # absolute; goes first on sys.path


def place(root: str, file: str, tree: ast.Module) -> Placement:
    """The module name under which the rest of the tree would import `file` (relative to `root`)."""
    found = _placements(root, file)
    imported = _absolute_imports(tree)
    package = _package_top(root, file)
    for placement in found:
        top = placement.name.split(".")[0]
        if "." in placement.name and top in imported and _is_inside(root, placement, imported):
            return placement
    if package is not None:
        return next(item for item in found if item.directory == package)
    return _below_source_folder(found) or found[-1]


def _placements(root: str, file: str) -> list[Placement]:
    """Every way to name the file, from its own directory (shortest name) to the root (longest)."""
    parts = file.split("/")
    stem = parts[-1][: -len(".py")] if parts[-1].endswith(".py") else parts[-1]
    names = parts[:-1] if stem == "__init__" and len(parts) > 1 else [*parts[:-1], stem]
    found = []
    for start in range(len(parts) - 1 if names[-1] == stem else len(names) - 1, -1, -1):
        if all(part.isidentifier() for part in names[start:]):
            found.append(Placement(".".join(names[start:]), os.path.join(root, *parts[:start])))
    return found or [Placement(stem, os.path.join(root, *parts[:-1]))]


def _package_top(root: str, file: str) -> str | None:
    """The directory above the outermost `__init__.py` package around the file; None outside packages."""
    folder = os.path.dirname(os.path.join(root, *file.split("/")))
    top = None
    while os.path.isfile(os.path.join(folder, "__init__.py")) and len(folder) > len(root.rstrip(os.sep)):
        folder = os.path.dirname(folder)
        top = folder
    return top


def _below_source_folder(found: list[Placement]) -> Placement | None:
    for placement in found:
        if os.path.basename(placement.directory) in ("src", "lib"):
            return placement
    return None


def _absolute_imports(tree: ast.Module) -> dict[str, set[str]]:
    """Dotted names that the file imports absolutely, by their first part."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        for name in names:
            found.setdefault(name.split(".")[0], set()).add(name)
    return found


def _is_inside(root: str, placement: Placement, imported: dict[str, set[str]]) -> bool:
    """Whether such an import leads to a file of the tree when the placement's directory is searched."""
    for name in imported[placement.name.split(".")[0]]:
        path = os.path.join(placement.directory, *name.split("."))
        if os.path.isfile(path + ".py") or os.path.isdir(path):
            return True
    return False
