"""Runs one collected test again and again by pytest's full protocol, and takes back what pytest keeps of each time."""

from __future__ import annotations

import contextlib
import gc
from typing import Any, Dict, Iterator, List, Optional, Tuple

FIXTURE = "<fixture "


class TestFailed(Exception):
    """The test did not pass; the text says in a few words why."""

    __test__ = False


class Repetition:
    """One test. Its own fixtures are set up and torn down every time; those of its module and session stay.

    :param item: as pytest collected it
    """

    def __init__(self, item: Any) -> None:
        self.item = item
        self._stack: Any = item.session._setupstate
        self._kept: Optional[List[Tuple[List[Any], int]]] = None

    def begin(self) -> None:
        """Tear down what another test has left standing and this one does not need."""
        try:
            self._stack.teardown_exact(self.item)
        except Exception:
            pass  # it belongs to that other test

    def once(self) -> None:
        """Set up, call, tear down.

        :raises TestFailed: a part of it did not pass, or was skipped
        """
        from _pytest.runner import runtestprotocol

        item = self.item
        with silent(item.config.hook):
            reports = runtestprotocol(item, log=False, nextitem=item.parent)
        why = next((_reason(report) for report in reports if not report.passed or hasattr(report, "wasxfail")), None)
        self._take_back()
        if why is not None:
            raise TestFailed(why)

    def _take_back(self) -> None:
        """Drop what reports collected, and the finalizers that fixtures of this one run hung on fixtures that stay.

        Pytest adds those for every test and calls them at the end of the session: they would be counted as growth.
        """
        item = self.item
        item.user_properties.clear()
        item._report_sections.clear()
        if self._kept is None:
            self._kept = [(finalizers, len(finalizers)) for finalizers in self._standing()]
        for finalizers, count in self._kept:
            del finalizers[count:]
        numbers = getattr(getattr(item.config, "_tmp_path_factory", None), "_next_number", None)
        if numbers:
            numbers.clear()  # the next folder gets the same name: some Pythons keep every name for ever

    def _standing(self) -> List[List[Any]]:
        """The lists of finalizers of all that is set up beyond a single test."""
        on_nodes = [entry[0] for entry in self._stack.stack.values()]
        return on_nodes + [one._finalizers for one in standing_definitions()]

    def standing_fixtures(self) -> Dict[str, object]:
        """Values of fixtures that live longer than a single run, by the name that paths shall show."""
        return {f"{FIXTURE}{one.argname}>": one.cached_result[0] for one in standing_definitions()}


@contextlib.contextmanager
def silent(hooks: Any) -> Iterator[None]:
    """Tell nobody of reports: pytest's own reporter keeps all that it is told, such as those of subtests."""
    told = hooks.pytest_runtest_logreport
    hooks.pytest_runtest_logreport = _nobody
    try:
        yield
    finally:
        hooks.pytest_runtest_logreport = told


def _nobody(**_: object) -> List[object]:
    return []


def standing_definitions() -> List[Any]:
    """Fixtures that are set up now. Every version of pytest keeps them in another table: the collector knows them all."""
    from _pytest.fixtures import FixtureDef

    return [item for item in gc.get_objects() if type(item) is FixtureDef and item.cached_result is not None]


def _reason(report: Any) -> str:
    if report.skipped or hasattr(report, "wasxfail"):
        return "the test is skipped or expected to fail"
    text = str(getattr(getattr(report, "longrepr", None), "reprcrash", None) or report.longrepr or "")
    return f"{report.when} failed: {' '.join(text.split())[-150:]}"
