"""Callables that no synthesised argument gets through: they take an Event and nothing else."""

import threading
import time

_sent = []
_by_name = {}
_calls = []


class Event:
    def __init__(self, name):
        self.name = name


def send(event):
    if not isinstance(event, Event) or event.name != "opened":
        raise TypeError("not an opened event")
    _sent.append(event)
    return len(_sent) > 0


def name_of(event):
    if not isinstance(event, Event):
        raise TypeError("not an event")
    return event.name.upper()


def later(event):
    if not isinstance(event, Event):
        raise TypeError("not an event")
    names = []
    thread = threading.Thread(target=lambda: names.append(name_of(event)))
    thread.start()
    thread.join()
    return names


def slow(event):
    if not isinstance(event, Event):
        raise TypeError("not an event")
    time.sleep(1)
    return event.name


def remember(key):
    _by_name[key] = bytes(1000)
    return key


def record(key):
    _calls.append(key)
    return True


def tell(event, listener):
    if not isinstance(event, Event):
        raise TypeError("not an event")
    listener(Event(event.name))
    return True


def untested(event):
    if not isinstance(event, Event):
        raise TypeError("not an event")
    return event


class Bell:
    rung = []

    def __init__(self, event):
        if not isinstance(event, Event):
            raise TypeError("not an event")
        self.event = event

    def ring(self):
        self.rung.append(self)
        return True

    async def wait(self):
        return self.event.name
