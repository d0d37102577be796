"""What can go wrong, as one tree.

ProbeError              every error that this package raises on purpose
├── InputError          the command, the plan or the tree is wrong: exit status 2, one sentence
│   └── EditError       an edit of a fix does not fit the file
├── TargetError         this one target cannot be measured: outcome `inconclusive`
│   ├── TargetMissing   the file or the name is not there
│   ├── ImportFailed    the file of the target could not be imported
│   └── NoDriver        nobody knows how to call the target; carries a probe function to paste
└── WorkerError         a worker died, hung or answered nonsense: outcome `inconclusive`
"""

from __future__ import annotations

from typing import Optional


class ProbeError(Exception):
    """Base of the tree; its text is one sentence for people."""


class InputError(ProbeError):
    """What was asked for is wrong; the text says what, where and how to mend it."""


class EditError(InputError):
    """An edit lies outside the file or overlaps another one."""


class TargetError(ProbeError):
    """The target cannot be measured, for the reason in the text."""


class TargetMissing(TargetError):
    """The tree has no such file, or the file has no such name."""


class ImportFailed(TargetError):
    """Importing the file of the target raised, or tried to end the process."""


class NoDriver(TargetError):
    """No candidate could call the target.

    :param suggested_driver: a probe function that a person can complete and paste
    """

    def __init__(self, reason: str, suggested_driver: Optional[str] = None) -> None:
        super().__init__(reason)
        self.suggested_driver = suggested_driver


class WorkerError(ProbeError):
    """The worker process ended, hung or answered in a way that gives no measurement."""
