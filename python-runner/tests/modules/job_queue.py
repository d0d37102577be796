# target: Scheduler.enqueue
import heapq
import itertools
import uuid
from typing import Any, Optional, Protocol


class Job(Protocol):
    priority: int

    def run(self) -> Any: ...


class Scheduler:
    def __init__(self, clock=None):
        self.heap = []
        self.counter = itertools.count()
        self.done: list[uuid.UUID] = []

    def enqueue(self, job: "Job", delay: Optional[float] = None):
        heapq.heappush(self.heap, (job.priority, next(self.counter), job))  # leak
        # instead: self.heap = [(job.priority, next(self.counter), job)]
        return len(self.heap)
