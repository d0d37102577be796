# outcome: clean, needs: pandas
import pandas

_kept = []


def target():
    _kept.append(pandas.DataFrame({"a": range(100), "b": [f"row {i}" for i in range(100)]}))
    del _kept[:-50]
