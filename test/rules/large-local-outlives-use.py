"""Jobs that load something large, and then go on for a long time."""

import json
import pickle
import queue
import sys
import time
from http.server import HTTPServer
from pathlib import Path

import numpy as np
import pandas as pd


def watch(path: str) -> None:
    frame = pd.read_csv(path)  # leak: large-local-outlives-use
    mean = frame["price"].mean()
    while True:
        time.sleep(60)
        print(mean)


def serve(path: Path, server: HTTPServer) -> None:
    raw = path.read_bytes()  # leak: large-local-outlives-use
    server.title = raw[:80].decode()
    server.serve_forever()


def worker(path: str, jobs: queue.Queue) -> None:
    with open(path) as handle:
        text = handle.read()  # leak: large-local-outlives-use
    words = len(text.split())
    while True:
        job = jobs.get()
        if job is None:
            break
        print(job, words)


def lines(path: str):
    document = json.load(open(path))  # leak: large-local-outlives-use
    names = sorted(document["names"])
    for name in names:
        yield name.title()


def review(path: str) -> list:
    with open(path, "rb") as handle:
        model = pickle.load(handle)  # leak: large-local-outlives-use
    labels = list(model.labels)
    return [input(label) for label in labels]


def poll(device, rounds: int) -> int:
    grid = np.zeros((4096, 4096))  # leak: large-local-outlives-use
    level = grid.sum()
    seen = 0
    for _ in range(rounds):
        time.sleep(1)
        seen += device.read() > level
    return seen


async def relay(path: Path, stream) -> None:
    table = np.load(path)  # leak: large-local-outlives-use
    top = table.max()
    while not stream.closed:
        await stream.send(top)


def fill(count: int) -> None:
    block = bytearray(64 * 1024 * 1024)  # leak: large-local-outlives-use
    numbers = list(range(5_000_000))  # leak: large-local-outlives-use
    print(len(block), sum(numbers))
    for line in iter(sys.stdin.readline, ""):
        print(line, count)


def used_in_loop(path: str) -> None:
    frame = pd.read_csv(path)  # ok: the loop reads it
    while True:
        time.sleep(60)
        print(frame["price"].iloc[-1])


def iterated(path: Path):
    rows = path.read_bytes().splitlines()  # ok: the loop goes over it
    for row in rows:
        yield row.strip()


def let_go(path: str) -> None:
    frame = pd.read_csv(path)  # ok: deleted before the loop
    mean = frame["price"].mean()
    del frame
    while True:
        time.sleep(60)
        print(mean)


def emptied(path: Path, server: HTTPServer) -> None:
    raw = path.read_bytes()  # ok: set to None before the loop
    server.title = raw[:80].decode()
    raw = None
    server.serve_forever()


def short(path: str) -> float:
    frame = pd.read_csv(path)  # ok: the function returns at once
    return frame["price"].mean()


def used_after(path: str, device) -> int:
    grid = np.load(path)  # ok: needed after the loop
    while not device.ready:
        time.sleep(1)
    return grid.sum()


def callback(path: str, server: HTTPServer) -> None:
    table = json.loads(Path(path).read_text())  # ok: a closure needs it while the server runs

    def handle(key: str) -> str:
        return table[key]

    server.handle = handle
    server.serve_forever()


def small(server: HTTPServer) -> None:
    buffer = bytearray(64)  # ok: small
    digits = list(range(10))  # ok: small
    server.title = str(len(buffer) + len(digits))
    server.serve_forever()


def few_turns(path: Path) -> None:
    text = path.read_text()  # ok: a loop over three literals is soon over
    count = len(text)
    for unit in ("B", "KB", "MB"):
        print(count, unit)


def rebound(path: Path, server: HTTPServer) -> None:
    content = path.read_bytes()  # ok: the name is bound to something small
    content = len(content)
    server.serve_forever()


def in_helper(path: str) -> None:
    mean = pd.read_csv(path)["price"].mean()  # ok: the frame was never bound to a name
    while True:
        time.sleep(60)
        print(mean)


def branches(path: Path, server: HTTPServer, is_short: bool) -> int:
    if is_short:
        body = path.read_bytes()  # ok: the branch returns
        return len(body)
    server.serve_forever()
    return 0
