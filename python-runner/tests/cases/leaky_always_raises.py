# outcome: leak, line: 6, path: leaky_always_raises._failed
_failed = []


def target():
    _failed.append(bytearray(100))
    raise RuntimeError("no connection")
