"""Lookups in defaultdicts: an absent key is inserted by reading it."""

import collections
import enum
import itertools
from collections import defaultdict
from typing import DefaultDict

_routes = defaultdict(list)
_groups = collections.defaultdict(set)


def routes_of(host):
    for route in _routes[host]:  # leak: defaultdict-read-inserts
        yield route


def is_member(group: str, user: str) -> bool:
    return user in _groups[group]  # leak: defaultdict-read-inserts


class Jar:
    def __init__(self) -> None:
        self._cookies: DefaultDict[tuple[str, str], dict] = defaultdict(dict)
        self._hosts = set()

    def clear(self) -> None:
        self._cookies.clear()

    def update(self, key, name, cookie):
        if self._cookies[key].get(name) != cookie:  # ok: stored under the same key
            self._cookies[key][name] = cookie

    def filter(self, request_url):
        found = {}
        for part in itertools.product(request_url.domains, request_url.paths):
            for name, cookie in self._cookies[part].items():  # leak: defaultdict-read-inserts
                found[name] = cookie
        return found


class Color(enum.Enum):
    RED = 1


class Manager:
    shared = defaultdict(list)

    def __init__(self):
        self.rooms = defaultdict(set)
        self.queues = defaultdict(list)
        self.by_color = defaultdict(list)

    async def broadcast(self, room, message):
        if not self.rooms[room]:  # leak: defaultdict-read-inserts
            return
        await message.send_all(room)

    def size(self, room: str) -> int:
        return len(self.rooms[room])  # leak: defaultdict-read-inserts

    def heard(self, name):
        return any(self.shared[name])  # leak: defaultdict-read-inserts

    def known(self, room, user):
        if room in self.rooms:
            return user in self.rooms[room]  # ok: asked first
        return False

    def listen(self, room):
        if room not in self.rooms:
            return
        for user in self.rooms[room]:  # ok: asked first
            user.send(room)

    def join(self, room, user):
        self.rooms[room].add(user)  # ok: stores
        for other in self.rooms[room]:  # ok: stored under it here
            other.greet(user)

    def everyone(self):
        for room in self.rooms:
            for user in self.rooms[room]:  # ok: keys of the dict itself
                yield user

    def hello(self):
        return len(self.rooms["lobby"])  # ok: one key

    def painted(self, color: Color):
        return len(self.by_color[color])  # ok: few keys

    def push(self, name, item):
        self.queues[name].append(item)

    def pending(self, name):
        return len(self.queues[name])  # ok: drain() deletes the key

    def drain(self, name):
        return self.queues.pop(name)


class Graph:
    def __init__(self):
        self.edges = defaultdict(list)

    def degree(self, vertex):
        return len(self.edges[vertex])  # ok: goes soon


def count(words):
    seen = defaultdict(list)
    return [len(seen[word]) for word in words]  # ok: a local


def entry(host):
    return _routes[host]  # ok: handed on, to be filled


class Search:
    def __init__(self, clauses):
        self.clauses = clauses
        self.watched = defaultdict(set)

    def run(self):
        while True:
            for clause in self.clauses:
                if self.is_watched(clause):
                    return clause

    def is_watched(self, literal):
        return len(self.watched[literal]) > 0  # ok: a Search lives for one call of solve()


def solve(clauses):
    search = Search(clauses)
    return search.run()


class EventManager:
    def __init__(self):
        self.listeners = defaultdict(list)

    def start(self):
        self.listeners["start"].append(print)

    def emit(self, name, *args):
        for listener in self.listeners[name]:  # leak: defaultdict-read-inserts low
            listener(*args)


_hits = defaultdict(list)


def last_hit(page):
    items = _hits[page]  # leak: defaultdict-read-inserts
    return items[-1] if items else None


def hits_of(page):
    items = _hits[page]  # ok: changed
    items.append(page)
    return items[-1]


def all_hits(page):
    items = _hits[page]  # ok: handed on
    return items


def first_hit(page):
    items = _hits[page]  # ok: the entry of the entry is changed
    if items:
        items[0].append(page)
