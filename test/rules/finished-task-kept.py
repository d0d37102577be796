"""Tasks and futures that are stored: some stay when they are done."""

import asyncio
import concurrent.futures
from asyncio import create_task, ensure_future

_tasks = []
_jobs = set()
_by_user = {}
_running = set()
_executor = concurrent.futures.ThreadPoolExecutor()


async def work(item):
    return item


def schedule(item):
    _tasks.append(asyncio.create_task(work(item)))  # leak: finished-task-kept


async def handle(request):
    task = create_task(work(request))
    _jobs.add(task)  # leak: finished-task-kept


def per_user(user_id, item):
    _by_user[user_id] = asyncio.ensure_future(work(item))  # leak: finished-task-kept


class Bus:
    def __init__(self, loop):
        self.loop = loop
        self.tasks = []
        self.futures = []
        self.pending = set()
        self.by_name = {}
        self.background = set()
        self.workers = []
        self.sent = []
        self.gathered = []
        self.forgotten = set()
        self.one = {}

    async def start(self):
        self.workers.append(asyncio.create_task(work(1)))  # ok: started once

    async def emit(self, event):
        self.tasks.append(self.loop.create_task(work(event)))  # leak: finished-task-kept

    def on_message(self, message):
        future = asyncio.run_coroutine_threadsafe(work(message), self.loop)
        self.futures.append(future)  # leak: finished-task-kept

    async def send(self, message):
        task = ensure_future(work(message))
        self.pending.add(task)  # ok: taken out when it is done
        task.add_done_callback(self.pending.discard)

    async def send_more(self, message):
        task = ensure_future(work(message))
        self.background.add(task)  # ok: taken out when it is done
        task.add_done_callback(lambda done: self.background.remove(done))

    def enqueue(self, item):
        self.forgotten.add(_executor.submit(len, item))  # leak: finished-task-kept

    def deliver(self, item):
        self.sent.append(_executor.submit(len, item))  # ok: pruned below
        self.sent = [future for future in self.sent if not future.done()]

    async def push(self, item):
        self.gathered.append(asyncio.create_task(work(item)))  # ok: flush() makes a new list

    async def flush(self):
        tasks, self.gathered = self.gathered, []
        await asyncio.gather(*tasks)

    def refresh(self, item):
        self.one["refresh"] = asyncio.create_task(work(item))  # ok: a fixed key

    def grow(self, count):
        for _ in range(count):
            self.workers.append(asyncio.create_task(work(1)))  # ok: as many workers as asked for


class Session:
    def __init__(self):
        self._tasks = set()

    async def on_event(self, event):
        task = asyncio.create_task(work(event))
        self._tasks.add(task)  # leak: finished-task-kept

    async def close(self):
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()


async def fan_out(items):
    tasks = []
    for item in items:
        tasks.append(asyncio.create_task(work(item)))  # ok: a local list
    return await asyncio.gather(*tasks)


def submit_form(form, server):
    _tasks.append(form.submit(server))  # ok: nothing says that it is a future


async def remember(item):
    task = asyncio.create_task(work(item))
    _running.add(task)  # ok: taken out when it is done
    task.add_done_callback(_running.discard)


def start_workers():
    _tasks.append(asyncio.create_task(work(1)))  # ok: started once


def spawn(coroutine):
    task = asyncio.create_task(coroutine)
    _tasks.append(task)  # leak: finished-task-kept low


class Connection:
    def connection_made(self, transport):
        task = self.loop.create_task(self.server.handle(self))
        self.server.handler_tasks.add(task)  # ok: another function of the file takes it out


async def serve_one(server, connection):
    await connection.answered()
    server.handler_tasks.discard(asyncio.current_task())


_clients = {}


async def on_thread(thread, loop):
    client = await loop.run_in_executor(None, connect, thread)
    _clients[thread.id] = client  # ok: no task, it is the result of one
