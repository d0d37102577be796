# outcome: clean
import threading
import time


def target() -> None:
    threading.Thread(target=time.sleep, args=(0.3,), daemon=True).start()
