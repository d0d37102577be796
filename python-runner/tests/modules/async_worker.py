# target: Worker.submit
import asyncio
import contextlib


class Worker:
    """Runs jobs one after the other."""

    def __init__(self, concurrency: int = 2):
        self.concurrency = concurrency
        self.results = {}
        self._count = 0

    async def _execute(self, job, *args):
        await asyncio.sleep(0)
        return job(*args) if callable(job) else job

    async def submit(self, job, *args):
        self._count += 1
        with contextlib.suppress(asyncio.TimeoutError):
            result = await asyncio.wait_for(self._execute(job, *args), timeout=1)
            self.results[self._count] = result  # leak
            # instead: self.results[0] = result
        return self._count
