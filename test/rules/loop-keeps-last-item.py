"""Workers, and what they hold while there is nothing to do."""

import asyncio
import heapq
import queue
import threading
import time

IDLE = 10


def worker(jobs: queue.Queue) -> None:
    while True:
        item = jobs.get()
        item.run()  # leak: loop-keeps-last-item


def worker_with_end(work_queue) -> None:
    while True:
        job = work_queue.get(block=True)
        if job is None:
            break
        try:  # leak: loop-keeps-last-item
            job()
        finally:
            work_queue.task_done()


async def consume(inbox: asyncio.Queue) -> None:
    while True:
        message = await inbox.get()
        await message.handle()  # leak: loop-keeps-last-item


class Worker(threading.Thread):
    def __init__(self, tasks) -> None:
        super().__init__(daemon=True)
        self.tasks = tasks
        self._job = None
        self._callbacks = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                function, args, kwargs = self.tasks.get(timeout=1)
            except queue.Empty:
                continue
            function(*args, **kwargs)  # leak: loop-keeps-last-item

    def work(self) -> None:
        while True:
            if self._lock.acquire(timeout=IDLE):
                fn, deliver = self._job
                self._job = None
                result = fn()
                deliver(result)  # leak: loop-keeps-last-item
            else:
                return

    def loop(self) -> None:
        while True:
            with self._lock:
                callbacks = self._callbacks
                self._callbacks = []
            for callback in callbacks:  # leak: loop-keeps-last-item
                callback()
            self._impl.poll(1)

    def careful(self) -> None:
        while True:
            job = self.tasks.get()
            job.run()  # ok: let go at the end of the turn
            del job

    def careful_too(self) -> None:
        while True:
            job = self.tasks.get()
            job.run()  # ok: set to None
            job = None

    def previous(self) -> None:
        last = None
        while True:
            job = self.tasks.get()
            job.run(last)  # ok: the next turn needs it
            last = job

    def first(self):
        while True:
            job = self.tasks.get()
            if job.is_urgent:
                break
        return job  # ok: needed after the loop

    def drained(self) -> None:
        while self.pending:
            job = self.pending.pop()
            job.run()  # ok: waits for nothing

    def looked_up(self, settings: dict) -> None:
        while True:
            value = settings.get("value")
            print(value)  # ok: a mapping, no queue
            time.sleep(1)


def scheduled(heap: list) -> None:
    while heap:
        when, action = heapq.heappop(heap)
        action(when)  # ok: ends when there is nothing to do


async def relay(queue, websocket):
    while True:
        message = await queue.get()
        await websocket.send(message)  # leak: loop-keeps-last-item low
