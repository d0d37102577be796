"""One walled-off worker, from the fork in the launcher to the end of all that it started.

Three processes: the keeper stays outside and waits; the first process inside (`init`) builds the walls and buries the
dead; the worker gives up every right and becomes the interpreter. When init ends, the kernel ends all others inside.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from typing import Any, Dict, NoReturn, Tuple

from . import filter as calls
from . import mounts
from . import syscalls as kernel
from .request import Plan
from .view import Entry, View

NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)
# Processes and threads that a worker may have at the same time.
MAX_PROCESSES = 512
# How much more urgent than a worker a launcher with the rights of root is.
LESS_NICE = 10


def start(plan: Plan, channel: int, errors: int, setup: int, status: int) -> int:
    """Fork a keeper, which starts the worker; returns its process id.

    :param channel: of the worker, `errors` its error output
    :param setup: pipe that gets the pid of init, or why there is no worker, and ends when the interpreter starts
    :param status: pipe that gets the wait status of the worker
    """
    pid = os.fork()
    if pid:
        return pid
    _guarded(setup, lambda: _keep(plan, channel, errors, setup, status))


def _guarded(setup: int, act: Any) -> NoReturn:
    """Never returns; what goes wrong is told on the pipe."""
    try:
        act()
    except BaseException as error:
        _tell(setup, {"error": str(error) or type(error).__name__})
    os._exit(1)


def _tell(pipe: int, message: Dict[str, Any]) -> None:
    try:
        os.write(pipe, json.dumps(message).encode() + b"\n")
    except OSError:
        pass  # nobody listens any more


def _keep(plan: Plan, channel: int, errors: int, setup: int, status: int) -> None:
    kernel.die_with_parent(signal.SIGKILL)
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if not plan.namespaces:
        kernel.adopt_orphans()
        _tell(setup, {"init": os.getpid()})
        _be_init(plan, channel, errors, setup, status)
    kernel.unshare(NAMESPACES)
    init = os.fork()
    if init == 0:
        _guarded(setup, lambda: _be_init(plan, channel, errors, setup, status))
    _tell(setup, {"init": init})
    for descriptor in (channel, errors, setup, status):
        os.close(descriptor)
    os.waitpid(init, 0)  # comes back when the kernel has ended everything inside
    os._exit(0)


def _be_init(plan: Plan, channel: int, errors: int, setup: int, status: int) -> NoReturn:
    if plan.namespaces:
        kernel.die_with_parent(signal.SIGKILL)
        mounts.build(View(plan.covers, [Entry(*entry) for entry in plan.entries]), plan.uid, plan.uid)
        mounts.raise_loopback()
        kernel.sethostname(b"leakcheck")
    worker = os.fork()
    if worker == 0:
        _guarded(setup, lambda: _be_worker(plan, channel, errors))
    for descriptor in (channel, errors, setup):
        os.close(descriptor)
    found = _bury_until(worker)
    os.write(status, b"%d\n" % found)
    if not plan.namespaces:
        kill_user(plan.uid)
        _bury_all()
    os._exit(0)


def _bury_until(worker: int) -> int:
    """Reap whatever dies; the wait status of the worker when it is its turn."""
    while True:
        pid, found = os.waitpid(-1, 0)
        if pid == worker:
            return found


def _be_worker(plan: Plan, channel: int, errors: int) -> None:
    os.setsid()
    os.chdir(plan.home)
    os.umask(0o022)
    null = os.open("/dev/null", os.O_RDWR)
    for source, target in ((null, 0), (null, 1), (errors, 2), (channel, 3)):
        os.dup2(source, target)
        os.set_inheritable(target, True)
    for number in range(1, signal.NSIG):
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            try:
                signal.signal(number, signal.SIG_DFL)
            except (OSError, ValueError):
                pass  # a number that the C library keeps for itself
    if plan.nice:
        os.nice(plan.nice)
    resource.setrlimit(resource.RLIMIT_NPROC, (MAX_PROCESSES, MAX_PROCESSES))
    give_up_rights(plan.uid)
    calls.install(network=plan.namespaces)
    os.execve(plan.command[0], plan.command, plan.variables)


def give_up_rights(uid: int) -> None:
    """Become this user, for good and without any capability.

    :raises OSError: something of it is not allowed
    """
    kernel.drop_bounding_capabilities()
    if os.getuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    kernel.drop_capabilities()
    kernel.forbid_new_privileges()


def kill_user(uid: int) -> None:
    """Kill every process of this user at once, also one that forks without end."""
    killer = os.fork()
    if killer == 0:
        try:
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def _bury_all() -> None:
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        pass


def read_setup(pipe: int) -> Tuple[int, str]:
    """Wait until the interpreter starts: the pid of init, and why it did not start ('' when it did)."""
    data = b""
    while True:
        more = os.read(pipe, 4096)
        if not more:
            break
        data += more
    init, error = 0, ""
    for line in data.splitlines():
        message = json.loads(line)
        init, error = message.get("init", init), message.get("error", error)
    return init, error
