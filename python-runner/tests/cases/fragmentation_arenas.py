# outcome: fragmentation, recipe: fragmentation
_survivors = []


def target():
    rows = [(i, i + 1) for i in range(400_000)]
    _survivors[:] = rows[::600]
