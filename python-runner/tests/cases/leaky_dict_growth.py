# outcome: leak, vary: key, path: leaky_dict_growth._by_key
_by_key = {}


def target(key: str):
    _by_key[key] = len(key)
