"""Functions that make many buffers, and what is left of them."""

import ctypes
import os
import random
import zlib


def sample_blocks(count: int) -> list:
    blocks = [bytes(600 + index % 3400) for index in range(count)]  # leak: fragmenting-churn
    return blocks[::40]


def keep_longest(lines: list) -> list:
    encoded = [line.encode("utf-16") * 8 for line in lines]  # leak: fragmenting-churn
    return [piece for piece in encoded if len(piece) > 32_000]


class Recorder:
    def __init__(self) -> None:
        self.thumbnails = {}

    def record(self, frames: int) -> int:
        buffers = []
        for number in range(frames):
            buffers.append(bytearray(random.randint(500, 60_000)))  # leak: fragmenting-churn
        self.thumbnails = {number: buffers[number] for number in range(0, frames, 100)}
        return len(buffers)


def survivors(sizes: list) -> list:
    chunks = []
    for size in sizes:
        chunks.append(os.urandom(size))  # leak: fragmenting-churn
    kept = []
    for index, chunk in enumerate(chunks):
        if index % 64 == 0:
            kept.append(chunk)
    return kept


def thin_out(sizes: list) -> dict:
    pages = {number: b"\0" * size for number, size in enumerate(sizes)}  # leak: fragmenting-churn
    for number in list(pages):
        if number % 50:
            del pages[number]
    return pages


def fixed(count: int) -> list:
    blocks = [bytes(4096) for _ in range(count)]  # ok: one size, so every hole fits again
    return blocks[::40]


def stream(sizes: list) -> int:
    total = 0
    for size in sizes:
        block = bytearray(size)  # ok: one at a time
        total += len(block)
    return total


def no_survivor(sizes: list) -> int:
    blocks = [bytes(size) for size in sizes]  # ok: all of them go, the pages with them
    return sum(len(block) for block in blocks)


def keep_all(sizes: list) -> list:
    blocks = [bytes(size) for size in sizes]  # ok: all of them stay
    return blocks


def keep_numbers(sizes: list) -> list:
    blocks = [bytes(size) for size in sizes]  # ok: only lengths survive
    return [len(block) for block in blocks][::40]


def few() -> list:
    blocks = [bytes(600 * index) for index in range(8)]  # ok: eight buffers leave no holes to speak of
    return blocks[::4]


def joined(lines: list) -> bytes:
    pieces = []
    for line in lines:
        pieces.append(line.encode())  # ok: joined into one, none survives
    return b"".join(pieces)


def spot_check(paths: list) -> list:
    packed = [zlib.compress(path.read_bytes()) for path in paths]  # leak: fragmenting-churn
    with open("sizes.txt", "w") as report:
        report.write(str(sum(map(len, packed))))
        return random.sample(packed, 5)


def one_size(count: int, size: int) -> list:
    blocks = [bytearray(size) for _ in range(count)]  # ok: one size, whichever it is
    return blocks[::40]


def backwards(sizes: list) -> list:
    blocks = [bytes(size) for size in sizes]  # ok: all of them stay, in another order
    return blocks[::-1]


def given_back(sizes: list) -> list:
    blocks = [bytes(size) for size in sizes]  # ok: the memory is given back
    kept = blocks[::40]
    del blocks
    give_back()
    return kept


def give_back() -> None:
    ctypes.CDLL("libc.so.6").malloc_trim(0)


def small_objects(names: list) -> list:
    upper = [name.upper() for name in names]  # ok: small texts do not come from the C heap
    return upper[::40]


def only_for_now(sizes: list) -> int:
    blocks = [bytes(size) for size in sizes]  # ok: what is picked dies with the call
    picked = blocks[::40]
    return sum(map(len, picked))
