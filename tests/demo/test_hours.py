"""Pictures of pages at four hours in four zones: the moments, and the clock of their server."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from account_portal.core.places import ROOT
from tests.looks.hours import AWAY, HOURS, ZONES, day_in_question, moments


def test_each_hour_in_each_zone_and_no_clock_goes_back() -> None:
    now = datetime.now(UTC)
    found = moments(day_in_question(now.date()))
    seen = {(one.zone, one.at.time(), one.read_in) for one in found}
    assert len(seen) == len(found) == len(HOURS) * (len(ZONES) + len(AWAY)) == 24
    assert len({one.name for one in found}) == len(found)
    assert {one.at.date() for one in found} == {day_in_question(now.date())}
    passed = [now, *(one.at.astimezone(UTC) for one in found)]
    assert passed == sorted(passed)


def test_a_server_goes_by_the_clock_it_is_given(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("90000")
    asked = (
        "import tests.moved_server; from account_portal.context import utc_now; print(utc_now())"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=os.environ | {"MOVED_CLOCK": str(clock)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    moved = datetime.fromisoformat(told) - datetime.now(UTC)
    assert abs(moved - timedelta(seconds=90000)) < timedelta(minutes=10)
