"""Locks for accounts, files and sessions."""

import asyncio
import enum
import threading
import threading as th
import weakref
from asyncio import Lock, Semaphore
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from threading import RLock
from typing import ClassVar

from cachetools import TTLCache

from locking import StripedLock

_by_account = defaultdict(threading.Lock)
_by_session: "defaultdict[str, asyncio.Lock]" = defaultdict(Lock)
_by_host = defaultdict(lambda: asyncio.Semaphore(4))
_by_file = {}
_by_path: dict = {}
_by_user = OrderedDict()
_done_events: dict = {}
by_job: dict = {}
_by_loop = defaultdict(lambda: defaultdict(asyncio.Lock))
_by_tenant = {}


class Mode(enum.Enum):
    READ = 1
    WRITE = 2


def deposit(account, amount):
    with _by_account[account]:  # leak: lock-per-key
        return amount


async def handle(session_id):
    async with _by_session[session_id]:  # leak: lock-per-key
        return session_id


async def fetch(url: str) -> str:
    host = url.split("/")[2]
    async with _by_host[host]:  # leak: lock-per-key
        return url


def lock_for(file):
    if file not in _by_file:
        _by_file[file] = threading.Lock()  # leak: lock-per-key
    return _by_file[file]


def write(path: str, text: str) -> None:
    lock = _by_path.setdefault(path, th.RLock())  # leak: lock-per-key
    with lock:
        print(text)


def user_lock(user_id: int) -> RLock:
    lock = _by_user.get(user_id)
    if lock is None:
        lock = _by_user[user_id] = RLock()  # leak: lock-per-key
    return lock


async def wait_for(job_id: str) -> None:
    event = asyncio.Event()
    _done_events[job_id] = event  # leak: lock-per-key medium
    await event.wait()


def job_lock(job):
    try:
        return by_job[job.id]
    except KeyError:
        by_job[job.id] = (threading.Lock(), 0)  # leak: lock-per-key medium
        return by_job[job.id]


async def by_loop(key: str) -> None:
    loop = asyncio.get_running_loop()
    async with _by_loop[loop][key]:  # leak: lock-per-key
        return None


class Tenants:
    _locks: ClassVar[dict] = {}
    _limits: ClassVar[dict] = defaultdict(Semaphore)
    _guard = threading.Lock()

    def __init__(self, name: str) -> None:
        self.name = name

    def lock(self) -> threading.Lock:
        with self._guard:
            return Tenants._locks.setdefault(self.name, threading.Lock())  # leak: lock-per-key

    @classmethod
    async def limited(cls, user: str) -> None:
        async with cls._limits[user]:  # leak: lock-per-key
            return None


class Store:
    def __init__(self):
        self._locks = {}
        self._mutexes = defaultdict(threading.Lock)
        self._striped = defaultdict(StripedLock)

    def save(self, key, value):
        if key not in self._locks:
            lock = asyncio.Lock()
            self._locks[key] = lock  # leak: lock-per-key medium
        return value

    def load(self, key: str) -> str:
        self._mutexes[key].acquire()  # leak: lock-per-key medium
        return key

    def scan(self, prefix):
        with self._striped[prefix]:  # leak: lock-per-key medium
            return prefix


@dataclass
class Queue:
    locks: dict = field(default_factory=dict)
    queued: dict = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def put(self, topic_id: str) -> None:
        lock = self.locks.setdefault(topic_id, asyncio.Lock())  # leak: lock-per-key medium
        async with lock, self.queued[topic_id]:  # leak: lock-per-key medium
            return None


def synchronised_by(function):
    locks = {}

    def wrapper(key, *args):
        with locks.setdefault(key, threading.Lock()):  # leak: lock-per-key medium
            return function(key, *args)

    return wrapper


_weak = weakref.WeakValueDictionary()
_expiring = TTLCache(maxsize=100, ttl=60)
_named = {name: threading.Lock() for name in ("read", "write")}
_removed = {}
_emptied = {}
_counted = {}
_by_mode = defaultdict(threading.Lock)
_by_flag = {}
_registered = {}
_plain = {}


def weakly(key: str):
    return _weak.setdefault(key, threading.Lock())  # ok: held weakly


def expiring(key: str):
    return _expiring.setdefault(key, threading.Lock())  # ok: bounded


def named(name: str):
    return _named[name]  # ok: reads only


def removed(key: str):
    lock = _removed.setdefault(key, threading.Lock())  # ok: removed when done
    with lock:
        pass
    _removed.pop(key, None)


def emptied(key: str):
    _emptied[key] = threading.Lock()  # ok: emptied elsewhere


def empty():
    _emptied.clear()


def counted(key: str):
    if len(_counted) > 1000:
        raise RuntimeError("too many keys")
    return _counted.setdefault(key, threading.Lock())  # ok: its size is looked at


def by_mode(mode: Mode):
    with _by_mode[mode]:  # ok: two modes
        return mode


def flags():
    _by_flag["read"] = threading.Lock()  # ok: a literal key


def register_lock(name):
    _registered[name] = threading.Lock()  # ok: made while modules are imported


def no_lock(key: str):
    _plain[key] = key  # ok: no lock


def local(keys):
    locks = {}
    for key in keys:
        locks[key] = threading.Lock()  # ok: local to the call
    return len(locks)


class Pool:
    def __init__(self):
        self.locks = {}
        self.rows = {}
        self.turns = {}

    def lock(self, key):
        return self.locks.setdefault(key, threading.Lock())  # ok: released below

    def row(self, key):
        return self.rows.setdefault(key, threading.Lock())  # ok: bound anew by reset

    def turn(self, key):
        return self.turns.setdefault(key, threading.Lock())  # ok: another class takes them

    def reset(self):
        self.rows = {}

    def release(self, key):
        del self.locks[key]


class Sweeper:
    def sweep(self, pool, key):
        pool.turns.pop(key, None)


if __name__ == "__main__":

    def main(path):
        _by_tenant[path] = threading.Lock()  # ok: only as a script

    main("a")
