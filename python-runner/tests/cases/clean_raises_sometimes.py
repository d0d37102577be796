# outcome: clean
_calls = [0]


def target():
    _calls[0] += 1
    if _calls[0] % 3 == 0:
        raise KeyError("every third")
    return 1
