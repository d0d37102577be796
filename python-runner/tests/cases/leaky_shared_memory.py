# outcome: leak, path: <shared memory psm_N> -> block
from multiprocessing import shared_memory


def target() -> None:
    block = shared_memory.SharedMemory(create=True, size=64)
    block.close()
