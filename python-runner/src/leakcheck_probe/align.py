"""Finds the line of another version of a file that is the same line. Pure."""

from __future__ import annotations

import difflib
from typing import Optional


def same_line(text: str, other: str, line: int) -> Optional[int]:
    """The 1-based line of `other` that corresponds to a line of `text`; None when it was changed or removed."""
    lines = [text.split("\n"), other.split("\n")]
    matcher = difflib.SequenceMatcher(None, lines[0], lines[1], autojunk=False)
    for block in matcher.get_matching_blocks():
        if block.a <= line - 1 < block.a + block.size:
            return line - block.a + block.b
    return None
