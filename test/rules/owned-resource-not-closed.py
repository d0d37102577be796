"""Classes that close what they made, or forget some of it."""

import socket
import sqlite3

import aiohttp

from .resolver import DefaultResolver


class Base:
    def __init__(self):
        self._timer = Timer()

    def close(self):
        self._timer.close()


class Timer:
    def close(self):
        pass


class Connector(Base):
    def __init__(self, resolver=None, loop=None):
        super().__init__()
        if resolver is None:
            resolver = DefaultResolver()  # leak: owned-resource-not-closed
        self._resolver = resolver


class Mail:
    def __init__(self, host, session=None):
        self.socket = socket.create_connection((host, 25))  # leak: owned-resource-not-closed
        self.database = sqlite3.connect("mail.db")
        self.session = session or aiohttp.ClientSession()  # leak: owned-resource-not-closed

    def quit(self):
        print("quit")

    def __exit__(self, *error):
        self.database.close()


class Stream:
    def __init__(self, path):
        self.source = open(path)
        self.timer = Timer()  # leak: owned-resource-not-closed

    async def aclose(self):
        self.source.close()


class Closes:
    def __init__(self, host):
        self.socket = socket.create_connection((host, 25))  # ok: closed
        self.timer = Timer()  # ok: closed through a helper

    def close(self):
        self.socket.close()
        self._drop()

    def _drop(self):
        timer, self.timer = self.timer, None
        timer.close()


class ClosesByName:
    def __init__(self, host):
        self.socket = socket.create_connection((host, 25))  # ok: mentioned by name

    def close(self):
        for name in ("socket", "other"):
            getattr(self, name).close()


class Given:
    def __init__(self, session):
        self.session = session  # ok: handed in
        self.timer = Timer()

    def close(self):
        self.timer.close()


class NoClose:
    def __init__(self, host):
        self.socket = socket.create_connection((host, 25))  # ok: nothing here closes anything


class OutsideCloses:
    def __init__(self, host):
        self.tap = socket.create_connection((host, 25))  # ok: end() closes it
        self.timer = Timer()

    def close(self):
        self.timer.close()


def end(owner):
    owner.tap.close()
