# outcome: clean
_pending = []


def target():
    _pending.append([0])
    if len(_pending) >= 50:
        _pending.clear()
