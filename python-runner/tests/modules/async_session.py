# target: fetch_all
import asyncio

_inflight: set = set()


class Session:
    def __init__(self, base_url: str, *, timeout: float = 1.0):
        self.base_url, self.timeout = base_url, timeout
        self.closed = False

    async def get(self, path: str) -> dict:
        await asyncio.sleep(0)
        return {"url": f"{self.base_url}/{path}", "status": 200}

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exc):
        self.closed = True


async def fetch_all(session: "Session", paths):
    async with session:
        tasks = [asyncio.ensure_future(session.get(path)) for path in paths]
        _inflight.update(tasks)  # leak
        # instead: _inflight.clear()
        done = await asyncio.gather(*tasks)
    return [item["status"] for item in done]
