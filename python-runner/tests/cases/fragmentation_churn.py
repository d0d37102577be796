# outcome: fragmentation, recipe: fragmentation
_survivors = []


def target():
    buffers = [bytearray(600 + 37 * (i % 90)) for i in range(12_000)]
    _survivors[:] = buffers[::40]
