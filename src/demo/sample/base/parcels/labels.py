"""Draws labels for the thermal printers."""

from __future__ import annotations

ROW_BYTES = 102
ROWS = 1218


class Label:
    """A label of 4 by 6 inches at 203 dots an inch, one bit a dot."""

    def __init__(self, number: str, margin: int = 8) -> None:
        self.number = number
        self.margin = margin
        self.dots = bytearray(ROW_BYTES * ROWS)
        self.draw(margin)

    def draw(self, margin: int) -> None:
        """Draws the number as bars from top to bottom, so many bytes in from the left."""
        bars = self.number.encode()[: ROW_BYTES - 2 * margin]
        row = bytearray(ROW_BYTES)
        row[margin : margin + len(bars)] = bars
        self.dots[:] = row * ROWS

    def redraw(self) -> None:
        self.draw(self.margin)

    def change_number(self, number: str) -> None:
        self.number = number
        self.redraw()
