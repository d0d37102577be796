# outcome: clean
import subprocess


def target() -> bytes:
    return subprocess.check_output(["true"])
