"""A catalogue service that caches here and there."""

from __future__ import annotations

import enum
import functools
import functools as ft
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from functools import lru_cache as memoised

import cachetools
from async_lru import alru_cache

from catalogue.keys import by_title
from catalogue.web import cache as response_cache

memo = functools.cache


class Shelf:
    def __init__(self, rows: list[str]) -> None:
        self.rows = rows

    @lru_cache  # leak: cached-method medium
    def find(self, title: str) -> list[str]:
        return [row for row in self.rows if title in row]

    @functools.lru_cache(maxsize=16)  # leak: cached-method medium
    def first(self, title: str) -> str:
        return self.find(title)[0]

    @ft.cache  # leak: cached-method medium
    def count(self) -> int:
        return len(self.rows)

    @memoised(maxsize=None)  # leak: cached-method medium
    def titles(self, prefix: str = "") -> tuple[str, ...]:
        return tuple(row for row in self.rows if row.startswith(prefix))

    @memo  # leak: cached-method medium
    def longest(self) -> str:
        return max(self.rows, key=len)

    @property
    @cache  # leak: cached-method medium
    def total(self) -> int:
        return sum(map(len, self.rows))

    @lru_cache(  # leak: cached-method medium
        maxsize=64,
        typed=True,
    )
    def shortest(self, at_least: int) -> str:
        return min((row for row in self.rows if len(row) >= at_least), key=len)

    @cache  # leak: cached-method medium
    async def refresh(self, source: str) -> None:
        self.rows.append(source)

    def _rank(self, title: str) -> int:
        return self.rows.index(title)

    rank = cache(_rank)  # leak: cached-method medium
    position = lru_cache(maxsize=8)(_rank)  # leak: cached-method medium

    class Row:
        @cache  # leak: cached-method medium
        def words(self, minimum: int) -> int:
            return minimum

    if hasattr(functools, "cache"):

        @functools.cache  # leak: cached-method medium
        def newest(self, year: int) -> str:
            return self.rows[-year]

    @alru_cache(maxsize=None)  # leak: cached-method medium
    async def fetch(self, title: str) -> str:
        return title

    @cachetools.cached({})  # leak: cached-method medium
    def cost(self, title: str) -> int:
        return len(title)

    @cachetools.cached({}, key=by_title)  # ok: the key may leave the instance out
    def weight(self, title: str) -> int:
        return len(title)

    @cachetools.cachedmethod(lambda self: self.rows)  # ok: the cache is the instance's own
    def height(self, title: str) -> int:
        return len(title)

    @cached_property  # ok: the value lives on the instance
    def index(self) -> dict[str, int]:
        return {row: number for number, row in enumerate(self.rows)}

    @staticmethod
    @lru_cache  # ok: the key holds no instance; another rule looks at static methods
    def normalise(title: str) -> str:
        return title.casefold()

    @classmethod
    @cache  # ok: the key holds the class, not an instance
    def empty(cls, size: int) -> int:
        return size

    @cache  # ok: an implicit class method
    def __class_getitem__(cls, item: type) -> str:
        return item.__name__

    @response_cache  # ok: not the cache of functools
    def page(self, number: int) -> str:
        return self.rows[number]

    def search(self, words: list[str]) -> list[int]:
        @cache  # ok: a nested function and its cache die with the call
        def score(word: str) -> int:
            return sum(word in row for row in self.rows)

        return [score(word) for word in words]

    def __init_subclass__(cls) -> None:
        cls.lookup = cache(cls.normalise)  # ok: keyed by a plain string


@dataclass(frozen=True)
class Isbn:
    digits: str

    @cache  # leak: cached-method medium
    def check_digit(self) -> int:
        return sum(int(digit) for digit in self.digits) % 11


@dataclass(frozen=True)
class Colour:
    name: str

    @lru_cache(maxsize=64)  # ok: bounded, and equal colours share their entry
    def code(self) -> int:
        return len(self.name)


class Genre(enum.Enum):
    NOVEL = 1
    POEM = 2

    @cache  # ok: the members of an enum live for ever anyway
    def label(self) -> str:
        return self.name.title()


class Named(enum.IntFlag):
    pass


class Access(Named):
    READ = 1

    @lru_cache  # ok: an enum through its base
    def describe(self, language: str) -> str:
        return f"{language}: {self.name}"


class Plural(type):
    @cache  # ok: the instances of a metaclass are classes
    def table_name(cls) -> str:
        return cls.__name__.lower() + "s"


class Settings:
    @lru_cache(maxsize=32)  # ok: the module makes the one instance
    def get(self, key: str) -> str:
        return key.upper()


settings = Settings()


class Registry:
    _instance: Registry | None = None

    def __new__(cls) -> Registry:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    @lru_cache(maxsize=32)  # ok: __new__ gives the same instance again
    def resolve(self, name: str) -> str:
        return name.strip()


def shelf_type(prefix: str) -> type:
    class Local:
        @lru_cache(maxsize=4)  # ok: the cache dies with the class
        def find(self, title: str) -> str:
            return prefix + title

    return Local


class Lookups:
    def lookups(cls):
        return sorted(cls.__dict__)

    lookups = classmethod(functools.lru_cache(maxsize=None)(lookups))

    @functools.cache
    def by_name(cls):  # ok: made a class method below
        return sorted(cls.__dict__)

    by_name = classmethod(by_name)


class LastAnswer:
    def __init__(self, rows):
        self.rows = rows

    @functools.lru_cache(maxsize=1)  # ok: it keeps one instance, the last
    def total(self, scale):
        return sum(self.rows) * scale
