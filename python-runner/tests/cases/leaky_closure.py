# outcome: leak, path: leaky_closure.target
def _make():
    kept = []

    def add():
        kept.append([0])

    return add


target = _make()
