"""Rendering and look-up functions with caches of every kind."""

import enum
import functools
import re
from functools import cache, lru_cache
from functools import lru_cache as memoised
from typing import Literal

import cachetools
from async_lru import alru_cache

try:
    from backports.functools_lru_cache import lru_cache as compat_cache
except ImportError:
    compat_cache = functools.lru_cache

memo = functools.cache


class Unit(enum.Enum):
    METRE = "m"
    FOOT = "ft"


class Page:
    pass


@functools.cache  # leak: unbounded-function-cache
def render(text: str) -> str:
    return f"<p>{text}</p>"


@cache  # leak: unbounded-function-cache
def thumbnail(path, width=120):
    with open(path, "rb") as handle:
        return handle.read(width)


@lru_cache(maxsize=None)  # leak: unbounded-function-cache
def user_name(user_id: int) -> str:
    return f"user {user_id}"


@lru_cache(None)  # leak: unbounded-function-cache
def route(url: str, *, method: str = "GET") -> tuple:
    return (method, url)


@memoised(maxsize=None, typed=True)  # leak: unbounded-function-cache
def convert(amount: float, unit: Unit) -> float:
    return amount * (0.3048 if unit is Unit.FOOT else 1.0)


@memo  # leak: unbounded-function-cache
def tokens(*words: str) -> int:
    return len(words)


@cache  # leak: unbounded-function-cache
async def lookup(key: str) -> str:
    return key


class Geometry:
    @staticmethod
    @cache  # leak: unbounded-function-cache
    def distance(start: tuple, end: tuple) -> float:
        return abs(start[0] - end[0]) + abs(start[1] - end[1])

    @classmethod
    @lru_cache(maxsize=None)  # leak: unbounded-function-cache
    def parse(cls, text: str) -> tuple:
        return tuple(map(float, text.split(",")))

    @staticmethod
    @cache  # ok: takes no argument
    def origin() -> tuple:
        return (0.0, 0.0)


def _tax(country: str) -> float:
    return len(country) / 100


tax = cache(_tax)  # leak: unbounded-function-cache


@cache  # ok: takes no argument, so it keeps one value
def version() -> str:
    return "1.0"


@lru_cache(maxsize=None)  # ok: takes no argument
def pattern() -> re.Pattern:
    return re.compile(r"\d+")


@lru_cache(maxsize=256)  # ok: bounded
def greet(name: str) -> str:
    return "Hello " + name


@lru_cache  # ok: bounded by the default of 128
def shout(name: str) -> str:
    return name.upper()


@lru_cache()  # ok: bounded by the default of 128
def whisper(name: str) -> str:
    return name.lower()


@cache  # ok: two members, two flags
def factor(unit: Unit, exact: bool = False) -> float:
    return 1.0 if exact else len(unit.value)


@cache  # ok: a handful of literals
def suffix(kind: Literal["short", "long"]) -> str:
    return kind[0]


@cache  # ok: keyed by classes
def table_name(model: type) -> str:
    return model.__name__.lower()


@cache  # ok: keyed by classes
def columns(model: "type[Page]") -> tuple:
    return tuple(vars(model))


class Tool:
    @cache  # ok: keyed by the class, and so a singleton
    def __new__(cls) -> "Tool":
        return super().__new__(cls)


@alru_cache(maxsize=None)  # leak: unbounded-function-cache
async def profile(user: str) -> str:
    return user


@alru_cache  # ok: bounded by the default of 128
async def avatar(user: str) -> str:
    return user


@cachetools.cached(cache={})  # leak: unbounded-function-cache
def rate(currencies: tuple, day: str) -> float:
    return len(currencies) / len(day)


@cachetools.cached(cachetools.LRUCache(maxsize=32))  # ok: bounded
def tariff(day: str) -> float:
    return len(day)


@compat_cache(maxsize=None)  # leak: unbounded-function-cache
def legacy(text: str) -> str:
    return text


@cache  # ok: called with literals only
def _compiled(expression: str) -> re.Pattern:
    return re.compile(expression)


WORD = _compiled(r"\w+")
SPACE = _compiled(r"\s+")


@cache  # ok: another rule looks at keys that are objects
def page_title(page: Page) -> str:
    return str(page)


def summarise(lines: list) -> list:
    @cache  # ok: a nested function and its cache die with the call
    def width(line: str) -> int:
        return len(WORD.findall(line))

    return [width(line) for line in lines]


@functools.cache
def executable_path(program):  # ok: it raises for all but two values
    if program == "gs":
        return "/usr/bin/gs"
    elif program in ("dvips", "latex"):
        return "/usr/bin/latex"
    else:
        raise ValueError(program)


@functools.cache
def code_point(character):  # ok: characters only
    if len(character) != 1:
        raise ValueError(character)
    return ord(character)


@functools.cache
def _joined(first):  # ok: the file gives it constants only
    return first * 2


TWICE = _joined("a" + "b")


def thrice():
    return _joined("abc") + "abc"
