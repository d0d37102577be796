# target: Metrics.timer
import time
from contextlib import contextmanager


class Metrics:
    def __init__(self, prefix=""):
        self.prefix = prefix
        self.samples = {}

    @contextmanager
    def timer(self, name, **labels):
        start = time.perf_counter()
        try:
            yield self
        finally:
            elapsed = time.perf_counter() - start
            self.samples.setdefault(self.prefix + name, []).append(elapsed)  # leak
            # instead: self.samples[name] = elapsed
