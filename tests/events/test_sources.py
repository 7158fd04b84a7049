"""Who caused an event is said by the door they came through, not by who is tried first."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.console.rules import Role
from account_portal.core.db import Database
from account_portal.models import Order, User
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import StateWithdrawal
from tests.conftest import Api
from tests.console.conftest import browser, signed_in
from tests.factories.auth import codes_sent
from tests.factories.events import log_of, mark
from tests.factories.orders import make_order

__all__ = ["browser", "signed_in"]  # fixtures
CANCEL = {"cancellation_reason": "Too many", "refund_mode": "original_payment_mode"}
Doors = dict[str, Callable[[Order], Any]]


@pytest.fixture
def doors(api: Api, database: Database, owner: User, signed_in: Any) -> Doors:
    """Ways to do something to an order that is confirmed, through a door with its own look-up."""

    def by_key_of_an_order(order: Order) -> None:
        asked = {"order_number": order.order_number, "contact": "owner@example.com"}
        found = api.post("/find-order", json=asked).json()["content"]
        code = {"find_token": found["find_token"], "otp": codes_sent(database)[-1][2]}
        key = api.post("/find-order/confirm", json=code).json()["content"]["order_token"]
        said = {"cancellation_reason": "Too many"}
        done = api.post(
            "/found-order/cancel", json=said, headers={"Authorization": f"Bearer {key}"}
        )
        assert done.status_code == 200, done.text

    def by_staff(order: Order) -> None:
        support = signed_in(Role.SUPPORT)
        page = support.page(f"/orders/{order.order_number}")
        support.post("/do/order.cancel", page.form("order.cancel") | {"reason": "Sold out"})

    return {
        "customer by token": lambda order: api.post(
            f"/orders/{order.order_number}/cancel", user=owner, json=CANCEL
        ),
        "customer by the key of an order": by_key_of_an_order,
        "shop by the console": by_staff,
    }


@pytest.mark.parametrize(
    "door", ["customer by token", "customer by the key of an order", "shop by the console"]
)
def test_each_door_says_who_came_through(
    database: Database, owner: User, doors: Doors, door: str
) -> None:
    order = make_order(database, owner, customer_email="owner@example.com")
    before = mark(database)
    doors[door](order)
    order_events = [one for one in log_of(database, before) if one.type.startswith("order.")]
    assert {one.type for one in order_events} >= {"order.cancelled"}
    assert {one.source for one in order_events} == {door.split(maxsplit=1)[0]}


def test_a_withdrawal_that_staff_match_is_the_shops_doing(
    database: Database, acting: Any, owner: User, signed_in: Any
) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    said = {"name": "Asha", "order": "last week's", "contact": "asha@example.com"}
    with acting(None) as ctx:
        made = withdrawals.state_withdrawal(ctx, StateWithdrawal.model_validate(said))
    before = mark(database)
    wanted = {"number": made.reference, "order_number": order.order_number}
    signed_in(Role.SUPPORT).post("/do/withdrawal.carry_out", wanted)
    [asked] = [one for one in log_of(database, before) if one.type == "return.requested"]
    assert asked.source == "shop"
