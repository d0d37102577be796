"""Runners of generators, and how they pass exceptions on."""

import sys


class Runner:
    def __init__(self, gen) -> None:
        self.gen = gen

    def run(self, future):
        while True:
            try:
                value = future.result()
            except Exception:
                yielded = self.gen.throw(*sys.exc_info())  # leak: throw-inside-except
            else:
                yielded = self.gen.send(value)
            future = yielded

    def step(self, function):
        try:
            self.gen.send(function())
        except ValueError as exc:
            self.gen.throw(exc)  # leak: throw-inside-except
        except OSError as exc:
            self.gen.throw(type(exc), exc, exc.__traceback__)  # leak: throw-inside-except

    async def astep(self, function):
        try:
            await function()
        except Exception as exc:
            await self.gen.athrow(exc)  # leak: throw-inside-except

    def after(self, function):
        exc_info = None
        try:
            value = function()
        except Exception:
            exc_info = sys.exc_info()
        if exc_info is not None:
            self.gen.throw(*exc_info)  # ok: after the handler
            exc_info = None
        else:
            self.gen.send(value)

    def other(self, function):
        try:
            function()
        except OSError:
            self.gen.throw(TimeoutError())  # ok: another exception

    def __exit__(self, kind, value, traceback):
        self.gen.throw(value)  # ok: no handler around it


def wrap(gen):
    value = None
    while True:
        try:
            value = yield gen.send(value)
        except Exception as exc:
            gen.throw(exc)  # ok: passed on as it came


def toss(ball):
    try:
        ball.catch()
    except ValueError:
        ball.throw(far=True)  # ok: no exception
