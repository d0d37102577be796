"""Constants of modules."""

import functools

import numpy as np
import torch

BIG = np.zeros((10_000, 10_000))  # leak: large-module-constant
NOISE = np.random.rand(4096, 4096)  # leak: large-module-constant
UNIT = torch.eye(8192)  # leak: large-module-constant
BUFFER = bytearray(2**28)  # leak: large-module-constant
SLOTS = [None] * 20_000_000  # leak: large-module-constant
NUMBERS = list(range(50_000_000))  # leak: large-module-constant
PADDING = b"\0" * (1 << 30)  # leak: large-module-constant

SMALL = np.zeros((100, 100))  # ok: small
MASK = np.ones(1024)  # ok: small
SIZE = 10_000
UNKNOWN = np.zeros((SIZE, SIZE))  # ok: its size is not written down here
COUNT = range(10**12)  # ok: has no elements in memory
LIMIT = 1_000 * 1_000_000  # ok: a number

table = np.zeros((10_000, 10_000))  # ok: bound to something else
table = table.sum()


@functools.cache
def grid():
    return np.zeros((10_000, 10_000))  # ok: made when it is needed


def local():
    values = [0] * 20_000_000  # ok: goes with the call
    return sum(values)


if __name__ == "__main__":
    DATA = np.ones((10_000, 10_000))  # ok: a script
