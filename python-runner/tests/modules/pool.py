# target: Pool.acquire
import threading


class Resource:
    def __init__(self, number):
        self.number = number
        self.buffer = bytearray(256)


class Pool:
    def __init__(self, size):
        if not isinstance(size, int):
            raise TypeError("size must be an int")
        self._free = [Resource(n) for n in range(size)]
        self._lock = threading.Lock()
        self._lent = []
        self._started = False

    def start(self):
        self._started = True
        return self

    def acquire(self):
        if not self._started:
            raise RuntimeError("call start() first")
        with self._lock:
            resource = self._free.pop() if self._free else Resource(-1)
            self._lent.append(resource)  # leak
            # instead: self._free.append(resource)
        return resource.number
