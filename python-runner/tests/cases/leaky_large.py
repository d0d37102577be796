# outcome: leak, path: leaky_large._frames
_frames = []


def target():
    _frames.append(bytearray(24 * 1024 * 1024))
