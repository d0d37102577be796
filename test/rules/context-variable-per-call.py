"""Where context variables are made."""

import contextvars
import contextvars as cv
import functools
from contextvars import ContextVar

CURRENT = ContextVar("current")
user: ContextVar[str] = contextvars.ContextVar("user", default="")


class Local:
    shared = ContextVar("shared")  # ok: at class level

    def __init__(self):
        self._storage = ContextVar("local_storage")  # leak: context-variable-per-call medium

    def scope(self, name):
        scope = contextvars.ContextVar(name)  # leak: context-variable-per-call medium
        scope.set(self)
        return scope


def handle(request):
    current = cv.ContextVar("current")  # leak: context-variable-per-call
    current.set(request)


def tracked(values):
    for value in values:
        ContextVar(str(value)).set(value)  # leak: context-variable-per-call


def minimal():
    var = ContextVar("var")  # leak: context-variable-per-call medium
    var.set([])


async def run():
    def inner():
        return ContextVar("inner")  # leak: context-variable-per-call medium

    return inner()


def register_variable(name):
    return ContextVar(name)  # ok: runs while modules are imported


def _make(name):
    return ContextVar(name)  # ok: only called at module level


REQUEST = _make("request")
RESPONSE = _make("response")

_lazy = None


def lazy():
    global _lazy
    if _lazy is None:
        _lazy = ContextVar("lazy")  # ok: once
    return _lazy


@functools.lru_cache
def cached():
    return ContextVar("cached")  # ok: once


def read():
    return CURRENT.get(), contextvars.copy_context()  # ok: makes none
