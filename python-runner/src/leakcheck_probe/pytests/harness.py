"""One pytest session in this process that collects the wanted tests and leaves running them to us.

The parts of pytest used here that are not documented (the configuration as an object, the session, the stack of set-ups)
are those that pytest-xdist and pytest-rerunfailures live on; they are the same in pytest 7, 8 and 9.
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any, List, Optional, Sequence

OLDEST = 7
# They run tests elsewhere, in another order, again or under a tracer, or keep something of every test.
UNWANTED_PLUGINS = (
    "cacheprovider", "faulthandler", "warnings", "unraisableexception", "threadexception", "pastebin",
    "stepwise", "leakcheck", "xdist", "xdist.looponfail", "pytest-xdist", "pytest_cov", "cov", "randomly", "random_order",
    "random-order", "rerunfailures", "timeout", "flaky", "sugar", "pytest-sugar", "html", "metadata", "json_report",
    "benchmark", "testmon", "picked", "instafail", "memray", "forked", "profiling", "monitor", "repeat", "parallel",
    "pytest_parallel", "ruff", "flake8", "mypy", "black", "isort", "pylint", "reportlog", "clarity", "pretty",
    "pytest_socket", "codspeed", "split", "icdiff",
)  # fmt: skip


class Harness:
    """Collects tests of a tree.

    :param root: absolute folder of the tree, pytest's rootdir; nothing is written into it
    :param tests: absolute paths of test files, or node ids below them
    :param options: of the tree's own that tests cannot do without
    :raises Exception: whatever pytest or a conftest.py raises
    """

    def __init__(self, root: str, tests: Sequence[str], options: Sequence[str] = ()) -> None:
        import _pytest.config
        import _pytest.main

        self._private = tempfile.mkdtemp(prefix="pytest-")
        os.chdir(_mirror_of(root, os.path.join(self._private, "tree")))
        self._config: Any = _pytest.config._prepareconfig(self._arguments(root, tests, options), [])
        self.session: Any = _pytest.main.Session.from_config(self._config)
        self._config._do_configure()
        self._config.hook.pytest_sessionstart(session=self.session)
        self.items: List[Any] = []
        try:
            self._config.hook.pytest_collection(session=self.session)
        except self.session.Interrupted:
            pass  # a file that cannot be imported does not hinder the others
        except _pytest.config.UsageError:
            pass  # none of the tests is there
        self.items = list(getattr(self.session, "items", None) or [])

    def _arguments(self, root: str, tests: Sequence[str], options: Sequence[str]) -> List[str]:
        values = {
            "addopts": "",
            "required_plugins": "",
            "strict": "false",
            "strict_markers": "false",
            "strict_config": "false",
            "tmp_path_retention_policy": "failed",
        }
        return [
            *(word for name in UNWANTED_PLUGINS for word in ("-p", f"no:{name}")),
            *(word for name, value in values.items() for word in ("-o", f"{name}={value}")),
            *options,
            "--capture=no",
            "--continue-on-collection-errors",
            f"--basetemp={os.path.join(self._private, 'temporary')}",
            f"--rootdir={root}",
            "-q",
            *tests,
        ]

    def close(self) -> None:
        """Tear down what fixtures of modules and of the session still hold."""
        import _pytest.main

        try:
            self.session._setupstate.teardown_exact(None)
            self._config.hook.pytest_sessionfinish(session=self.session, exitstatus=_pytest.main.ExitCode.OK)
        finally:
            self._config._ensure_unconfigure()


OPEN: List[Harness] = []


def open_harness(root: str, tests: Sequence[str], options: Sequence[str] = ()) -> Optional[Harness]:
    """A harness that `close_all` ends; None where there is no pytest that we know how to use."""
    if not has_pytest():
        return None
    import pytest

    if int(pytest.__version__.split(".")[0]) < OLDEST:
        return None
    harness = Harness(root, tests, options)
    OPEN.append(harness)
    return harness


def has_pytest() -> bool:
    """Whether pytest can be imported; looks without importing it."""
    from importlib.util import find_spec

    try:
        return "pytest" in sys.modules or find_spec("pytest") is not None
    except (ImportError, ValueError):
        return False


def close_all() -> None:
    """End every session of this process; what goes wrong in it is the tests' own affair."""
    while OPEN:
        try:
            OPEN.pop().close()
        except BaseException:  # also SystemExit, and a time limit that expires
            continue


def _mirror_of(root: str, folder: str) -> str:
    """A private folder with links to what lies in the root: relative names are found, new files land in the folder."""
    os.makedirs(folder)
    for name in os.listdir(root):
        if not name.startswith("."):
            os.symlink(os.path.join(root, name), os.path.join(folder, name))
    return folder
