# outcome: clean, vary: key
_open = {}


def target(key: str):
    _open[key] = bytearray(1000)
    try:
        return len(_open[key])
    finally:
        del _open[key]
