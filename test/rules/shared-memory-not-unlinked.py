"""Shared memory that is created."""

import multiprocessing.shared_memory
from multiprocessing import shared_memory
from multiprocessing.shared_memory import ShareableList, SharedMemory

import numpy as np

_blocks = []


def share(array):
    block = shared_memory.SharedMemory(create=True, size=array.nbytes)  # leak: shared-memory-not-unlinked
    view = np.ndarray(array.shape, array.dtype, buffer=block.buf)
    view[:] = array
    block.close()
    return block.name


def positional(size):
    block = SharedMemory(None, True, size)  # leak: shared-memory-not-unlinked medium
    _blocks.append(block)


class Ring:
    def __init__(self, size):
        self.block = multiprocessing.shared_memory.SharedMemory(  # leak: shared-memory-not-unlinked medium
            "ring", create=True, size=size
        )

    def close(self):
        self.block.close()


def make(size):
    return SharedMemory(create=True, size=size)  # leak: shared-memory-not-unlinked medium


def listed(values):
    shared = ShareableList(values)  # leak: shared-memory-not-unlinked
    return shared.shm.name


def attach(name):
    block = SharedMemory(name)  # ok: opens one that exists
    return bytes(block.buf)


def attach_list(name):
    return ShareableList(name=name)  # ok: opens one that exists


def choose(name, create):
    return SharedMemory(name, create=create)  # ok: not known to create
