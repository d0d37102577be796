"""Functions of modules that are replaced by wrappers of what was there."""

import builtins
import logging
import socket
import sys
import threading
import warnings


class Session:
    def __init__(self, name):
        self.name = name
        before = sys.excepthook

        def hook(kind, error, trace):
            print(self.name)
            before(kind, error, trace)

        sys.excepthook = hook  # leak: patch-wraps-itself


def handle_request(request):
    old_factory = logging.getLogRecordFactory()

    def factory(*args, **kwargs):
        record = old_factory(*args, **kwargs)
        record.request = request
        return record

    logging.setLogRecordFactory(factory)  # leak: patch-wraps-itself
    original = threading.excepthook
    threading.excepthook = lambda args: original(args)  # leak: patch-wraps-itself


def quiet(log):
    shown = builtins.print

    def print_and_log(*values):
        log.append(values)
        shown(*values)

    builtins.print = print_and_log  # leak: patch-wraps-itself low


def install_hook():
    before = sys.excepthook

    def hook(kind, error, trace):
        before(kind, error, trace)

    sys.excepthook = hook  # ok: meant to run once


def on_message(message):
    before = sys.displayhook

    def hook(value):
        before(value)

    sys.displayhook = hook
    try:
        return repr(message)
    finally:
        sys.displayhook = before  # ok: puts it back


def on_open(event):
    before = sys.unraisablehook
    if getattr(before, "is_ours", False):
        return

    def hook(unraisable):
        before(unraisable)

    sys.unraisablehook = hook  # ok: asks what is there


def on_connect(event):
    def connect(*args):
        return event

    socket.create_connection = connect  # ok: does not refer to what was there


def on_start(event, target):
    before = target.close

    def close():
        before()

    target.close = close  # ok: of an object that was given


_patched = False


def on_first(event):
    global _patched
    if _patched:
        return
    _patched = True
    before = warnings.showwarning

    def show(*args):
        before(*args)

    warnings.showwarning = show  # ok: behind a flag


def main():
    before = warnings.formatwarning
    warnings.formatwarning = lambda *args: before(*args)  # ok: when the program starts
