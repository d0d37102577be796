# outcome: leak, vary: name, path: leaky_function_cache.target
import functools


@functools.lru_cache(maxsize=None)
def target(name: str):
    return name.upper()
