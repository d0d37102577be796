"""Applies the edits of a fix to a text, and follows lines through them. Pure.

Lines and columns are 1-based, columns count code points, ranges are half-open; a line ends at `\\n` only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Sequence, Tuple

from .errors import EditError


@dataclass(frozen=True)
class Edit:
    """Replace the text from `start` up to, but without, `end` (line and column each) by `text`."""

    start: Tuple[int, int]
    end: Tuple[int, int]
    text: str


def apply_edits(source: str, edits: Sequence[Edit]) -> str:
    """The source with all edits done.

    :raises EditError: a position lies outside the source, or two edits overlap
    """
    offsets = _line_offsets(source)
    spans = sorted((_offset(source, offsets, e.start), _offset(source, offsets, e.end), e.text) for e in edits)
    pieces: List[str] = []
    done = 0
    for start, end, text in spans:
        if end < start:
            raise EditError("An edit ends before it starts")
        if start < done:
            raise EditError("Two edits overlap")
        pieces += [source[done:start], text]
        done = end
    pieces.append(source[done:])
    return "".join(pieces)


def map_line(edits: Sequence[Edit], line: int) -> int:
    """The line of the patched text that corresponds to a line of the original.

    Text inserted on the line itself, before its first character that stays, moves the line down.
    """
    shift = 0
    for edit in sorted(edits, key=lambda e: e.start):
        added = edit.text.count("\n") - (edit.end[0] - edit.start[0])
        if edit.end[0] < line or (edit.end[0] == line and _pushes_down(edit)):
            shift += added
        elif edit.start[0] < line <= edit.end[0]:
            # The line was replaced: it is somewhere in the new text, at most as deep as before.
            shift += min(0, edit.text.count("\n") - (line - edit.start[0]))
    return max(1, line + shift)


def _pushes_down(edit: Edit) -> bool:
    starts_before = edit.start[0] < edit.end[0] and edit.end[1] == 1
    inserted_in_indent = edit.start == edit.end and "\n" in edit.text and not edit.text.startswith("\n")
    return starts_before or inserted_in_indent


def _line_offsets(source: str) -> List[int]:
    offsets = [0]
    for line in source.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    return offsets


def _offset(source: str, offsets: Sequence[int], position: Tuple[int, int]) -> int:
    line, column = position
    if not 1 <= line < len(offsets):
        raise EditError(f"An edit points to line {line}, but the file has {len(offsets) - 1}")
    offset = offsets[line - 1] + column - 1
    if column < 1 or offset > min(offsets[line] - 1, len(source)):
        raise EditError(f"An edit points to column {column} of line {line}, but the line is shorter")
    return offset
