"""Caches whose entries have a lifetime."""

import enum
import time
from datetime import datetime

_entries = {}
_pages: dict = {}
_swept = {}
_counted = {}
_used = {}
_modes = {}


class Mode(enum.Enum):
    FAST = 1


def get(key):
    if key in _entries:
        value, expires = _entries[key]
        if expires < time.time():
            del _entries[key]
        else:
            return value
    return None


def put(key, value, ttl):
    _entries[key] = (value, time.time() + ttl)  # leak: expired-only-when-read


def page(url):
    entry = _pages.get(url)
    if entry and datetime.now() > entry.expires_at:
        _pages.pop(url, None)
        entry = None
    if entry is None:
        entry = _pages[url] = load(url)  # leak: expired-only-when-read
    return entry


def load(url):
    return url


class Cache:
    def __init__(self, ttl):
        self.ttl = ttl
        self._store = {}
        self._times = {}

    def get(self, key):
        if key not in self._store:
            return None
        if time.monotonic() - self._times[key] > self.ttl:
            del self._store[key]
            del self._times[key]
            return None
        return self._store[key]

    def set(self, key, value):
        self._store[key] = value  # leak: expired-only-when-read
        self._times[key] = time.monotonic()  # leak: expired-only-when-read


def swept(key, value):
    now = time.time()
    for old in list(_swept):
        if _swept[old][0] < now:
            del _swept[old]
    _swept[key] = (now + 60, value)  # ok: what is expired is removed whenever something is added


def counted(key, value):
    entry = _counted.get(key)
    if entry and entry[0] < time.time():
        del _counted[key]
    if len(_counted) < 100:
        _counted[key] = (time.time(), value)  # ok: its size is looked at


def used(key, value):
    _used[key] = value  # ok: taken out for another reason than its age


def use(key):
    if key in _used:
        return _used.pop(key)
    return None


def by_mode(mode: Mode):
    entry = _modes.get(mode)
    if entry and entry < time.time():
        del _modes[mode]
    _modes[mode] = time.time()  # ok: few keys


def local(keys):
    seen = {}
    for key in keys:
        seen[key] = time.time()  # ok: lives no longer than the call
        if seen[key] < time.time():
            del seen[key]
    return seen
