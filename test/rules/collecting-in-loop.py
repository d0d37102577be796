import gc
import time
from gc import collect

import torch
from torch import cuda


def train(loader, step):
    for batch in loader:
        step(batch)
        torch.cuda.empty_cache()  # leak: collecting-in-loop


def run(items):
    for i in items:
        work(i)
        gc.collect()  # leak: collecting-in-loop


async def serve(queue):
    while True:
        job = await queue.get()
        await job()
        collect()  # leak: collecting-in-loop
        cuda.empty_cache()  # leak: collecting-in-loop


for path in paths:
    work(path)
    torch.mps.empty_cache()  # leak: collecting-in-loop


def now_and_then(items):
    for number, item in enumerate(items):
        work(item)
        if number % 100 == 0:
            gc.collect()  # ok: now and then


def after_error(items):
    for item in items:
        try:
            work(item)
        except MemoryError:
            torch.cuda.empty_cache()  # ok: after an error


def settled():
    for _ in range(3):
        gc.collect()  # ok: some times in a row
    for _ in range(3):
        gc.collect()  # ok: with a pause
        time.sleep(0.1)


def epochs(count, loader):
    for _ in range(count):
        for batch in loader:
            work(batch)
        torch.cuda.empty_cache()  # ok: between epochs


def behind(items):
    for item in items:
        work(item)
    gc.collect()  # ok: behind the loop


def young(items):
    for item in items:
        work(item)
        gc.collect(1)  # ok: collector-disabled tells of generations
