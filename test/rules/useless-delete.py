import gc
import sys


def f(path):
    data = read(path)
    n = len(data)
    del data  # leak: useless-delete


class Job:
    def run(self, items):
        """Docstring."""
        total = 0
        for item in items:
            total += item
        self.total = total
        del items, total  # leak: useless-delete

    async def fetch(self, session):
        body = await session.get()
        self.seen = len(body)
        del body  # leak: useless-delete

    def forget(self, key):
        self.count -= 1
        del self.items[key]  # ok: an entry

    def unset(self):
        self.count -= 1
        del self.value  # ok: an attribute


def unused(a, b):
    print(a)
    del b  # ok: tells linters that it is not used


def only(a):
    del a  # ok: the same


def frames():
    frame = sys._getframe()
    print(frame.f_lineno)
    del frame  # ok: breaks a cycle


def traced():
    kind, value, tb = sys.exc_info()
    print(kind, value, tb)
    del tb  # ok: breaks a cycle


def early(path):
    data = read(path)
    n = len(data)
    del data  # ok: the work that follows runs without it
    work(n)


def collected(path):
    data = read(path)
    print(len(data))
    del data  # ok: the collector runs after it
    gc.collect()


def looped(paths):
    for path in paths:
        data = read(path)
        print(len(data))
        del data  # ok: in a loop the name would live on to the next turn


def closed(data):
    def later():
        return data

    register(later)
    del data  # ok: the nested function loses it too


def generates(data):
    yield len(data)
    del data  # ok: a generator


def shared():
    global cache
    print(cache)
    del cache  # ok: a name of the module
