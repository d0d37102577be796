# outcome: clean
import threading


def target():
    found = []
    threads = [threading.Thread(target=found.append, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)
