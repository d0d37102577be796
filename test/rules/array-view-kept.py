"""Previews, heads and labels taken from large arrays."""

from pathlib import Path

import numpy
import numpy as np
import torch

_heads = {}
_rows = []
_whole = {}
_lists = []


def previews(paths: list) -> list:
    heads = []
    for path in paths:
        array = np.load(path)
        heads.append(array[:10])  # leak: array-view-kept
    return heads


def remember(name: str) -> None:
    grid = np.zeros((1000, 1000))
    grid += len(name)
    _heads[name] = grid[0, :5]  # leak: array-view-kept


def row(number: int) -> None:
    table = numpy.ones((500, 500))
    _rows.append(table[number])  # leak: array-view-kept


class Camera:
    def __init__(self) -> None:
        self.corner = None
        self.edges = []

    def shoot(self, raw: bytes) -> None:
        frame = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 640)
        self.corner = frame[:8, :8]  # leak: array-view-kept

    def scan(self, size: int) -> None:
        image = np.random.rand(size, size)
        edge = image[..., -1]
        self.edges.append(edge)  # leak: array-view-kept

    def turn(self, size: int) -> None:
        image = np.empty((size, size))
        self.edges.append(image[:4].T)  # leak: array-view-kept


def by_name(paths: list) -> dict:
    first = {}
    for path in paths:
        data = np.fromfile(path)
        first[path] = data[:1]  # leak: array-view-kept
    return first


def firsts(paths: list) -> list:
    return [np.load(path)[:10] for path in paths]  # leak: array-view-kept


def save_first(path: str, target: str) -> None:
    weights = torch.load(path)
    batch = torch.zeros(1000, 1000)
    torch.save(batch[0], target)  # leak: array-view-kept
    torch.save(weights, target + ".all")  # ok: all of it is meant


def tensors(count: int) -> list:
    kept = []
    for _ in range(count):
        noise = torch.randn(1000, 1000)
        kept.append(noise[:, 0])  # leak: array-view-kept
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
