"""Functions that cache by requests, sessions and models."""

import enum
import functools
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple, Optional

import pandas as pd
import torch
from sqlalchemy.orm import Session
from starlette.requests import Request


class Widget:
    def __init__(self, name):
        self.name = name


@dataclass(frozen=True)
class Point:
    x: int
    y: int


class Colour(enum.Enum):
    RED = 1


class Pair(NamedTuple):
    left: str
    right: str


class Equal:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


class Names:
    @staticmethod
    @lru_cache  # leak: cache-keyed-by-objects
    def name_of(model_cls):
        return model_cls.__name__

    @classmethod
    @cache  # leak: cache-keyed-by-objects
    def title(cls, request):
        return request.path

    @staticmethod
    @functools.lru_cache(maxsize=32)  # leak: cache-keyed-by-objects
    def width(widget: Widget) -> int:
        return len(widget.name)

    @lru_cache  # ok: a method, which has a rule of its own
    def height(self, request):
        return request.path


@lru_cache()  # leak: cache-keyed-by-objects
def permissions(session: Session, user_id: int) -> list:
    return session.get(user_id)


@lru_cache(maxsize=100)  # leak: cache-keyed-by-objects
def language(request: Request) -> str:
    return request.headers["accept-language"]


@functools.cache  # leak: cache-keyed-by-objects
def norm(tensor: "torch.Tensor") -> float:
    return tensor.norm()


@lru_cache(maxsize=8)  # leak: cache-keyed-by-objects
def summary(df: Optional[pd.DataFrame] = None):
    return df


@cache  # leak: cache-keyed-by-objects
def label(widget: Widget | None) -> str:
    return widget.name if widget else ""


def _render(obj):
    return str(obj)


render = lru_cache(maxsize=64)(_render)  # leak: cache-keyed-by-objects


@lru_cache(maxsize=1)  # leak: cache-keyed-by-objects low
def last(widget: Widget) -> str:
    return widget.name


@lru_cache  # ok: plain values
def plain(name: str, size: int, path: Path) -> str:
    return f"{name}{size}{path}"


@lru_cache  # ok: equal points share an entry
def area(point: Point) -> int:
    return point.x * point.y


@lru_cache  # ok: an enum, a named tuple, a class with its own equality
def mixed(colour: Colour, pair: Pair, equal: Equal) -> str:
    return f"{colour}{pair}{equal}"


@lru_cache  # ok: keyed by classes
def fields(kind: type[Widget]) -> tuple:
    return tuple(vars(kind))


@lru_cache  # ok: a name that tells nothing
def double(value):
    return value * 2


@lru_cache  # ok: a flag by its default
def flag(user=False):
    return user


def local(requests):
    @cache  # ok: dies with the call
    def path(request):
        return request.path

    return [path(request) for request in requests]
