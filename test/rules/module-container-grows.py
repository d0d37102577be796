"""State at module level: some of it only ever grows."""

import asyncio
import collections
import dataclasses
import enum
import queue
import threading
import time
import uuid
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Literal

from pydantic import BaseModel

_pages = {}
_visited = set()
_events: list = []
_by_day = defaultdict(list)
_order = OrderedDict()
_hits = collections.Counter()
_backlog = deque()
_quotes = dict()
_groups = {}
_tags = set()
_sessions = {}
_names = []
_errors = []


def fetch(url):
    if url not in _pages:
        _pages[url] = url.encode() * 100  # leak: module-container-grows
    return _pages[url]


def visit(address: str) -> None:
    _visited.add(address.lower())  # leak: module-container-grows


def record(event: dict) -> None:
    _events.append(event)  # leak: module-container-grows


def file(day: str, parcel: bytes) -> None:
    _by_day[day].append(parcel)  # leak: module-container-grows


def remember(key: str, value: str) -> None:
    _order.setdefault(key, value)  # leak: module-container-grows


def hit(path: str) -> None:
    _hits[path] += 1  # leak: module-container-grows


class Worker:
    def push(self, job: bytes) -> None:
        _backlog.append((self, job))  # leak: module-container-grows


def quote(origin: str, destination: str) -> int:
    key = (origin, destination)
    price = len(origin) * len(destination)
    _quotes[key] = price  # leak: module-container-grows low
    return price


def join(group: str, member: str) -> None:
    _groups.setdefault(group, []).append(member)  # leak: module-container-grows low


def tag(words):
    global _tags
    _tags |= set(words)  # leak: module-container-grows


async def connect(session_id: str, socket) -> None:
    def store(state: str) -> None:
        _sessions.update({session_id: (socket, state)})  # leak: module-container-grows low

    store("open")


def load(lines):
    for line in lines:
        _names.extend(line.split())  # leak: module-container-grows


def attempt(job: str) -> None:
    global _errors
    try:
        int(job)
    except ValueError as error:
        _errors += [f"{job}: {error}"]  # leak: module-container-grows


_limiters = set()


class Limiter:
    def __init__(self) -> None:
        _limiters.add(self)  # leak: module-container-grows


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


_open = {}
_recent = []
_batch = []
_live = weakref.WeakValueDictionary()
_last = deque(maxlen=50)
_seen = set()
_window = []
_commands = {}
_plugins = {}
_models = {}
_state = {}
_modes = {}
_totals = Counter()
_ring = [None] * 8
_arguments = []
_scratch = []
_latest = {}
_limits = {}
CODECS = {}


def begin(name: str) -> None:
    _open[name] = object()  # ok: end() pops it


def end(name: str) -> None:
    _open.pop(name, None)


def look(item: str) -> None:
    _recent.append(item)  # ok: cut to its last hundred
    del _recent[:-100]


def enqueue(row: str) -> None:
    _batch.append(row)  # ok: flush() makes a new list


def flush() -> list:
    global _batch
    rows, _batch = _batch, []
    return rows


def track(key: str, thing) -> None:
    _live[key] = thing  # ok: weak values
    _last.append(thing)  # ok: maxlen


def once(token: str) -> None:
    if len(_seen) > 10_000:
        _seen.clear()
    _seen.add(token)  # ok: cleared when it is large


def sample(value: float) -> None:
    global _window
    _window.append(value)  # ok: assigned anew
    _window = _window[-60:]


def command(name: str):
    def wrap(function):
        _commands[name] = function  # ok: a decorator runs at import
        return function

    return wrap


def register_plugin(name: str, plugin) -> None:
    _plugins[name] = plugin  # ok: registration


def bind(model: type, table: str) -> None:
    _models[model] = table  # ok: keyed by classes


def paint(colour: Colour, how: Literal["matt", "gloss"], fast: bool) -> None:
    _state["colour"] = colour  # ok: a literal key
    _modes[(colour, how, fast)] = 1  # ok: a finite set of keys
    _totals["painted"] += 1  # ok: a literal key


def place(index: int, value: bytes) -> None:
    _ring[index % 8] = value  # ok: a slot of a list is overwritten


def main(arguments: list) -> None:
    _arguments.extend(arguments)  # ok: runs once, as a script


def count(words: list) -> int:
    _scratch = []
    for word in words:
        _scratch.append(word)  # ok: a local of the same name
    return len(_scratch)


def keep(item: str, _latest: dict) -> None:
    _latest[item] = item  # ok: a parameter of the same name


def limit(name: str, value: int) -> None:
    if len(_limits) < 100:
        _limits[name] = value  # ok: guarded by its length


def _add_codec(name: str, codec: object) -> None:
    CODECS[name] = codec  # ok: called while the module is imported


_add_codec("zip", object())
_add_codec("gzip", object())


# Containers of a class belong to all of its instances.
class Session:
    history = []
    _by_user = {}
    _open = {}
    _names = []
    kinds = {"plain": 1}

    def __init__(self, user: str) -> None:
        self._names = [user]
        self._by_user[user] = self  # leak: module-container-grows
        Session._open[user] = self  # ok: close() pops it

    def emit(self, message: str) -> None:
        Session.history += [message]  # leak: module-container-grows
        self._names.append(message)  # ok: each instance has its own list

    def close(self, user: str) -> None:
        self._open.pop(user, None)


class Pool:
    _free: list = []
    _used: dict = {}

    @classmethod
    def take(cls, owner: object) -> None:
        cls._free.append(owner)  # ok: a class below empties it
        cls._used[id(owner)] = owner  # ok: `id-keyed-registry` looks at it


class SharedPool(Pool):
    @classmethod
    def drain(cls) -> None:
        cls._free.clear()


@dataclasses.dataclass
class Basket:
    items: list = dataclasses.field(default_factory=list)

    def put(self, item: str) -> None:
        self.items.append(item)  # ok: each instance has its own list


class Form(BaseModel):
    rows: list = []

    def put(self, row: str) -> None:
        self.rows.append(row)  # ok: such models copy their defaults


class Group:
    __groups = {}

    def join(self, name: str) -> None:
        groups = Group.__groups
        if name not in groups:
            groups[name] = []
        groups[name].append(self)  # leak: module-container-grows


# Containers of a function live as long as the function.
def slug(title: str) -> str:
    if title not in slug.cache:
        slug.cache[title] = title.lower()  # leak: module-container-grows low
    return slug.cache[title]


slug.cache = {}


_lazy = None
_log = []
_by_thread = {}
_tickets = {}
_listeners = {}
_handles = []
_jobs = queue.Queue()
_mail = queue.Queue()
_patterns = []
_index = [0]
_fields = {"events": []}
_opcodes = {}


def thumbnail(path: str) -> bytes:
    global _lazy
    if _lazy is None:
        _lazy = {}
    _lazy[path] = path.encode()  # leak: module-container-grows
    return _lazy[path]


def trace(event: str) -> None:
    log = _log
    log.append(event)  # leak: module-container-grows


def local_store() -> dict:
    key = threading.get_ident()
    _by_thread[key] = {}  # leak: module-container-grows
    return _by_thread[key]


def ticket() -> str:
    number = uuid.uuid4().hex
    _tickets[number] = time.time()  # leak: module-container-grows
    return number


def listen(event: str, listener) -> None:
    _listeners.setdefault(event, []).append(listener)  # ok: unlisten() removes it


def unlisten(event: str, listener) -> None:
    _listeners[event].remove(listener)


def hold(handle: object) -> None:
    _handles.append(handle)  # ok: release() removes it through another name


def release(handle: object) -> None:
    drop, handles = print, _handles
    handles.remove(handle)


def submit(job: str) -> None:
    _jobs.put(job)  # ok: work() gets it


def work() -> str:
    return _jobs.get()


def send(letter: str) -> None:
    _mail.put(letter)  # leak: module-container-grows low


def patterns() -> list:
    if not _patterns:
        _patterns.extend(["a", "b"])  # ok: filled once
    return _patterns


def count_up(amount: int) -> None:
    _index[0] += amount  # ok: a slot of a list is overwritten


def note(event: str) -> None:
    _fields["events"].append(event)  # leak: module-container-grows


def _opcode(name: str, code: int) -> None:
    _opcodes[name] = code  # ok: called by jump_opcode() while the module is imported


def _jump_opcode(name: str, code: int) -> None:
    _opcode(name, code)


_jump_opcode("JUMP", 1)


# Attributes of the one instance that a module makes.
class Registry:
    def __init__(self):
        self.items = {}
        self.open = {}
        self.names = []

    def close(self, key):
        self.open.pop(key)


registry = Registry()


def watch(thing):
    registry.items[id(thing)] = thing  # leak: module-container-grows low
    registry.open[id(thing)] = thing  # ok: close() pops it


def rename(name):
    registry.names = [name]
    registry.names.append(name.lower())  # ok: bound anew


class Connection:
    _all = {}
    log = []

    def __new__(cls, address):
        if address not in cls._all:
            cls._all[address] = super().__new__(cls)  # leak: module-container-grows
        return cls._all[address]

    def add(self, line):
        self.log.append(line)  # leak: module-container-grows


def lookup(word):
    if not hasattr(lookup, "seen"):
        lookup.seen = set()
    lookup.seen.add(word)  # leak: module-container-grows


_pending = set()
_current = {}
_dtypes = {"f4": 4}


async def start(job) -> None:
    task = asyncio.create_task(job)
    _pending.add(task)  # ok: the callback takes it out
    task.add_done_callback(_pending.discard)


class Context:
    def enter(self) -> None:
        _current["context"] = self  # ok: one slot


def width(dtype: str, size: int) -> None:
    _dtypes[dtype] = size  # ok: a table with entries, keyed by something of which there are few

if __name__ == "__main__":
    main(["a", "b"])


_bound_classes = {}


def bound(widget):
    if widget in _bound_classes:
        return _bound_classes[widget]

    class Bound(widget):
        pass

    return Bound


import inspect

_lines_of_functions = {}


def mark_sensitive(wrapped, names):
    key = hash(f"{inspect.getfile(wrapped)}:{wrapped.__code__.co_firstlineno}")
    _lines_of_functions[key] = names  # ok: a definition, of which there are as many as in the source


_no_terminals = set()


def warn_of(stream):
    fd = stream.fileno()
    _no_terminals.add(fd)  # ok: the system hands out the same small numbers again


class Unit:
    known = {}

    def __init__(self, symbol, factor):
        self.factor = factor
        Unit.known[symbol] = self  # ok: the module makes all instances while it is imported


METRE = Unit("m", 1)
KILOMETRE = Unit("km", 1000)

_downloads = {}


def download_demo(url):
    _downloads[url] = fetch_all(url)  # ok: a demonstration runs once


def main(path):
    _downloads[path] = fetch_all(path)  # ok: it starts the program


class Signal:
    instances: list = []

    def __init__(self):
        self.receivers = []
        self.instances.append(self)  # leak: module-container-grows


def reset_signals():
    Signal.instances.clear()


class Batch:
    instances: list = []

    def __init__(self):
        self.instances.append(self)  # ok: they are sent and taken out


def send_all():
    for batch in Batch.instances:
        batch.send()
    Batch.instances.clear()


_purposes = set()


class Address:
    def purpose(func):
        _purposes.add(func)  # ok: it decorates the methods below and runs while the module is imported
        return property(func)

    @purpose
    def channel(self):
        return "channel"
