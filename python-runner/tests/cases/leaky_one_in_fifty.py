# outcome: leak, path: leaky_one_in_fifty._kept
_kept = []
_calls = [0]


def target():
    _calls[0] += 1
    if _calls[0] % 50 == 0:
        _kept.append(bytearray(100))
