"""Steps of lives of orders, counted: a long run says how many it took on each database."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.orders.lives import Steps

PREFIX = "steps on "
_counted: Counter[str] = Counter()


@pytest.fixture
def counted(request: pytest.FixtureRequest) -> Iterator[Steps]:
    """Counts what a test does; the run's last lines add up all tests, those that failed too."""
    steps = Steps()
    yield steps
    name = request.node.callspec.params["database"]
    request.node.user_properties += [(PREFIX + name, (steps.lives, steps.taken, steps.refused))]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "teardown":
        for name, value in report.user_properties:
            if name.startswith(PREFIX):
                lives, taken, refused = value
                _counted.update({(name, "lives"): lives, (name, "taken"): taken})
                _counted.update({(name, "refused"): refused})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in sorted({name for name, _ in _counted}):
        lives, taken, refused = (_counted[name, kind] for kind in ("lives", "taken", "refused"))
        terminalreporter.write_line(
            f"{taken:,} {name} in {lives:,} lives of orders; {refused:,} were refused"
        )
