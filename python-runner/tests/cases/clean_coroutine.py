# outcome: clean
import asyncio


async def target(n: int):
    for _ in range(3):
        await asyncio.sleep(0)
    return n
