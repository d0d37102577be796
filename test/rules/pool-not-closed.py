"""Pools of processes and threads: their workers stay until they are closed."""

import asyncpg
import multiprocessing
import multiprocessing as mp
from contextlib import closing
from multiprocessing import Pool, get_context
from multiprocessing.dummy import Pool as Threads
from multiprocessing.pool import ThreadPool

from swimming import Pool as SwimmingPool

_pools = []
context = multiprocessing.get_context("spawn")


def squares(items):
    pool = Pool(4)  # leak: pool-not-closed medium
    return pool.map(pow, items)


def run(items):
    pool = multiprocessing.Pool(processes=4)  # leak: pool-not-closed medium
    results = pool.map(abs, items)
    return results


def chained(items):
    return mp.Pool().map(abs, items)  # leak: pool-not-closed medium


def spawned(items):
    workers = context.Pool(2)  # leak: pool-not-closed medium
    return workers.map(abs, items)


def forked(items):
    workers = get_context("fork").Pool()  # leak: pool-not-closed medium
    for result in workers.imap_unordered(abs, items):
        print(result)


def threads(items):
    workers = Threads(8)  # leak: pool-not-closed medium
    return workers.map(abs, items)


def keep(items):
    _pools.append(ThreadPool(2))  # leak: pool-not-closed medium


class Crawler:
    def __init__(self, urls):
        self.urls = urls
        self.pool = ThreadPool(4, self.prepare)  # leak: pool-not-closed

    def prepare(self):
        pass


class Initialised:
    def __init__(self):
        self.pool = ThreadPool(4, initializer=lambda: self.prepare())  # leak: pool-not-closed

    def prepare(self):
        pass


class Batch:
    def run(self, request):
        for part in request.parts:
            self.workers = multiprocessing.Pool(2)  # leak: pool-not-closed medium
            self.workers.map(abs, part)


def managed(items):
    with Pool(4) as pool:  # ok: with
        return pool.map(abs, items)


def managed_by_closing(items):
    with closing(Pool(4)) as pool:  # ok: closing
        return pool.map(abs, items)


def closed(items):
    pool = Pool(4)  # ok: closed and joined
    result = pool.map(abs, items)
    pool.close()
    pool.join()
    return result


def make_pool():
    return Pool(4)  # ok: the caller's


def hand_on(work):
    pool = Pool(4)  # ok: handed on
    return work(pool)


class Closes:
    def __init__(self):
        self.pool = Pool(4)  # ok: __del__ terminates it

    def __del__(self):
        self.pool.terminate()


def swim():
    pool = SwimmingPool(25)  # ok: another pool
    return pool.length


async def connections(dsn):
    pool = asyncpg.Pool(dsn)  # ok: a pool of connections
    return await pool.fetch("select 1")


def main():
    pool = Pool(4)  # ok: runs once
    pool.map(abs, [1])


if __name__ == "__main__":
    pool = Pool(4)  # ok: a script
    pool.map(abs, [1])
