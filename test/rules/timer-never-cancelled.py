"""Timers that call methods of their owner."""

import asyncio
import threading
from threading import Timer


class Poller:
    def __init__(self, loop):
        self.loop = loop
        self.poll()

    def poll(self):
        self.loop.call_later(5, self.poll)  # leak: timer-never-cancelled


class Heartbeat:
    def beat(self):
        print("alive")
        threading.Timer(10.0, self.beat).start()  # leak: timer-never-cancelled


class Refresher:
    def __init__(self):
        self._schedule()

    def _schedule(self):
        timer = Timer(60, function=self._refresh)  # leak: timer-never-cancelled
        timer.daemon = True
        timer.start()

    def _refresh(self):
        print("fresh")
        self._schedule()


class Clock:
    async def tick(self):
        asyncio.get_running_loop().call_later(1, lambda: asyncio.create_task(self.tick()))  # leak: timer-never-cancelled


class Window:
    def __init__(self, root):
        self.root = root

    def draw(self):
        self.root.after(40, self.draw)  # leak: timer-never-cancelled


class Closing:
    def open(self, loop):
        self._timeout = loop.call_later(300, self.expire)  # leak: timer-never-cancelled low

    def expire(self):
        print("expired")

    def close(self):
        print("closed")


class Cancelled:
    def poll(self):
        self._handle = self.loop.call_later(5, self.poll)  # ok: close() cancels it

    def close(self):
        self._handle.cancel()


class Flagged:
    def poll(self):
        if self.running:
            self.loop.call_later(5, self.poll)  # ok: stops when it is told to


class Returns:
    def poll(self):
        if self.closed:
            return
        self.loop.call_later(5, self.poll)  # ok: stops when it is told to


class Once:
    def open(self):
        self.loop.call_later(5, self.greet)  # ok: runs out once

    def greet(self):
        print("hello")


class Single:
    def poll(self):
        self.loop.call_later(5, self.poll)  # ok: one for the process


single = Single()


class Other:
    def __init__(self, timer):
        self.t = timer.Timer(5, "label")  # ok: another timer

    def rest(self, queue):
        queue.after(self.rest)  # ok: not a timer's arguments


def tick():
    Timer(1, tick).start()  # ok: a function holds no object
