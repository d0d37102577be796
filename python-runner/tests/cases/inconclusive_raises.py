# outcome: inconclusive
def target():
    raise RuntimeError("always")
