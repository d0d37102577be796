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


def map_lines(source: str, edits: Sequence[Edit], first: int, last: int) -> Tuple[int, int]:
    """The lines of the patched text that correspond to the lines `first` to `last` of the source, both included.

    Text inserted before a line's code pushes the line down; a replaced line becomes all lines of its replacement.
    """
    lines = source.split("\n")
    first, last = min(first, len(lines)), min(last, len(lines))
    offsets = _line_offsets(source)
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip(" \t\f"))
    start = offsets[first - 1] + indent
    end = offsets[last - 1] + len(lines[last - 1].rstrip())
    new_start, new_end = start, max(start, end)
    for edit in edits:
        ends = _offset(source, offsets, edit.start), _offset(source, offsets, edit.end)
        left, right, text = _trimmed(source, *ends, edit.text)
        grown = len(text) - (right - left)
        if right <= start:
            new_start += grown
            new_end += grown
        elif left < end:
            if left < start:
                new_start -= start - left
            new_end += grown if right <= end else len(text) - (end - left)
    patched = apply_edits(source, edits)
    return _line_at(patched, new_start), _line_at(patched, max(new_start, new_end))


def _trimmed(source: str, left: int, right: int, text: str) -> Tuple[int, int, str]:
    """The edit without what it replaces by the same, first at its end, then at its start."""
    while right > left and text and source[right - 1] == text[-1]:
        right, text = right - 1, text[:-1]
    while right > left and text and source[left] == text[0]:
        left, text = left + 1, text[1:]
    return left, right, text


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, max(0, offset)) + 1


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
