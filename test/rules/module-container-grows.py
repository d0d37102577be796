"""State at module level: some of it only ever grows."""

import collections
import enum
import weakref
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Literal

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
    _quotes[key] = price  # leak: module-container-grows
    return price


def join(group: str, member: str) -> None:
    _groups.setdefault(group, []).append(member)  # leak: module-container-grows


def tag(words):
    global _tags
    _tags |= set(words)  # leak: module-container-grows


async def connect(session_id: str, socket) -> None:
    def store(state: str) -> None:
        _sessions.update({session_id: (socket, state)})  # leak: module-container-grows

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

if __name__ == "__main__":
    main(["a", "b"])
