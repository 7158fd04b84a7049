"""Limits hold when everybody tries at once: each place of a limit is given once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from account_portal.auth import schemas
from account_portal.auth.service import login_with_password
from account_portal.auth.service.guessing import PASSWORDS_OF_ADDRESS
from account_portal.auth.service.limits import count_attempt
from account_portal.console.service.sessions import sign_in
from account_portal.context import NOBODY, Caller, Context, enter
from account_portal.core.db import Database
from account_portal.core.errors import PortalError
from account_portal.models import RateEvent
from account_portal.security import rate_limit
from account_portal.security.rate_limit import Limit
from tests.conftest import Clock

AT_ONCE = 24
FEW = Limit("a test's", times=7, seconds=600)
HERE = Caller(ip_address="192.0.2.7")


def all_at_once(
    database: Database,
    call: Callable[[Context, int], object],
    *,
    writes: bool,
    times: int = AT_ONCE,
) -> list[str]:
    """What came of as many calls, each in a thread and a transaction of its own."""
    together = Barrier(times)

    def one(number: int) -> str:
        together.wait(30)
        try:
            with enter(HERE, writes=writes, actor=NOBODY, database=database) as ctx:
                call(ctx, number)
        except PortalError as error:
            return error.code
        return "ok"

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(one, range(times)))


def counted(database: Database, limit: Limit, key: str) -> int:
    with database.session(writes=False) as db:
        rows = select(func.count()).where(RateEvent.bucket == limit.bucket(key))
        return int(db.execute(rows).scalar_one())


def test_as_many_attempts_as_there_are_places(database: Database, clock: Clock) -> None:
    def attempt(ctx: Context, _number: int) -> None:
        count_attempt(ctx, FEW, "somebody")

    outcomes = all_at_once(database, attempt, writes=True)
    assert outcomes == ["ok"] * FEW.times + ["too_many_requests"] * (AT_ONCE - FEW.times)
    assert counted(database, FEW, "somebody") == FEW.times


def test_whoever_looks_and_counts_later_is_alone_in_between(
    database: Database, clock: Clock
) -> None:
    """Limits on what went wrong only: they are looked at first, and counted when it has."""

    def attempt(ctx: Context, _number: int) -> None:
        rate_limit.require_below(ctx.db, FEW, "somebody", ctx.now)
        ctx.db.flush()
        rate_limit.count(ctx.db, FEW, "somebody", ctx.now)

    outcomes = all_at_once(database, attempt, writes=True)
    assert outcomes.count("ok") == FEW.times


def test_a_look_that_does_not_write_waits_for_nobody(database: Database, clock: Clock) -> None:
    with enter(HERE, writes=True, actor=NOBODY, database=database) as holder:
        rate_limit.require_below(holder.db, FEW, "somebody", holder.now)
        with enter(HERE, writes=False, actor=NOBODY, database=database) as ctx:
            rate_limit.require_below(ctx.db, FEW, "somebody", ctx.now)


@pytest.mark.parametrize("who", ["one", "many"])
def test_guesses_at_accounts_that_are_not_there_are_counted_like_others(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """Else a burst tells which contacts have an account, or an address tries more than it may."""
    limit = Limit(PASSWORDS_OF_ADDRESS.name, times=10, seconds=900)
    monkeypatch.setattr("account_portal.auth.service.guessing.PASSWORDS_OF_ADDRESS", limit)

    def guess(ctx: Context, number: int) -> None:
        name = "nobody" if who == "one" else f"nobody{number}"
        data = schemas.LoginWithEmailPassword(email=f"{name}@example.com", password="wrong")
        login_with_password(ctx, data)

    outcomes = all_at_once(database, guess, writes=False)
    assert outcomes == ["invalid_credentials"] * 10 + ["too_many_requests"] * (AT_ONCE - 10)
    assert counted(database, limit, "192.0.2.7") == 10


def test_guesses_at_the_shops_staff_too(database: Database, clock: Clock) -> None:
    def guess(ctx: Context, _number: int) -> None:
        sign_in(ctx, "nobody@shop.example", "wrong")

    outcomes = all_at_once(database, guess, writes=False)
    assert outcomes.count("too_many_requests") == AT_ONCE - 10
