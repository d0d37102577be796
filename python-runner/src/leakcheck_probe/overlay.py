"""Serves patched source for single files, so that a fix is measured without touching the tree.

A bytecode file is neither read nor written for a patched file: it would hold the other version.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any, Mapping, Optional, Sequence


class PatchedLoader(SourceFileLoader):
    """Loads a module from given text instead of from its file."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_data(self, path: str) -> bytes:
        return self._text.encode("utf-8")

    def path_stats(self, path: str) -> Any:
        # Without the source's date the import system leaves bytecode files alone.
        raise OSError("patched source has no date")

    def source_to_code(self, data: Any, path: Any, **options: Any) -> Any:  # type: ignore[override]
        # Text, not bytes: a coding cookie in the file is about the bytes on disk.
        return compile(self._text, path, "exec", dont_inherit=True)


class PatchingFinder:
    """A meta path finder that swaps the loader of patched files."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = {os.path.realpath(path): text for path, text in sources.items()}

    def text_of(self, path: str) -> Optional[str]:
        """The patched text of a file, or None when the file is as on disk."""
        return self._sources.get(os.path.realpath(path))

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not spec.has_location or spec.origin is None:
            return None
        text = self.text_of(spec.origin)
        if text is None:
            return None
        spec.loader = PatchedLoader(name, spec.origin, text)
        spec.cached = None
        return spec


def install(sources: Mapping[str, str]) -> None:
    """Serve these texts for these absolute paths from now on, in this process; an empty mapping does nothing."""
    sys.dont_write_bytecode = True
    if not sources:
        return
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, PatchingFinder)]
    sys.meta_path.insert(0, PatchingFinder(sources))  # type: ignore[arg-type]


def source_of(path: str) -> Optional[str]:
    """The patched text of a file, or None when it is not patched in this process."""
    for finder in sys.meta_path:
        if isinstance(finder, PatchingFinder):
            return finder.text_of(path)
    return None


def spec_from_path(name: str, path: str) -> Optional[ModuleSpec]:
    """Like `importlib.util.spec_from_file_location`, with the patched text where there is one."""
    text = source_of(path)
    loader = SourceFileLoader(name, path) if text is None else PatchedLoader(name, path, text)
    return importlib.util.spec_from_file_location(name, path, loader=loader)
