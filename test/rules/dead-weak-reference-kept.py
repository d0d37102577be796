"""Weak references in containers of their own."""

import weakref
from weakref import WeakMethod, ref

_open = []
_by_name = {}
_pruned = []
_watched = []
_sized = []


def open_file(name):
    handle = Handle(name)
    _open.append(weakref.ref(handle))  # leak: dead-weak-reference-kept
    _by_name[name] = ref(handle)  # leak: dead-weak-reference-kept
    return handle


class Handle:
    instances = []

    def __init__(self, name):
        self.name = name
        self.instances.append(weakref.ref(self))  # leak: dead-weak-reference-kept


class EventBus:
    def __init__(self):
        self._listeners = []
        self._pairs = []

    def subscribe(self, listener):
        entry = WeakMethod(listener)
        self._listeners.append(entry)  # leak: dead-weak-reference-kept

    def watch(self, name, thing):
        self._pairs.append((name, weakref.proxy(thing)))  # leak: dead-weak-reference-kept

    def publish(self, event):
        for listener in self._listeners:
            callback = listener()
            if callback is not None:
                callback(event)


class Tree:
    def __init__(self):
        self._leaves = []

    def grow(self, leaf):
        self._leaves.append(weakref.ref(leaf))  # ok: does one piece of work and goes


class Thing:
    def __init__(self):
        self._owners = []

    def give(self, owner):
        self._owners.append(weakref.ref(owner))  # leak: dead-weak-reference-kept low


class Hub:
    def __init__(self, parts):
        self._parts = []
        self._refs = set()
        self._dead = []
        for part in parts:
            self._parts.append(weakref.ref(part))  # ok: filled while the object is made

    def add(self, thing):
        self._refs.add(weakref.ref(thing, self._refs.discard))  # ok: has a callback
        self._dead.append(weakref.ref(thing))  # ok: built anew below

    def prune(self):
        self._dead = [one for one in self._dead if one() is not None]


def keep(thing):
    _pruned.append(weakref.ref(thing))  # ok: entries are taken out
    for entry in list(_pruned):
        if entry() is None:
            _pruned.remove(entry)


def watch(thing):
    _watched.append(weakref.ref(thing, callback=_gone))  # ok: has a callback


def _gone(reference):
    print(reference)


def count(thing):
    _sized.append(ref(thing))  # ok: its length is asked for
    return len(_sized) > 10


def register_kind(kind):
    _sized.append(ref(kind))  # ok: at import


def local(things):
    refs = []
    for thing in things:
        refs.append(weakref.ref(thing))  # ok: a local
    return refs
