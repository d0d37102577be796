"""Objects that clean up behind themselves."""

import functools
import shutil
import weakref
import weakref as wr
from multiprocessing import util
from weakref import finalize

from base import Resource


class Upload:
    def __init__(self, path):
        self.path = path
        self.file = open(path)
        self._finalizer = weakref.finalize(self, self.close)  # leak: finalizer-keeps-its-object

    def close(self):
        self.file.close()


class Minimal:
    def __init__(self):
        weakref.finalize(self, self.m)  # leak: finalizer-keeps-its-object

    def m(self):
        pass


class Session:
    def __init__(self, pool):
        self.pool = pool
        finalize(self, lambda: self.pool.release(self.id))  # leak: finalizer-keeps-its-object

    def start(self):
        wr.finalize(self, functools.partial(self.stop, timeout=1))  # leak: finalizer-keeps-its-object

    def stop(self, timeout):
        pass

    def watch(self):
        def done():
            self.stop(1)

        weakref.finalize(self, done)  # leak: finalizer-keeps-its-object

    def in_children(self):
        util.Finalize(self, self.stop, args=(1,))  # leak: finalizer-keeps-its-object
        util.Finalize(self, shutdown, args=(self,))  # leak: finalizer-keeps-its-object
        util.Finalize(self, shutdown, args=(self.pool,))  # ok: keeps only the pool

    def as_argument(self):
        weakref.finalize(self, shutdown, self)  # leak: finalizer-keeps-its-object

    def in_arguments(self):
        weakref.finalize(self, shutdown, pool=self.pool, owner=self)  # leak: finalizer-keeps-its-object


class Derived(Resource):
    async def open(self):
        self._final = weakref.finalize(  # leak: finalizer-keeps-its-object medium
            self,
            self.close,
        )

    def open_it(self):
        self._final = weakref.finalize(self, self.close)  # leak: finalizer-keeps-its-object medium


def shutdown(pool):
    pool.close()


def track(model):
    weakref.finalize(model, model.release)  # leak: finalizer-keeps-its-object medium
    weakref.finalize(model, lambda: print(model.name))  # leak: finalizer-keeps-its-object
    weakref.finalize(model, shutdown, model)  # leak: finalizer-keeps-its-object


class Good:
    def __init__(self, path, release):
        self.path = path
        self.file = open(path)
        self.release = release
        weakref.finalize(self, self.remove, path)  # ok: a static method
        weakref.finalize(self, self.forget, path)  # ok: a class method
        weakref.finalize(self, shutil.rmtree, self.path)  # ok: a module function and a path
        weakref.finalize(self, self.file.close)  # ok: a method of what it holds
        weakref.finalize(self, self.release)  # ok: a function that it was given
        weakref.finalize(self, lambda: shutil.rmtree(path))  # ok: does not use self
        me = weakref.ref(self)
        weakref.finalize(self, lambda: me() and me().path)  # ok: refers to it weakly
        weakref.finalize(release, self.close)  # ok: keeps self only as long as the other object lives

    @staticmethod
    def remove(path):
        shutil.rmtree(path)

    @classmethod
    def forget(cls, path):
        pass

    def close(self):
        pass


def track_id(model, registry):
    key = id(model)
    weakref.finalize(model, registry.pop, key, None)  # ok: only the id
    weakref.finalize(model, lambda: registry.pop(key))  # ok: only the id


def unlink_later(array):
    weakref.finalize(array, unlink, array.filename)  # ok: the name of the file is data
