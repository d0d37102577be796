"""Objects that want to be closed at exit."""

import atexit
from multiprocessing.util import register_after_fork
import functools
import os
import shutil
import tempfile
import weakref
from atexit import register as at_exit

from base import Resource


class Minimal:
    def __init__(self):
        atexit.register(self.close)  # leak: atexit-keeps-instance

    def close(self):
        pass


class Connection(Resource):
    def __init__(self, host: str) -> None:
        super().__init__(host)
        at_exit(self.disconnect)  # leak: atexit-keeps-instance
        atexit.register(functools.partial(self.end, "exit"))  # leak: atexit-keeps-instance
        atexit.register(lambda: self.end("exit"))  # leak: atexit-keeps-instance
        atexit.register(finish, self)  # leak: atexit-keeps-instance
        atexit.register(finish, connection=self)  # leak: atexit-keeps-instance
        os.register_at_fork(after_in_child=self.reset)  # leak: atexit-keeps-instance

        @atexit.register
        def _end():  # leak: atexit-keeps-instance
            self.end("exit")

    def start(self) -> None:
        self._registered = True
        if not self.stopped:
            atexit.register(self.end, "late")  # leak: atexit-keeps-instance

    def end(self, why: str) -> None:
        pass

    def reset(self) -> None:
        pass


def finish(connection):
    connection.end("exit")


class Weakly:
    def __init__(self, path):
        me = weakref.ref(self)
        atexit.register(lambda: me() and me().close())  # ok: refers to it weakly
        atexit.register(finish, weakref.proxy(self))  # ok: refers to it weakly
        atexit.register(self.remove, path)  # ok: a static method
        atexit.register(shutil.rmtree, path)  # ok: a module function and a path

        @atexit.register
        def _bye():  # ok: does not use self
            print("bye")

    @staticmethod
    def remove(path):
        shutil.rmtree(path)

    def close(self):
        pass


class Pool:
    """One for the process."""

    _registered = False

    def __init__(self):
        if not Pool._registered:
            Pool._registered = True
            atexit.register(self.close)  # ok: behind a flag of the class

    @classmethod
    def install(cls):
        if cls._registered:
            return
        atexit.register(cls.close_all)  # ok: a class method

    def close(self):
        pass

    @classmethod
    def close_all(cls):
        pass


class Journal:
    def __init__(self):
        atexit.register(self.flush)  # ok: one instance, made at module level

    def flush(self):
        pass


_journal = Journal()

_started = False


class Reporter:
    def start(self):
        global _started
        if _started:
            return
        _started = True
        atexit.register(self.stop)  # ok: behind a flag of the module

    def stop(self):
        pass


def main():
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)  # ok: once, when the program starts


@atexit.register
def goodbye():  # ok: at module level
    print("goodbye")


atexit.register(goodbye)  # ok: at module level


class ForkAware:
    def __init__(self, size):
        self.size = size
        register_after_fork(self, self._after_fork)  # leak: atexit-keeps-instance

    def _after_fork(self):
        self.size = 0


class QuietForkAware:
    def __init__(self, size):
        self.size = size
        register_after_fork(self, QuietForkAware._after_fork)  # ok: the function is given the object, which is held weakly

    def _after_fork(self):
        self.size = 0
