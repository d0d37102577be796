"""Reads the case files: the first line of each says what the probe must find."""

from __future__ import annotations

import importlib.util
import os
import re
from typing import Dict, List, Optional

from leakcheck_probe.plan import Hold, Target

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")


class Case:
    """`# outcome: leak, vary: key, path: module._seen` and so on, and the target that it describes."""

    def __init__(self, file: str) -> None:
        with open(os.path.join(FOLDER, file), encoding="utf-8") as stream:
            first = stream.readline()
        pairs = (part.split(":", 1) for part in first.lstrip("# ").rstrip().split(", "))
        words: Dict[str, str] = {key.strip(): value.strip() for key, value in pairs}
        self.file = file
        self.outcome = words.pop("outcome")
        self.path = words.pop("path", None)
        self.needs = words.pop("needs", None)
        self.target = _target(file, words)
        if words:
            raise ValueError(f"{file}: unknown words {sorted(words)} in the first line")

    def missing(self) -> Optional[str]:
        """The library that this interpreter lacks for the case."""
        return self.needs if self.needs and importlib.util.find_spec(self.needs) is None else None


def cases(pattern: str = "") -> List[Case]:
    """All cases, or those whose file name matches."""
    return [Case(file) for file in sorted(os.listdir(FOLDER)) if file.endswith(".py") and re.search(pattern, file)]


def _target(file: str, words: Dict[str, str]) -> Target:
    name, line, hold = words.pop("target", "target"), words.pop("line", None), words.pop("hold", None)
    return Target(
        id=file[:-3],
        target=f"{file}::{name}",
        lines=(int(line), int(line)) if line else None,
        recipe=words.pop("recipe", "growth"),
        vary=tuple(words.pop("vary", "").split()),
        hold=Hold(int(hold.split(":")[0]), tuple(hold.split(":")[1].split())) if hold else None,
        driver=None,
        fix=None,
    )
