# outcome: leak, path: <task>.leaky_task.wait() -> Task
import asyncio


async def wait() -> None:
    await asyncio.sleep(3600)


async def target() -> None:
    asyncio.ensure_future(wait())
