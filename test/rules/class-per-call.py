"""Classes that are made while the program runs."""

import collections
import dataclasses
import enum
from collections import namedtuple

from pydantic import create_model

_models = {}
_rows = {}
_kinds = {}
_types = []
_by_dtype = {}
_bounded = {}
Point = namedtuple("Point", "x y")  # ok: once


def model_for(name, fields):
    model = create_model(name, **fields)  # leak: class-per-call
    _models[name] = model
    return model


def row_for(query):
    if query not in _rows:
        _rows[query] = namedtuple("Row", query.split())  # leak: class-per-call
    return _rows[query]


def remember(schema):
    _types.append(type(schema["name"], (object,), dict(schema)))  # leak: class-per-call


class Factory:
    def __init__(self):
        self.made = {}

    def make(self, name, fields):
        self.made[name] = dataclasses.make_dataclass(name, fields)  # leak: class-per-call
        return self.made[name]

    def proxy(self, user, target):
        class Proxy(target):  # leak: class-per-call
            pass

        self.made[user] = Proxy
        return Proxy


def handle(request):
    Answer = collections.namedtuple("Answer", "code text")  # leak: class-per-call low
    return Answer(200, request.path)


def parse(lines):
    for line in lines:
        Row = namedtuple("Row", "a b")  # leak: class-per-call low
        yield Row(*line.split())


def to_row(values):
    Row = namedtuple("Row", values.keys())  # leak: class-per-call low
    return Row(**values)


def make_model(name):
    return create_model(name)  # ok: the caller's


def kind_of(value):
    return type(value)  # ok: asks for a class, makes none


def of_dtype(dtype):
    _by_dtype["dtype"] = type("Array", (), {"dtype": dtype})  # ok: a fixed key


def bounded(name):
    if len(_bounded) > 100:
        _bounded.clear()
    _bounded[name] = type(name, (), {})  # ok: emptied


def register_kind(name):
    _kinds[name] = enum.Enum(name, "A B")  # ok: registration


def decorate(cls):
    _kinds[cls] = type("Decorated", (cls,), {})  # ok: a decorator
    return cls


class Meta(type):
    def __new__(mcs, name, bases, namespace):
        made = type.__new__(mcs, name, bases, namespace)
        _types.append(made)  # ok: a metaclass, once for each class statement
        return made


def main():
    Row = namedtuple("Row", "a b")  # ok: runs once
    return Row(1, 2)
