# outcome: clean
import asyncio


async def _double(value):
    await asyncio.sleep(0)
    return value * 2


async def _all():
    return await asyncio.gather(*(_double(i) for i in range(4)))


def target():
    return asyncio.run(_all())
