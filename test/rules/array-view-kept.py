"""Previews, heads and labels taken from large arrays."""

from functools import lru_cache
from pathlib import Path

import numpy
import numpy as np
import pandas as pd
import torch

_heads = {}
_rows = []
_whole = {}
_lists = []


def previews(paths: list) -> list:
    heads = []
    for path in paths:
        array = np.load(path)
        heads.append(array[:10])  # leak: array-view-kept medium
    return heads


def remember(name: str) -> None:
    grid = np.zeros((1000, 1000))
    grid += len(name)
    _heads[name] = grid[0, :5]  # leak: array-view-kept medium


def row(number: int) -> None:
    table = numpy.ones((500, 500))
    _rows.append(table[number])  # leak: array-view-kept medium


class Camera:
    def __init__(self) -> None:
        self.corner = None
        self.edges = []

    def shoot(self, raw: bytes) -> None:
        frame = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 640)
        self.corner = frame[:8, :8]  # leak: array-view-kept medium

    def scan(self, size: int) -> None:
        image = np.random.rand(size, size)
        edge = image[..., -1]
        self.edges.append(edge)  # leak: array-view-kept medium

    def turn(self, size: int) -> None:
        image = np.empty((size, size))
        self.edges.append(image[:4].T)  # leak: array-view-kept medium


def by_name(paths: list) -> dict:
    first = {}
    for path in paths:
        data = np.fromfile(path)
        first[path] = data[:1]  # leak: array-view-kept medium
    return first


def firsts(paths: list) -> list:
    return [np.load(path)[:10] for path in paths]  # leak: array-view-kept medium


def save_first(path: str, target: str) -> None:
    weights = torch.load(path)
    batch = torch.zeros(1000, 1000)
    torch.save(batch[0], target)  # leak: array-view-kept
    torch.save(weights, target + ".all")  # ok: all of it is meant


def tensors(count: int) -> list:
    kept = []
    for _ in range(count):
        noise = torch.randn(1000, 1000)
        kept.append(noise[:, 0])  # leak: array-view-kept medium
    return kept


def copies(paths: list) -> list:
    heads = []
    for path in paths:
        array = np.load(path)
        heads.append(array[:10].copy())  # ok: a copy
        heads.append(np.array(array[:10]))  # ok: a copy
        heads.append(array[[0, 5, 9]])  # ok: an index by a list copies
        heads.append(array[array > 0])  # ok: an index by a mask copies
        heads.append(array[:10] * 2)  # ok: arithmetic makes a new array
        heads.append(array[:10].sum())  # ok: a number
        heads.append(array[:10].astype("float32"))  # ok: a new array
        _whole[path] = array[:]  # ok: all of it is meant
    return heads


def clones(count: int) -> list:
    kept = []
    for _ in range(count):
        noise = torch.randn(1000, 1000)
        kept.append(noise[0].clone())  # ok: a copy
        kept.append(noise[0, 0].item())  # ok: a number
    torch.save(kept[0].clone(), "first.pt")  # ok: a copy
    return kept


def no_array(path: Path) -> None:
    words = path.read_text().split()
    raw = path.read_bytes()
    _lists.append(words[:10])  # ok: the slice of a list is a copy
    _lists.append(raw[:10])  # ok: the slice of bytes is a copy


def local(path: str) -> float:
    array = np.load(path)
    head = array[:10]  # ok: both die with the call
    return float(head.mean())


def scalars(path: str) -> None:
    values = np.arange(1_000_000)
    _rows.append(values[5])  # ok: one element of one dimension is a number


def pairs(paths: list) -> list:
    found = []
    for path in paths:
        array = np.load(path)
        middle = len(array) // 2
        found.append((path, array[middle, ::4]))  # leak: array-view-kept medium
    return found


@lru_cache(maxsize=64)
def head_of(path: str):
    return np.load(path)[:10]  # leak: array-view-kept medium


def last_written(count: int) -> None:
    grid = np.zeros((1000, 1000))
    _rows.append(grid[-1])  # leak: array-view-kept medium
    grid[-1] = count


def tiles(path: str) -> list:
    array = np.load(path)
    parts = []
    for start in range(0, len(array), 10):
        parts.append(array[start : start + 10])  # ok: together the parts are the whole
    return parts


def columns(path: str) -> tuple:
    kept = []
    for name in [path]:
        table = np.loadtxt(name)
        kept.append(table[:, 0])  # ok: and the other column
        kept.append(table[:, 1])  # ok: the two of them may be all
    return tuple(kept)


def stacked(paths: list):
    heads = []
    for path in paths:
        array = np.load(path)
        heads.append(array[:10])  # ok: copied below, and gone with the call
    return np.concatenate(heads)


def picked(paths: list, order) -> list:
    chosen = []
    for path in paths:
        array = np.load(path)
        chosen.append(array[order])  # ok: an index by an array copies
        chosen.append(array[1:])  # ok: nearly all of it
        chosen.append(array[::-1])  # ok: all of it, backwards
    return chosen


def small_ones(count: int) -> list:
    units = []
    for number in range(count):
        unit = np.eye(3) if number else np.array([[1.0, 2.0], [3.0, 4.0]])
        corner = np.zeros((4, 4))
        units.append(corner[:2, :2])  # ok: the whole is small
        units.append(unit)
    return units


class Series:
    def __init__(self, path: str) -> None:
        values = np.loadtxt(path)
        self.values = values
        self.first = values[:10]  # ok: the whole is kept anyway

    def given(self, values: np.ndarray) -> None:
        self.first = values[:10]  # ok: who made the array may keep it

    def mapped(self, path: str) -> None:
        values = np.load(path, mmap_mode="r")
        self.first = values[:10]  # ok: mapped from a file


def into_array(paths: list):
    heads = np.zeros((len(paths), 10))
    for number, path in enumerate(paths):
        array = np.load(path)
        heads[number] = array[:10]  # ok: copied into the other array
    return heads


colours = np.zeros((1000, 1000, 3))
red = colours[..., 0]  # ok: the file keeps all of it anyway


def heads_of_tables(paths: list) -> list:
    heads = []
    for path in paths:
        table = pd.read_csv(path)
        heads.append(table.iloc[:10])  # leak: array-view-kept medium
    return heads


def first_rows(paths: list) -> dict:
    rows = {}
    for path in paths:
        table = pd.read_parquet(path)
        rows[path] = table[:5]  # leak: array-view-kept medium
    return rows


def tables_copied(paths: list) -> list:
    heads = []
    for path in paths:
        table = pd.read_csv(path)
        heads.append(table.iloc[:10].copy())  # ok: a copy
        heads.append(table[table["a"] > 0])  # ok: an index by a mask copies
        heads.append(table["a"].sum())  # ok: a number
        for chunk in pd.read_csv(path, chunksize=100):
            heads.append(chunk.iloc[:1])  # ok: who made the table may keep it
    return heads


def meta_of(frame):
    return frame.iloc[:0]  # leak: array-view-kept medium


def _(x, index=None):
    return x.iloc[:0]  # leak: array-view-kept medium


class Reader:
    def __init__(self, frame: pd.DataFrame) -> None:
        self.columns = frame.iloc[0:0]  # leak: array-view-kept medium
        self.names = list(frame.iloc[:0])  # ok: the names alone

    def none_found(self, frame: pd.DataFrame) -> pd.DataFrame:
        empty = frame.iloc[:0].copy()  # ok: a copy
        return empty

    def dtypes_of(self, frame: pd.DataFrame):
        return frame.iloc[:0].dtypes  # ok: not the table

    def without_rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        if frame.empty:
            frame = frame.iloc[:0]  # ok: a name of the caller's table
        return frame.sum()


def save_part(x, config, path):
    torch.save(x[:10], path)  # leak: array-view-kept low
    torch.save(x[:10].clone(), path)  # ok: a copy
    torch.save(config["model"], path)  # ok: an entry
