# outcome: leak, target: Repo.load, path: Repo.load
import functools


class Repo:
    def __init__(self):
        self.rows = list(range(50))

    @functools.lru_cache(maxsize=None)
    def load(self, key: int):
        return len(self.rows) + key
