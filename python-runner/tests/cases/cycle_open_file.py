# outcome: cycle-garbage
from typing import Any


class Source:
    def __init__(self) -> None:
        self.file: Any = open("/dev/null")
        self.me = self


def target() -> None:
    Source()
