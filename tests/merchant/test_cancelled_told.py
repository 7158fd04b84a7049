"""Items that were cancelled here, and what the shop tells of their order afterwards."""

from typing import Any

import pytest

from account_portal.models import CreditActivity, Order, OrderLine, Refund
from account_portal.orders import rules, service
from account_portal.orders.facts import facts_of
from account_portal.orders.schemas import CancelOrder
from tests.factories.records import rows
from tests.merchant.shops import Shop, parcel, sold

PAID = [{"request_number": "P", "amount": 700}]


def told(first: int, second: int = 2, **values: Any) -> dict[str, Any]:
    """An order of 5 × 100 and 2 × 100 that is paid, or what of it is left."""
    lines = [
        {"sku": sku, "selling_price": 100, "quantity": units}
        for sku, units in (("S1", first), ("S2", second))
        if units
    ]
    return sold("N-1") | {"payments": PAID, "lines": lines} | values


def cancels(shop: Shop, sku: str, units: int) -> None:
    body = {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
    items = [{"sku": sku, "quantity": units}]
    wanted = CancelOrder.model_validate({**body, "cancel_items": items})
    shop.customer(service.cancel_order, "N-1", wanted)


def account(shop: Shop) -> dict[str, int]:
    """In major units."""
    with shop.database.session(writes=False) as db:
        [order] = rows(shop.database, Order, order_number="N-1")
        found = rules.account_of(facts_of(db, db.get_one(Order, order.id)).money())
    names = ("due", "arrived", "gone", "promised", "owed_back", "unpaid", "kept")
    return {name: getattr(found, name) // 100 for name in names if getattr(found, name)}


def units_left(shop: Shop) -> dict[str, int]:
    with shop.database.session(writes=False) as db:
        [order] = rows(shop.database, Order, order_number="N-1")
        lines = facts_of(db, db.get_one(Order, order.id)).line_units()
    return {line.sku: line.quantity for line in lines}


BACK = {"due": 700, "arrived": 700, "promised": 200, "kept": 500}
"""The account after 200 of 700 were cancelled, whatever of it the shop tells."""
LESS = {"due": 600, "arrived": 700, "promised": 300, "kept": 400}
"""The same where the shop took another unit out."""
SENT_BACK = {"due": 700, "arrived": 700, "gone": 200, "kept": 500}
REFUND = [{"request_number": "R", "refund_amount": 200}]


@pytest.mark.parametrize(
    ("gone", "says", "expected", "left"),
    [
        pytest.param(("S1", 2), told(5), BACK, (3, 2), id="as before"),
        pytest.param(("S1", 2), told(5, grand_total=700), BACK, (3, 2), id="as sold"),
        pytest.param(("S1", 2), told(3), BACK, (3, 2), id="smaller"),
        pytest.param(("S1", 2), told(3, grand_total=500), BACK, (3, 2), id="smaller total"),
        pytest.param(("S1", 2), told(4), BACK, (3, 2), id="some of it"),
        pytest.param(("S1", 2), told(3, grand_total=700), BACK, (3, 2), id="units alone"),
        pytest.param(("S1", 2), told(5, grand_total=500), BACK, (3, 2), id="total alone"),
        pytest.param(("S2", 2), told(5, 0), BACK, (5, 0), id="dropped"),
        pytest.param(("S2", 2), told(5, 0, grand_total=500), BACK, (5, 0), id="dropped and total"),
        pytest.param(("S2", 2), told(4, 0), LESS, (4, 0), id="dropped and more"),
        pytest.param(("S1", 2), told(2), LESS, (2, 2), id="smaller by more"),
        pytest.param(("S1", 2), told(3, 1), LESS, (3, 1), id="smaller and another line"),
        pytest.param(("S1", 2), told(3, refunds=REFUND), SENT_BACK, (3, 2), id="and refunded"),
        pytest.param(
            ("S1", 2),
            told(3, payments=[{"request_number": "P", "amount": 500}], refunds=REFUND),
            SENT_BACK,
            (3, 2),
            id="and the payment less",
        ),
    ],
)
def test_what_was_cancelled_here_counts_once(
    shop: Shop,
    gone: tuple[str, int],
    says: dict[str, Any],
    expected: dict[str, int],
    left: tuple[int, int],
) -> None:
    shop.brings(told(5))
    cancels(shop, *gone)
    for note in (None, None, "Ring twice"):
        faults = shop.brings(says | ({"customer_note": note} if note else {}))
        assert (faults, shop.kept) == ([], [])
        assert account(shop) == expected
        assert units_left(shop) == {"S1": left[0], "S2": left[1]}
    assert sum(amount for _, amount in shop.refunds("N-1")) == 700 - expected["kept"]


def test_what_is_not_paid_is_asked_for_once(shop: Shop) -> None:
    shop.brings(told(5, payments=[]))
    cancels(shop, "S1", 2)
    for _ in range(2):
        shop.brings(told(3, payments=[]))
        assert account(shop) == {"due": 700, "unpaid": 500}
    shop.brings(told(3, payments=[{"request_number": "P", "amount": 500}]))
    assert account(shop) == {"due": 700, "arrived": 500, "kept": 500}


def test_line_and_total_stay_as_sold_to_the_cent(shop: Shop) -> None:
    line = {"sku": "S1", "selling_price": "33.33", "tax_rate": 19, "quantity": 3}
    for values in ({}, {"quantity": 2}):
        if values:
            cancels(shop, "S1", 1)
        before = [(one.quantity, one.line_total) for one in rows(shop.database, OrderLine)]
        shop.brings(sold("N-1", payment_status="success", line=line | values))
    assert [(one.quantity, one.line_total) for one in rows(shop.database, OrderLine)] == before
    [refund] = rows(shop.database, Refund)
    assert refund.refund_amount == 3333


def test_no_parcel_holds_what_was_cancelled(shop: Shop) -> None:
    shop.brings(told(5))
    cancels(shop, "S1", 2)
    shop.brings(told(3, shipments=[parcel("A")]))
    inside = shop.order("N-1").shipments[0].shipment_items
    assert [(one.sku, one.quantity) for one in inside] == [("S1", 3), ("S2", 2)]
    assert account(shop) == BACK
    shop.brings(told(2, shipments=[parcel("A")]))
    assert shop.kept == ["line S1: parcels, returns or claims have 3 units here; the record has 2"]
    assert (account(shop), shop.returnable("N-1")) == (BACK, [3, 2])
    full: dict[str, Any] = {"items": [{"sku": "S1", "quantity": 1}]}
    [(_, reason)] = shop.brings(told(3, shipments=[parcel("A"), parcel("B", **full)]))
    assert reason.startswith("shipment B: 0 units of S1")


def test_credit_comes_back_once_when_the_shop_cancels_the_rest(shop: Shop) -> None:
    paid: dict[str, Any] = {
        "credit_balance_used": 70,
        "payments": [{"request_number": "P", "amount": 630}],
    }
    shop.brings(told(5, **paid))
    cancels(shop, "S1", 2)
    for _ in range(2):
        shop.brings(told(3, **paid, status="cancelled"))
    assert sum(one.amount for one in rows(shop.database, CreditActivity)) == 7000
    assert account(shop) == {"due": 630, "arrived": 630, "promised": 630}
