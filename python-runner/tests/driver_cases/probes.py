"""Drivers that a request names."""


def probe_typed(index):
    return index


def probe_async():
    return _later()


async def _later():
    return "later"


def probe_greedy(a, b):
    return a, b
