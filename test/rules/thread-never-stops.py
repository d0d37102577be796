"""Threads that run methods of their owner."""

import sys
import threading
import time
from threading import Thread


class Monitor:
    def __init__(self):
        self.thread = threading.Thread(target=self.watch, daemon=True)  # leak: thread-never-stops
        self.thread.start()

    def watch(self):
        while True:
            time.sleep(1)


class Connection:
    def open(self):
        thread = Thread(target=self._read, name="reader")  # leak: thread-never-stops
        thread.start()

    def _read(self):
        while 1:
            try:
                self.socket.recv(100)
            except OSError:
                continue


class Base:
    def _loop(self):
        while True:
            self.step()


class Heir(Base):
    def __init__(self):
        threading.Thread(None, self._loop).start()  # leak: thread-never-stops


class Stops:
    def __init__(self):
        self.thread = Thread(target=self.watch)  # ok: the loop has a condition
        self.thread.start()

    def watch(self):
        while not self.stopped.is_set():
            time.sleep(1)


class Breaks:
    def __init__(self):
        self.thread = Thread(target=self.work)  # ok: the loop breaks

    def work(self):
        while True:
            job = self.jobs.get()
            if job is None:
                break
            job()


class Raises:
    def __init__(self):
        self.thread = Thread(target=self.work)  # ok: the loop returns

    def work(self):
        while True:
            if self.closed:
                return
            time.sleep(1)


class Short:
    def save(self):
        Thread(target=self.write).start()  # ok: the method ends

    def write(self):
        print("written")


class Single:
    def __init__(self):
        Thread(target=self.watch).start()  # ok: one for the process

    def watch(self):
        while True:
            time.sleep(1)


single = Single()


def watch():
    while True:
        time.sleep(1)


class Function:
    def __init__(self):
        Thread(target=watch).start()  # ok: holds no object


class Broker:
    def work(self):
        worker = threading.Thread(target=self.accept, daemon=True)  # ok: the process ends with the function
        worker.start()
        self.wait()
        sys.exit(0)

    def accept(self):
        while True:
            time.sleep(1)
