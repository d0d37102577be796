"""Reads the case files: the first line of each says what the probe must find."""

from __future__ import annotations

import importlib.util
import os
import re
from typing import Any, Dict, List, Optional

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")


class Case:
    """`# outcome: leak, vary: key, path: module._seen` and so on, and the target that it describes."""

    def __init__(self, file: str) -> None:
        with open(os.path.join(FOLDER, file), encoding="utf-8") as stream:
            first = stream.readline()
        pairs = (part.split(":", 1) for part in first.lstrip("# ").rstrip().split(", "))
        words: Dict[str, str] = {key.strip(): value.strip() for key, value in pairs}
        self.id = file[:-3]
        self.file = file
        self.outcome = words.pop("outcome")
        self.path = words.pop("path", None)
        self.needs = words.pop("needs", None)
        self._words = words

    def target(self) -> Dict[str, Any]:
        """The entry in a plan."""
        words = dict(self._words)
        line, hold = words.pop("line", None), words.pop("hold", None)
        target = {
            "id": self.id,
            "target": f"{self.file}::{words.pop('target', 'target')}",
            "lines": {"start": int(line), "end": int(line)} if line else None,
            "recipe": words.pop("recipe", "growth"),
            "vary": words.pop("vary", "").split(),
            "hold": {"line": int(hold.split(":")[0]), "names": hold.split(":")[1].split()} if hold else None,
            "driver": None,
            "fix": None,
        }
        if words:
            raise ValueError(f"{self.file}: unknown words {sorted(words)} in the first line")
        return target

    def missing(self) -> Optional[str]:
        """The library that this interpreter lacks for the case."""
        return self.needs if self.needs and importlib.util.find_spec(self.needs) is None else None


def cases(pattern: str = "") -> List[Case]:
    """All cases, or those whose file name matches."""
    return [Case(file) for file in sorted(os.listdir(FOLDER)) if file.endswith(".py") and re.search(pattern, file)]
