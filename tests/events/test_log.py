"""The order of the log: no reader misses an event, however its writers commit, wait or die."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from account_portal import events
from account_portal.context import SHOP, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable
from account_portal.core.places import ROOT
from account_portal.core.settings import get_settings
from account_portal.events import CursorGone, EventType, Told, place_waiting, record
from account_portal.events.log import PLACED_AT_ONCE, position_of, read_after
from account_portal.models import Event, WaitingEvent
from tests.conftest import Clock
from tests.factories.events import log_of, mark, place_all, told, types_told


def write(database: Database, name: str, *, delay: float = 0, fails: bool = False) -> None:
    """A transaction that tells of something, waits, and commits or not."""
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        record(ctx.db, [Told(EventType.ORDER_UPDATED, None, {"name": name})])
        time.sleep(delay)
        if fails:
            raise ZeroDivisionError


def read_on(database: Database, position: int, limit: int = 7) -> list[events.Entry]:
    """What a reader does: give places, then read what follows."""
    with (
        suppress(GatewayUnavailable),  # SQLite's lock was not to be had: later, then
        enter(writes=True, actor=SHOP, database=database) as ctx,
    ):
        place_waiting(ctx)
    with enter(writes=False, actor=SHOP, database=database) as ctx:
        return read_after(ctx.db, position, limit=limit)


def test_what_commits_late_is_read_late_and_not_missed(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    written, finish = threading.Event(), threading.Event()

    def slow() -> None:
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            record(ctx.db, [Told(EventType.ORDER_UPDATED, None, {"name": "slow"})])
            written.set()
            assert finish.wait(20)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        assert written.wait(20)
        write(database, "quick")
        assert [data["name"] for _, data in told(database)] == ["quick"]
        cursor = mark(database)
        finish.set()
        late.result()
    assert [data["name"] for _, data in told(database, cursor)] == ["slow"]


def test_an_effect_stands_behind_its_cause_whatever_clocks_say(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.events import recording

    hours = iter(range(6, 0, -1))
    monkeypatch.setattr(recording, "utc_now", lambda: utc_now() + timedelta(hours=next(hours)))
    for name in "abcdef":
        write(database, name)
    assert [data["name"] for _, data in told(database)] == list("abcdef")


def test_what_is_rolled_back_is_not_told(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        write(database, "never", fails=True)
    assert told(database) == []


WRITERS, EACH = 6, 12


def test_readers_miss_nothing_under_parallel_writers(database: Database) -> None:
    done = threading.Event()

    def writer(number: int) -> None:
        random = Random(number)
        for step in range(EACH):
            fails = random.random() < 0.2
            try:
                delay = random.random() * 0.02
                write(database, f"{number}-{step}", delay=delay, fails=fails)
            except ZeroDivisionError:
                continue

    def reader() -> list[str]:
        position, seen = 0, []
        while True:
            is_last = done.is_set()
            found = read_on(database, position)
            seen += [one.id for one in found]
            if found:
                position = found[-1].position
            elif is_last:
                return seen

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers = [pool.submit(reader) for _ in range(2)]
        for writing in [pool.submit(writer, number) for number in range(WRITERS)]:
            writing.result()
        done.set()
        seen = [reading.result() for reading in readers]
    log = log_of(database)
    assert len(log) > WRITERS
    assert seen[0] == seen[1] == [one.id for one in log]
    names = [data["name"] for _, data in told(database)]
    for number in range(WRITERS):
        steps = [int(name.split("-")[1]) for name in names if name.startswith(f"{number}-")]
        assert steps == sorted(steps)


def test_writers_and_readers_that_are_killed_lose_nothing(database: Database) -> None:
    """Each process writes down what it committed; a killed one may have committed one more."""
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.events.writing_process", str(number)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    lines: list[list[str]] = [[] for _ in processes]
    seen: list[str] = []
    position = 0
    try:
        pool = ThreadPoolExecutor(len(processes))
        reading = [
            pool.submit(lambda process=process, kept=kept: kept.extend(process.stdout))  # type: ignore[misc]
            for process, kept in zip(processes, lines, strict=True)
        ]
        until = time.monotonic() + 60
        # SQLite's lock is no fair one: each is waited for.
        while (len(seen) < 120 or not all(lines)) and time.monotonic() < until:
            found = read_on(database, position, limit=50)
            seen += [one.id for one in found]
            position = found[-1].position if found else position
    finally:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
    for one in reading:
        one.result()
    pool.shutdown()
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    seen += [one.id for one in log_of(database, position)]
    names = [data["name"] for _, data in told(database)]
    assert seen == [one.id for one in log_of(database)]
    assert len(names) == len(set(names)) >= 120
    for kept in lines:
        committed = [line.strip() for line in kept if line.endswith("\n")]
        assert committed
        assert set(committed) <= set(names)
        number = committed[0].split("-")[0]
        own = [name for name in names if name.startswith(f"{number}-")]
        assert own[: len(committed)] == committed
        assert len(own) - len(committed) <= 1


def test_many_wait_and_are_placed_in_steps(database: Database) -> None:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        record(ctx.db, [Told(EventType.ORDER_UPDATED, None, {}) for _ in range(PLACED_AT_ONCE + 3)])
    counts = []
    while not counts or counts[-1]:
        with enter(writes=True, actor=SHOP, database=database) as ctx:
            counts.append(place_waiting(ctx))
    assert counts == [PLACED_AT_ONCE, 3, 0]
    with database.session(writes=False) as db:
        assert db.execute(select(col(WaitingEvent.number))).all() == []


def test_readers_may_want_some_types_only(database: Database, statements: list[str]) -> None:
    wanted = [EventType.ORDER_PAID, EventType.REFUND_FAILED]
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        for kind in (EventType.ORDER_UPDATED, *wanted, EventType.ORDER_UPDATED, wanted[0]):
            record(ctx.db, [Told(kind, None, {})])
    place_all(database)
    with enter(writes=False, actor=SHOP, database=database) as ctx:
        statements.clear()
        found = read_after(ctx.db, 0, types=wanted, limit=2)
        assert len(statements) == 1
        assert [one.type for one in found] == wanted
        rest = read_after(ctx.db, found[-1].position, types=wanted, limit=2)
        assert [one.type for one in rest] == wanted[:1]


def test_kept_by_age_and_places_are_never_given_twice(database: Database, clock: Clock) -> None:
    write(database, "old")
    [old] = log_of(database)
    clock.advance(days=get_settings().events_kept_days, seconds=1)
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        assert events.sweep(ctx) == 1
        assert events.sweep(ctx) == 0
    assert types_told(database) == []
    with enter(writes=False, actor=SHOP, database=database) as ctx, pytest.raises(CursorGone):
        position_of(ctx.db, old.id)
    write(database, "new")
    [new] = log_of(database)
    assert new.position > old.position


def test_a_place_is_not_given_anew_when_the_newest_event_is_gone(database: Database) -> None:
    write(database, "a")
    write(database, "b")
    last = log_of(database)[-1]
    with database.session(writes=True) as db:
        db.execute(delete(Event).where(col(Event.id) == last.id))
        db.commit()
    write(database, "c")
    assert log_of(database)[-1].position > last.position
