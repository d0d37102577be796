# target: Parser.feed
from datetime import datetime


class Parser:
    def __init__(self, fmt="%d/%m/%Y %H:%M"):
        self.fmt = fmt
        self.entries = []

    def feed(self, line):
        stamp, _, rest = line.partition(" - ")
        if not rest:
            raise ValueError("not a log line")
        user, action, size = rest.split(",")
        self.entries.append((stamp, user, action.lower(), int(size)))  # leak
        # instead: self.entries = [(user, action, int(size))]
        return len(self.entries)

    def when(self, stamp):
        return datetime.strptime(stamp, "%d/%m/%Y %H:%M")
