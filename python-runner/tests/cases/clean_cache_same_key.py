# outcome: clean
import functools


@functools.lru_cache(maxsize=None)
def target(key: str):
    return key.upper()
