# outcome: leak, path: leaky_beside_window._marks
_window = []
_marks = []
_calls = [0]


def target():
    _calls[0] += 1
    _window.append(bytearray(4000 + _calls[0] % 7 * 16))
    del _window[:-50]
    _marks.append([0])
