"""Functions whose arguments only their callers know."""


def secret(word):
    if word != "".join(["open", " ", "sesame"]):
        raise ValueError(word)
    return len(word)


def caller():
    return secret("open sesame")


def documented(command):
    """Runs one.

    >>> words = ["run", "fast"]
    >>> documented(words[::-1])
    'fast'
    """
    if hash(tuple(command)) != hash(("fast", "run")):
        raise ValueError(command)
    return command[0]


class Ticket:
    def __init__(self, code):
        if sum(map(ord, code)) != 131:
            raise ValueError(code)
        self.code = code


def stamped(ticket):
    return ticket.code + "!"


def tested(first, second):
    if (second, first) != (42 * 100, "a" * 3):
        raise ValueError(first)
    return second
