# outcome: leak, path: leaky_open_file.FILES[*]
from typing import Any, List

FILES: List[Any] = []


def target() -> None:
    FILES.append(open("/dev/null"))
