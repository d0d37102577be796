"""Functions with containers as defaults."""

import enum
import sys
import threading
from collections import OrderedDict, defaultdict


class Mode(enum.Enum):
    FAST = 1
    SLOW = 2


def look_up(key, _memo={}):
    if key in _memo:
        return _memo[key]
    _memo[key] = value = key * 2  # leak: mutable-default-cache
    return value


def fibonacci(n, memo=dict()):
    if n not in memo:
        memo[n] = n if n < 2 else fibonacci(n - 1, memo) + fibonacci(n - 2, memo)  # leak: mutable-default-cache
    return memo[n]


def collect(item, items=[]):
    items.append(item)  # leak: mutable-default-cache
    return items


def seen_before(url: str, *, _seen: set = set()) -> bool:
    known = url in _seen
    _seen.add(url)  # leak: mutable-default-cache
    return known


def counted(word, counts=defaultdict(int)):
    counts[word] += 1  # leak: mutable-default-cache
    return counts[word]


def ordered(key, value, table=OrderedDict()):
    table.setdefault(key, []).append(value)  # leak: mutable-default-cache
    return table


async def record(event, log=[]):
    log += [event]  # leak: mutable-default-cache
    return len(log)


def by_kind(value, kinds={"a": [], "b": []}):
    kinds["a"].append(value)  # leak: mutable-default-cache
    return kinds


class Parser:
    def parse(self, text, cache={}):
        tree = text.split()
        cache[text] = tree  # leak: mutable-default-cache
        return tree

    @staticmethod
    def visit(node, visited=[]):
        visited.append(node)  # leak: mutable-default-cache
        return visited

    @classmethod
    def parsed(cls, text, _done={}):
        _done.update({text: cls})  # leak: mutable-default-cache
        return _done


def reads(price, factors={"a": 1}):
    return factors.get(price)  # ok: only read


def copies(extra, options={}):
    options = dict(options, extra=extra)
    options["more"] = extra  # ok: bound anew
    return options


def or_new(item, items=[]):
    items = items or []
    items.append(item)  # ok: bound anew
    return items


def removes(key, stack=[]):
    stack.append(key)  # ok: taken out again
    try:
        return len(stack)
    finally:
        stack.pop()


def bounded(key, memo={}):
    if len(memo) > 100:
        return key
    memo[key] = key  # ok: its size is looked at
    return key


def few(mode: Mode, exact: bool, table={}):
    table[mode, exact] = 1  # ok: two modes, two flags
    return table


def literal(value, state={}):
    state["last"] = value  # ok: one entry
    return state


def slots(value, slot=[None]):
    slot[0] = value  # ok: one slot
    return slot


def outer(rows):
    def inner(row, seen=set()):
        seen.add(row)  # ok: dies with the nested function
        return row

    return [inner(row) for row in rows]


def register_codec(name, codec, _codecs={}):
    _codecs[name] = codec  # ok: runs while modules are imported


def given(item, items):
    items.append(item)  # ok: no default
    return items


def none_default(item, items=None):
    items = [] if items is None else items
    items.append(item)  # ok: each call has its own
    return items


def guarded(value, _lock=threading.Lock()):
    with _lock:  # ok: no container
        return value


def small(n, memo={}):
    if n < 250:
        memo[n] = n  # ok: below a limit
    return memo.get(n, n)


def platform(version, _cache=[]):
    if not _cache:
        _cache.append(version)  # ok: once
    return _cache[0]


def forget(path, kept={}):
    for name in [one for one in sys.modules if one.startswith(path)]:
        kept[name] = sys.modules[name]  # ok: modules, which are few, are kept on purpose
        del sys.modules[name]
