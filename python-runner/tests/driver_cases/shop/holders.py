"""Every kind of holder; `GROW` maps the path that must be named to the function that makes it grow."""

from __future__ import annotations

import asyncio
import atexit
import collections
import contextvars
import functools
import logging
import queue
import threading
import weakref

GROW = {}


def holds(path):
    def register(function):
        GROW[path] = function
        return function

    return register


class Item:
    def __init__(self, number=0):
        self.number = number


_list = []
_items = {}
_by_object = {}
_names = set()


@holds("shop.holders._list[*] -> bytes")
def grow_list(number):
    _list.append(bytes(100))


@holds("shop.holders._items[*] -> list")
def grow_dict(number):
    _items[number] = [number]


@holds("shop.holders._by_object<key>[*] -> Item")
def grow_dict_keys(number):
    _by_object[Item()] = True


@holds("shop.holders._names[*] -> str")
def grow_set(number):
    _names.add(f"name {number}")


class Registry:
    known = []

    def __init__(self):
        self._rows = []

    @functools.lru_cache(maxsize=None)
    def load(self):
        return 1

    @staticmethod
    @functools.lru_cache(maxsize=None)
    def parse(key):
        return [key]


registry = Registry()


@holds("shop.holders.Registry.known[*] -> Item")
def grow_class_attribute(number):
    Registry.known.append(Item())


@holds("shop.holders.Registry.load.<lru_cache maxsize=None><key>[*] -> Registry")
def grow_cached_method(number):
    Registry().load()


@holds("shop.holders.Registry.parse.<lru_cache maxsize=None><value>[*] -> list")
def grow_cached_static(number):
    Registry.parse(number)


@holds("shop.holders.registry._rows[*] -> dict")
def grow_instance_attribute(number):
    registry._rows.append({"a": number})


@functools.lru_cache(maxsize=None)
def fetch(key):
    return [key]


@functools.lru_cache(maxsize=7000)
def fetch_bounded(key):
    return [key]


@holds("shop.holders.fetch.<lru_cache maxsize=None><value>[*] -> list")
def grow_cached_function(number):
    fetch(number)


@holds("shop.holders.fetch_bounded.<lru_cache maxsize=7000><value>[*] -> list")
def grow_bounded_cache(number):
    fetch_bounded(number)


@functools.lru_cache(maxsize=6000)
def fetch_record(key):
    return {"key": key}


@holds("shop.holders.fetch_record.<lru_cache maxsize=6000><value>[*] -> dict")
def grow_bounded_cache_of_dicts(number):
    fetch_record(number)


def collect(value, found=[]):
    found.append(value)


@holds("shop.holders.collect.<default found>[*] -> Item")
def grow_default_argument(number):
    collect(Item())


def counter():
    seen = []

    def count(value):
        seen.append(value)

    return count


count = counter()


@holds("shop.holders.count.<closure seen>[*] -> Item")
def grow_closure(number):
    count(Item())


_errors = []


@holds("shop.holders._errors[*].__traceback__.<frame grow_exception>.payload -> bytearray")
def grow_exception(number):
    payload = bytearray(1000)
    try:
        raise ValueError(len(payload))
    except ValueError as error:
        _errors.append(error)


log = logging.getLogger("shop.holders")


@holds("shop.holders.log.handlers[*] -> NullHandler")
def grow_handlers(number):
    log.addHandler(logging.NullHandler())


@holds("logging.root.handlers[*] -> NullHandler")
def grow_root_handlers(number):
    logging.getLogger().addHandler(logging.NullHandler())


@holds("atexit.register()[*] -> method")
def grow_exit_callbacks(number):
    atexit.register(Item().__init__)


context = contextvars.ContextVar("context")
context.set([])


@holds("shop.holders.context.get()[*] -> Item")
def grow_context(number):
    context.get().append(Item())


local = threading.local()
local.items = []


@holds("shop.holders.local.items[*] -> Item")
def grow_thread_local(number):
    local.items.append(Item())


_weak = weakref.WeakKeyDictionary()


class Back:
    def __init__(self, key):
        self.key = key


@holds("shop.holders._weak[*] -> Back")
def grow_weak_keys(number):
    key = Item()
    _weak[key] = Back(key)


_open = []


def rows():
    buffer = bytes(2000)
    yield 1
    yield buffer


@holds("shop.holders._open[*].<frame rows>.buffer -> bytes")
def grow_generators(number):
    generator = rows()
    next(generator)
    _open.append(generator)


_recent = collections.deque(maxlen=9000)


@holds("shop.holders._recent[*] -> list")
def grow_deque(number):
    _recent.append([number])


class Link:
    def __init__(self, next_link):
        self.next_link = next_link


head = None


@holds("shop.holders.head.next_link -> Link")
def grow_linked_list(number):
    global head
    head = Link(head)


_finalizers = []


@holds("weakref.finalize._registry[*] -> _Info")
def grow_finalizers(number):
    item = Item()
    _list_of_alive.append(item)
    weakref.finalize(item, int)


_list_of_alive = []

_tasks = set()
loop = asyncio.new_event_loop()


async def forever():
    await asyncio.Event().wait()


@holds("shop.holders._tasks[*] -> Task")
def grow_tasks(number):
    _tasks.add(loop.create_task(forever()))
    loop.run_until_complete(asyncio.sleep(0))


@holds("shop.holders.__dict__[*] -> object")
def grow_globals(number):
    globals()[f"generated_{number}"] = [number]


_callbacks = []


@holds("shop.holders._callbacks[*].args[*] -> bytes")
def grow_partials(number):
    _callbacks.append(functools.partial(print, bytes(3000)))


_waiting = queue.Queue()


@holds("shop.holders._waiting[*] -> bytes")
def grow_queue(number):
    _waiting.put(bytes(3000))


text = ""


@holds("shop.holders.text -> str")
def grow_text(number):
    global text
    text += "x" * 50
