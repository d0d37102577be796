# outcome: clean, vary: value
_cells = [[0.0] * 50 for _ in range(50)]


def target(value: int):
    _cells[value % 50][value % 37] = value + 0.5
