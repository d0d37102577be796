# outcome: leak, path: leaky_task_set._running
import asyncio

_running = set()


async def _work():
    return bytearray(10)


async def target():
    task = asyncio.get_running_loop().create_task(_work())
    _running.add(task)
    await task
