# outcome: leak, path: <process sleep N> -> process
import subprocess
from typing import List

RUNNING: "List[subprocess.Popen[bytes]]" = []


def target() -> None:
    RUNNING.append(subprocess.Popen(["sleep", "600"]))
