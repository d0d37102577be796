"""Boards, scatter plots and tables whose cells know their owner."""

import weakref

import numpy as np
import pandas as pd
from items import Marker


class Cell:
    def __init__(self, board, at=0):
        self.board = board
        self.at = at


class WeakCell:
    def __init__(self, board):
        self.board = weakref.ref(board)


class Board:
    def __init__(self, n):
        self.cells = np.empty(n, dtype=object)
        for i in range(n):
            self.cells[i] = Cell(self)  # leak: object-array-cycle


class Grid:
    def __init__(self, rows, columns):
        self.grid = np.full((rows, columns), None, dtype="O")

    def fill(self):
        for row in range(3):
            for column in range(3):
                self.grid[row, column] = Cell(board=self, at=row)  # leak: object-array-cycle


class Scatter:
    def __init__(self):
        self.data = np.empty(0, dtype=[("x", float), ("item", object)])

    def points(self):
        for rec in self.data:
            if rec["item"] is None:
                rec["item"] = Marker(rec, self)  # leak: object-array-cycle
        return self.data["item"]


class Written:
    def __init__(self, n):
        self.cells = np.array([Cell(self) for _ in range(n)], dtype=object)  # leak: object-array-cycle
        self.actions = np.empty(n, dtype=np.object_)
        self.actions[0] = lambda: self.run()  # leak: object-array-cycle
        self.steps = np.zeros(n).astype(object)
        self.steps[0] = self.run  # leak: object-array-cycle

    def run(self):
        return len(self.cells)


class ByName:
    def __init__(self, n):
        cells = np.empty(n, dtype=object)
        for i in range(n):
            cells[i] = (i, self)  # leak: object-array-cycle
        self.cells = cells


class Table:
    def __init__(self):
        self.frame = pd.DataFrame({"owner": [None]})
        self.frame.loc[0, "owner"] = self  # leak: object-array-cycle


class Listed:
    def __init__(self, n):
        self.cells = [Cell(self) for _ in range(n)]  # ok: the collector follows lists
        self.cells[0] = Cell(self)  # ok: a list
        self.sizes = np.zeros(n)
        self.sizes[0] = len(self.cells)  # ok: numbers


class Weak:
    def __init__(self, n):
        self.cells = np.empty(n, dtype=object)
        self.cells[0] = WeakCell(self)  # ok: holds its owner weakly
        self.cells[1] = weakref.ref(self)  # ok: weak
        self.cells[2] = Cell(None)  # ok: does not know the owner


class Local:
    def build(self, n):
        cells = np.empty(n, dtype=object)
        cells[0] = Cell(self)  # ok: a local
        return len(cells)


class One:
    def __init__(self):
        self.cells = np.empty(4, dtype=object)
        self.cells[0] = Cell(self)  # ok: one owner


board = One()
