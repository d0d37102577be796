# outcome: cycle-garbage
def target():
    def walk(depth):
        return depth if depth <= 0 else walk(depth - 1)

    return walk(3)
