# outcome: peak, recipe: peak, hold: 6:rows
def target():
    rows = [bytes(1000) for _ in range(500)]
    total = sum(map(len, rows))
    for number in range(3):
        yield number, total
