"""Callables of every kind, for the driver."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import dataclasses
import enum
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Literal, NamedTuple, Optional, Tuple, TypedDict, Union

if TYPE_CHECKING:
    from shop.holders import Item


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    x: int
    y: float
    label: str = "here"


class Pair(NamedTuple):
    left: int
    right: str


class Options(TypedDict):
    size: int
    name: str


class Unbuildable:
    def __init__(self, secret):
        if secret != object:
            raise RuntimeError("no")
        self.rows = []
        self.names = {}
        self.count = 3
        self.secret = secret

    def read(self):
        self.rows.append(1)
        return self.count


class Shape(abc.ABC):
    def __init__(self, sides: int):
        self.sides = sides

    @abc.abstractmethod
    def area(self):
        ...

    def describe(self):
        return f"{self.sides} {self.area() is not None}"


class Store:
    def __init__(self, path: Path, limit: int = 3):
        self.path = path
        self.rows = []

    def add(self, key: str):
        self.rows.append(key)
        return len(self.rows)

    @property
    def size(self):
        return len(self.rows)

    @functools.cached_property
    def first(self):
        return [1]

    @staticmethod
    def join(a, b):
        return a + b

    @classmethod
    def open(cls, path: Path):
        return cls(path)

    @functools.lru_cache(maxsize=None)
    def load(self, key):
        return [key]

    async def fetch(self, n: int):
        await asyncio.sleep(0)
        return n

    class Row:
        def total(self, values):
            return sum(values)

    def __secret(self):
        return 1

    def __enter__(self):
        self.opened = True
        return self

    def __exit__(self, *exc):
        return None

    def needs_entering(self):
        return self.opened

    def merge(self, other):
        return other.rows + self.rows


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def careless(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


class Command:
    def __init__(self, callback):
        self.callback = callback

    def __call__(self):
        raise SystemExit(2)


@logged
def greet(name: str):
    return "hello " + name


@careless
def shout(text: str):
    return text.upper()


@Command
def command(count: int):
    return count


@functools.lru_cache(maxsize=None)
def cached(key):
    return [key]


def outer(n):
    def inner():
        return n

    return inner()


def typed(
    number: int, ratio: float, text: str, data: bytes, flag: bool, items: list[int], pairs: dict[str, int], maybe: int | None,
    either: Union[Colour, str], choice: Literal["a", "b"], colour: Colour, point: Point, pair: Pair, options: Options,
    path: Path, call: Callable[[int], int], twice: Tuple[int, ...], anything: Any, later: Item, nested: List[Dict[str, List[Point]]],
    *, keyword: Optional[str],
):  # fmt: skip
    assert isinstance(number, int) and isinstance(ratio, float) and isinstance(text, str) and isinstance(data, bytes)
    assert flag is True and all(isinstance(item, int) for item in items) and isinstance(pairs, dict)
    assert isinstance(maybe, int) and isinstance(either, Colour) and choice == "a" and colour is Colour.RED
    assert isinstance(point, Point) and isinstance(pair, Pair) and options["size"] and path.read_text()
    assert call(3) == 3 and isinstance(twice, tuple) and type(later).__name__ == "Item"
    assert isinstance(nested[0].popitem()[1][0], Point) and isinstance(keyword, str)
    return number


def named(path, count, items, callback, config, url, is_open, name):
    with open(path) as stream:
        first = stream.readline()
    return first, count + 1, [item for item in items], callback(3), config.items(), url.split(":"), is_open, name.upper()


def used(a, b, c, d):
    a.setdefault("x", 1)
    for part in b:
        part
    with c as opened:
        opened.anything()
    return d.strip()


def picky(mode):
    if mode == "deep":
        return "reached"
    return None


def columns(first, second):
    return sum(x * y for x, y in zip(first, second)) / float(first[0] - 0.5)


def needs_object(thing):
    return thing.connect().cursor().execute("x")


def raises_always(a, b):
    raise RuntimeError("on purpose")


def exits(code):
    raise SystemExit(code)


def never_ends():
    while True:
        pass


def waits_for_input():
    return input()


def numbers(n: int):
    yield from range(n)


def endless():
    number = 0
    while True:
        number += 1
        yield number


async def coroutine(n: int):
    await asyncio.sleep(0)
    return n


async def stream(n: int):
    for number in range(n):
        yield number


def starts_task():
    return asyncio.get_running_loop().create_task(coroutine(3))


@contextlib.contextmanager
def opened(name):
    yield name


def declared_target(connection):
    return connection.must_be_real


def leakcheck_probe_declared_target():
    return "declared"


def marked():  # leakcheck: probe
    return "marked"


def no_arguments():
    return 1


class Link:
    """Has to be opened before it is used."""

    def __init__(self, address):
        self.address = address
        self.socket = None

    def open(self, retries: int):
        self.socket = [retries]

    def send(self, text):
        return self.socket[0] + len(text.strip())


class Channel:
    async def __aenter__(self):
        self.rows = [1]
        return self

    async def __aexit__(self, *exc):
        return None

    async def count(self):
        return len(self.rows)


def memoised(function):
    cache = {}

    def wrapper(key):
        cache[key] = function(key)
        return len(cache)

    return wrapper


def frequencies(record):
    name, _, rest = record.partition(" - ")
    first, second = rest.split(",")
    return f"{name} {int(first) + float(second)}"


def totals(rows):
    return {row["name"].upper(): sum(item.price * item.count for item in row["items"]) for row in rows}


def either(*, left=None, right=None):
    if left is None and right is None:
        raise TypeError("one of the two is needed")
    return left or right


STAGES = {"first": 1, "second": 2}


def stage(name):
    return STAGES[name]


def colour_of(request):
    if request.kind not in ("red", "blue"):
        raise ValueError(request.kind)
    return f"{request.kind}-{request.size + 1}"
