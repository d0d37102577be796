# outcome: clean
import asyncio


async def target() -> None:
    asyncio.ensure_future(asyncio.sleep(0.2))
