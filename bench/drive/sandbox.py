"""Keeps the driven code of well-known packages from doing harm: another user, a folder of its own, no network.

It is no wall against malice: these packages are trusted, only their arguments are invented.
"""

from __future__ import annotations

import os
import resource
import stat
import sys
import tempfile
from typing import Any, Tuple

NOBODY = 65534
MIB = 1 << 20
_FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostby", "socket.sendto", "subprocess.Popen",
              "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.kill", "os.killpg", "os.fork", "pty.spawn", "os.startfile",
              "webbrowser.open", "signal.pthread_kill", "smtplib.", "ftplib.", "urllib.Request")  # fmt: skip
_WRITES = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate",
           "os.utime", "shutil.rmtree", "shutil.move", "os.chflags", "os.setxattr", "os.removexattr")  # fmt: skip


class Forbidden(PermissionError):
    """What a driven call gets that reaches out of its folder."""


def home() -> str:
    """A new folder below which another user can work: some machines keep /tmp to its owner."""
    for place in (tempfile.gettempdir(), "/var/tmp", "/dev/shm"):
        if os.path.isdir(place) and os.stat(place).st_mode & stat.S_IXOTH:
            break
    folder = tempfile.mkdtemp(prefix="leakcheck-drive-", dir=place)
    os.chmod(folder, 0o711)
    return folder


def become_nobody(folder: str) -> None:
    """From here on this process owns nothing but `folder`; see `changes_user` for when it stays who it is."""
    os.chmod(folder, 0o700)
    if changes_user():
        os.chown(folder, NOBODY, NOBODY)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update({"HOME": folder, "TMPDIR": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"})


def changes_user() -> bool:
    """Whether calls run as nobody: that takes root, and an interpreter that is not in somebody's closed home."""
    library = os.path.dirname(os.__file__)
    parents = [library]
    while parents[-1] != os.path.dirname(parents[-1]):
        parents.append(os.path.dirname(parents[-1]))
    return os.geteuid() == 0 and all(os.stat(path).st_mode & stat.S_IXOTH for path in parents)


def limit(seconds: int) -> None:
    """Limits that the kernel enforces on one driven call and its children."""
    for name, bound in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 16 * MIB),
        ("RLIMIT_DATA", 1024 * MIB),
        ("RLIMIT_CPU", seconds),
    ):
        resource.setrlimit(getattr(resource, name), (bound, bound))


def forbid(folder: str) -> None:
    """For the rest of this process: no network, no other process, no change outside `folder`."""
    inside = os.path.realpath(folder)

    def check(event: str, arguments: Tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN):
            raise Forbidden(f"{event} is not allowed here")
        written = event.startswith(_WRITES) or event == "open" and _is_for_writing(arguments)
        if written and arguments and isinstance(arguments[0], (str, bytes)) and not _is_below(arguments[0], inside):
            raise Forbidden(f"{event} outside of the folder is not allowed here")

    sys.addaudithook(check)


def _is_for_writing(arguments: Tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return bool(isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _is_below(path: Any, folder: str) -> bool:
    real = os.path.realpath(os.fsdecode(path))
    return real == "/dev/null" or real == folder or real.startswith(folder + os.sep)
