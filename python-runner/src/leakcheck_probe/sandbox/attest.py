"""What a worker is really walled off from, as the kernel tells others about it; nothing of the worker is asked."""

from __future__ import annotations

import os
from typing import Dict, List, NamedTuple

NAMESPACES = ("pid", "mnt", "net", "ipc", "uts")


class Attested(NamedTuple):
    """The level, in the words of the report, and the facts that it stands on."""

    level: str
    facts: List[str]


def own_namespaces() -> Dict[str, str]:
    """The namespaces of this process, to compare with; empty where there are none."""
    return {kind: found for kind in NAMESPACES for found in [_namespace("self", kind)] if found}


def attest(pid: int, user: int, namespaces: Dict[str, str]) -> Attested:
    """Look at a process from outside.

    :param user: the user who is to be protected; `namespaces` are those of the supervisor
    """
    status = _status(pid)
    facts = []
    users = {int(word) for word in status.get("Uid", "").split()}
    if users and user not in users and 0 not in users:
        facts.append("another user")
    if all(int(status.get(name, "1"), 16) == 0 for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")):
        facts.append("no capabilities")
    if status.get("NoNewPrivs") == "1":
        facts.append("no new privileges")
    apart = {kind for kind in namespaces if _namespace(str(pid), kind) not in ("", namespaces[kind])}
    if "net" in apart and _interfaces(pid) <= {"lo"}:
        facts.append("no network")
    if "pid" in apart:
        facts.append("own process view")
    if "mnt" in apart and _root_is_read_only(pid):
        facts.append("read-only files")
    if status.get("Seccomp") == "2":
        facts.append("system calls filtered")
    whole = {"no capabilities", "no new privileges", "no network", "own process view", "read-only files"}
    walled = apart == set(NAMESPACES) and whole <= set(facts)
    return Attested("namespace" if walled else "process", facts)


def _status(pid: int) -> Dict[str, str]:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}
    except OSError:
        return {}


def _namespace(pid: str, kind: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return ""


def _interfaces(pid: int) -> "set[str]":
    try:
        with open(f"/proc/{pid}/net/dev", encoding="ascii", errors="replace") as file:
            return {line.partition(":")[0].strip() for line in file.readlines()[2:]}
    except OSError:
        return {"unknown"}


def _root_is_read_only(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/mountinfo", encoding="utf-8", errors="replace") as file:
            options = [fields[5] for fields in (line.split(" ") for line in file) if fields[4] == "/"]
    except OSError:
        return False
    return bool(options) and all("ro" in option.split(",") for option in options)
