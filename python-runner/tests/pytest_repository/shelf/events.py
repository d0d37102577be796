"""Callables that no synthesised argument gets through, unless they take a key."""

import threading
import time
import zlib

_sent = []
_by_name = {}
_calls = []


class Event:
    def __init__(self, name):
        self.name = name


def check(event):
    """Nobody guesses this."""
    if not isinstance(event, Event) or zlib.crc32(event.name.encode()) != 2908104539:
        raise TypeError("not an opened event")


def send(event):
    check(event)
    _sent.append(event)
    return len(_sent) > 0


def name_of(event):
    check(event)
    return event.name.upper()


def later(event):
    check(event)
    names = []
    thread = threading.Thread(target=lambda: names.append(name_of(event)))
    thread.start()
    thread.join()
    return names


def slow(event):
    check(event)
    time.sleep(1)
    return event.name


def remember(key):
    _by_name[key] = bytes(1000)
    return key


def record(key):
    _calls.append(key)
    return True


def tell(event, listener):
    check(event)
    listener(Event(event.name))
    return True


def untested(event):
    check(event)
    return event


class Bell:
    rung = []

    def __init__(self, event):
        check(event)
        self.event = event

    def ring(self):
        self.rung.append(self)
        return True

    async def wait(self):
        return self.event.name
