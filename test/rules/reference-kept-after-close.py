"""Objects that are closed and still hold what refers back to them."""

from __future__ import annotations

import asyncio
import weakref

from loop import PeriodicCallback, Writer, wrap


class Protocol(asyncio.Protocol):
    def __init__(self, loop=None):
        self._loop = loop
        self.transport = None
        self.writer = None
        self._parser = None

    def connection_made(self, transport):
        self.transport = transport
        self.writer = asyncio.streams.StreamWriter(transport, self, None, self._loop)

    def set_params(self, timer=None):
        self._parser = Parser(self, self._loop, timer=timer)

    def connection_lost(self, exc):
        self.transport = self.writer = None  # leak: reference-kept-after-close
        super().connection_lost(exc)


class Parser:
    def __init__(self, protocol, loop, timer=None):
        self.protocol = protocol


class LocalProtocol:
    transport = None
    writer = None

    def makeConnection(self, transport):
        self.transport = transport
        self.writer = Writer(transport, self)

    def connectionLost(self, reason):
        del self.transport  # leak: reference-kept-after-close


class Stream:
    def __init__(self):
        self._read_callback = None
        self._write_callback = None
        self._close_callback = None

    def read(self, callback):
        self._read_callback = wrap(callback)

    def write(self, data, callback=None):
        self._write_callback = wrap(callback)

    def set_close_callback(self, callback):
        self._close_callback = wrap(callback)

    def _handle_read(self):
        callback = self._read_callback
        self._read_callback = None
        callback()

    def close(self):
        self.flush()
        self._maybe_run_close_callback()

    def _maybe_run_close_callback(self):
        if self._close_callback:
            callback = self._close_callback
            self._close_callback = None  # leak: reference-kept-after-close
            callback()


class Connection:
    def __init__(self, stream):
        self.stream = stream
        self._clear()
        self._header_callback = wrap(self._on_headers)

    def _clear(self):
        self._write_callback = None
        self._close_callback = None
        self._request = None

    def _clear_callbacks(self):
        self._write_callback = None
        self._close_callback = None

    def set_close_callback(self, callback):
        self._close_callback = callback

    def on_write(self, callback):
        self._write_callback = callback

    def _on_headers(self, data):
        self._request = Request(connection=self, data=data)

    def _finish_request(self):
        self._request = None

    def close(self):
        self.stream.close()
        self._header_callback = None
        self._clear_callbacks()  # leak: reference-kept-after-close


class Request:
    def __init__(self, connection, data):
        self.connection = connection
        self.data = data


class Session:
    def __init__(self):
        self._timer = None

    async def start(self):
        self._timer = PeriodicCallback(self.tick, 1000)

    def tick(self):
        pass

    async def aclose(self):
        self._timer.stop()  # leak: reference-kept-after-close


class Peers:
    reader = None
    writer = None

    async def open(self, host):
        self.reader, self.other = await asyncio.open_connection(host)
        self.writer = make_writer(host)
        self.session = None

    def bind(self, reader):
        self.reader = reader

    async def close(self):
        self.reader = None  # leak: reference-kept-after-close


class Whole:
    def __init__(self):
        self.transport = None
        self.writer = None

    def connection_made(self, transport):
        self.transport = transport
        self.writer = Writer(transport, self)

    def connection_lost(self, exc):
        self.transport = self.writer = None  # ok: lets go of both


class Helped:
    def __init__(self):
        self.transport = None
        self.writer = None

    def connection_made(self, transport):
        self.transport = transport
        self.writer = Writer(transport, self)

    def connection_lost(self, exc):
        self.transport = None  # ok: a method that it calls lets go of the rest
        self._reset()

    def _reset(self):
        self.writer = None


class Twice:
    def __init__(self):
        self.transport = None
        self.writer = None

    def connection_made(self, transport):
        self.transport = transport
        self.writer = Writer(transport, self)

    def connection_lost(self, exc):
        self.transport = None  # ok: close() lets go of the writer

    def close(self):
        self.writer.close()
        self.writer = None


class Weak:
    def __init__(self):
        self.transport = None
        self.writer = None

    def connection_made(self, transport):
        self.transport = transport
        self.writer = Writer(transport, weakref.proxy(self))

    def connection_lost(self, exc):
        self.transport = None
        self.writer = None  # ok: nothing is left


class Counted:
    def __init__(self):
        self.transport = None
        self.started = None
        self.name = None

    def connection_made(self, transport, name):
        self.transport = transport
        self.started = 1
        self.name = name

    def connection_lost(self, exc):
        self.transport = None  # ok: a number and a name hold nothing


class Timers:
    def __init__(self):
        self._timer = None
        self._on_done = None

    def start(self, on_done):
        self._timer = object()
        self._on_done = on_done

    def _cancel_timer(self):
        self._timer = None  # ok: only the timer is meant


class Swept:
    def __init__(self):
        self.transport = None
        self.writer = None

    def connection_made(self, transport):
        self.transport = transport
        self.writer = Writer(transport, self)

    def close(self):
        self.transport = None  # ok: all attributes go
        self.__dict__.clear()


class Fixed:
    def __init__(self, transport):
        self.writer = Writer(transport, self)
        self.transport = transport

    def close(self):
        self.transport = None  # ok: the writer is there from the start to the end


class HttpProtocol(asyncio.Protocol):
    def __init__(self):
        self.timer = None
        self.task = None
        self.transport = None
        self.client: tuple[str, int] | None = None

    def connection_made(self, transport):
        self.transport = transport
        self.client = wrap(transport)
        self.task = wrap(transport)
        self.timer = wrap(transport)

    def connection_lost(self, exc):
        self.task = None  # ok: a transport forgets its protocol, and an address refers to nothing
        self.timer = None
