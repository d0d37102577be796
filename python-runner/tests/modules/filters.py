# target: apply_filter
# vary: value
OPERATIONS = {"trim": str.strip, "lower": str.lower, "reverse": lambda text: text[::-1]}
_memo = {}


def apply_filter(name, value):
    """Applies one of the known filters."""
    if name not in OPERATIONS:
        raise KeyError(f"unknown filter {name}")
    key = (name, value)
    if key not in _memo:
        _memo[key] = OPERATIONS[name](value)  # leak
        # instead: return OPERATIONS[name](value)
    return _memo[key]
