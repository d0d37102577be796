# outcome: clean, recipe: peak, hold: 11:job
import queue


def target():
    jobs = queue.SimpleQueue()
    for size in (2_000_000, 3_000_000):
        jobs.put(bytearray(size))
    jobs.put(None)
    while True:
        job = jobs.get()
        if job is None:
            return
        print(len(job))
        del job
