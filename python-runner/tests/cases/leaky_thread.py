# outcome: leak, path: <thread poller-N>.leaky_thread.poll() -> Thread
import itertools
import threading

STOP = threading.Event()
NUMBERS = itertools.count()


def poll() -> None:
    STOP.wait(600)


def target() -> None:
    threading.Thread(target=poll, name=f"poller-{next(NUMBERS)}", daemon=True).start()
