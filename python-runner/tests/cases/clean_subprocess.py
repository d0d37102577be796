# outcome: clean
import os


def target() -> int:
    return os.spawnvp(os.P_WAIT, "true", ["true"])
