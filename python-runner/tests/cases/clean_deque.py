# outcome: clean
import collections

_recent = collections.deque(maxlen=300)


def target():
    _recent.append([0])
