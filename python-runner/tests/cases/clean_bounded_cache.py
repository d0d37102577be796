# outcome: clean, vary: key
import functools


@functools.lru_cache(maxsize=2000)
def target(key: str):
    return key.upper()
