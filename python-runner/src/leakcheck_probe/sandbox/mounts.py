"""Builds the file view of a worker, in a mount namespace of its own."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from typing import Dict, Iterable, List

from . import syscalls as kernel
from .request import HOME
from .view import Entry, View

HOME_OPTIONS = "size=256m,nr_inodes=32768,mode=0700"
OPEN_TO_ALL = ("/tmp", "/var/tmp")
SHARED_OPTIONS = "size=64m,nr_inodes=16384,mode=1777"
CLOSED_OPTIONS = "size=4m,nr_inodes=16384,mode=0755"
DEVICES = ("null", "zero", "full", "random", "urandom")
# Prefixes of graphics devices; they are shown as they are.
GRAPHICS = ("nvidia", "dri", "kfd")
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def build(view: View, uid: int, gid: int) -> None:
    """Replace the files that this process sees.

    :raises OSError: the kernel does not allow it
    """
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    sources = {entry.path: os.open(entry.source, os.O_PATH) for entry in view.entries if not entry.link}
    devices = _open_devices()
    _make_all_read_only()
    _cover_all(view.covers)
    _bring_back(view.entries, sources)
    os.makedirs(HOME, 0o755, exist_ok=True)
    _close(view.covers)
    _tmpfs(HOME, f"{HOME_OPTIONS},uid={uid},gid={gid}")
    _build_devices(devices)
    kernel.mount("proc", "/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    for descriptor in (*sources.values(), *devices.values()):
        os.close(descriptor)


def raise_loopback() -> None:
    """Let the worker talk to itself: in a new network namespace even `lo` is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", asked)[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def _make_all_read_only() -> None:
    try:
        kernel.make_read_only("/")
    except OSError:
        # Linux before 5.12: one by one, with the flags that each has.
        for folder, flags in _mounted():
            kernel.mount("none", folder, None, kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | flags)


def _mounted() -> Iterable["tuple[str, int]"]:
    known = {"nosuid": kernel.MS_NOSUID, "nodev": kernel.MS_NODEV, "noexec": kernel.MS_NOEXEC}
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        for line in file.read().splitlines():
            fields = line.split(" ")
            folder = fields[4].encode().decode("unicode_escape")
            yield folder, sum(known.get(word, 0) for word in fields[5].split(","))


def _cover_all(folders: List[str]) -> None:
    for folder in folders:
        _tmpfs(folder, SHARED_OPTIONS if folder in OPEN_TO_ALL else CLOSED_OPTIONS)


def _close(folders: List[str]) -> None:
    """What was brought back is read-only already; so become the folders made for it."""
    flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV
    for folder in folders:
        if folder not in OPEN_TO_ALL:
            kernel.mount("none", folder, None, flags)


def _bring_back(entries: List[Entry], sources: Dict[str, int]) -> None:
    for entry in entries:
        if entry.link:
            os.makedirs(os.path.dirname(entry.path), 0o755, exist_ok=True)
            os.symlink(entry.link, entry.path)
        else:
            _show(sources[entry.path], entry.path)


def _show(descriptor: int, path: str) -> None:
    """Mount what the descriptor stands for at the path."""
    source = f"/proc/self/fd/{descriptor}"
    folder = os.path.isdir(source)
    os.makedirs(path if folder else os.path.dirname(path), 0o755, exist_ok=True)
    if not folder:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.mount(source, path, None, kernel.MS_BIND | kernel.MS_REC)


def _open_devices() -> Dict[str, int]:
    names = [name for name in os.listdir("/dev") if name in DEVICES or name.startswith(GRAPHICS)]
    return {name: os.open(f"/dev/{name}", os.O_PATH) for name in names}


def _build_devices(devices: Dict[str, int]) -> None:
    kernel.mount("tmpfs", "/dev", "tmpfs", kernel.MS_NOSUID | kernel.MS_NOEXEC, CLOSED_OPTIONS)
    for name, descriptor in devices.items():
        _show(descriptor, f"/dev/{name}")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"/dev/{name}")
    os.symlink("/proc/self/fd", "/dev/fd")
    for folder in ("shm", "pts"):
        os.mkdir(f"/dev/{folder}", 0o755)
    _tmpfs("/dev/shm", SHARED_OPTIONS)
    kernel.mount(
        "devpts", "/dev/pts", "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"
    )
    os.symlink("pts/ptmx", "/dev/ptmx")


def _tmpfs(folder: str, options: str) -> None:
    kernel.mount("tmpfs", folder, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
