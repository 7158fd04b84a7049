"""A customer sees what they stated of their order, and what came of it; a stranger's, nobody."""

from typing import Any

import pytest

from account_portal.context import SHOP, Caller, enter
from account_portal.core.db import Database
from account_portal.guests import service as guests
from account_portal.models import Order, User
from account_portal.orders import service as orders
from account_portal.orders.service.statements import SHOWN
from account_portal.withdrawals import service
from account_portal.withdrawals.schemas import MatchWithdrawal, SettleWithdrawal
from tests.conftest import Api
from tests.doors import assert_refused
from tests.factories.orders import make_line, make_order
from tests.withdrawals.test_withdrawals import GERMANY, key_of, state, state_with_key

Seen = list[tuple[str, list[str], str | None]]


@pytest.fixture
def order(database: Database, owner: User) -> Order:
    """On its way: a withdrawal waits for the shop."""
    return make_order(
        database,
        owner,
        lines=[make_line(0, sku="A", quantity=2)],
        place=GERMANY,
        status="shipped",
        parcels=[{"status": "shipped"}],
        customer_email="owner@example.com",
    )


def seen(call: Any, order: Order) -> Seen:
    """What the page of the order shows."""
    shown = call(orders.get_order_page, order.order_number).withdrawals
    return [(one.state, one.goods, one.answer) for one in shown]


def seen_with_key(database: Database, key: str) -> Seen:
    """The same of the page of the order that was found."""
    with enter(Caller(order_proof=key), writes=False, database=database) as ctx:
        shown = guests.read_found_page(ctx).withdrawals
    return [(one.state, one.goods, one.answer) for one in shown]


def test_what_waits_is_seen_and_its_outcome(
    database: Database, acting: Any, call: Any, owner: User, order: Order
) -> None:
    assert seen(call, order) == []
    units = [{"sku": "A", "quantity": 1}]
    reference = state(acting, order.order_number, owner, withdraw_items=units).reference
    key = key_of(acting, database, order)
    waiting = [("open", ["1 x Product 0"], None)]
    assert seen(call, order) == seen_with_key(database, key) == waiting
    [one] = call(orders.get_order_page, order.order_number).withdrawals
    assert one.reference == reference
    told = SettleWithdrawal(outcome="Parcel stopped", answer="We stopped the parcel.")
    call(service.settle_for_shop, reference, told, actor=SHOP)
    settled = [("settled", ["1 x Product 0"], "We stopped the parcel.")]
    assert seen(call, order) == seen_with_key(database, key) == settled


def test_both_calls_list_what_the_pages_show(
    api: Api, database: Database, acting: Any, owner: User, stranger: User, order: Order
) -> None:
    reference = state(acting, order.order_number, owner).reference
    key = key_of(acting, database, order)
    path = f"/orders/{order.order_number}/withdrawals"
    mine = api.get(path, user=owner).json()["content"]["withdrawals"]
    found = api.get("/found-order/withdrawals", token=key).json()["content"]["withdrawals"]
    assert mine == found
    assert [(one["reference"], one["state"]) for one in mine] == [(reference, "open")]
    assert_refused(api.get(path, user=stranger), 404, "not_found")
    for sent in ({}, {"user": owner}, {"token": "nonsense"}):
        assert_refused(api.get("/found-order/withdrawals", **sent), 401, "unauthorized")
    assert_refused(api.get(path, token=key), 401, "unauthorized")


def test_words_for_the_shops_people_stay_there(
    acting: Any, call: Any, owner: User, order: Order
) -> None:
    reference = state(acting, order.order_number, owner).reference
    told = SettleWithdrawal(outcome="Told on the phone")
    call(service.settle_for_shop, reference, told, actor=SHOP)
    assert seen(call, order) == [("settled", [], None)]


def test_by_the_orders_key_it_is_stated_and_seen_as_well(
    database: Database, acting: Any, call: Any, order: Order
) -> None:
    key = key_of(acting, database, order)
    state_with_key(database, key, order.order_number)
    assert seen(call, order) == seen_with_key(database, key) == [("open", [], None)]


def test_what_is_carried_out_says_so(
    database: Database, acting: Any, call: Any, owner: User
) -> None:
    order = make_order(database, owner, place=GERMANY, parcels=[{}])
    state(acting, order.order_number, owner)
    assert [one for one, *_ in seen(call, order)] == ["carried_out"]


@pytest.mark.parametrize("contact", ["asha@example.com", "owner@example.com"])
def test_what_a_stranger_states_is_never_shown_as_the_customers(
    database: Database, acting: Any, call: Any, stranger: User, owner: User, contact: str
) -> None:
    """Whatever address they type, and even once the shop took it for the customer's."""
    order = make_order(
        database, owner, place=GERMANY, parcels=[{}], customer_email="owner@example.com"
    )
    number = order.order_number
    made = [state(acting, number, who, contact=contact) for who in (None, stranger)]
    assert seen(call, order) == []
    wanted = MatchWithdrawal(order_number=number)
    call(service.carry_out_for_shop, made[0].reference, wanted, actor=SHOP)
    assert seen(call, order) == []


def test_a_page_has_the_newest_statements_however_many_there_are(
    acting: Any, call: Any, owner: User, order: Order
) -> None:
    for number in range(SHOWN + 2):
        state(acting, order.order_number, owner, goods=f"Mug {number}")
    goods = [goods for _, goods, _ in seen(call, order)]
    assert goods == [[f"Mug {number}"] for number in reversed(range(2, SHOWN + 2))]
