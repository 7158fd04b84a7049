"""The law's period and rules bind withdrawals, whatever the policy says of returns."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.merchant import housekeeping
from account_portal.models import (
    Order,
    OrderReturn,
    OutboxMessage,
    ReturnItem,
    User,
    Withdrawal,
)
from account_portal.notifications.messages.returns import ReturnMoved
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelItem, Policy
from account_portal.states import ShipmentStatus
from account_portal.withdrawals import rules, service
from account_portal.withdrawals.schemas import MatchWithdrawal, StateWithdrawal
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

BERLIN = {"country": "Germany", "city": "Berlin"}
ARRIVED = datetime(2026, 11, 30, 6, 39, tzinfo=UTC)  # a Monday
HALF = [{"sku": "A", "quantity": 1}]


def units(**counts: int) -> list[CancelItem]:
    return [CancelItem(sku=sku, quantity=count) for sku, count in counts.items()]


def evening(hour: int, minute: int) -> datetime:
    """Of the fourteenth day; in Berlin it is an hour later."""
    return datetime(2026, 12, 14, hour, minute, tzinfo=UTC)


def set_policy(acting: Any, **returns: Any) -> None:
    policy = {"rules": [{"name": "Everything", "returns": returns}]}
    with acting(SHOP) as ctx:
        orders.set_policy(ctx, Policy.model_validate(policy), source="api")


def arrived(database: Database, owner: User, at: datetime = ARRIVED) -> Order:
    return make_order(
        database,
        owner,
        lines=[make_line(0, sku="A", quantity=2), make_line(1, sku="B")],
        status="delivered",
        parcels=[{"delivered_date": at}],
        place=BERLIN,
        at=at,
    )


def in_parcels(
    *rest: dict[str, Any],
    database: Database,
    acting: Any,
    owner: User,
    clock: Any,
    status: str = "partially_delivered",
) -> Order:
    """An order to Berlin of two A, which arrived, and two B, in the parcels of `rest`."""
    clock.now = ARRIVED - timedelta(days=9)
    set_policy(acting, window_days=14)
    return make_order(
        database,
        owner,
        lines=[make_line(0, sku="A", quantity=2), make_line(1, sku="B")],
        status=status,
        parcels=[FIRST, *({"units": {"B": 2}, **parcel} for parcel in rest)],
        place=BERLIN,
        at=ARRIVED,
    )


def state(acting: Any, order: str, who: User | None, **said: Any) -> str:
    with acting(who) as ctx:
        asked = {"name": "Asha Rao", "order": order, "contact": "asha@example.com", **said}
        receipt = service.state_withdrawal(ctx, StateWithdrawal.model_validate(asked))
        return str(receipt.reference)


@pytest.mark.parametrize(
    ("arrival", "stated", "is_in_time"),
    [
        pytest.param(ARRIVED, evening(20, 10), True, id="last day's evening"),
        pytest.param(ARRIVED, evening(22, 59), True, id="its last minute there"),
        pytest.param(ARRIVED, evening(23, 1), False, id="the day after there"),
        pytest.param(
            ARRIVED - timedelta(days=2),  # Saturday: the fourteenth day is one, too
            evening(20, 10),
            True,
            id="on the working day after a weekend",
        ),
    ],
)
def test_the_period_ends_with_its_last_day(
    database: Database,
    acting: Any,
    owner: User,
    clock: Any,
    arrival: datetime,
    stated: datetime,
    is_in_time: bool,
) -> None:
    clock.now = arrival - timedelta(days=9)
    set_policy(acting, window_days=14)
    order = arrived(database, owner, arrival)
    clock.now = stated
    state(acting, order.order_number, owner, withdraw_items=HALF)
    [row] = rows(database, Withdrawal)
    assert row.status == ("settled" if is_in_time else "open")
    assert [one.quantity for one in rows(database, ReturnItem)] == [1] * is_in_time


@pytest.mark.parametrize(
    "policy",
    [
        {"never": "final_sale"},
        {"window_days": 3},
        {"window_days": 30, "counted_from": "order", "resolutions": ["replacement"]},
        {"window_days": 30, "fee_per_cent": 20},
    ],
    ids=["final sale", "a short window", "exchange alone", "a fee"],
)
def test_no_rule_of_the_shop_takes_it_away(
    database: Database, acting: Any, owner: User, clock: Any, policy: dict[str, Any]
) -> None:
    clock.now = ARRIVED - timedelta(days=9)
    set_policy(acting, **policy)
    order = arrived(database, owner)
    clock.now = ARRIVED + timedelta(days=10)
    state(acting, order.order_number, owner, withdraw_items=HALF)
    [item] = rows(database, ReturnItem)
    assert (item.quantity, item.resolution, item.fee) == (1, "refund", 0)


def test_what_was_stated_in_time_is_carried_out_later(
    database: Database, acting: Any, call: Any, owner: User, clock: Any
) -> None:
    clock.now = ARRIVED - timedelta(days=9)
    set_policy(acting, window_days=14)
    order = arrived(database, owner)
    clock.now = ARRIVED + timedelta(days=14)
    in_time = state(acting, "my order of November", None)
    clock.now = ARRIVED + timedelta(days=16)
    too_late = state(acting, "my order of November", None)
    wanted = MatchWithdrawal(
        order_number=order.order_number, withdraw_items=units(A=1), answer="The rest stays."
    )
    with pytest.raises(rules.NotCarriedOut, match=r"Product 0: Returns closed on 2026-12-14\."):
        call(service.carry_out_for_shop, too_late, wanted, actor=SHOP)
    assert rows(database, OrderReturn) == []
    call(service.carry_out_for_shop, in_time, wanted, actor=SHOP)
    assert [one.quantity for one in rows(database, ReturnItem)] == [1]


FIRST = {"units": {"A": 2}, "delivered_date": ARRIVED}


@pytest.mark.parametrize(
    ("rest", "is_in_time"),
    [
        pytest.param([{"delivered_date": ARRIVED + timedelta(days=30)}], True, id="it came later"),
        pytest.param([{"status": "shipped"}], True, id="it is on its way"),
        pytest.param([], True, id="it is not sent"),
        pytest.param([{"delivered_date": ARRIVED}], False, id="it came with the first"),
    ],
)
@pytest.mark.parametrize("by_staff", [False, True], ids=["at once", "by staff, later"])
def test_of_an_order_that_comes_in_parts_the_last_counts(
    database: Database,
    acting: Any,
    call: Any,
    owner: User,
    clock: Any,
    rest: list[dict[str, Any]],
    is_in_time: bool,
    by_staff: bool,
) -> None:
    """Directive 2011/83/EU, Article 9 (2) (b) (i): possession of the last good."""
    order = in_parcels(
        *rest,
        database=database,
        acting=acting,
        owner=owner,
        clock=clock,
        status="partially_delivered" if not rest or "status" in rest[0] else "delivered",
    )
    clock.now = ARRIVED + timedelta(days=40)
    named = {"withdraw_items": [{"sku": "A", "quantity": 2}]}
    if by_staff:
        reference = state(acting, "my order of November", None)
        clock.advance(days=20)
        wanted = MatchWithdrawal(
            order_number=order.order_number, withdraw_items=units(A=2), answer="The rest stays."
        )
        with contextlib.suppress(rules.NotCarriedOut):
            call(service.carry_out_for_shop, reference, wanted, actor=SHOP)
    else:
        state(acting, order.order_number, owner, **named)
    assert [one.quantity for one in rows(database, ReturnItem)] == [2] * is_in_time


@pytest.mark.parametrize("cancelled", [None, "before", "since"])
def test_what_is_cancelled_was_to_come_until_then(
    database: Database, acting: Any, call: Any, owner: User, clock: Any, cancelled: str | None
) -> None:
    order = in_parcels(database=database, acting=acting, owner=owner, clock=clock)
    wanted = MatchWithdrawal(order_number=order.order_number)

    def cancel() -> None:
        args = (order.order_number, units(B=2), "Sold out")
        call(orders.cancel_items_for_shop, *args, actor=SHOP)

    clock.now = ARRIVED + timedelta(days=39)
    if cancelled == "before":
        cancel()
    clock.advance(days=1)
    if cancelled is None:
        state(acting, order.order_number, owner)
    else:
        reference = state(acting, "my order of November", None)
        clock.advance(days=20)
        if cancelled == "since":
            cancel()
        with contextlib.suppress(rules.NotCarriedOut):
            call(service.carry_out_for_shop, reference, wanted, actor=SHOP)
    assert [one.quantity for one in rows(database, ReturnItem)] == [2] * (cancelled != "before")


@pytest.mark.parametrize("refunded", ["before", "since"])
def test_what_got_lost_was_to_come_until_it_was_refunded(
    database: Database, acting: Any, call: Any, owner: User, clock: Any, refunded: str
) -> None:
    order = in_parcels(
        {"status": "shipped", "reference_number": "P-2"},
        database=database,
        acting=acting,
        owner=owner,
        clock=clock,
    )

    def refund() -> None:
        call(orders.move_shipment, "P-2", ShipmentStatus.LOST, actor=SHOP)
        call(orders.refund_shipment, "P-2", actor=SHOP)

    clock.now = ARRIVED + timedelta(days=39)
    if refunded == "before":
        refund()
    clock.advance(days=1)
    state(acting, order.order_number, owner)
    assert rows(database, ReturnItem) == []
    clock.advance(days=2)
    if refunded == "since":
        refund()
    housekeeping.carry_out_withdrawals()
    assert [one.quantity for one in rows(database, ReturnItem)] == [2] * (refunded == "since")


def test_what_goes_back_by_a_withdrawal_is_no_request(
    database: Database, acting: Any, owner: User, clock: Any
) -> None:
    """The mail says neither that the store will look at it nor what comes "if it is approved"."""
    clock.now = evening(12, 0)
    order = arrived(database, owner)
    state(acting, order.order_number, owner, withdraw_items=HALF)
    told = [row for row in rows(database, OutboxMessage) if row.kind == "return_moved"]
    assert told
    for row in told:
        message = ReturnMoved(**row.payload["words"])
        assert "withdrew" in message.text()
        assert "approved" not in message.text()
        assert "request" not in message.subject()
