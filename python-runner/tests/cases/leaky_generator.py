# outcome: leak, path: leaky_generator._produced
_produced = []


def target():
    for number in range(3):
        _produced.append([number])
        yield number
