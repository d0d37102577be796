# outcome: leak, path: leaky_event_loop.LOOPS[*]
import asyncio
from typing import List

LOOPS: List[asyncio.AbstractEventLoop] = []


def target() -> None:
    LOOPS.append(asyncio.new_event_loop())
