"""What a return's refund is made of is told as long as it lives: page, messages, merchant API."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.merchant import lists
from account_portal.merchant.rows import ReturnsQuery
from account_portal.models import Order, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import Policy
from account_portal.returns import service
from account_portal.returns.schemas import CreateOrderReturn, InspectReturn
from account_portal.states import ReturnStatus
from account_portal.withdrawals.schemas import StateWithdrawal
from account_portal.withdrawals.service import state_withdrawal
from tests.factories.auth import messages
from tests.factories.orders import make_line, make_order
from tests.factories.returns import move_return, return_body, return_item

LIVING = [ReturnStatus.CREATED, ReturnStatus.APPROVED, ReturnStatus.RECEIVED, ReturnStatus.COMPLETE]


@pytest.fixture
def order(database: Database, owner: User, call: Any, clock: Any) -> Order:
    """Two units of 100.00, delivered for 5.00, of which the policy keeps ten per cent."""
    rule = {"name": "all", "returns": {"fee_per_cent": 10}}
    call(orders.set_policy, Policy.model_validate({"rules": [rule]}), source="api", actor=SHOP)
    return make_order(
        database,
        owner,
        lines=[make_line(selling_price=10000, line_total=20000, tax_amount=0)],
        at=clock.now,
        place={"country": "Germany"},
        parcels=[{}],
        shipping_amount=500,
        grand_total=20500,
    )


def values(database: Database, name: str) -> list[str | None]:
    rows = [row for row in messages(database) if row.kind == "return_moved"]
    return [row.payload["words"].get(name) for row in rows]


@pytest.mark.parametrize("status", LIVING)
def test_the_fee_that_is_kept(
    database: Database, call: Any, order: Order, status: ReturnStatus
) -> None:
    data = CreateOrderReturn.model_validate(return_body(return_item()))
    shown = call(service.quote_return, order.order_number, data.return_items)
    assert (shown.goods, shown.fee, shown.money) == (100, 10, 90)
    [kept] = shown.fees
    assert (kept.sku, kept.amount, kept.return_reason) == ("SKU-0", 10, "Too small")
    number = call(service.create_return, order.order_number, data).request_number
    move_return(database, number, status)
    told = call(service.get_return_detail, number).quote
    assert told.model_copy(update={"digest": shown.digest}) == shown
    assert told.digest != shown.digest  # what was done is no preview of doing it again
    fees = values(database, "fee")
    assert len(fees) == LIVING.index(status) + 1 + (status in LIVING[2:])
    assert set(fees) == {"₹10.00"}


@pytest.mark.parametrize("end", ["cancelled", "rejected"])
def test_of_what_ended_nothing_is_kept(
    database: Database, call: Any, order: Order, end: str
) -> None:
    data = CreateOrderReturn.model_validate(return_body(return_item()))
    number = call(service.create_return, order.order_number, data).request_number
    if end == "cancelled":
        call(service.cancel_return, number)
    else:
        move_return(database, number, ReturnStatus.REJECTED)
    assert call(service.get_return_detail, number).quote is None
    assert values(database, "fee") == ["₹10.00", None]


def test_after_an_inspection_it_is_of_what_was_accepted(
    database: Database, call: Any, order: Order
) -> None:
    data = CreateOrderReturn.model_validate(return_body(return_item(quantity=2)))
    number = call(service.create_return, order.order_number, data).request_number
    move_return(database, number, ReturnStatus.RECEIVED)
    one = {"sku": "SKU-0", "refused": 1, "reason_code": "worn"}
    found = InspectReturn.model_validate({"return_items": [one]})
    call(service.inspect_return, number, found, actor=SHOP)
    quote = call(service.get_return_detail, number).quote
    assert (quote.goods, quote.fee, quote.money) == (100, 10, 90)
    assert values(database, "fee")[-1] == "₹10.00"


def test_delivery_that_comes_back(database: Database, call: Any, owner: User, order: Order) -> None:
    asked = {"name": "Olivia", "order": order.order_number, "contact": "owner@example.com"}
    call(state_withdrawal, StateWithdrawal.model_validate(asked))
    [row] = call(lists.list_returns, ReturnsQuery(), actor=SHOP).rows
    assert (row.grand_total, row.shipping_amount) == (205, 5)
    quote = call(service.get_return_detail, row.request_number).quote
    assert (quote.goods, quote.delivery, quote.fee, quote.money) == (200, 5, 0, 205)
    move_return(database, row.request_number, ReturnStatus.COMPLETE)
    quote = call(service.get_return_detail, row.request_number).quote
    assert (quote.delivery, quote.money) == (Decimal(5), Decimal(205))
    assert set(values(database, "delivery")) == {"₹5.00"}
    assert set(values(database, "fee")) == {None}
