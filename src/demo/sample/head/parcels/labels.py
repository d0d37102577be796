"""Draws labels for the thermal printers."""

from __future__ import annotations

import weakref
from functools import partial

ROW_BYTES = 102
ROWS = 1218


class Label:
    """A label of 4 by 6 inches at 203 dots an inch, one bit a dot."""

    def __init__(self, number: str, margin: int = 8) -> None:
        self.number = number
        self.dots = bytearray(ROW_BYTES * ROWS)
        self.redraw = partial(self.draw, margin)
        self.redraw()

    def draw(self, margin: int) -> None:
        """Draws the number as bars from top to bottom, so many bytes in from the left."""
        bars = self.number.encode()[: ROW_BYTES - 2 * margin]
        row = bytearray(ROW_BYTES)
        row[margin : margin + len(bars)] = bars
        self.dots[:] = row * ROWS

    def change_number(self, number: str) -> None:
        self.number = number
        self.redraw()


class PrintQueue:
    """Labels on their way to one printer; the printer calls back when a label is out."""

    def __init__(self, printer: str) -> None:
        self.printer = printer
        self.printed = 0
        self.on_printed = weakref.WeakMethod(self.count)

    def count(self) -> None:
        self.printed += 1

    def send(self, number: str) -> int:
        Label(number)
        call_back = self.on_printed()
        if call_back is not None:
            call_back()
        return self.printed
