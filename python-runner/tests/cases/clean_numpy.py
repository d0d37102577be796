# outcome: clean, needs: numpy
import numpy


def target():
    rows = numpy.ones((64, 64))
    return float((rows @ rows).sum())
