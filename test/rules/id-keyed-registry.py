"""Registries that know objects by their ids."""

import weakref

_done = set()
_owners = {}
_pairs = {}
_counts: dict = {}
_removed = {}
_finalised = set()
_registered = {}


def prepare(engine):
    if id(engine) in _done:
        return
    _done.add(id(engine))  # leak: id-keyed-registry


def owned(engine, owner):
    key = id(engine)
    _owners[key] = owner  # leak: id-keyed-registry


def paired(left, right):
    _pairs[id(left), id(right)] = left  # leak: id-keyed-registry


def counted(engine):
    _counts.setdefault(id(engine), []).append(engine)  # leak: id-keyed-registry


class Tracker:
    _seen = set()
    _by_name = {}

    def __init__(self):
        self._visited = set()
        self._released = {}

    def track(self, widget):
        self._seen.add(id(widget))  # leak: id-keyed-registry

    @classmethod
    def named(cls, widget, name):
        cls._by_name[(name, id(widget))] = widget  # leak: id-keyed-registry

    def visit(self, node):
        self._visited.add(id(node))  # leak: id-keyed-registry low

    def hold(self, node):
        self._released[id(node)] = node  # ok: released below

    def release(self, node):
        del self._released[id(node)]


def walk(node):
    seen = set()
    seen.add(id(node))  # ok: local to the call
    return seen


def keep(engine):
    _removed[id(engine)] = engine  # ok: removed by forget


def forget(engine):
    _removed.pop(id(engine), None)


def finalised(engine):
    _finalised.add(id(engine))  # ok: a finalizer removes it
    weakref.finalize(engine, _finalised.discard, id(engine))


def register_engine(engine):
    _registered[id(engine)] = engine  # ok: runs while modules are imported


def named(engine):
    _counts[engine.name] = engine  # ok: no id, and not looked at twice
