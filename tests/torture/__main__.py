"""`make torture`: kills, outages and races at length; ends with 1 if one write is lost.

Real server processes, and PostgreSQL and Redis of its own: nothing that runs on the machine is
touched. What a figure is about stands in `tests/torture/faults.py`.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Never

os.environ["PORTAL_SECRET_KEY"] = "a key for the tortured portal, long enough"
os.environ["PORTAL_PASSWORD_MEMORY_KIB"] = "64"

from tests.torture import faults
from tests.torture.faults import Result
from tests.torture.outside import Missing, OwnPostgres
from tests.torture.portal import Lost

FAULTS = ("kills", "stops", "workers", "restarts", "races", "disk", "provider", "redis")
DATABASES = ("sqlite", "postgresql")
Part = tuple[str, Callable[[], Result]]


class Torture:
    """One run, in a folder of its own."""

    def __init__(self, folder: Path, chosen: argparse.Namespace) -> None:
        self.folder = folder
        self.chosen = chosen
        self._postgres: OwnPostgres | None = None
        self._number = 0

    @property
    def postgres(self) -> OwnPostgres:
        """The server of this run, started at first use."""
        if self._postgres is None:
            self._postgres = OwnPostgres()
        return self._postgres

    def close(self) -> None:
        if self._postgres is not None:
            self._postgres.remove()

    def _place(self, database: str) -> tuple[Path, str]:
        self._number += 1
        folder = self.folder / str(self._number)
        if database == "sqlite":
            folder.mkdir()
            return folder, f"sqlite:///{folder}/portal.db"
        return folder, self.postgres.make_database(f"torture_{self._number}")

    def parts(self) -> Iterator[Part]:
        """What is to be done, in turn."""
        only, kills, times = self.chosen.only, self.chosen.kills, self.chosen.times
        for database in self.chosen.databases:
            both: dict[str, Callable[..., Result]] = {
                "kills": lambda *place: faults.kills(*place, kills, _say),
                "stops": lambda *place: faults.stops(*place, times),
                "workers": lambda *place: faults.workers(*place, times),
                "races": lambda *place: faults.races(*place, times * 10),
                "provider": lambda *place: faults.hanging_provider(*place, times),
            }
            for name, run in both.items():
                if name in only:
                    yield database, lambda run=run, db=database: run(*self._place(db))  # type: ignore[misc]
        if "restarts" in only and "postgresql" in self.chosen.databases:
            yield (
                "postgresql",
                lambda: faults.restarts(self.folder / "restarts", self.postgres, times),
            )
        if "disk" in only and "postgresql" in self.chosen.databases:
            yield (
                "postgresql",
                lambda: faults.full_disk_of_postgres(self.folder / "server-disk", times),
            )
        if "disk" in only and "sqlite" in self.chosen.databases:
            yield "sqlite", lambda: faults.full_disk(self.folder / "disk", times)
        if "redis" in only and "sqlite" in self.chosen.databases:
            yield "sqlite", lambda: faults.lost_redis(self.folder / "redis", times)


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def _run(database: str, part: Callable[[], Result]) -> bool:
    """Do one part and print its figures; whether everything held."""
    began = time.monotonic()
    try:
        result = part()
    except Missing as missing:
        print(f"{database:<11} not done: {missing}", flush=True)
        return False
    except Lost as lost:
        print(f"{database:<11} LOST: {lost}", flush=True)
        return False
    figures = ", ".join(f"{name} {value:g}" for name, value in result.figures.items())
    seconds = time.monotonic() - began
    print(
        f"{database:<11} {result.fault} {result.times} times: {len(result.wrong)} losses; "
        f"{figures}; {seconds:.0f} s",
        flush=True,
    )
    for sentence in result.wrong[:20]:
        _say(f"LOST: {sentence}")
    return not result.wrong


def _end(number: int, _frame: object) -> Never:
    """End as an exception does: servers, databases and folders are put away, once."""
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def main() -> int:
    """Run all parts, or those asked for; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make torture ARGS=", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of the server, for each database")
    parser.add_argument("--times", type=int, default=10, help="of every other fault")
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=FAULTS)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    chosen = parser.parse_args()
    random.seed(chosen.seed)
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    print(f"Seed {chosen.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="portal-torture-"))
    run = Torture(folder, chosen)
    try:
        held = [_run(database, part) for database, part in run.parts()]
    finally:
        run.close()
        shutil.rmtree(folder, ignore_errors=True)
    print("Everything held." if all(held) else "Something was lost.", flush=True)
    return 0 if held and all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
