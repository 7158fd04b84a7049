"""Goods go back of an order paid in part: what is unpaid is first not asked for any more."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import Order, Payment, Refund, User
from account_portal.orders import rules
from account_portal.orders import service as orders
from account_portal.orders.facts import money_of
from account_portal.orders.schemas import Policy
from account_portal.returns import service
from account_portal.returns.schemas import CreateOrderReturn
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import bring_in, rows, write
from tests.factories.returns import return_body, return_item

Call = Callable[..., Any]
PRICE, UNITS = 2500, 4


def asks(units: int) -> CreateOrderReturn:
    return CreateOrderReturn.model_validate(return_body(return_item(quantity=units)))


def money_back(database: Database) -> int:
    """Money of an order that went back or is promised, but what came beyond what was due."""
    return sum(
        one.refund_amount
        for one in rows(database, Refund)
        if one.status != "failed"
        and one.purpose != "overpaid"
        and one.payment_mode != rules.POINTS
        and one.payment_method != rules.STORE_CREDIT
    )


def otherwise_back(database: Database) -> int:
    """What went back, or is promised, as points and store credit."""
    return sum(
        one.refund_amount
        for one in rows(database, Refund)
        if one.payment_mode == rules.POINTS or one.payment_method == rules.STORE_CREDIT
    )


def unpaid(call: Call, database: Database, order: Order) -> int:
    """What is still asked for, which the account, the page and the API agree on."""
    with database.session(writes=False) as db:
        asked = rules.account_of(money_of(db, db.get_one(Order, order.id))).unpaid
    status = call(orders.get_payment_status, order.order_number)
    assert status.amount_unpaid * 100 == asked
    return asked


@pytest.mark.parametrize("parts", [(2,), (4,), (1, 3)])
@pytest.mark.parametrize("fee", [0, 10])
@pytest.mark.parametrize("otherwise", [(0, 0), (2500, 1500)])
@pytest.mark.parametrize("paid", [0, 0.4, 1, 1.5])
def test_what_goes_back_and_what_is_asked_for_are_what_was_kept(
    call: Call,
    database: Database,
    owner: User,
    clock: Any,
    parts: tuple[int, ...],
    fee: int,
    otherwise: tuple[int, int],
    paid: float,
) -> None:
    policy = Policy.model_validate({"rules": [{"name": "all", "returns": {"fee_per_cent": fee}}]})
    call(orders.set_policy, policy, source="api", actor=SHOP)
    points, credit = otherwise
    due = PRICE * UNITS - points - credit
    arrived, late = int(due * paid), max(0, due - int(due * paid))
    attempts = [{"amount": arrived}, {"amount": late, "payment_status": "pending"}]
    order = make_order(
        database,
        owner,
        at=clock.now,
        lines=[make_line(quantity=UNITS, selling_price=PRICE)],
        parcels=[{}],
        loyalty_point_redeemed=points,
        loyalty_amount=points,
        credit_balance_used=credit,
        payments=[one for one in attempts if one["amount"]],
    )
    spend_points(database, owner, order)
    value = 0
    for units in parts:
        data, before = asks(units), money_back(database)
        quote = call(service.quote_return, order.order_number, data.return_items)
        seen = data.model_copy(update={"preview": quote.digest})
        number = call(service.create_return, order.order_number, seen).request_number
        asked = call(service.get_return_detail, number).quote
        call(service.approve_return, number, actor=SHOP)
        given = money_back(database) - before
        assert quote.money * 100 == given == (asked.money * 100 if asked else 0)
        value += units * PRICE * (100 - fee) // 100
        of_money = value - otherwise_back(database)
        share = value * due / (PRICE * UNITS)
        assert abs(of_money - share) <= len(parts), "each way takes its part of the goods"
        kept = due - of_money
        assert money_back(database) == max(0, min(arrived, due) - kept)
        assert unpaid(call, database, order) == max(0, kept - arrived)
    if late:
        [pending] = rows(database, Payment, payment_status="pending")
        call(orders.settle_payment, pending.request_number, succeeded=True, actor=SHOP)
        assert money_back(database) == max(0, of_money)
        assert unpaid(call, database, order) == 0
    for refund in rows(database, Refund, status="pending"):
        call(orders.approve_refund, refund.request_number, actor=SHOP)
        before = money_back(database)
        call(orders.settle_refund, refund.request_number, succeeded=False, actor=SHOP)
        if refund.payment_mode != rules.POINTS and refund.payment_method != rules.STORE_CREDIT:
            assert money_back(database) == before, "what a bank did not take is promised again"
    assert unpaid(call, database, order) == 0 if late else True


def test_half_of_what_was_paid_in_part_goes_back(
    call: Call, database: Database, owner: User
) -> None:
    """₹ 100, of which 40 came: with goods of 50 back, 10 is still to be paid."""
    order = make_order(
        database,
        owner,
        lines=[make_line(selling_price=5000)],
        parcels=[{}],
        payments=[{"amount": 4000}],
    )
    quote = call(service.quote_return, order.order_number, asks(1).return_items)
    assert (quote.goods, quote.money) == (50, 0)
    made = call(service.create_return, order.order_number, asks(1))
    call(service.approve_return, made.request_number, actor=SHOP)
    assert rows(database, Refund) == []
    assert unpaid(call, database, order) == 1000
    started = call(orders.pay_again, order.order_number)
    assert started.payment_info.amount == Decimal(10)


def test_a_payment_that_bounces_is_not_refunded_and_asked_for(
    database: Database, owner: User, call: Call, clock: Any, tmp_path: Path
) -> None:
    """₹ 100 came in two parts, goods of 50 went back: as the larger part bounces, 10 is asked."""
    parts = [(60, "success"), (40, "success")]
    record: dict[str, Any] = {
        "type": "order",
        "order_number": "B-1",
        "order_date": clock.now.isoformat(),
        "customer_email": "owner@example.com",
        "status": "delivered",
        "lines": [
            {"sku": "SKU-0", "product_id": "product-0", "quantity": 2, "selling_price": 50},
        ],
        "payments": [
            {"request_number": f"B-{amount}", "amount": amount, "payment_status": status}
            for amount, status in parts
        ],
    }
    file = tmp_path / "told.ndjson"
    bring_in(database, write(file, record))
    [order] = rows(database, Order, order_number="B-1")
    made = call(service.create_return, "B-1", asks(1))
    call(service.approve_return, made.request_number, actor=SHOP)
    assert (money_back(database), unpaid(call, database, order)) == (5000, 0)
    record["payments"][0]["payment_status"] = "failed"
    bring_in(database, write(file, record))
    assert (money_back(database), unpaid(call, database, order)) == (0, 1000)
    record["payments"][0]["payment_status"] = "success"
    bring_in(database, write(file, record))
    assert (money_back(database), unpaid(call, database, order)) == (5000, 0)
