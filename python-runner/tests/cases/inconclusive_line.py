# outcome: inconclusive, line: 4
def target(flag=False):
    if flag:
        return 1
    return 2
