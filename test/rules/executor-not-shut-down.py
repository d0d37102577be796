"""Executors: their workers stay until they are shut down or forgotten."""

import asyncio
import atexit
import concurrent.futures
import contextlib
from concurrent import futures
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import ThreadPoolExecutor as Threads
from functools import partial

_executors = {}
_kept = []
_shared = None
_default = ThreadPoolExecutor(4)  # ok: one for the process


class Memory:
    def __init__(self):
        self.pool = ThreadPoolExecutor(4)  # leak: executor-not-shut-down medium

    def search(self, query):
        return self.pool.submit(str.upper, query)


class Thumbnails:
    def __init__(self, size):
        self.size = size
        self.workers = ThreadPoolExecutor(  # leak: executor-not-shut-down
            max_workers=2, initializer=self.prepare
        )

    def prepare(self):
        self.ready = True


class Sized:
    def __init__(self, size):
        self.size = size
        self.workers = concurrent.futures.ProcessPoolExecutor(initargs=(self.size,))  # leak: executor-not-shut-down medium


class Service:
    def handle(self, request):
        self.executor = Threads(max_workers=4)  # leak: executor-not-shut-down medium
        return self.executor.submit(len, request)


class Lazy:
    _executor = None

    @property
    def executor(self) -> ThreadPoolExecutor:
        if self._executor is None:
            self._executor = ThreadPoolExecutor()  # leak: executor-not-shut-down medium
        return self._executor


def per_tenant(tenant):
    if tenant not in _executors:
        _executors[tenant] = futures.ThreadPoolExecutor(1)  # leak: executor-not-shut-down medium
    return _executors[tenant]


def keep(work):
    executor = ThreadPoolExecutor(2)  # leak: executor-not-shut-down medium
    _kept.append(executor)
    return executor.submit(work)


def submit(work):
    executor = ThreadPoolExecutor(2)  # leak: executor-not-shut-down low
    return executor.submit(work)


def chained(work):
    return ThreadPoolExecutor().submit(work).result()  # leak: executor-not-shut-down low


async def in_loop(function):
    executor = ProcessPoolExecutor()  # leak: executor-not-shut-down low
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, function)


class Nested:
    class Inner:
        def __init__(self):
            self.pool = ThreadPoolExecutor()  # leak: executor-not-shut-down medium


def managed(items):
    with ThreadPoolExecutor() as pool:  # ok: with
        return list(pool.map(len, items))


def managed_later(items):
    pool = ThreadPoolExecutor()  # ok: with, a line later
    with pool:
        return list(pool.map(len, items))


def stacked(items):
    with contextlib.ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor())  # ok: on an exit stack
        return list(pool.map(len, items))


def ended(items):
    pool = ThreadPoolExecutor()  # ok: shut down
    try:
        return list(pool.map(len, items))
    finally:
        pool.shutdown(wait=False)


def at_exit(items):
    pool = ThreadPoolExecutor()  # ok: shut down at exit
    atexit.register(pool.shutdown)
    return list(pool.map(len, items))


def make_executor(size):
    return ThreadPoolExecutor(size)  # ok: the caller's


def serve(server):
    return server(ThreadPoolExecutor(10))  # ok: handed on


def shared():
    global _shared
    if _shared is None:
        _shared = ThreadPoolExecutor(4)  # ok: one for the process
    return _shared


class Closes:
    def __init__(self):
        self._pool = ThreadPoolExecutor(4)  # ok: close() shuts it down

    def close(self):
        self._pool.shutdown()


class ClosesThroughAName:
    def __init__(self):
        self._pool = ThreadPoolExecutor(4)  # ok: stop() shuts it down

    def stop(self):
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False)


class Base:
    def __init__(self):
        self._pool = ThreadPoolExecutor(4)  # ok: the class below shuts it down


class Heir(Base):
    def __exit__(self, *error):
        self._pool.shutdown()


class ClosesEach:
    def __init__(self):
        self._pools = {}

    def pool(self, name):
        self._pools[name] = ThreadPoolExecutor(1)  # ok: close() shuts each down
        return self._pools[name]

    def close(self):
        for pool in self._pools.values():
            pool.shutdown()


class Outside:
    def __init__(self):
        self.outer_pool = ThreadPoolExecutor(1)  # ok: end() shuts it down


def end(worker):
    worker.outer_pool.shutdown()


class OwnExecutor(concurrent.futures.Executor):
    pass


def other():
    return partial(OwnExecutor())  # ok: not one of these


if __name__ == "__main__":
    executor = ThreadPoolExecutor()  # ok: a script
    executor.submit(print)
