# outcome: leak, path: leaky_exception._errors
_errors = []


def target():
    local = bytearray(1000)
    try:
        raise ValueError(len(local))
    except ValueError as error:
        _errors.append(error)
