"""Money that comes in parts, late, twice or in coins of a thousandth, beside goods that go back."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.models import Order, Refund
from account_portal.orders import service
from account_portal.orders.schemas import CancelItem, CancelOrder
from account_portal.returns import service as returns
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, Shop, asked, day, parcel, sold

ARRIVED = {"shipments": [parcel("S-1")]}


def paid(amount: float, number: str = "P1", **values: Any) -> dict[str, Any]:
    return {"request_number": number, "amount": amount, "created_at": day(7), **values}


def came_of(amount: float) -> list[dict[str, Any]]:
    """What came; of nothing an attempt that failed: what is delivered without any is paid."""
    return [paid(amount) if amount else paid(1, payment_status="failed")]


def back(shop: Shop) -> Decimal:
    """What went, or is promised, back."""
    found = shop.customer(service.list_refunds, "N-1")
    return sum((one.refund_amount for one in found if one.status != "failed"), Decimal(0))


def unpaid(shop: Shop) -> Decimal:
    amount: Decimal = shop.customer(service.get_payment_status, "N-1").amount_unpaid
    return amount


def agrees(shop: Shop, units: int = 1) -> None:
    """A return is asked for and agreed to: what comes is what the quote says."""
    data, before = asked(units), back(shop)
    quote = shop.customer(returns.quote_return, "N-1", data.return_items)
    number = shop.customer(returns.create_return, "N-1", data).request_number
    shop.does(returns.approve_return, number)
    assert back(shop) - before == quote.money


def fails(shop: Shop) -> None:
    """The bank takes none of the refunds that wait."""
    for refund in rows(shop.database, Refund, status="pending"):
        shop.does(service.approve_refund, refund.request_number)
        shop.does(service.settle_refund, refund.request_number, succeeded=False)


@pytest.mark.parametrize(
    ("came", "units", "gives", "asks"),
    [(0, 1, 0, 100), (50, 1, 0, 50), (150, 1, 50, 0), (150, 2, 150, 0), (50, 2, 50, 0)],
)
def test_a_return_takes_what_is_unpaid_first(
    shop: Shop, came: float, units: int, gives: int, asks: int
) -> None:
    shop.brings(sold("N-1", payments=came_of(came), **ARRIVED))
    agrees(shop, units)
    assert (back(shop), unpaid(shop)) == (gives, asks)
    fails(shop)
    assert (back(shop), unpaid(shop)) == (gives, asks)


def test_a_late_payment_told_after_the_return_goes_back(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[paid(50)], **ARRIVED))
    agrees(shop)
    shop.brings(sold("N-1", payments=[paid(50), paid(150, "P2")], **ARRIVED))
    assert (back(shop), unpaid(shop)) == (100, 0)
    shop.brings(sold("N-1", payments=[paid(50), paid(150, "P2"), paid(150, "P3")], **ARRIVED))
    assert (back(shop), unpaid(shop)) == (250, 0)  # the third came twice


def test_the_same_file_after_settled_money_changes_nothing(shop: Shop) -> None:
    record = sold("N-1", payments=[paid(150), paid(50, "P2", payment_status="pending")], **ARRIVED)
    shop.brings(record)
    agrees(shop)
    shop.does(service.settle_payment, "P2", succeeded=True)
    assert (back(shop), unpaid(shop)) == (100, 0)
    shop.brings(record)
    assert (back(shop), unpaid(shop)) == (100, 0)


def test_a_payment_that_is_less_than_was_told_is_asked_for_once(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[paid(200)], **ARRIVED))
    agrees(shop)
    shop.brings(sold("N-1", payments=[paid(120)], **ARRIVED))
    assert (back(shop), unpaid(shop)) == (20, 0)
    shop.brings(sold("N-1", payments=[paid(60)], **ARRIVED))
    assert (back(shop), unpaid(shop)) == (0, 40)


def test_items_cancelled_then_a_return_then_a_refund_that_fails(shop: Shop) -> None:
    shop.brings(sold("N-1", quantity=3, payments=[paid(250)]))
    data = CancelOrder.model_validate(
        CANCEL.model_dump(exclude_none=True) | {"cancel_items": [CancelItem(sku="S1", quantity=1)]}
    )
    shop.customer(service.cancel_order, "N-1", data)
    assert (back(shop), unpaid(shop)) == (50, 0)
    shop.brings(
        sold("N-1", quantity=3, payments=[paid(250)], shipments=[parcel("S-1", "delivered")])
    )
    agrees(shop)
    assert (back(shop), unpaid(shop)) == (150, 0)
    fails(shop)
    assert (back(shop), unpaid(shop)) == (150, 0)


def test_a_parcel_with_more_units_than_ordered(shop: Shop) -> None:
    items = [{"sku": "S1", "quantity": 5}]
    shop.brings(sold("N-1", payments=[paid(200)], **ARRIVED))
    more = sold("N-1", payments=[paid(200)], shipments=[parcel("S-2", items=items)])
    [(_, reason)] = shop.brings(more)
    assert "0 units of S1 are left" in reason
    assert shop.returnable("N-1") == [2]
    agrees(shop, 2)
    assert (back(shop), unpaid(shop)) == (200, 0)


@pytest.mark.parametrize("came", [0.0, 3.333, 10.0])
def test_thousandths_go_back_to_the_last(shop: Shop, came: float) -> None:
    """3 units of KWD 10.000 together: 3.333, 3.333 and 3.334."""
    shop.brings(
        sold(
            "N-1",
            quantity=3,
            currency="KWD",
            line={"selling_price": 3.334, "line_total": 10},
            grand_total=10,
            payments=came_of(came),
            **ARRIVED,
        )
    )
    for units in range(1, 4):
        agrees(shop)
        kept = {1: "6.667", 2: "3.333", 3: "0"}[units]
        rest = Decimal(kept) - Decimal(str(came))
        assert abs(back(shop) - unpaid(shop) + rest) <= Decimal("0.001")
        assert not back(shop) or not unpaid(shop)
    assert (back(shop), unpaid(shop)) == (Decimal(str(came)), 0)


def test_yen_have_no_parts(shop: Shop) -> None:
    shop.brings(
        sold("N-1", quantity=3, currency="JPY", line={"line_total": 100}, grand_total=100,
             payments=[paid(50)], **ARRIVED)
    )  # fmt: skip
    agrees(shop)
    assert (back(shop), unpaid(shop)) in {(0, 17), (0, 16)}
    agrees(shop)
    agrees(shop)
    assert (back(shop), unpaid(shop)) == (50, 0)


def test_crores_go_back_to_the_paisa(shop: Shop) -> None:
    price = 49_999_999_999.99
    shop.brings(
        sold("N-1", line={"selling_price": price}, payments=[paid(75_000_000_000)], **ARRIVED)
    )
    agrees(shop)
    assert (back(shop), unpaid(shop)) == (Decimal("25000000000.01"), 0)


def test_another_currency_for_settled_money_is_refused_or_kept(shop: Shop) -> None:
    shop.brings(sold("N-1", currency="INR", payments=[paid(200)], **ARRIVED))
    faults = shop.brings(sold("N-1", currency="KWD", payments=[paid(200)], **ARRIVED))
    assert faults or shop.kept
    assert shop.order("N-1").currency.code == "INR"
    agrees(shop)
    assert (back(shop), unpaid(shop)) == (100, 0)


def test_a_lost_parcel_of_an_order_paid_in_part(shop: Shop) -> None:
    items = [{"sku": "S1", "quantity": 1}]
    sent = [parcel("S-1", "lost", items=items), parcel("S-2", items=items)]
    shop.brings(sold("N-1", payments=[paid(50)], shipments=sent))
    assert shop.does(service.refund_shipment, "S-1") == []
    assert (back(shop), unpaid(shop)) == (0, 50)
    agrees(shop)
    assert (back(shop), unpaid(shop)) == (50, 0)


def test_a_lost_replacement_of_an_order_paid_in_part_is_not_asked_for(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=[paid(50)], **ARRIVED))
    shop.give_back("N-1", 1, "replacement")
    [other] = [one for one in rows(shop.database, Order) if one.replaces_return_id]
    number = shop.does(service.create_shipment, other.order_number)
    for state in (ShipmentStatus.PACKED, ShipmentStatus.SHIPPED, ShipmentStatus.LOST):
        shop.does(service.move_shipment, number, state)
    assert shop.does(service.refund_shipment, number) == []
    assert (back(shop), unpaid(shop)) == (0, 50)
