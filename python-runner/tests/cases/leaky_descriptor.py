# outcome: leak, path: <open /dev/null> -> descriptor
import os


def target() -> None:
    os.open("/dev/null", os.O_RDONLY)
