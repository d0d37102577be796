# outcome: clean, recipe: fragmentation
def target():
    rows = [bytearray(1000) for _ in range(20_000)]
    return len(rows)
