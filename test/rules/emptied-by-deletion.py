"""Ways to empty a container."""

from collections import deque

_pages = {}
_recent = deque()
_names = set()


def forget_all():
    for url in list(_pages):  # leak: emptied-by-deletion
        del _pages[url]
    while _names:  # leak: emptied-by-deletion
        _names.pop()
    while _recent:  # ok: a deque gives its room back
        _recent.pop()


class Board:
    def __init__(self):
        self.jobs = {}
        self.done = {}
        self.order = []

    def reset(self):
        for key in list(self.jobs.keys()):  # leak: emptied-by-deletion
            self.jobs.pop(key, None)
        while self.done:  # leak: emptied-by-deletion
            self.done.popitem()
        while self.order:  # ok: a list gives its room back
            self.order.pop()

    def close(self):
        for key in list(self.jobs):  # ok: something else is done with each
            self.jobs[key].close()
            del self.jobs[key]

    def prune(self, limit):
        for key in list(self.jobs):  # ok: a condition decides
            if key < limit:
                del self.jobs[key]

    def some(self, keys):
        for key in keys:  # ok: only some
            del self.jobs[key]

    def clear(self):
        self.jobs.clear()  # ok: the table goes as well


def local(items):
    seen = {item: item for item in items}
    for item in list(seen):  # ok: a local
        del seen[item]
