# outcome: clean
def target(a: int, b: int):
    return sum(range(a)) * b
