"""Side tables that are meant to end with their owners."""

import asyncio
import functools
import weakref
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakValueDictionary

import aiohttp

from toolkit import Session, WeakKeyDefaultDict, describe

_contexts = weakref.WeakKeyDictionary()
_handlers = WeakKeyDictionary()
_tasks: "WeakKeyDictionary" = WeakKeyDictionary()
_states = weakref.WeakKeyDictionary()
_entries = WeakKeyDictionary()
_sessions = WeakKeyDictionary()
_by_name = WeakValueDictionary()
_groups = WeakKeyDefaultDict(list)


class Request:
    def __init__(self, path):
        self.path = path


class Runner:
    def __init__(self, future, count=0):
        self.future = future
        self.count = count


class Counter:
    def __init__(self, request):
        self.length = len(request.path)


@dataclass
class Entry:
    owner: Request
    size: int


class Table(weakref.WeakKeyDictionary):
    pass


_table = Table()


def context(request):
    _contexts[request] = {"request": request}  # leak: weak-value-refers-to-key


def itself(request):
    _contexts[request] = request  # leak: weak-value-refers-to-key


def pair(request, size):
    _contexts[request] = (size, [request])  # leak: weak-value-refers-to-key


def nested(request, size):
    _contexts.setdefault(request, {})["self"] = size  # ok: a plain value
    _contexts[request]["self"] = request  # leak: weak-value-refers-to-key


def appended(request):
    _contexts.setdefault(request, []).append(request)  # leak: weak-value-refers-to-key


def grouped(request):
    _groups[request].append(request)  # leak: weak-value-refers-to-key


def lambda_over(request):
    _handlers[request] = lambda: request.path  # leak: weak-value-refers-to-key


def function_over(request):
    def reply():
        return request.path

    _handlers[request] = reply  # leak: weak-value-refers-to-key


def partial_over(request):
    _handlers[request] = functools.partial(describe, request)  # leak: weak-value-refers-to-key


def own_class(future):
    _states[future] = Runner(future)  # leak: weak-value-refers-to-key


def own_class_by_name(future):
    runner = Runner(count=1, future=future)
    _states[future] = runner  # leak: weak-value-refers-to-key


def record(request):
    _entries[request] = Entry(request, 1)  # leak: weak-value-refers-to-key


def attribute_after(request):
    counter = Counter(request)
    counter.owner = request
    _entries[request] = counter  # leak: weak-value-refers-to-key


def foreign_class(request):
    _sessions[request] = Session(request)  # leak: weak-value-refers-to-key medium


def subclassed(request):
    _table[request] = [request]  # leak: weak-value-refers-to-key


async def of_loop(work):
    loop = asyncio.get_running_loop()
    _tasks[loop] = loop.create_task(work())  # leak: weak-value-refers-to-key


async def session_of_loop():
    loop = asyncio.get_running_loop()
    _sessions[loop] = aiohttp.ClientSession(loop=loop)  # leak: weak-value-refers-to-key medium


def by_name(request):
    _by_name[(request.path, request)] = request  # leak: weak-value-refers-to-key


def by_itself(request):
    _by_name[request] = request  # leak: weak-value-refers-to-key


class Widget:
    _redraws = WeakKeyDictionary()
    _by_loop = WeakKeyDictionary()
    _all = WeakKeyDictionary()

    def __init__(self, loop):
        self.loop = loop
        Widget._redraws[self] = self.draw  # leak: weak-value-refers-to-key
        self._by_loop[loop] = self  # leak: weak-value-refers-to-key
        self._all[self] = len(self._all)  # ok: a number

    def again(self):
        self._by_loop[self.loop] = self  # leak: weak-value-refers-to-key

    def draw(self):
        return None


class Cache:
    def __init__(self):
        self._entries = weakref.WeakKeyDictionary()

    def put(self, request):
        self._entries[request] = {"of": request}  # leak: weak-value-refers-to-key medium


_plain = WeakKeyDictionary()
_removed = WeakKeyDictionary()
_strong = {}
_names = WeakValueDictionary()


def plain(request, size):
    _plain[request] = size  # ok: nothing of the key
    _plain[request] = {"path": request.path, "id": id(request)}  # ok: plain parts of the key
    _plain[request] = describe(request)  # ok: a function, whose result is not known
    _plain[request] = Counter(request)  # ok: does not store the key
    _plain[request] = weakref.ref(request)  # ok: weakly
    _plain[request] = {"request": weakref.proxy(request)}  # ok: weakly
    _plain[request] = lambda: size  # ok: holds another name
    _plain[request] = str(request)  # ok: a text
    _plain[request] = ValueError(request.path)  # ok: a part of the key


def removed(request):
    _removed[request] = {"request": request}  # ok: removed by forget


def forget(request):
    _removed.pop(request, None)


def strong(request):
    _strong[request] = {"request": request}  # ok: no weak map


def named(request):
    _names[request.path] = request  # ok: the key is a text
    _names[id(request)] = request  # ok: the key is a number


def local(requests):
    seen = WeakKeyDictionary()
    for request in requests:
        seen[request] = [request]  # ok: lives no longer than the call
    return len(seen)
