"""Services that meddle with the garbage collector."""

import gc
from gc import collect

gc.disable()  # leak: collector-disabled
gc.set_threshold(0)  # ok: set anew below
gc.set_threshold(500_000, 50, 50)  # leak: collector-disabled
gc.set_threshold(10_000, 20, 20)  # ok: seldom enough to save time, often enough to free


def serve(server):
    gc.freeze()  # leak: collector-disabled low
    while True:
        server.handle()
        gc.collect(0)  # leak: collector-disabled


def poll(server):
    for request in server:
        request.answer()
        collect(generation=0)  # leak: collector-disabled


def once(server):
    gc.collect(0)  # ok: no loop
    for request in server:
        gc.collect()  # ok: all generations


def other(device):
    device.disable()  # ok: another disable
