"""Histories a hostile bookkeeper would write: each has its right value, worked out by hand."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from account_portal.core.errors import PortalError
from account_portal.models import CreditActivity, Order, Payment, Refund, Shipment
from account_portal.orders import service
from account_portal.returns import service as returns
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.factories.shopify import Cells, export, head
from tests.merchant.shops import CANCEL, Shop, asked, day, parcel, sold

ONE = [{"sku": "S1", "quantity": 1}]
POINTS = {"payment_mode": "loyalty_point"}


def paid(amount: Any = 200, name: str = "HP", **values: Any) -> dict[str, Any]:
    return {"request_number": name, "amount": amount, **values}


def back(amount: Any, name: str = "HR", **values: Any) -> dict[str, Any]:
    return {"request_number": name, "refund_amount": amount, "created_at": day(2), **values}


def of(part: dict[str, Any], kind: str, number: str = "H-1") -> dict[str, Any]:
    return {**part, "type": kind, "order_number": number}


def living(shop: Shop, number: str = "H-1") -> int:
    return sum(amount for status, amount in shop.refunds(number) if status != "failed")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        # bill 200: what of it the payments pay, and whether more is asked for
        ({"payments": []}, ("pending", 0, 200, True)),
        ({"payments": [paid(0)]}, ("pending", 0, 200, True)),
        ({"payments": [paid(199)]}, ("partially_paid", 199, 1, True)),
        ({"payments": [paid(100, "A"), paid(100, "B")]}, ("success", 200, 0, False)),
        ({"payments": [paid(100, "A"), paid(100, "B", payment_status="failed")]},
         ("partially_paid", 100, 100, True)),
        ({"payments": [paid(200, payment_status="voided")]}, ("failed", 0, 200, True)),
        ({"payments": [paid(200, payment_status="captured")]}, ("success", 200, 0, False)),
        ({"payments": [paid(200, payment_status="pending", payment_method="Nachnahme")]},
         ("pending", 0, 200, False)),
        ({"payments": [paid()], "refunds": [back(200)]}, ("success", 200, 0, False)),
        ({"payments": [paid()], "refunds": [back(200, status="failed")]},
         ("success", 200, 0, False)),
        ({"loyalty_amount": 200, "loyalty_point_redeemed": 200}, ("success", 0, 0, False)),
        ({"credit_balance_used": 150, "payments": [paid(50)]}, ("success", 50, 0, False)),
        ({"credit_balance_used": 150, "payments": [paid(60)]}, ("success", 50, 0, False)),
    ],
)  # fmt: skip
def test_what_is_paid_and_asked_for(
    shop: Shop, values: dict[str, Any], status: tuple[str, int, int, bool]
) -> None:
    for _ in range(2):
        assert shop.brings(sold("H-1", **values)) == []
        assert shop.payment("H-1") == status


@pytest.mark.parametrize(
    ("values", "owed"),
    [
        # what a cancel gives back in all, of what arrived
        ({"payments": [paid()]}, 200),
        ({"payments": [paid(50)]}, 50),
        ({"payments": [paid(200, "A"), paid(200, "B")]}, 400),
        ({"payments": [paid()], "refunds": [back(30), back(20, "R2")]}, 200),
        ({"payments": [paid()], "refunds": [back(200, status="failed")]}, 200),
        ({"payments": [paid(200, payment_status="refund_initiated")]}, 200),
        ({"payments": [paid(200, payment_status="pending", collection="on_delivery")]}, 0),
        ({"payments": [paid(200, payment_status="authorized")]}, 0),
        ({"payment_status": "success"}, 200),
        ({"payment_status": "success", "refunds": [back(80)]}, 200),
        ({"credit_balance_used": 200}, 0),
        ({"line": {"selling_price": 0}}, 0),
        ({"payments": [paid("0.01")]}, 0.01),
    ],
)
@pytest.mark.parametrize("who", ["customer", "shop", "record"])
def test_a_cancel_gives_back_what_arrived_and_no_more(
    shop: Shop, values: dict[str, Any], owed: float, who: str
) -> None:
    shop.brings(sold("H-1", **values))
    if who == "customer":
        shop.customer(service.cancel_order, "H-1", CANCEL)
    elif who == "shop":
        shop.does(service.cancel_for_shop, "H-1", "Sold out")
    else:
        shop.brings(sold("H-1", **values, status="cancelled"))
    for _ in range(2):
        refunds = rows(shop.database, Refund)
        money = [
            row.refund_amount
            for row in refunds
            if row.status != "failed" and row.payment_method != "Store credit"
        ]
        assert sum(money) == owed * 100
        assert shop.payment("H-1")[3] is False
        shop.brings(sold("H-1", **values))  # the history again
    credit = sum(row.amount for row in rows(shop.database, CreditActivity))
    assert credit == 100 * values.get("credit_balance_used", 0)


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [("JPY", "99.5", 100), ("KWD", "0.0005", 1), ("CLF", "1.23455", 12346), ("EUR", "0.005", 1)],
)
def test_every_currency_keeps_its_digits(shop: Shop, currency: str, price: str, minor: int) -> None:
    order = sold("H-1", quantity=1, line={"selling_price": price}, currency=currency)
    shop.brings(order | {"payments": [paid(price)]})
    shop.customer(service.cancel_order, "H-1", CANCEL)
    assert [row.refund_amount for row in rows(shop.database, Refund)] == [minor]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (sold("H-2", payments=[paid()]), "payment HP belongs to another order"),
        (sold("H-2", payments=[paid(200, "X")], shipments=[parcel("HS")]),
         "shipment HS belongs to another order"),
        (sold("H-2", payments=[paid(200, "X")], refunds=[back(50)]),
         "refund HR belongs to another order"),
        (sold("H-1", payments=[paid()], currency="EUR"), "currency: the order is in INR"),
        (sold("H-1") | {"customer_email": "other@x.example"},
         "order H-1 belongs to another customer"),
        (of(back(201, "R9"), "refund"), "refund R9: more goes back than was paid"),
        (of(parcel("H9", items=[{"sku": "S1", "quantity": 3}]), "shipment"),
         "shipment H9: 0 units of S1 are left, not 3."),
        (of(parcel("H9", items=[{"sku": "NO", "quantity": 1}]), "shipment"),
         "shipment H9: sku NO is not in the order"),
        (sold("H-3", loyalty_amount=150, credit_balance_used=51), "201 of 200"),
        (sold("H-4", payments=[paid(100, "X"), paid(100, "X")]), "payments must not tell X twice"),
        (sold("H-4", payments=[paid(200, "X")], refunds=[back(50, "Y"), back(50, "Y")]),
         "refunds must not tell Y twice"),
        (sold("H-4", payments=[paid(200, "X")], shipments=[parcel("Z"), parcel("Z")]),
         "shipments must not tell Z twice"),
        (sold("H-4", payments=[paid(200, "X")], refunds=[back(201, "Y", **POINTS)]),
         "refunds: more goes back than the order cost"),
        (sold("H-4", payments=[paid(200, "X")],
              refunds=[back(150, "Y"), back(100, "Z", **POINTS)]),
         "refunds: more goes back than the order cost"),
        (of(back(151, "R9", **POINTS), "refund"), "refund R9: more goes back than the order cost"),
        (of(back(151, "R9", payment_method="Store credit"), "refund"),
         "refund R9: more goes back than the order cost"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_leaves_nothing(
    shop: Shop, record: dict[str, Any], words: str
) -> None:
    shop.brings(sold("H-1", payments=[paid()], refunds=[back(50)], shipments=[parcel("HS")]))
    before = [len(rows(shop.database, model)) for model in (Order, Payment, Refund, Shipment)]
    [(_, reason)] = shop.brings(record)
    assert words in reason
    after = [len(rows(shop.database, model)) for model in (Order, Payment, Refund, Shipment)]
    assert after == before


@pytest.mark.parametrize("order_first", [True, False])
def test_parts_may_come_before_what_they_need(shop: Shop, order_first: bool) -> None:
    records = [
        of(back(50), "refund"),
        of(paid(), "payment"),
        of(parcel("HS"), "shipment"),
        sold("H-1"),
    ]
    assert shop.brings(*(records[::-1] if order_first else records)) == []
    assert (shop.payment("H-1")[1], living(shop), shop.returnable("H-1")) == (200, 50, [2])


@pytest.mark.parametrize(
    ("shipping", "unpaid"),
    [
        ({"shipping_tax_rate": 18}, "47.2"),
        ({"shipping_tax_rate": 18, "shipping_tax_amount": 0}, "40"),
        ({"shipping_tax_amount": "7.5"}, "47.5"),
    ],
)
def test_the_tax_of_the_shipping_is_worked_out_when_it_is_missing(
    shop: Shop, shipping: dict[str, Any], unpaid: str
) -> None:
    shop.brings(sold("H-1", shipping_amount=40, payments=[paid()], **shipping))
    found = shop.customer(service.get_payment_status, "H-1").amount_unpaid
    assert found == Decimal(unpaid)


def test_a_rest_that_is_paid_later(shop: Shop) -> None:
    shop.brings(sold("H-1", payments=[paid(50)]))
    for _ in range(2):
        shop.brings(of(paid(150, "REST"), "payment"))
        assert shop.payment("H-1") == ("success", 200, 0, False)
    shop.brings(of(paid(30, "TIP"), "payment"))
    assert (shop.payment("H-1"), living(shop)) == (("success", 200, 0, False), 30)


def test_what_came_back_is_sent_again_and_can_go_back_once(shop: Shop) -> None:
    first = parcel("HS", "return_to_origin")
    shop.brings(sold("H-1", payments=[paid()], shipments=[first]))
    shop.brings(sold("H-1", payments=[paid()], shipments=[first, parcel("HT")]))
    assert (shop.order("H-1").status, shop.returnable("H-1")) == ("delivered", [2])
    shop.customer(returns.create_return, "H-1", asked(2))
    with pytest.raises(PortalError):
        shop.customer(returns.create_return, "H-1", asked(1))
    fewer = parcel("HT", items=ONE)
    shop.brings(sold("H-1", payments=[paid()], shipments=[first, fewer]))
    assert shop.kept == ["shipment HT: returns or claims hold 1 units of it"]
    assert shop.returnable("H-1") == [0]


def test_a_cancel_of_what_was_sent_is_kept(shop: Shop) -> None:
    shop.brings(sold("H-1", payments=[paid()], shipments=[parcel("HS", "scheduled")]))
    shop.does(service.move_shipment, "HS", ShipmentStatus.SHIPPED)
    shop.brings(sold("H-1", payments=[paid()], status="cancelled"))
    assert shop.kept == ["the order cannot be cancelled: a parcel of it is shipped"]
    assert (shop.order("H-1").status, living(shop)) == ("shipped", 0)


def cells(**values: str) -> Cells:
    return head("#7001", **{name.replace("_", " "): value for name, value in values.items()})


def takes(shop: Shop, path: Path, *several: Cells) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for place, one in enumerate(several):
        found += shop._take(export(path / f"{place}.csv", one))
    return found


@pytest.mark.parametrize(
    ("states", "refunds", "status"),
    [
        ([("paid", "0.00"), ("refunded", "10.00")], [1000], ("success", 10, 0, False)),
        ([("paid", "0.00"), ("partially_refunded", "4.00")], [400], ("success", 10, 0, False)),
        ([("partially_refunded", "4.00"), ("refunded", "10.00")], [1000],
         ("success", 10, 0, False)),
        ([("pending", "0.00"), ("paid", "0.00")], [], ("success", 10, 0, False)),
        ([("authorized", "0.00"), ("paid", "0.00")], [], ("success", 10, 0, False)),
        ([("authorized", "0.00"), ("voided", "0.00")], [], ("failed", 0, 10, True)),
    ],
)  # fmt: skip
def test_exports_of_one_order_follow_each_other(
    shop: Shop,
    tmp_path: Path,
    states: list[tuple[str, str]],
    refunds: list[int],
    status: tuple[str, int, int, bool],
) -> None:
    exports = [cells(Financial_Status=state, Refunded_Amount=gone) for state, gone in states]
    assert takes(shop, tmp_path, *exports, exports[-1]) == []
    assert [row.refund_amount for row in rows(shop.database, Refund)] == refunds
    assert shop.payment("7001") == status
    shop.customer(service.cancel_order, "7001", CANCEL)
    arrived = 10 if status[1] else 0
    assert living(shop, "7001") == arrived


def test_an_export_of_a_smaller_order_owes_what_was_paid_beyond_it(
    shop: Shop, tmp_path: Path
) -> None:
    smaller = {"Subtotal": "6.00", "Total": "6.00", "Lineitem_price": "6.00"}
    assert takes(shop, tmp_path, cells(), cells(**smaller, Outstanding_Balance="-4.00")) == []
    assert (living(shop, "7001"), shop.payment("7001")[2]) == (4, 0)


def test_an_export_of_a_smaller_order_that_was_refunded(shop: Shop, tmp_path: Path) -> None:
    smaller = {"Subtotal": "6.00", "Total": "6.00", "Lineitem_price": "6.00"}
    refunded = cells(**smaller, Refunded_Amount="4.00", Financial_Status="partially_refunded")
    assert takes(shop, tmp_path, cells(), refunded, refunded) == []
    assert [row.amount for row in rows(shop.database, Payment)] == [1000]
    assert (living(shop, "7001"), shop.payment("7001")[2]) == (4, 0)
    shop.customer(service.cancel_order, "7001", CANCEL)
    assert living(shop, "7001") == 10


def test_systems_are_told_what_became_of_a_lost_parcel(shop: Shop, systems: Any) -> None:
    shop.brings(sold("H-1", shipments=[parcel("HS", "lost")]))
    answer = systems.post("/shipments/HS/refund")
    assert answer.status_code == 200, answer.text
    assert answer.json()["content"]["refunds"] == []
    assert shop.payment("H-1") == ("pending", 0, 0, False)
