"""One history, imported in the morning, at midday and in the evening of a drawn day: nothing moves.

`DAY_ORDERS` makes the history longer, and the day fuller.
"""

import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from account_portal.addresses import service as addresses
from account_portal.core.db import Database
from account_portal.core.pagination import PageParams
from account_portal.loyalty import service as loyalty
from account_portal.merchant.importing import run, shopify
from account_portal.models import Order, User
from account_portal.orders import service as orders
from tests.conftest import actor_of
from tests.factories.records import bring_in, rows, write
from tests.merchant.random_days import OF_QUIET, RandomDay, history
from tests.merchant.test_day_between_imports import MOVED_BY_NOTES, contents

ORDERS = int(os.environ.get("DAY_ORDERS", "84"))
SEED = int(os.environ.get("DAY_SEED", "1"))
DEEDS = max(400, ORDERS)


def moved(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Rows by table that are not the same any more, or came, or went."""
    found = {}
    for table, listed in after.items():
        there = Counter(repr(row) for row in before[table])
        here = Counter(repr(row) for row in listed)
        if there != here:
            found[table] = (list(there - here)[:3], list(here - there)[:3])
    return found


def test_nothing_of_a_drawn_day_is_lost(
    database: Database,
    tmp_path: Path,
    call: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (run, shopify):
        monkeypatch.setattr(module, "utc_now", clock)
    clock.now = clock.began = datetime(2026, 11, 28, 6, tzinfo=UTC)
    records = history(ORDERS, clock)
    file = write(tmp_path / "history.ndjson", *records)
    assert bring_in(database, file)[1] == []
    day = RandomDay(database, call, clock, SEED)
    for _ in ("midday", "evening"):
        day.live(DEEDS // 2)
        told, before = answers(database, call), contents(database, but=set())
        summary, faults = bring_in(database, file)
        assert moved(before, contents(database, but=set())) == {}
        assert answers(database, call) == told
        deleted = OF_QUIET * day.done["delete_account"]
        assert (faults, summary.unchanged, summary.kept) == ([], len(records), deleted)
    assert set(day.done) == set(day.deeds), f"never done, of {day.refused}"
    before = contents(database, but=MOVED_BY_NOTES)
    noted = write(tmp_path / "noted.ndjson", *history(ORDERS, clock, customer_note="Ring twice"))
    summary, faults = bring_in(database, noted)
    assert moved(before, contents(database, but=MOVED_BY_NOTES)) == {}
    assert (faults, summary.updated, summary.kept) == ([], ORDERS, deleted)
    notes = {order.order_number: order.customer_note for order in rows(database, Order)}
    assert {note for number, note in notes.items() if number.startswith("HIS-")} == {"Ring twice"}


def answers(database: Database, call: Any) -> list[Any]:
    """What customers are told of their orders, points, returns and addresses."""
    found = []
    people = [one for one in rows(database, User) if one.external_id and not one.deactivated_at]
    for user in people[:: max(1, len(people) // 100)]:
        who = actor_of(user)
        page = PageParams(page=1, limit=100)
        found.append(call(addresses.list_addresses, page, actor=who).rows.json)
        found.append(repr(call(loyalty.get_loyalty, actor=who)))
        for order in rows(database, Order, customer_id=user.customer_id):
            number = order.order_number
            found.append(call(orders.get_order, number, actor=who).json)
            found.append(repr(call(orders.get_payment_status, number, actor=who)))
            found.append(repr(call(orders.list_refunds, number, actor=who)))
    return found
