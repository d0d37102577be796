# outcome: leak, path: leaky_default_argument.target
def target(found=[]):
    found.append(object())
    return len(found) > 0
