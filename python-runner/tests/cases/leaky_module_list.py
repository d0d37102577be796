# outcome: leak, path: leaky_module_list._seen[*]
_seen = []


def target():
    _seen.append(bytearray(64))
