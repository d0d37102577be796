"""Containers that live as long as the process."""

import collections
import itertools
import queue
import random
import threading

_events = []


def record(kind: str, size: int):
    _events.append({"kind": kind, "size": size})


# leak global | target: record
def case_event_log(number):
    record("upload", number)


_recent = collections.deque(maxlen=500)


def record_recent(kind: str):
    _recent.append({"kind": kind})


# clean global | target: record_recent
def case_bounded_deque(number):
    record_recent("upload")


_history = []


def keep_last(value: list):
    _history.append(list(value))
    del _history[:-50]


# clean global | target: keep_last
def case_sliding_window(number):
    keep_last([number, number])


class Job:
    """Every instance is known for ever."""

    all = []

    def __init__(self, name: str):
        self.name = name
        Job.all.append(self)


# leak global | target: Job
def case_class_registry(number):
    Job(f"job {number}")


def add_tag(tag: str, tags=[]):
    tags.append(tag)
    return len(tags)


# leak global | target: add_tag
def case_default_argument(number):
    return add_tag("new")


def add_tag_fresh(tag: str, tags=None):
    tags = [] if tags is None else tags
    tags.append(tag)
    return len(tags)


# clean global | target: add_tag_fresh
def case_fresh_default(number):
    return add_tag_fresh("new")


def _counter():
    seen = []

    def visit(page: str):
        seen.append(page.upper())
        return len(seen)

    return visit


visit = _counter()


# leak global | target: visit
def case_closure(number):
    return visit(f"page {number}")


_pending = queue.Queue()


def enqueue(job: str):
    _pending.put((job, bytes(100)))


# leak global | target: enqueue
def case_queue_without_reader(number):
    enqueue(f"job {number}")


_work = queue.Queue()


def enqueue_and_work(job: str):
    _work.put(job)
    if _work.qsize() >= 30:
        while not _work.empty():
            _work.get()


# clean global | target: enqueue_and_work
def case_queue_that_drains(number):
    enqueue_and_work(f"job {number}")


_subscribers = []


class Widget:
    def __init__(self):
        self.pixels = bytearray(300)
        _subscribers.append(self.on_change)

    def on_change(self):
        return len(self.pixels)


# leak global | target: Widget
def case_subscriber(number):
    Widget()


class PoliteWidget:
    def __init__(self):
        self.pixels = bytearray(300)
        _subscribers.append(self.on_change)

    def close(self):
        _subscribers.remove(self.on_change)

    def on_change(self):
        return len(self.pixels)


def show_once():
    widget = PoliteWidget()
    widget.close()


# clean global | target: show_once
def case_subscriber_that_leaves(number):
    show_once()


_numbers = []


def note(value: int):
    """Eight bytes a call: the slot alone."""
    _numbers.append(None)


# leak global | target: note
def case_eight_bytes(number):
    note(number)


_flags = set()


def flag(user: int):
    _flags.add(user)


# leak global | target: flag | vary: user
def case_set_of_numbers(number):
    flag(number * 7919)


_text = ""


def log_line(line: str):
    global _text
    _text += line + "\n"


# leak global | target: log_line
def case_growing_string(number):
    log_line("one more line of the log")


_buffer = bytearray()


def feed(data: bytes):
    _buffer.extend(data)
    if len(_buffer) > 4096:
        del _buffer[:]


# clean global | target: feed
def case_buffer_that_flushes(number):
    feed(b"x" * 100)


_errors = []
_calls = itertools.count()


def sometimes(value: int):
    """One call in fifty keeps something."""
    if next(_calls) % 50 == 49:
        _errors.append(["failed", value])


# leak global | target: sometimes
def case_one_in_fifty(number):
    sometimes(number)


_tenth = {}


def every_tenth(value: int):
    turn = next(_calls)
    if turn % 10 == 0:
        _tenth[turn] = value


# leak global | target: every_tenth
def case_one_in_ten(number):
    every_tenth(number)


_random = random.Random(7)
_bag = []


def random_size(value: int):
    """Keeps between nothing and 200 bytes."""
    _bag.append(bytes(_random.randrange(200)))


# leak global | target: random_size
def case_random_sizes_kept(number):
    random_size(number)


def random_size_dropped(value: int):
    return len(bytes(_random.randrange(2000))) + len([None] * _random.randrange(50))


# clean global | target: random_size_dropped
def case_random_sizes_dropped(number):
    return random_size_dropped(number)


_shuffled = [bytes(10)] * 100


def replace_one(value: int):
    """The level wavers by some hundred bytes."""
    _shuffled[_random.randrange(100)] = bytes(_random.randrange(300))


# clean global | target: replace_one
def case_replaced_at_random(number):
    replace_one(number)


_table = []


def lazily_filled(value: int):
    """A table of 300 that is filled at first."""
    if len(_table) < 300:
        _table.append([value])
    return _table[value % len(_table)]


# clean global | target: lazily_filled
def case_one_time_table(number):
    return lazily_filled(number)


def imports_late(value: int):
    import decimal
    import difflib

    return decimal.Decimal(value), difflib.get_close_matches("ape", ["apple", "peach"])


# clean global | target: imports_late
def case_late_import(number):
    imports_late(number)


_handlers = collections.defaultdict(list)


def on(event: str, data: str):
    _handlers[event].append(lambda: data)


# leak global | target: on
def case_lambda_registry(number):
    on("click", f"row {number}")


_index = {}


def touch(path: str):
    """Removes its key, but leaves an empty list in the other index."""
    _index.setdefault(path, []).append(path)
    _index[path].pop()


# leak global | target: touch | vary: path
def case_empty_entries_stay(number):
    touch(f"/data/{number}")


_locks = {}


def locked(name: str):
    with _locks.setdefault(name, threading.Lock()):
        return len(name)


# leak global | target: locked | vary: name
def case_lock_per_name(number):
    return locked(f"account {number}")


_stack = []


def balanced(depth: int):
    for level in range(5):
        _stack.append([level])
    while _stack:
        _stack.pop()


# clean global | target: balanced
def case_balanced_stack(number):
    balanced(3)


_matrix = [[0.0] * 50 for _ in range(50)]


def update(value: int):
    """Values above the small integers replace others."""
    _matrix[value % 50][value % 37] = float(value)


# clean global | target: update | vary: value
def case_fixed_matrix(number):
    update(number)


_tree = {}


def insert(word: str):
    """A trie that grows with every new word."""
    node = _tree
    for letter in word:
        node = node.setdefault(letter, {})


# leak global | target: insert | vary: word
def case_trie(number):
    insert(f"w{number}")
