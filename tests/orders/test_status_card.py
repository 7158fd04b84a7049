"""What an order begins with: when all of it came, the payment that is awaited, what came back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders import service
from account_portal.states import ShipmentStatus
from tests.conftest import Clock
from tests.factories.orders import make_line, make_order

Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("came", "wanted"),
    [
        ((5,), 5),
        ((5, 3), 3),
        ((5, None), None),  # some of it is on its way: the card says when that comes
        ((40,), 40),  # the time to return it is over
    ],
)
def test_an_order_that_is_there_says_when_the_last_of_it_came(
    database: Database,
    owner: User,
    clock: Clock,
    call: Call,
    came: tuple[int | None, ...],
    wanted: int | None,
) -> None:
    parcels: list[dict[str, Any]] = [
        {
            "status": ShipmentStatus.IN_TRANSIT if days is None else ShipmentStatus.DELIVERED,
            "delivered_date": days and clock.now - timedelta(days=days),
            "units": {"MUG": 1},
        }
        for days in came
    ]
    line = make_line(sku="MUG", quantity=len(came))
    at = clock.now - timedelta(days=50)
    order = make_order(database, owner, lines=[line], parcels=parcels, at=at)
    page = call(service.get_order_page, order.order_number)
    assert page.arrived == (clock.now - timedelta(days=wanted) if wanted else None)


def test_a_payment_that_may_still_arrive_is_awaited_and_then_asked_for(
    database: Database, owner: User, clock: Clock, call: Call
) -> None:
    payment = {"payment_status": "pending", "created_at": clock.now}
    order = make_order(database, owner, payments=[payment], at=clock.now)
    for minutes in (0, 14):
        clock.now = clock.began + timedelta(minutes=minutes)
        page = call(service.get_order_page, order.order_number)
        assert page.payment.retry_available_at == clock.began + timedelta(minutes=15)
        assert not page.is_waiting_for_money
    clock.advance(minutes=2)
    page = call(service.get_order_page, order.order_number)
    assert page.payment.retry_available_at is None
    assert page.is_waiting_for_money


@pytest.mark.parametrize("days", [0, 3])
def test_a_refund_does_not_begin_with_its_order(
    database: Database, owner: User, clock: Clock, call: Call, days: int
) -> None:
    """An import that tells no day of a refund leaves the order's; that would be no true one."""
    ordered = clock.now - timedelta(days=9)
    began = ordered + timedelta(days=days)
    refund = {"status": "success", "created_at": began}
    order = make_order(database, owner, refunds=[refund], at=ordered)
    [shown] = call(service.get_order_page, order.order_number).refunds
    assert shown.created_at == (began if days else None)
