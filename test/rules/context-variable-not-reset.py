"""What is put into context variables."""

import asyncio
import contextvars
import uuid
from contextvars import ContextVar

from app import session_var, settings

current = ContextVar("current")
request_id = ContextVar("request_id", default="")
job: ContextVar["Job"] = contextvars.ContextVar("job")
done = ContextVar("done")
cleared = ContextVar("cleared")
kept = ContextVar("kept")


async def handle(request):
    current.set(request)  # leak: context-variable-not-reset
    request_id.set(request.id)  # ok: an id
    request_id.set(str(uuid.uuid4()))  # ok: an id
    asyncio.create_task(work())


def on_request(request):
    current.set(request)  # leak: context-variable-not-reset


async def load(session):
    session_var.set(session)  # leak: context-variable-not-reset
    await work()


class Job:
    def __init__(self, name):
        self.name = name

    async def run(self):
        job.set(self)  # leak: context-variable-not-reset
        await work()


async def tidy(request):
    token = done.set(request)  # ok: reset
    try:
        await work()
    finally:
        done.reset(token)


async def clear(request):
    cleared.set(request)  # ok: set to None below
    await work()
    cleared.set(None)


def begin(request):
    token = kept.set(request)  # ok: the token is returned
    print(request)
    return token


def set_request(request):
    current.set(request)  # ok: for others to call


def main():
    request = settings.get("request")
    current.set(request)  # ok: once
    asyncio.run(work())


async def other(request):
    settings.set(request)  # ok: no context variable
    await work()


async def work():
    return current.get()
