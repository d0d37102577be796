"""`pytest --leakcheck`: repeats every test that passed, and fails those that leave something in memory every time.

The repetition runs in pytest's own process, so that the tests keep their plugins, options and fixtures, and a test costs
some thirty more runs instead of a new interpreter. Exact counters need an allocator that is chosen when a process starts:
pytest is started once more by the same command, before anything is collected.
"""

from __future__ import annotations

from typing import Any, List, Optional

import pytest

from .. import counters
from ..judge.growth import LEAK_CALLS
from . import restart
from .findings import Finding, Findings
from .repeated import Budget, repeated

MARKER = "no_leakcheck"


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("leakcheck", "memory leaks")
    group.addoption("--leakcheck", action="store_true", help="repeat every test that passed; fail those that leak")
    group.addoption(
        "--leakcheck-runs",
        type=_at_least(30),
        default=LEAK_CALLS,
        metavar="N",
        help=f"runs during which a leak must show before a test fails (default: {LEAK_CALLS}; clean tests take 30)",
    )
    group.addoption(
        "--leakcheck-seconds",
        type=float,
        default=10.0,
        metavar="S",
        help="for the runs of one test, at most (default: 10)",
    )
    group.addoption(
        "--leakcheck-cycles", action="store_true", help="fail tests too that leave reference cycles to the collector"
    )


def _at_least(least: int) -> Any:
    def parse(text: str) -> int:
        if int(text) < least:
            raise ValueError
        return int(text)

    parse.__name__ = f"number of at least {least}"
    return parse


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> None:
    if early_config.known_args_namespace.leakcheck:
        restart.with_exact_counters(early_config)


def pytest_configure(config: Any) -> None:
    config.addinivalue_line("markers", f"{MARKER}(reason): do not repeat this test under --leakcheck")
    if config.getoption("leakcheck"):
        config.pluginmanager.register(Leakcheck(config), "leakcheck-runs")


class Leakcheck:
    """The hooks that are needed when the option is given."""

    def __init__(self, config: Any) -> None:
        self._config = config
        self._findings = Findings()
        options = config.option
        self._budget = Budget(options.leakcheck_runs, options.leakcheck_seconds, options.leakcheck_cycles)

    def pytest_report_header(self) -> str:
        exact = counters.is_exact()
        counter = "glibc's own account, exact to 16 bytes" if exact else "tracemalloc, Python's own allocations only"
        return f"leakcheck: every test that passes is repeated; bytes counted by {counter}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Optional[Any]) -> bool:
        from _pytest.runner import runtestprotocol

        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        # What the class, the module and the session share stays up until the test has been repeated.
        reports = runtestprotocol(item, log=False, nextitem=item.parent)
        if len(reports) == 3 and all(report.passed and not hasattr(report, "wasxfail") for report in reports):
            finding = self._repeat(item)
            if finding is not None:
                reports[1].outcome, reports[1].longrepr = "failed", finding
        self._tear_down_rest(item, nextitem, reports)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _repeat(self, item: Any) -> Optional[Finding]:
        if item.get_closest_marker(MARKER) is not None:
            return None
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            self._findings.open(item.nodeid, "its examples differ from run to run")
            return None
        return self._findings.take(item, repeated(item, self._budget))

    def _tear_down_rest(self, item: Any, nextitem: Optional[Any], reports: List[Any]) -> None:
        """What `nextitem` does not need; a failure there is one of the tear-down, as always."""
        stack = item.session._setupstate
        if item.session.shouldfail or item.session.shouldstop:
            nextitem = None
        call = pytest.CallInfo.from_call(lambda: stack.teardown_exact(nextitem), when="teardown", reraise=_stops(item))
        if call.excinfo is not None:
            reports[-1] = item.ihook.pytest_runtest_makereport(item=item, call=call)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        self._findings.summarise(terminalreporter)


def _stops(item: Any) -> Any:
    stops: Any = (pytest.exit.Exception,)
    return stops if item.config.getoption("usepdb", False) else (*stops, KeyboardInterrupt)
