"""A filter of system calls (seccomp): what a target has no use for, and what leads out of its walls, is refused.

Refused calls fail with EPERM, as they do for any ordinary user, so that programs can go on without them.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import Dict, List, Optional, Tuple

# The kernel's name of the machine, and the column of its numbers below.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
# Numbers of linux/arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
_NUMBERS: Dict[str, Tuple[int, int]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "open_by_handle_at": (304, 265),
    "pidfd_getfd": (438, 438),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
}
_CLONE, _CLONE3, _SOCKET, _SECCOMP = (56, 220), (435, 435), (41, 198), (317, 277)
_CLONE_NEWUSER = 0x10000000
_AF_UNIX = 1
_X32_BIT = 0x40000000

_LOAD, _EQUAL, _ANY_BIT, _GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _EACCES, _ENOSYS = 1, 13, 38
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_SECCOMP_SET_MODE_FILTER, _FLAG_SPEC_ALLOW = 1, 4


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def program(machine: str, network: bool) -> Optional[bytes]:
    """The filter as instructions for the kernel; None for a machine whose numbers are not known.

    :param network: leave the network be, as where a network namespace has none anyway
    """
    if machine not in _MACHINES:
        return None
    architecture, column = _MACHINES[machine]
    code: List[bytes] = []
    _say(code, _LOAD, _ARCHITECTURE)
    # Calls of another architecture, such as 32 bit on x86, have other numbers.
    _when(code, _EQUAL, architecture, None, _ERRNO | _EPERM)
    _say(code, _LOAD, _NUMBER)
    if machine == "x86_64":
        _when(code, _GREATER_EQUAL, _X32_BIT, _ERRNO | _EPERM, None)
    # The flags of clone3 cannot be seen; libc takes clone when there is no clone3.
    _when(code, _EQUAL, _CLONE3[column], _ERRNO | _ENOSYS, None)
    for numbers in _NUMBERS.values():
        _when(code, _EQUAL, numbers[column], _ERRNO | _EPERM, None)
    code.append(struct.pack("=HBBI", _EQUAL, 0, 3, _CLONE[column]))
    _say(code, _LOAD, _FIRST_ARGUMENT)
    code.append(struct.pack("=HBBI", _ANY_BIT, 0, 1 if network else 5, _CLONE_NEWUSER))
    _say(code, _RETURN, _ERRNO | _EPERM)
    if not network:
        code.append(struct.pack("=HBBI", _EQUAL, 0, 3, _SOCKET[column]))
        _say(code, _LOAD, _FIRST_ARGUMENT)
        _when(code, _EQUAL, _AF_UNIX, None, _ERRNO | _EACCES)
    _say(code, _RETURN, _ALLOW)
    return b"".join(code)


def install(network: bool) -> bool:
    """Put the filter on this process and all that it starts; it needs `no_new_privs`. False where there is none."""
    machine = os.uname().machine
    code = program(machine, network) if sys.platform == "linux" and sys.maxsize > 2**32 else None
    if code is None:
        return False
    _, column = _MACHINES[machine]
    arguments = _Program(len(code) // 8, code)
    result = ctypes.CDLL(None, use_errno=True).syscall(
        ctypes.c_long(_SECCOMP[column]),
        ctypes.c_uint(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_uint(_FLAG_SPEC_ALLOW),
        ctypes.byref(arguments),
    )
    return int(result) == 0


def _say(code: List[bytes], operation: int, value: int) -> None:
    code.append(struct.pack("=HBBI", operation, 0, 0, value))


def _when(code: List[bytes], operation: int, value: int, then: Optional[int], otherwise: Optional[int]) -> None:
    """Return `then` where the comparison holds, or `otherwise` where it does not; the other way goes on."""
    answer = then if then is not None else otherwise
    assert answer is not None
    code.append(struct.pack("=HBBI", operation, 0 if then is not None else 1, 1 if then is not None else 0, value))
    _say(code, _RETURN, answer)
