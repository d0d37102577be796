"""Callers of a fragile service, and where they leave its errors when they return."""

import asyncio
import contextlib
import inspect
import logging
import sys
import traceback
from concurrent.futures import Future

from outcome import capture
from service import call, future_set_exc_info, record

log = logging.getLogger(__name__)


class Client:
    def __init__(self) -> None:
        self._errors = []
        self.raised = []

    def retry(self, host: str, times: int) -> bytes:
        last = None
        for _ in range(times):
            try:
                return call(host)
            except OSError as exc:
                last = exc  # leak: traceback-cycle
        raise last

    async def retry_later(self, host: str) -> bytes:
        error: OSError | None = None
        while True:
            try:
                return await call(host)
            except OSError as exc:
                if error is not None:
                    raise error
                error = exc  # leak: traceback-cycle
            await asyncio.sleep(1)

    def send(self, host: str, body: bytes) -> bytes:
        try:
            return call(host, body)
        except OSError as e:
            stacktrace = sys.exc_info()[2]  # leak: traceback-cycle
            return record(e, stacktrace)

    def finish(self):
        if self._errors:
            raise ExceptionGroup("requests failed", self._errors)  # leak: traceback-cycle

    def finish_carefully(self):
        try:
            raise ExceptionGroup("requests failed", self.raised)  # ok: let go in the finally
        finally:
            del self.raised

    async def serve(self) -> None:
        task = asyncio.current_task()  # leak: traceback-cycle low
        while not self.raised:
            await call(task)

    async def once(self) -> None:
        task = asyncio.current_task()  # ok: the coroutine is soon over
        await call(task.get_name())


def log_and_raise(host: str) -> bytes:
    try:
        return call(host)
    except OSError:
        kind, error, tb = sys.exc_info()  # leak: traceback-cycle
        log.warning("%s failed: %s", host, kind)
    raise error.with_traceback(tb)


def log_details(host: str) -> None:
    try:
        call(host)
    except OSError:
        exc_type, exc_value, exc_tb = sys.exc_info()  # leak: traceback-cycle
        traceback.print_exception(exc_type, exc_value, exc_tb)


def log_later(host: str) -> None:
    try:
        call(host)
    except OSError:
        details = sys.exc_info()  # leak: traceback-cycle
        log.error("failed", exc_info=details)
    except ValueError as e:
        tb = e.__traceback__  # leak: traceback-cycle
        log.error("at line %d", tb.tb_lineno)


def here() -> str:
    frame = inspect.currentframe()  # leak: traceback-cycle
    return frame.f_code.co_name


def callers() -> list:
    stack = inspect.stack()  # leak: traceback-cycle
    return [info.function for info in stack]


def own() -> int:
    frame = sys._getframe()  # leak: traceback-cycle
    return frame.f_lineno


def start(function) -> Future:
    future = Future()
    try:
        result = function()
    except ValueError:
        future_set_exc_info(future, sys.exc_info())  # leak: traceback-cycle
        return future
    except Exception as exc:
        future.set_exception(exc)  # leak: traceback-cycle
    else:
        future.set_result(result)
    return future


def start_carefully(function) -> Future:
    future = Future()
    try:
        future.set_result(function())
    except Exception as exc:
        future.set_exception(exc)  # ok: let go in the finally
    try:
        return future
    finally:
        future = None


def start_both(function) -> Future:
    future = Future()
    try:
        future.set_result(function())
    except ValueError as exc:
        future.set_exception(exc)  # leak: traceback-cycle
        return future
    except Exception as exc:
        future.set_exception(exc)  # ok: deleted below
    del future


def fail(text: str) -> Future:
    future = Future()
    future.set_exception(ValueError(text))  # ok: never raised, so it has no traceback
    return future


def run(future: Future, function) -> None:
    try:
        future.set_result(function())
    except Exception as exc:
        future.set_exception(exc)  # ok: a parameter; who gave it may let it go


def aborted(function) -> bool:
    exn = capture(function).error  # leak: traceback-cycle
    return isinstance(exn, ValueError)


def aborted_carefully(function) -> bool:
    exn = capture(function).error  # ok: deleted
    failed = isinstance(exn, ValueError)
    del exn
    return failed


def retry_carefully(host: str, times: int) -> bytes:
    last = None
    try:
        for _ in range(times):
            try:
                return call(host)
            except OSError as exc:
                last = exc  # ok: let go in the finally
        raise last
    finally:
        del last


def where(host: str) -> int:
    try:
        call(host)
    except OSError:
        tb = sys.exc_info()[2]  # ok: deleted before the function ends
        try:
            return tb.tb_lineno
        finally:
            del tb
    return 0


def name_of_kind(host: str) -> str:
    with contextlib.suppress(KeyError):
        call(host)
    kind = sys.exc_info()[0]  # ok: the class, not the traceback
    return str(kind)


def report_current() -> None:
    details = sys.exc_info()  # ok: raised in the frames of a caller
    log.error("failed", exc_info=details)


def outermost() -> str:
    frame = inspect.currentframe()  # ok: the name goes on to the callers
    while frame.f_back:
        frame = frame.f_back
    return frame.f_code.co_name


def caller() -> str:
    frame = inspect.currentframe().f_back  # ok: the frame of the caller
    return frame.f_code.co_name


def swallow(host: str) -> None:
    try:
        call(host)
    except OSError as exc:
        error = exc  # ok: used inside of its handler
        log.warning("%s", error)
    except ValueError as exc:
        message = f"{host}: {exc}"  # ok: the text only
        log.warning(message)


def serve(queue):
    while True:
        job = queue.get()
        try:
            job()
        except SystemExit:
            raise
        except Exception:
            kind, error, trace = sys.exc_info()  # ok: the next one takes its place, the loop never ends
            log.error("%s", traceback.format_exception(kind, error, trace))


def serve_some(queue):
    while True:
        job = queue.get()
        if job is None:
            break
        try:
            job()
        except Exception:
            kind, error, trace = sys.exc_info()  # leak: traceback-cycle
            log.error("%s", traceback.format_exception(kind, error, trace))
