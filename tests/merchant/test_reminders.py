"""Messages that time brings: once each, whatever workers do, and only as the shop wants them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.loyalty import service as loyalty
from account_portal.merchant.reminders import send_reminders, sweep_reminders
from account_portal.models import LoyaltyAccount, NotificationPreference, OutboxMessage, User
from tests.conftest import Clock
from tests.factories.auth import messages
from tests.factories.orders import make_line, make_order

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]


def kinds(database: Database) -> list[str]:
    return [row.kind for row in messages(database) if row.channel == "email"]


def parcel(database: Database, owner: User, **values: Any) -> None:
    make_order(
        database,
        owner,
        at=NOON - timedelta(days=3),
        parcels=[{"status": "in_transit", "eta_delivery": "2026-03-09", **values}],
    )


def test_a_late_parcel_is_told_once(database: Database, owner: User) -> None:
    parcel(database, owner)
    for hours in (-36, 0, 1, 24, 48):
        send_reminders(database, NOON + timedelta(hours=hours))
    assert kinds(database) == ["parcel_late"]
    words = messages(database)[0].payload["words"]
    assert words["promised"] == "Mon, 9 Mar"
    assert words["items"][0]["name"] == "Product 0"


@pytest.mark.parametrize(
    "values",
    [
        {"eta_delivery": "2026-03-11"},
        {"eta_delivery": "2026-03-10"},
        {"eta_delivery": "2026-02-09"},
        {"eta_delivery": "Monday or so"},
        {"eta_delivery": "2026-03-09 or so"},
        {"eta_delivery": None},
        {"status": "delivered", "delivered_date": NOON},
        {"status": "cancelled"},
        {"status": "lost"},
        {"status": "undelivered"},
    ],
)
def test_a_parcel_that_is_not_late_is_not_told(
    database: Database, owner: User, values: dict[str, Any]
) -> None:
    parcel(database, owner, **values)
    assert send_reminders(database, NOON) == 0
    assert kinds(database) == []


def test_a_day_ends_where_the_parcel_goes_to(database: Database, owner: User) -> None:
    parcel(database, owner)  # to India, where the tenth begins at 18:30 of the ninth
    assert send_reminders(database, datetime(2026, 3, 9, 18, tzinfo=UTC)) == 0
    assert send_reminders(database, datetime(2026, 3, 9, 19, tzinfo=UTC)) == 1


def test_a_shop_may_keep_silent(database: Database, owner: User, set_settings: Any) -> None:
    parcel(database, owner)
    set_settings(PORTAL_TELL_LATE_PARCELS="0")
    assert send_reminders(database, NOON) == 0


def test_many_workers_tell_once(database: Database, owner: User) -> None:
    for _ in range(5):
        parcel(database, owner)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: send_reminders(database, NOON), range(4)))
    assert sum(told) == 5
    assert kinds(database) == ["parcel_late"] * 5


KILLED = """
import sys, time
from datetime import datetime
from account_portal.merchant import reminders
def hang(*_args, **_more):
    print("now", flush=True)
    time.sleep(60)
if sys.argv[2] == "before":
    reminders.enqueue = hang
reminders.send_reminders(now=datetime.fromisoformat(sys.argv[1]))
print("now", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_is_killed_loses_none_and_doubles_none(
    database: Database, owner: User, moment: str
) -> None:
    parcel(database, owner)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, NOON.isoformat(), moment],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"now\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    send_reminders(database, NOON)
    assert kinds(database) == ["parcel_late"]


def delivered(database: Database, owner: User, *, days_ago: int, products: int = 2) -> None:
    at = NOON - timedelta(days=days_ago)
    make_order(
        database,
        owner,
        at=at,
        lines=[make_line(n) for n in range(products)],
        parcels=[{"status": "delivered", "delivered_date": at}],
    )


def agree(database: Database, owner: User) -> None:
    with database.session(writes=True) as db:
        kept = db.get(NotificationPreference, owner.id)
        assert kept is not None
        kept.promotional_email = True
        db.commit()


def test_who_agreed_is_asked_for_a_review_once(
    database: Database, owner: User, set_settings: Any
) -> None:
    delivered(database, owner, days_ago=10)
    agree(database, owner)
    assert send_reminders(database, NOON) == 0  # off unless the shop wants it
    set_settings(PORTAL_ASK_FOR_REVIEW_DAYS="14")
    for days in range(10):
        send_reminders(database, NOON + timedelta(days=days))
    assert kinds(database) == ["review_waiting"]
    assert messages(database)[0].payload["words"] == {
        "store": "Northwind",
        "product": "Product 0",
        "others": 1,
    }


def test_who_did_not_agree_is_not_asked(database: Database, owner: User, set_settings: Any) -> None:
    delivered(database, owner, days_ago=20)
    set_settings(PORTAL_ASK_FOR_REVIEW_DAYS="14")
    send_reminders(database, NOON)
    assert kinds(database) == []


def test_an_order_of_long_ago_is_not_asked_about(
    database: Database, owner: User, set_settings: Any
) -> None:
    delivered(database, owner, days_ago=60)
    agree(database, owner)
    set_settings(PORTAL_ASK_FOR_REVIEW_DAYS="14")
    assert send_reminders(database, NOON) == 0


def balance(database: Database) -> int:
    with database.session(writes=False) as db:
        account = db.execute(select(LoyaltyAccount)).scalar_one()
        return account.earned - account.redeemed


def test_points_lapse_a_month_after_their_owner_was_told(
    database: Database, owner: User, call: Callable[..., Any], clock: Clock, set_settings: Any
) -> None:
    call(loyalty.grant_points, owner.customer_id, Decimal(240), actor=SHOP)
    begun = clock.now
    assert send_reminders(database, begun + timedelta(days=3000)) == 0
    set_settings(PORTAL_POINTS_LAPSE_DAYS="365")
    assert send_reminders(database, begun + timedelta(days=334)) == 0
    for days in (335, 336, 364):
        send_reminders(database, begun + timedelta(days=days))
    assert kinds(database) == ["points_lapsing"]
    assert messages(database)[0].payload["words"]["points"] == "240"
    assert balance(database) == 24000
    assert send_reminders(database, begun + timedelta(days=366)) == 1
    assert balance(database) == 0
    assert send_reminders(database, begun + timedelta(days=400)) == 0
    assert kinds(database) == ["points_lapsing"]


def test_points_that_move_meanwhile_stay_and_are_told_anew(
    database: Database, owner: User, call: Callable[..., Any], clock: Clock, set_settings: Any
) -> None:
    set_settings(PORTAL_POINTS_LAPSE_DAYS="365")
    call(loyalty.grant_points, owner.customer_id, Decimal(240), actor=SHOP)
    begun = clock.now
    send_reminders(database, begun + timedelta(days=340))
    clock.advance(days=350)
    call(loyalty.grant_points, owner.customer_id, Decimal(10), actor=SHOP)
    assert send_reminders(database, begun + timedelta(days=400)) == 0
    assert balance(database) == 25000
    assert send_reminders(database, begun + timedelta(days=350 + 336)) == 1
    assert kinds(database) == ["points_lapsing"] * 2


def test_points_of_a_setting_that_comes_late_lapse_no_sooner(
    database: Database, owner: User, call: Callable[..., Any], clock: Clock, set_settings: Any
) -> None:
    call(loyalty.grant_points, owner.customer_id, Decimal(240), actor=SHOP)
    later = clock.now + timedelta(days=2000)
    set_settings(PORTAL_POINTS_LAPSE_DAYS="365")
    assert send_reminders(database, later) == 1
    assert send_reminders(database, later + timedelta(days=29)) == 0
    assert send_reminders(database, later + timedelta(days=31)) == 1
    assert balance(database) == 0


def test_what_was_sent_is_forgotten_after_a_year(
    database: Database, owner: User, acting: Any, clock: Clock
) -> None:
    parcel(database, owner)
    send_reminders(database, NOON)
    clock.now = NOON + timedelta(days=401)
    with acting(SHOP) as ctx:
        sweep_reminders(ctx)
    assert send_reminders(database, clock.now) == 0
    with database.session(writes=False) as db:
        found = db.execute(select(col(OutboxMessage.kind))).scalars().all()
    assert set(found) == {"parcel_late"}
