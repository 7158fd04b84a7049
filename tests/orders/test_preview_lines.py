"""A preview's own lines add up: what goods cost, what is kept of it, and each way the rest goes."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.models import Order, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelChoice, CancelItem
from account_portal.returns import service as returns
from account_portal.returns.schemas import PreviewOrderReturn
from tests.factories.orders import make_line, make_order
from tests.orders.lives import adds_up

LINES = [make_line(0, sku="A", quantity=2), make_line(1, sku="B", quantity=2)]
SHIPPED = {"shipping_amount": 4900, "grand_total": 44900}
"""Each unit costs 100; 49 for the delivery."""


def goodwill(database: Database, order: Order, amount: int) -> None:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        orders.create_refund(ctx, order.order_number, Decimal(amount))


@pytest.mark.parametrize(
    ("values", "before", "expected"),
    [
        ({}, 0, (449, 49, 0, None)),
        ({}, 30, (419, 49, 30, "refunded_before")),
        ({"credit_balance_used": 10000}, 0, (349, 49, 0, None)),
        ({"payments": [], "payment_status": "pending"}, 0, (0, 49, 0, None)),
    ],
    ids=["paid", "goodwill before", "partly by credit", "not paid"],
)
def test_a_whole_cancel_says_the_delivery(
    database: Database,
    call: Any,
    owner: User,
    values: dict[str, Any],
    before: int,
    expected: tuple[Any, ...],
) -> None:
    order = make_order(database, owner, lines=LINES, **SHIPPED, **values)
    if before:
        goodwill(database, order, before)
    choice = CancelChoice(refund_mode="original_payment_mode")
    shown = call(orders.preview_cancel, order.order_number, choice)
    assert (shown.money, shown.delivery, shown.less, shown.less_reason) == expected
    assert adds_up(shown)
    items = [CancelItem(sku="A", quantity=1)]
    some = CancelChoice(refund_mode="original_payment_mode", cancel_items=items)
    shown = call(orders.preview_cancel, order.order_number, some)
    assert (shown.goods, shown.delivery) == (100, 0)
    assert adds_up(shown)


@pytest.mark.parametrize(
    ("before", "less", "reason"),
    [(0, 0, None), (349, 100, "refunded_before"), (449, 200, "refunded_before")],
)
def test_a_return_says_what_was_refunded_before(
    database: Database, call: Any, owner: User, before: int, less: int, reason: str | None
) -> None:
    order = make_order(database, owner, lines=LINES, status="delivered", parcels=[{}], **SHIPPED)
    if before:
        goodwill(database, order, before)
    products = {line.sku: line.product_id for line in returns_of(call, order)}
    asked = [
        {
            "sku": sku,
            "product_id": products[sku],
            "quantity": 2,
            "resolution": how,
            "return_reason": "Too small",
        }
        for sku, how in (("A", "refund"), ("B", "replacement"))
    ]
    items = PreviewOrderReturn.model_validate({"return_items": asked}).return_items
    shown = call(returns.quote_return, order.order_number, items)
    assert (shown.goods, shown.replaced_amount, shown.delivery) == (400, 200, 0)
    assert (shown.less, shown.less_reason) == (less, reason)
    assert adds_up(shown)


def returns_of(call: Any, order: Order) -> Any:
    return call(returns.list_returnable_items, order.order_number)
