"""What a worker sees of the files: everything read-only, but folders of people and of temporary files only as far as needed."""

from __future__ import annotations

import os
import stat
from typing import Iterable, List, Mapping, NamedTuple, Sequence

# Folders that are replaced by empty ones: homes, sockets of services, files of other programs.
COVERS = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/home", "/root")


class Entry(NamedTuple):
    """One thing to make: a link with its text, or a place that shows `source`, which may be what was there before."""

    path: str
    link: str = ""
    source: str = ""


class View(NamedTuple):
    """Folders to cover, outer ones first, and what to bring back in them."""

    covers: List[str]
    entries: List[Entry]


def view_of(needed: Iterable[str], copies: Mapping[str, str], homes: Sequence[str], uid: int) -> View:
    """The view in which `uid` reaches all that is needed.

    :param needed: absolute paths of files and folders; those that are not there are left out
    :param copies: what is to be seen instead of some of them
    :param homes: more folders to cover
    :param uid: the user of the worker, whose way closed folders are covered as well; -1 for the present user
    """
    entries: List[Entry] = []
    for path in needed:
        entries += [entry for entry in _trail(path, copies) if entry not in entries]
    covers = {os.path.realpath(path) for path in (*COVERS, *homes) if os.path.isdir(path)} - {"/"}
    for entry in entries if uid >= 0 else ():
        covers.update(_closed_parents(entry.path, uid))
    outermost = [path for path in sorted(covers) if not any(_below(path, other) for other in covers)]
    hidden = [entry for entry in entries if entry.path in copies or any(_below(entry.path, c) for c in outermost)]
    shown = {entry.path for entry in hidden if not entry.link}
    return View(
        # What is needed itself is never covered.
        [path for path in outermost if path not in {entry.path for entry in entries}],
        sorted(entry for entry in hidden if not any(_below(entry.path, other) for other in shown)),
    )


def _trail(path: str, copies: Mapping[str, str]) -> List[Entry]:
    """The path, with the links on the way to it."""
    found: List[Entry] = []
    parts, at, hops = path.strip("/").split("/"), "/", 0
    while parts:
        step = os.path.normpath(os.path.join(at, parts.pop(0)))
        if not os.path.islink(step):
            at = step
            continue
        hops += 1
        if hops > 40:
            return []
        text = os.readlink(step)
        found.append(Entry(step, text))
        parts = [*text.strip("/").split("/"), *parts]
        at = "/" if text.startswith("/") else at
    return [*found, Entry(at, "", copies.get(at, at))] if os.path.exists(at) else []


def _closed_parents(path: str, uid: int) -> List[str]:
    parents = []
    parent = os.path.dirname(path)
    while parent != "/":
        if not allows(parent, uid, stat.S_IXOTH):
            parents.append(parent)
        parent = os.path.dirname(parent)
    return parents


def allows(path: str, uid: int, bits: int) -> bool:
    """Whether the mode gives a user without groups these rights; access lists are not looked at."""
    try:
        found = os.stat(path)
    except OSError:
        return False
    wanted = bits << 6 if found.st_uid == uid else bits
    return found.st_mode & wanted == wanted


def _below(path: str, folder: str) -> bool:
    return path.startswith(folder + "/")
