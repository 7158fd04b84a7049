"""What comes back is the same amount everywhere: preview, page, API, message, and what is given."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.written import written_amount, written_number
from account_portal.models import CreditActivity, LoyaltyActivity, Order, Refund, User
from account_portal.notifications.messages import message_classes
from account_portal.orders import service
from account_portal.orders.schemas import CancelOrder
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.conftest import Api
from tests.factories.auth import messages
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

WAYS = [
    # points (100 = 1.00), store credit, what of the rest is paid
    (0, 0, 1.0),
    (500, 0, 1.0),
    (0, 200, 1.0),
    (500, 200, 1.0),
    (333, 101, 0.5),
    (500, 200, 0.0),
    (0, 0, 0.0),
    (10600, 19400, 1.0),
]
"""Of an order of three units at 100.00."""
CANCEL = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
ITEMS = {**CANCEL, "cancel_items": [{"sku": "SKU-0", "quantity": 1}]}
RETURN = {
    "return_items": [
        {
            "product_id": "product-0",
            "sku": "SKU-0",
            "quantity": 2,
            "resolution": "refund",
            "return_reason": "Worn",
        }
    ]
}


def paid(database: Database, owner: User, clock: Any, way: Any, **values: Any) -> Order:
    points, credit, part = way
    order = make_order(
        database,
        owner,
        at=clock.now,
        lines=[make_line(0, quantity=3, selling_price=10000, line_total=30000, tax_amount=0)],
        loyalty_point_redeemed=points,
        loyalty_amount=points,
        credit_balance_used=credit,
        payments=[{"amount": int((30000 - points - credit) * part)}] if part else [],
        **values,
    )
    if points:
        spend_points(database, owner, order)
    return order


def written(order: Order, shown: Any) -> dict[str, str]:
    """Amounts of a preview by the names they have in messages; nothing of those that are 0."""
    amounts = {"refund": shown.money, "credit": shown.credit, "unpaid": shown.unpaid}
    found = {k: written_amount(v, order.currency, "IN") for k, v in amounts.items() if v}
    return found | ({"points": written_number(shown.points, "IN")} if shown.points else {})


def told(database: Database, kind: str, **values: str) -> tuple[dict[str, str], str]:
    """Amounts that the latest message of a kind holds, and its text."""
    found = [
        row.payload["words"]
        for row in messages(database)
        if row.kind == kind
        and all(row.payload["words"][name] == value for name, value in values.items())
    ]
    words = message_classes()[kind].model_validate(found[-1])
    names = ("refund", "credit", "points", "unpaid")
    return {name: found[-1][name] for name in names if found[-1].get(name)}, words.text()


def given(database: Database, order: Order) -> tuple[Decimal, Decimal, Decimal]:
    """Money, credit and points that came back or are promised, in major units."""
    money = sum(
        row.refund_amount
        for row in rows(database, Refund, order_id=order.id)
        if row.payment_mode != "loyalty_point" and row.payment_method != "Store credit"
    )
    credit = sum(row.amount for row in rows(database, CreditActivity))
    back = ("order_cancelled", "order_returned")
    points = sum(
        row.loyalty_point for row in rows(database, LoyaltyActivity) if row.activity in back
    )
    return Decimal(money) / 100, Decimal(credit) / 100, Decimal(points) / 100


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("body", "kind"), [(CANCEL, "order_cancelled"), (ITEMS, "items_cancelled")]
)
def test_a_cancel_tells_what_it_shows_and_gives(
    database: Database, owner: User, call: Any, clock: Any, api: Api, way: Any, body: Any, kind: str
) -> None:
    order = paid(database, owner, clock, way)
    data = CancelOrder.model_validate(body)
    shown = call(service.preview_cancel, order.order_number, data)
    path = f"/orders/{order.order_number}/cancel/preview"
    answer = api.request("POST", path, user=owner, json=body).json()["content"]["preview"]
    for name in ("money", "credit", "points", "unpaid"):
        assert Decimal(str(answer[name])) == getattr(shown, name)
    call(service.cancel_order, order.order_number, data)
    amounts, text = told(database, kind)
    assert amounts == written(order, shown)
    assert all(amount in text for amount in amounts.values())
    assert given(database, order) == (shown.money, shown.credit, shown.points)
    page = call(service.get_order_page, order.order_number)
    back = [one for one in page.refunds if one.payment_mode == "original_payment_mode"]
    money = sum(one.refund_amount for one in back if one.payment_method != "Store credit")
    assert money == shown.money


@pytest.mark.parametrize("way", WAYS)
def test_a_return_tells_what_it_shows_and_gives(
    database: Database, owner: User, call: Any, clock: Any, way: Any
) -> None:
    order = paid(database, owner, clock, way, parcels=[{}])
    data = CreateOrderReturn.model_validate(RETURN)
    shown = call(returns.quote_return, order.order_number, data.return_items)
    made = call(returns.create_return, order.order_number, data).request_number
    page = call(returns.get_return_detail, made).quote
    assert written(order, page) == written(order, shown)
    for step, deed in (("created", None), ("approved", returns.approve_return)):
        if deed is not None:
            call(deed, made, actor=SHOP)
        amounts, text = told(database, "return_moved", step=step)
        assert amounts == written(order, shown), step
        assert all(amount in text for amount in amounts.values())
    for deed in (returns.mark_return_shipped, returns.receive_return, returns.complete_return):
        call(deed, made, actor=SHOP)
    assert given(database, order) == (shown.money, shown.credit, shown.points)
