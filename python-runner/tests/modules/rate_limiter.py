# target: RateLimiter.allow
# vary: client
import time
from collections import deque
from typing import Deque, Dict


class RateLimiter:
    def __init__(self, limit: int, window: float):
        if limit <= 0 or window <= 0:
            raise ValueError("limit and window must be positive")
        self.limit, self.window = limit, window
        self.hits: Dict[str, Deque[float]] = {}

    def allow(self, client: str) -> bool:
        now = time.monotonic()
        hits = self.hits.setdefault(client, deque())  # leak
        # instead: hits = deque()
        while hits and hits[0] <= now - self.window:
            hits.popleft()
        if len(hits) >= self.limit:
            return False
        hits.append(now)
        return True
