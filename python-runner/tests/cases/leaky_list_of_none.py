# outcome: leak, path: leaky_list_of_none._marks
_marks = []


def target():
    _marks.append(None)
