"""A test as a way to call the target."""

from __future__ import annotations

import ast
import json
import os
import sys
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

from .. import overlay, testcode
from ..driver.declared import is_declared
from ..driver.monitoring import line_watch
from ..driver.placement import Placement, place
from ..driver.reach import any_of
from ..driver.request import Request, Trial
from ..driver.target import find_definition, read, sentence_of
from ..driver.timelimit import TimeLimit, TooLong
from ..errors import NoDriver
from .harness import open_harness
from .repetition import Repetition, TestFailed
from .settings import read_settings

WARM_UP_RUNS, WARM_UP_SECONDS = 1100, 2.0

Lines = Optional[Tuple[int, int]]


class Target:
    """The flagged code as text: its file is watched, and imported by the tests alone."""

    def __init__(self, request: Request) -> None:
        self.root = os.path.realpath(request.root)
        self.path, text, self.tree = read(request.root, request.file, request.overlay)
        self.is_declared = is_declared(request.qualname, self.tree, text.splitlines())
        self.placement: Placement = place(self.root, request.file, self.tree)
        definition = find_definition(self.tree, request.qualname.split(".<locals>")[0].split("."))
        self.definition = _span(definition)

    def reached(self, lines: Lines, ran: "set[int]") -> bool:
        """Whether the target ran, and a flagged line with it."""
        if self.definition is None:  # inherited, or made at run time: only a line can tell
            return lines is not None and any_of(lines, ran, self.tree)
        inside = any(self.definition[0] <= line <= self.definition[1] for line in ran)
        return inside and any_of(lines or self.definition, ran, self.tree)

    def prepare(self, request: Request) -> None:
        """Have tests import this tree, with the patched files, and not an installed copy."""
        overlay.install(request.overlay)
        testcode.hide(self.root, self.path)
        if self.placement.directory not in sys.path:
            sys.path.insert(0, self.placement.directory)
        for folder in (self.root, os.path.join(self.root, "src")):
            if folder not in sys.path and os.path.isdir(folder):
                sys.path.append(folder)


class TestCandidate:
    """One test, repeated; has the face of `driver.Candidate`."""

    __test__ = False
    kind = "tests"
    instance = "none"
    varied: Tuple[str, ...] = ()
    stubs: Tuple[str, ...] = ()

    def __init__(self, item: Any, target: Target) -> None:
        self._repetition = Repetition(item)
        self._target = target
        self._begun = False
        self.seconds = 0.0
        self.steps = 0  # lines of the target that the last try ran
        self.name = node_of(item, target.root)

    @property
    def call(self) -> str:
        """As one would type it."""
        return f"pytest {self.name}"[:300]

    @property
    def key(self) -> str:
        return key_of([self.name])

    @property
    def files(self) -> Tuple[str, ...]:
        """The test's file and the conftest.py files that it may take from, relative to the root."""
        file = self.name.split("::")[0]
        parts = file.split("/")
        beside = ["/".join([*parts[:depth], "conftest.py"]) for depth in range(len(parts))]
        return (file, *(name for name in beside if os.path.isfile(os.path.join(self._target.root, *name.split("/")))))

    def run(self, index: int) -> object:
        """One run of the test. Raises TestFailed when it does not pass."""
        if not self._begun:
            self._repetition.begin()
            self._begun = True
        self._repetition.once()
        return None

    def warm_up(self, deadline: float) -> None:
        """Before 3.11 every function gets a cache of its own at its 1024th call; pytest has hundreds of functions."""
        if sys.version_info >= (3, 11):
            return
        until = min(deadline, time.monotonic() + WARM_UP_SECONDS)
        for _ in range(WARM_UP_RUNS):
            if time.monotonic() > until:
                break
            try:
                self.run(0)
            except TestFailed:
                break

    def try_out(self, lines: Lines, attempts: int = 1, seconds: float = 1.0) -> Trial:
        """A few runs while the lines of the target are watched; never raises what the test raises."""
        returned = unfinished = False
        error: Optional[str] = None
        ran: "set[int]" = set()
        for _ in range(attempts):
            started = time.perf_counter()
            try:
                with line_watch(self._target.path, ran), TimeLimit(seconds):
                    self.run(0)
                returned, error = True, None
            except TestFailed as failed:
                error = str(failed)
            except TooLong:
                unfinished, error = True, f"did not come back within {seconds:g} s"
            except BaseException as problem:  # SystemExit and KeyboardInterrupt of a test are its own failures
                error = sentence_of(problem)
            self.seconds = time.perf_counter() - started
            unfinished = unfinished or (error is not None and self.seconds > seconds)
        first, last = self._target.definition or (1, 1 << 30)
        self.steps = sum(first <= line <= last for line in ran)
        return Trial(returned, self._target.reached(lines, ran), error, error is not None, unfinished, len(ran))

    def roots(self) -> Dict[str, object]:
        """What lives longer than one run of the test."""
        return self._repetition.standing_fixtures()


def key_of(names: Sequence[str]) -> str:
    """Names these tests for `Request.choice` in another process."""
    return json.dumps({"tests": list(names)})


def names_of(choice: Optional[str]) -> List[str]:
    """The tests that a key names; empty when it names another kind of candidate."""
    try:
        found = json.loads(choice or "null")
    except ValueError:
        return []
    names = found.get("tests") if isinstance(found, dict) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def chosen(request: Request) -> List[TestCandidate]:
    """The tests of `request.choice`, in its order, without having run them; empty when it names none.

    :raises NoDriver: this tree has none of them
    """
    names = names_of(request.choice)
    if not names:
        return []
    target = Target(request)
    target.prepare(request)
    inside = [name for name in names if os.path.isfile(os.path.join(target.root, *name.split("::")[0].split("/")))]
    paths = [os.path.join(target.root, name) for name in inside]
    try:
        harness = open_harness(target.root, paths, read_settings(target.root).options) if paths else None
    except BaseException as error:  # pytest and conftest.py may raise anything, also SystemExit
        raise NoDriver(f"The tests could not be collected: {sentence_of(error)}") from None
    found = {} if harness is None else {node_of(item, target.root): item for item in harness.items}
    candidates = [TestCandidate(found[name], target) for name in names if name in found]
    if not candidates:
        raise NoDriver(f"The test {names[0]} is not in this tree"[:400])
    return candidates


def node_of(item: Any, root: str) -> str:
    """The node id of a test, its file relative to the root, as one would give it to pytest there."""
    file = os.path.relpath(os.path.realpath(str(item.path)), root).replace(os.sep, "/")
    return "::".join([file, *str(item.nodeid).split("::")[1:]])


def _span(definition: Optional[ast.AST]) -> Lines:
    if definition is None:
        return None
    first = int(getattr(definition, "lineno", 1))
    decorators = [node.lineno for node in getattr(definition, "decorator_list", [])]
    return min([first, *decorators]), int(getattr(definition, "end_lineno", first) or first)
