# outcome: clean
import os
from typing import Dict

CONNECTIONS: Dict[int, int] = {}
TURN = [0]


def target() -> None:
    TURN[0] += 1
    place = TURN[0] % 150
    if place not in CONNECTIONS:
        CONNECTIONS[place] = os.open("/dev/null", os.O_RDONLY)
