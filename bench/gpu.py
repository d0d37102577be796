"""Runs CUDA cases under the probe and prints what was found, false alarms and the hardware.

    python bench/gpu.py [--python PATH] [--cpu]

`--python` names the interpreter that has PyTorch. Without a device it says so and ends with exit status 0; `--cpu` then runs
the same code on the CPU, which shows that the cases themselves are right.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "gpu")
SOURCE = os.path.join(HERE, "..", "python-runner", "src")
EXPECTED = {"leak": "leak", "clean": "clean", "cycle": "cycle-garbage", "fragments": "fragmentation"}
ASK = """
import json, torch
names = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
print(json.dumps({"torch": torch.__version__, "cuda": torch.version.cuda, "devices": names}))
"""


def main() -> int:
    options = _parser().parse_args()
    hardware = _hardware(options.python)
    if hardware is None:
        print("bench/gpu: skipped, because this Python cannot import PyTorch.")
        return 0
    if not hardware["devices"] and not options.cpu:
        print("bench/gpu: skipped, because PyTorch sees no CUDA device here (--cpu runs the cases without one).")
        return 0
    names = _names(options.only)
    results = _measured(names, options.python, options.cpu)
    wrong = _print(names, results, options.cpu)
    where = "the CPU" if options.cpu else ", ".join(hardware["devices"])
    print(f"on {where}; PyTorch {hardware['torch']}, CUDA {hardware['cuda']}")
    return 1 if wrong else 0


def _hardware(python: str) -> Optional[Dict[str, Any]]:
    done = subprocess.run([python, "-c", ASK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def _names(pattern: str) -> List[str]:
    with open(os.path.join(CASES, "cases.py"), encoding="utf-8") as file:
        found = re.findall(r"^def ((?:leak|clean|cycle|fragments)_\w+)", file.read(), re.M)
    return [name for name in found if re.search(pattern, name)]


def _measured(names: List[str], python: str, cpu: bool) -> Dict[str, Dict[str, Any]]:
    targets = [
        {"id": name, "target": f"cases.py::{name}", "lines": None, "recipe": "growth",
         "vary": ["name"] if name == "leak_cache_by_key" else [], "hold": None, "driver": None, "fix": None}
        for name in names
    ]  # fmt: skip
    plan = {
        "schema": "leakcheck/plan@1",
        "limits": {"seconds": 3600, "secondsPerTarget": 180, "megabytes": 16384},
        "targets": targets,
        "device": "cpu" if cpu else "gpu",
    }
    with tempfile.TemporaryDirectory() as folder:
        tree = os.path.join(folder, "tree")
        os.mkdir(tree)
        with open(os.path.join(CASES, "cases.py"), encoding="utf-8") as file:
            text = file.read()
        if cpu:  # the environment of the probed process is not ours to set
            text = re.sub(r"^DEVICE = .*$", 'DEVICE = "cpu"', text, flags=re.M)
        with open(os.path.join(tree, "cases.py"), "w", encoding="utf-8") as file:
            file.write(text)
        path = os.path.join(folder, "plan.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(plan, file)
        command = [
            sys.executable,
            "-m",
            "leakcheck_probe",
            "--plan",
            path,
            "--head",
            tree,
            "--python",
            python,
            "--progress",
        ]
        variables = {**os.environ, "PYTHONPATH": SOURCE}
        done = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=True)
    report = json.loads(done.stdout)
    return {result["id"]: result for result in report["results"]}


def _print(names: List[str], results: Dict[str, Dict[str, Any]], cpu: bool) -> int:
    """One line a case; returns how many came out wrong."""
    found = leaking = alarms = clean = wrong = 0
    for name in names:
        result = results[name]
        outcome, kind = result["outcome"], name.split("_")[0]
        if cpu and kind == "fragments":
            kind = "clean"  # there is no pool to fragment
        right = outcome == EXPECTED[kind]
        wrong += not right
        if kind == "clean":
            clean += 1
            alarms += outcome not in ("clean", "inconclusive")
        else:
            leaking += 1
            found += right
        head = result["head"] or {}
        rate = head.get("perCall", {}).get("deviceBytes", 0)
        path = result["paths"][0]["path"] if result["paths"] else ""
        print(f"{'ok   ' if right else 'WRONG'} {name:32} {outcome:14} {rate:12.0f} B/call  {result['reason']}  {path}")
    print(f"found {found} of {leaking}, false alarms {alarms} of {clean}")
    return wrong


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="CUDA cases under the probe")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has PyTorch (default: this one)")
    parser.add_argument("--cpu", action="store_true", help="run the cases on the CPU")
    parser.add_argument("--only", default="", metavar="REGEX", help="cases with matching names only")
    return parser


if __name__ == "__main__":
    sys.exit(main())
