"""Entries for the time of a call."""

import asyncio
from contextlib import asynccontextmanager, contextmanager

from work import compute, current_task, park

_active = set()
_stack = []
_running = {}


@contextmanager
def tracking(name):
    _stack.append(name)  # leak: cleanup-not-in-finally
    yield name
    _stack.pop()


@asynccontextmanager
async def running(job):
    _running[job.id] = job  # leak: cleanup-not-in-finally
    yield job
    del _running[job.id]


@contextmanager
def tracking_safely(name):
    _stack.append(name)  # ok: in a finally
    try:
        yield name
    finally:
        _stack.pop()


async def minimal(job):
    _active.add(job)  # leak: cleanup-not-in-finally
    await job.run()
    _active.discard(job)


class Limiter:
    def __init__(self):
        self._pending = {}
        self._waiters = []
        self._borrowers = set()
        self._queue = []

    async def acquire(self, borrower):
        try:
            self.acquire_nowait(borrower)
        except BlockingIOError:
            task = current_task()
            self._pending[task] = borrower  # leak: cleanup-not-in-finally
            await park()

    def wake(self, task):
        return self._pending.pop(task, None)

    async def wait(self, timeout):
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)  # leak: cleanup-not-in-finally
        return await asyncio.wait_for(waiter, timeout)

    def wake_all(self):
        for waiter in self._waiters:
            waiter.set_result(None)
        self._waiters.clear()

    async def borrow(self, borrower):
        self._borrowers.add(borrower)  # ok: the handler takes it out
        try:
            await park()
        except BaseException:
            self._borrowers.discard(borrower)
            raise

    def give_back(self, borrower):
        self._borrowers.discard(borrower)

    def acquire_nowait(self, borrower):
        if self._borrowers:
            raise BlockingIOError

    async def put(self, item):
        self._queue.append(item)  # ok: others take from the queue
        await park()

    def take(self):
        return self._queue.pop(0)


class Jobs:
    def __init__(self):
        self.active = {}
        self.done = {}

    def run(self, key, job):
        try:
            self.active[key] = job  # leak: cleanup-not-in-finally
            result = compute(job)
            self.active.pop(key)
        except ValueError:
            return None
        return result

    def run_alone(self, key, job):
        self.active[key] = job  # leak: cleanup-not-in-finally
        result = compute(job)
        del self.active[key]
        return result

    def nested(self, key, job):
        self.done[key] = job  # ok: a call alone
        result = compute(job)
        del self.done[key]
        return result

    def run_safely(self, key, job):
        self.active[key] = job  # ok: in a finally
        try:
            return compute(job)
        finally:
            del self.active[key]

    async def start(self, key, job):
        self.done[key] = job  # ok: a callback takes it out
        job.add_done_callback(lambda done: self.done.pop(key))
        await job

    def replace(self, key, job):
        self.active[key] = job  # ok: nothing in between can fail
        name = key
        del self.active[key]
        return name


class Plugins:
    def __init__(self):
        self.plugins = {}

    async def add(self, name, plugin):
        self.plugins[name] = plugin  # ok: meant to stay
        await plugin.start()

    async def remove(self, name):
        await self.plugins.pop(name).stop()


async def local(jobs):
    waiting = set()
    for job in jobs:
        waiting.add(job)  # ok: a local container
        await job
        waiting.discard(job)


class TreeVisitor:
    def __init__(self):
        self.scopes = []

    @contextmanager
    def scope(self, node):
        self.scopes.append(node)  # ok: an exception ends the visit, and with it the visitor
        yield node
        self.scopes.pop()


class Prefetch:
    def __init__(self):
        self.pending = {}

    async def fetch(self, key, done):
        self.pending[key] = done  # ok: the handler takes cancellation for an answer
        try:
            answer = await done
        except (TimeoutError, asyncio.CancelledError):
            answer = b""
        del self.pending[key]
        return answer
