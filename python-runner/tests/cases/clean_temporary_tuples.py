# outcome: clean, recipe: fragmentation
def target():
    return len([(i, i + 1) for i in range(200_000)])
