# outcome: peak, recipe: peak, hold: 10:job
import queue


def target():
    jobs = queue.SimpleQueue()
    for size in (2_000_000, 3_000_000):
        jobs.put(bytearray(size))
    while True:
        job = jobs.get()
        print(len(job))
