# outcome: clean
from concurrent.futures import ThreadPoolExecutor

POOL = ThreadPoolExecutor(30)


def target() -> int:
    return POOL.submit(len, "word").result()
