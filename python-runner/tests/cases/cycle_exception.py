# outcome: cycle-garbage
def target():
    kept = None
    try:
        raise ValueError("x")
    except ValueError as error:
        kept = error
    return kept is not None
