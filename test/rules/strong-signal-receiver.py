"""Signals and their receivers."""

from functools import partial

from signals import changed, post_save, request_started


class View:
    def __init__(self, model):
        changed.connect(self.refresh, weak=False)  # leak: strong-signal-receiver
        post_save.connect(receiver=self.refresh, sender=model, weak=False)  # leak: strong-signal-receiver
        changed.connect(lambda sender, **kw: self.refresh(sender), weak=False)  # leak: strong-signal-receiver
        changed.connect(partial(self.refresh, model), weak=False, dispatch_uid="view")  # leak: strong-signal-receiver
        changed.connect(self.refresh)  # ok: weak by default
        changed.connect(self.refresh, weak=True)  # ok: weak

    def refresh(self, sender, **kwargs):
        pass


def watch(path):
    def on_change(sender, **kwargs):
        print(path)

    changed.connect(on_change, weak=False)  # leak: strong-signal-receiver
    changed.connect(lambda sender, **kw: print(path), weak=False)  # leak: strong-signal-receiver


def save(model):
    print(model)


def ready():
    post_save.connect(save, weak=False)  # ok: a function of the module


class Undone:
    def __init__(self):
        changed.connect(self.refresh, weak=False)  # ok: disconnected below

    def refresh(self, sender):
        pass

    def close(self):
        changed.disconnect(self.refresh)


_connected = False


class Once:
    def start(self):
        global _connected
        if not _connected:
            _connected = True
            request_started.connect(self.begin, weak=False)  # ok: once

    def begin(self, sender):
        pass


changed.connect(lambda sender: None, weak=False)  # ok: while the module is imported
