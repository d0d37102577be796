# outcome: clean, vary: key
import functools


@functools.lru_cache(maxsize=128)
def target(key: str):
    return key.upper()
