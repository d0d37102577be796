"""Callers of a fragile service, and what they do with its errors."""

import inspect
import logging
import sys
import traceback

from service import call

_failures = []
_last = {}
log = logging.getLogger(__name__)


class Client:
    def __init__(self) -> None:
        self.error = None
        self.errors = []
        self.by_host = {}

    def get(self, host: str) -> bytes:
        body = bytearray(1_000_000)
        try:
            body[:] = call(host)
        except OSError as exc:
            self.error = exc  # leak: exception-kept
        except ValueError as exc:
            self.errors.append(exc)  # leak: exception-kept
        except Exception as exc:
            self.by_host[host] = (host, exc)  # leak: exception-kept
        return bytes(body)

    def post(self, host: str, body: bytes) -> None:
        try:
            call(host, body)
        except OSError:
            self.trace = sys.exc_info()[2]  # leak: exception-kept
        except ValueError as exc:
            self.where = exc.__traceback__  # leak: exception-kept

    def enter(self) -> None:
        self.frame = inspect.currentframe()  # leak: exception-kept


def ping(host: str) -> bool:
    try:
        call(host)
    except OSError as exc:
        _failures.append(exc)  # leak: exception-kept
        return False
    except ValueError as exc:
        _last[host] = exc  # leak: exception-kept
        return False
    return True


class Careful:
    def __init__(self) -> None:
        self.error = ""
        self.trace = ""
        self.errors = []

    def get(self, host: str) -> None:
        try:
            call(host)
        except OSError as exc:
            self.error = str(exc)  # ok: the text only
        except ValueError as exc:
            self.errors.append(repr(exc))  # ok: the text only
        except KeyError as exc:
            self.errors.append(exc.with_traceback(None))  # ok: without its frames
        except Exception:
            self.trace = traceback.format_exc()  # ok: the text only

    def post(self, host: str) -> None:
        try:
            call(host)
        except OSError as exc:
            self.errors.append(type(exc))  # ok: a class
            raise RuntimeError(host) from exc  # ok: raised, not kept


def check(hosts: list) -> list:
    problems = []
    for host in hosts:
        try:
            call(host)
        except OSError as exc:
            problems.append(exc)  # ok: a local list, handed over as the report
    return problems


def retry(host: str, times: int) -> bytes:
    last = None
    for _ in range(times):
        try:
            return call(host)
        except OSError as exc:
            last = exc  # ok: a local is the matter of traceback-cycle
    raise last


for host in ["a", "b"]:
    try:
        call(host)
    except OSError as exc:
        _failures.append(exc)  # leak: exception-kept low


def swallow(host: str) -> None:
    try:
        call(host)
    except OSError as exc:
        message = f"{host}: {exc}"  # ok: the text only
        log.warning(message)


class Attempts:
    def __init__(self):
        self.failures = []

    def take(self):
        taken, self.failures = self.failures, []
        return taken


class Calls(Attempts):
    def run(self):
        try:
            call()
        except Exception as exc:
            self.failures.append(exc)  # ok: the base class binds the list anew


def parse(tokens):
    context = tokens.context()
    try:
        call()
    except ValueError as exc:
        context.exception = exc  # leak: exception-kept low
    except TypeError as exc:
        context.exception = exc  # ok: said once for the function
    return context


class Parsed:
    def __init__(self):
        self.error = None
        self.meta = {}

    def feed(self, data):
        try:
            self.consume(data)
        except EOFError as exc:
            self.error = exc  # leak: exception-kept
        except ValueError as exc:
            self.error = exc  # leak: exception-kept low

    def finish(self):
        try:
            self.consume(b"")
        except ValueError as exc:
            self.meta["error"] = exc  # leak: exception-kept low
