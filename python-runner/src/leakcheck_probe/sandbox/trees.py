"""Copies of trees that another user cannot read, such as a checkout that only its owner may open."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import weakref
from typing import Dict, Optional

from .view import allows

MAX_BYTES = 1 << 30


class Trees:
    """Remembers which trees were looked at; the copies go when this object does."""

    def __init__(self, uid: int) -> None:
        self._uid = uid
        self._copies: Dict[str, Optional[str]] = {}

    def copy_of(self, root: str) -> Optional[str]:
        """A folder to show instead of the tree; None where the tree can be read as it is.

        :raises OSError: the tree cannot be read, or is too large to be copied
        """
        if root not in self._copies:
            self._copies[root] = self._copied(root) if unreadable(root, self._uid) else None
        return self._copies[root]

    def _copied(self, root: str) -> str:
        folder = tempfile.mkdtemp(prefix="leakcheck-tree-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        copy = os.path.join(folder, "tree")
        _copy(root, copy, MAX_BYTES, avoid=folder)
        return copy


def unreadable(folder: str, uid: int) -> bool:
    """Whether something in the tree cannot be read by `uid`; hidden files and folders, such as `.git`, do not count."""
    if not allows(folder, uid, stat.S_IROTH | stat.S_IXOTH):
        return True
    with os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir() and unreadable(entry.path, uid):
                return True
            if entry.is_file() and not allows(entry.path, uid, stat.S_IROTH):
                return True
    return False


def _copy(source: str, target: str, left: int, avoid: str) -> int:
    """Copy files, folders and links, all open to everybody; returns how many more bytes may be copied.

    :param avoid: the folder of the copy, which may lie in the tree itself
    """
    os.mkdir(target)
    os.chmod(target, 0o755)
    with os.scandir(source) as found:
        for entry in found:
            path = os.path.join(target, entry.name)
            # A link stays one: what it points to may be nobody's business.
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), path)
            elif entry.is_dir():
                if entry.name != ".git" and entry.path != avoid:
                    left = _copy(entry.path, path, left, avoid)
            elif entry.is_file():
                left -= entry.stat().st_size
                if left < 0:
                    raise OSError(f"The tree is larger than {MAX_BYTES >> 20} MiB")
                shutil.copyfile(entry.path, path, follow_symlinks=False)
                os.chmod(path, 0o755)
    return left
