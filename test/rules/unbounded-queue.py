"""Queues without a size."""

import asyncio
import queue
from asyncio import Queue
from multiprocessing import Queue as ProcessQueue

_jobs = queue.Queue()
_events = asyncio.Queue()
_bounded = queue.Queue(maxsize=10)
_full = queue.Queue()
_plain = queue.SimpleQueue()
_results = queue.Queue()
_STOP = object()


def on_message(message):
    _jobs.put(message)  # leak: unbounded-queue


async def handle(request):
    await _events.put(request)  # leak: unbounded-queue
    _bounded.put_nowait(request)  # ok: has a size


def callback(data):
    _plain.put(data)  # leak: unbounded-queue


def on_full(item):
    if _full.qsize() < 100:
        _full.put(item)  # ok: asked how full it is


def submit(job):
    _results.put(job)  # ok: an ordinary function


async def consume():
    while True:
        print(await _events.get(), _jobs.get())


class Sink:
    def __init__(self, size):
        self.queue = queue.Queue()
        self.small: Queue = Queue(size)
        self.sent = Queue()
        self.stopped = queue.Queue()

    def on_event(self, event):
        self.queue.put_nowait(event)  # leak: unbounded-queue
        self.small.put_nowait(event)  # ok: has a size

    async def data_received(self, data):
        self.sent.put_nowait((self, data))  # leak: unbounded-queue

    def on_close(self):
        self.stopped.put(None)  # ok: a signal to stop
        self.stopped.put(_STOP)  # ok: a signal to stop

    def run(self):
        while True:
            print(self.queue.get())


def copy(items):
    waiting = queue.Queue()

    def on_item(item):
        waiting.put(item)  # ok: a local

    for item in items:
        on_item(item)
    return waiting.get()


class SocketProtocol(asyncio.Protocol):
    def __init__(self):
        self.events = asyncio.Queue()

    def data_received(self, data):
        self.events.put_nowait(data)  # ok: reading stops until the consumer is done
        self.transport.pause_reading()


class ClosingProtocol(asyncio.Protocol):
    def __init__(self):
        self.events = asyncio.Queue()

    def connection_lost(self, exc):
        self.events.put_nowait({"type": "lost", "error": exc})  # ok: once for each connection
