# outcome: leak, needs: numpy, path: leaky_numpy_view._first
import numpy

_first = []


def target():
    rows = numpy.ones((100, 100))
    _first.append(rows[0])
