"""Every kind of holder; `GROW` maps the path that must be named to the function that makes it grow."""

from __future__ import annotations

import asyncio
import atexit
import codecs
import collections
import concurrent.futures
import contextlib
import contextvars
import copyreg
import functools
import io
import logging
import queue
import signal
import sys
import threading
import warnings
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


_frames = []


@holds("shop.holders._frames[*].<frame grow_frames>.payload -> bytearray")
def grow_frames(number):
    payload = bytearray(1000)
    _frames.append(sys._getframe())
    return payload


_traces = []


@holds("shop.holders._traces[*].<frame grow_tracebacks>.payload -> bytearray")
def grow_tracebacks(number):
    payload = bytearray(1000)
    try:
        raise ValueError(len(payload))
    except ValueError as error:
        _traces.append(error.__traceback__)


_waiting_coroutines = []


async def page():
    buffer = bytes(2000)
    await asyncio.sleep(0)
    return buffer


@holds("shop.holders._waiting_coroutines[*].<frame page>.buffer -> bytes")
def grow_coroutines(number):
    coroutine = page()
    coroutine.send(None)
    _waiting_coroutines.append(coroutine)


_pages = []


async def pages():
    buffer = bytes(2000)
    yield buffer


@holds("shop.holders._pages[*].<frame pages>.buffer -> bytes")
def grow_async_generators(number):
    generator = pages()
    try:
        generator.__anext__().send(None)
    except StopIteration:
        pass
    _pages.append(generator)


@holds("shop.holders.log.manager.loggerDict[*] -> Logger")
def grow_loggers(number):
    logging.getLogger(f"shop.holders.{number}")


@holds("signal.getsignal(SIGUSR2).<default before> -> function")
def grow_signal_handlers(number):
    before = signal.getsignal(signal.SIGUSR2)

    def handle(number, frame, before=before):
        return before

    signal.signal(signal.SIGUSR2, handle)


@holds("shop.holders.__warningregistry__<key>[*] -> tuple")
def grow_warnings(number):
    with contextlib.redirect_stderr(io.StringIO()):
        warnings.warn(f"number {number}", UserWarning)


@holds("sys.excepthook.<default before> -> function")
def grow_exception_hooks(number):
    before = sys.excepthook

    def hook(kind, error, trace, before=before):
        before(kind, error, trace)

    sys.excepthook = hook


@holds("threading.excepthook.<default before> -> function")
def grow_thread_hooks(number):
    before = threading.excepthook

    def hook(error, before=before):
        before(error)

    threading.excepthook = hook


@holds("codecs.register()[*] -> function")
def grow_codecs(number):
    codecs.register(lambda name, number=number: None)


@functools.singledispatch
def show(value):
    return value


@holds("shop.holders.show.<closure dispatch>.<closure registry>[*] -> function")
def grow_singledispatch(number):
    show.register(type(f"Kind{number}", (), {}), lambda value: number)


@holds("copyreg.dispatch_table[*] -> builtin_function_or_method")
def grow_copyreg(number):
    copyreg.pickle(type(f"Copied{number}", (), {}), len)


@holds("shop.holders.loop._scheduled[*] -> TimerHandle")
def grow_timers(number):
    loop.call_later(10_000, Item)


_outcome = loop.create_future()


@holds("shop.holders._outcome._callbacks[*] -> tuple")
def grow_future_callbacks(number):
    _outcome.add_done_callback(functools.partial(nothing, number))


_result = concurrent.futures.Future()


@holds("shop.holders._result._done_callbacks[*] -> function")
def grow_result_callbacks(number):
    _result.add_done_callback(lambda future: number)


_alive = Item()


def nothing(*given):
    pass


_references = []


@holds("shop.holders._references[*].<callback>.args[*] -> bytes")
def grow_weak_reference_callbacks(number):
    _references.append(weakref.ref(_alive, functools.partial(nothing, bytes(3000))))


_bound = []


@holds("shop.holders._bound[*].__self__.number -> bytes")
def grow_bound_methods(number):
    _bound.append(Item(bytes(3000)).__init__)


_views = []


@holds("shop.holders._views[*] -> dict_values")
def grow_dict_views(number):
    _views.append({number: [number]}.values())


_memory = []


@holds("shop.holders._memory[*].obj -> bytearray")
def grow_memory_views(number):
    _memory.append(memoryview(bytearray(3000)))


class Slotted:
    __slots__ = ("rows",)

    def __init__(self):
        self.rows = []


_slotted = Slotted()


@holds("shop.holders._slotted.rows[*] -> Item")
def grow_slots(number):
    _slotted.rows.append(Item())


_ordered = collections.OrderedDict()


@holds("shop.holders._ordered[*] -> Item")
def grow_ordered(number):
    _ordered[number] = Item()


_quick = queue.SimpleQueue()


@holds("shop.holders._quick[*] -> bytes")
def grow_simple_queue(number):
    _quick.put(bytes(3000))


_contexts = []
_in_context = contextvars.ContextVar("in_context")


@holds("shop.holders._contexts[*] -> Context")
def grow_contexts(number):
    found = contextvars.copy_context()
    found.run(_in_context.set, number)
    _contexts.append(found)


text = ""


@holds("shop.holders.text -> str")
def grow_text(number):
    global text
    text += "x" * 50
