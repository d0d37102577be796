"""Objects that keep a helper which was given the object itself."""

from __future__ import annotations

import threading
import weakref

import pycurl
from helpers import Helper, PeriodicCallback, Window


class _Process:
    def __init__(self, desc, ctx):
        self.desc = desc
        self._context = ctx

    def update(self):
        pass


class LoggingContext:
    __slots__ = ["_proc"]

    def __init__(self, name):
        self._proc = _Process(name, self)  # leak: owned-object-holds-owner

    def __exit__(self, type, value, traceback):
        self._proc.update()


class CurlClient:
    def __init__(self, loop):
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._handle_socket)  # leak: owned-object-holds-owner

    def _handle_socket(self, event, fd):
        pass

    def close(self):
        self._multi.close()


class TimedThing:
    def __init__(self, loop):
        self._timer = PeriodicCallback(self.tick, 1000, io_loop=loop)  # leak: owned-object-holds-owner
        self._timer.start()

    def tick(self):
        pass

    def close(self):
        self._timer.stop()


class TLSProtocol:
    def makeConnection(self, transport):
        self._tls = self.factory._createConnection(self)  # leak: owned-object-holds-owner

    def connectionLost(self, reason):
        self.transport.abort()


class Upload:
    def __init__(self, body):
        self.progress = Helper(callback=lambda: self.done(body))  # leak: owned-object-holds-owner low

    def done(self, body):
        pass


class Request:
    def __init__(self, body):
        self.helper = Helper(weakref.proxy(self))  # ok: the way back is weak


class Response:
    def __init__(self, body):
        self.helper = Helper(self)  # ok: close() lets go of it

    def close(self):
        self.helper = None


class Session:
    def __init__(self, name):
        self.thread = threading.Thread(target=self.run)  # ok: a thread lets go when it is done
        self.label = Label(self)  # ok: it only looks at what it is given

    def run(self):
        pass

    def close(self):
        self.thread.join()


class Label:
    def __init__(self, session):
        self.text = session.name


class HTTPServer:
    def __init__(self):
        self.handler = Helper(self)  # ok: programs make one server

    def close(self):
        self.handler.close()


class Board:
    def __init__(self):
        self.window = Window(self)  # ok: nothing says that boards come and go
