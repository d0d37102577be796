# outcome: clean
def target(n: int):
    for number in range(n):
        yield [number]
