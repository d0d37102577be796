"""Exceptions that are made once, and how they are raised."""

from service import errors, make_error

CLOSED = ConnectionError("closed")
_timeout: TimeoutError = TimeoutError()
LIMIT = errors.LimitExceededException("too many")
Missing = KeyError
DEFAULT = make_error("unknown")
NAMES = dict(a=1)


def send(data):
    if not data:
        raise CLOSED  # leak: shared-exception-raised medium
    if len(data) > 10:
        raise LIMIT from None  # leak: shared-exception-raised medium


async def receive():
    raise _timeout  # leak: shared-exception-raised


class Stream:
    eof = EOFError("end of stream")
    error = None

    def read(self):
        raise self.eof  # leak: shared-exception-raised

    def readline(self):
        raise Stream.eof  # leak: shared-exception-raised

    def peek(self):
        raise self.error  # ok: set for each instance

    def fail(self, text):
        self.error = OSError(text)


def look_up(key):
    raise Missing(key)  # ok: a new one each time


def look_up_any(key):
    raise Missing  # ok: the class


def send_once(data):
    raise CLOSED.with_traceback(None)  # ok: without the frames of the last time


def local(text):
    error = ValueError(text)
    raise error  # ok: a new one with each call


def unknown():
    raise DEFAULT  # ok: may be a class


if not NAMES:
    raise CLOSED  # ok: ends the import
