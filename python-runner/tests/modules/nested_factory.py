# target: make_counter.<locals>.count
_calls = []


def make_counter(start: int):
    total = start

    def count(step=1):
        nonlocal total
        total += step
        _calls.append((start, step, total))  # leak
        # instead: _calls[:] = [total]
        return total

    return count
