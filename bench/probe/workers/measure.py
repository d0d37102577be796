"""Measures one case with one tool in this process, and prints what came of it as one JSON line.

    python measure.py TOOL < case.json

`alarm`: the tool says that the case leaks; `seconds`: from the moment that the case could be called to the verdict.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import random
import sys

TOOLS = {
    "leakcheck": "ours",
    "leakcheck-driver": "ours",
    "psleak": "psleak_rule",
    "regrtest": "regrtest_rule",
    "regrtest-50": "regrtest_rule",
    "memray": "memray_rule",
    "memray-objects": "memray_rule",
}


def main() -> None:
    """Read the case, measure it, answer on the descriptor that standard output had at the start."""
    tool, case = sys.argv[1], json.load(sys.stdin)
    answer = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)  # cases print
    random.seed(case["seed"])
    try:
        with contextlib.redirect_stdout(open(os.devnull, "w")):
            result = importlib.import_module(TOOLS[tool]).measure(case, tool)
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"[:300]}
    os.write(answer, json.dumps(result).encode() + b"\n")
    os._exit(0)  # whatever threads and exit callbacks the case left


if __name__ == "__main__":
    main()
