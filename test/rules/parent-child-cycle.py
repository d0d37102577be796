"""Trees whose children know their parent."""

from __future__ import annotations

import weakref

import numpy as np


class Folder:
    def __init__(self, name: str, parent: Folder | None = None) -> None:
        self.name = name
        self.files: list[File] = []

    def add(self, file: File) -> None:
        file.folder = self  # leak: parent-child-cycle
        self.files.append(file)


class File:
    folder: Folder | None = None

    def __init__(self, path: str) -> None:
        with open(path, "rb") as handle:
            self.content = handle.read()


class Tile:
    def __init__(self, parent: Tile | None) -> None:
        self.children: list[Tile] = []
        self.pixels = bytearray(512 * 512)
        self.parent = parent  # leak: parent-child-cycle
        if parent is not None:
            parent.children.append(self)


class Layer:
    def __init__(self, image: Image, shape: tuple[int, int]) -> None:
        self.image = image  # leak: parent-child-cycle
        self.values = np.zeros(shape)


class Image:
    def __init__(self, shape: tuple[int, int]) -> None:
        self.shape = shape
        self.layers: dict[str, Layer] = {}

    def layer(self, name: str) -> Layer:
        self.layers[name] = Layer(self, self.shape)
        return self.layers[name]


class Session:
    def __init__(self) -> None:
        self.requests: set[Request] = set()

    def send(self, body: bytes) -> Request:
        request = Request(body)
        request.session = self  # leak: parent-child-cycle
        self.requests.add(request)
        return request


class Request:
    session: Session | None = None

    def __init__(self, body: bytes) -> None:
        self.body = bytearray(body)


class Drawer:
    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def put(self, letter: Letter) -> None:
        letter.drawer = weakref.ref(self)  # ok: the way back is weak
        self.letters.append(letter)


class Letter:
    def __init__(self, text: str) -> None:
        self.text = bytearray(text, "utf-8")


class Leaf:
    def __init__(self, parent: Leaf | None) -> None:
        self.leaves: list[Leaf] = []
        self.data = bytearray(4096)
        self.parent = weakref.proxy(parent) if parent is not None else None  # ok: the way back is weak
        if parent is not None:
            parent.leaves.append(self)


class Invoice:
    def __init__(self, customer: Customer) -> None:
        self.customer = customer  # ok: the customer does not hold its invoices
        self.scan = bytearray(100_000)


class Customer:
    def __init__(self, name: str) -> None:
        self.name = name


class Point:
    __slots__ = ("x", "next", "above")

    def __init__(self, x: int, above: Point | None) -> None:
        self.x = x
        self.next: list[Point] = []
        self.above = above  # ok: tiny nodes, the collector keeps up
        if above is not None:
            above.next.append(self)


class Window:
    def __init__(self) -> None:
        self.panes: list[Pane] = []

    def split(self, pane: Pane) -> None:
        pane.window = self  # ok: close() breaks the cycle
        self.panes.append(pane)

    def close(self) -> None:
        for pane in self.panes:
            pane.window = None
        self.panes.clear()


class Pane:
    window: Window | None = None

    def __init__(self) -> None:
        self.pixels = bytearray(1_000_000)


class Default:
    def __init__(self) -> None:
        self.pixels = np.zeros(1_000_000)
        self.column = None

    def _set_parent(self, column) -> None:
        self.column = column
        self.column.default = self  # leak: parent-child-cycle low


class NumberContext:
    def __init__(self):
        self.make = make_number
        self.make.context = self  # ok: there is one such function, whoever refers to it


def make_number(text):
    return make_number.context.read(text)
