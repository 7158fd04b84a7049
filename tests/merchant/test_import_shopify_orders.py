"""What a shop's orders look like in Shopify's exports, and what is right for each."""

import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from account_portal.core.db import Database
from account_portal.merchant.importing import shopify
from account_portal.models import (
    AddressCopy,
    Order,
    OrderLine,
    Payment,
    Refund,
    Shipment,
    ShipmentItem,
    User,
)
from tests.factories.records import bring_in, contents, rows
from tests.factories.shopify import Cells, export, head, line


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shopify, "utc_now", lambda: datetime(2026, 11, 28, tzinfo=UTC))


def take(database: Database, tmp_path: Path, *cells: Cells, **values: Any) -> list[tuple[int, str]]:
    return bring_in(database, export(tmp_path / "orders.csv", *cells, **values))[1]


def parcels(database: Database) -> dict[str, tuple[str, dict[str, int]]]:
    """State and units by sku of each parcel."""
    skus = {row.id: row.sku for row in rows(database, OrderLine)}
    return {
        parcel.reference_number: (
            parcel.status,
            {
                skus[item.line_id]: item.quantity
                for item in rows(database, ShipmentItem, shipment_id=parcel.id)
            },
        )
        for parcel in rows(database, Shipment)
    }


def table_and_chairs(state: str, chairs: str, sent: str = "", count: int = 2) -> list[Cells]:
    total = f"{100 + 40 * count}.00"
    first = {"Lineitem sku": "TAB", "Lineitem price": "100.00", "Fulfilled at": sent}
    first |= {"Subtotal": total, "Total": total, "Lineitem fulfillment status": "fulfilled"}
    second = {"Lineitem quantity": str(count), "Lineitem name": "Chair", "Lineitem sku": "CHA"}
    second |= {"Lineitem price": "40.00", "Lineitem fulfillment status": chairs}
    return [
        head("#5301", **first, **{"Fulfillment Status": state}),
        line("#5301", **second, **{"Created at": "2026-03-02 10:00:00 +0530"}),
    ]


def test_what_is_sent_later_goes_into_a_parcel_of_its_own(
    database: Database, tmp_path: Path
) -> None:
    assert take(database, tmp_path, *table_and_chairs("partial", "pending")) == []
    assert parcels(database) == {"5301-1": ("delivered", {"TAB": 1})}
    later = table_and_chairs("fulfilled", "fulfilled", "2026-11-20 10:00:00 +0530")
    for _ in range(2):
        take(database, tmp_path, *later)
        assert parcels(database) == {
            "5301-1": ("delivered", {"TAB": 1}),
            "5301-2": ("shipped", {"CHA": 2}),
        }
    [sent] = rows(database, Shipment, reference_number="5301-2")
    assert sent.shipped_date == datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
    assert rows(database, Order)[0].status == "partially_delivered"


def test_a_parcel_that_left_long_ago_arrives_and_keeps_the_rest(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = table_and_chairs("fulfilled", "fulfilled", "2026-11-20 10:00:00 +0530")
    take(database, tmp_path, *table_and_chairs("partial", "pending"))
    take(database, tmp_path, *later)
    monkeypatch.setattr(shopify, "utc_now", lambda: datetime(2026, 12, 28, tzinfo=UTC))
    take(database, tmp_path, *later)
    assert {state for state, _ in parcels(database).values()} == {"delivered"}
    assert rows(database, Order)[0].status in {"delivered", "complete"}


def test_of_a_partial_line_one_unit_is_surely_sent(database: Database, tmp_path: Path) -> None:
    take(database, tmp_path, *table_and_chairs("Partial", "Partial", count=3))
    assert parcels(database) == {"5301-1": ("delivered", {"TAB": 1, "CHA": 1})}
    take(database, tmp_path, *table_and_chairs("fulfilled", "fulfilled", "2026-11-20", count=3))
    assert parcels(database)["5301-2"] == ("shipped", {"CHA": 2})


def test_a_parcel_that_was_cancelled_here_is_not_sent_again_by_the_same_export(
    database: Database, tmp_path: Path
) -> None:
    cells = table_and_chairs("fulfilled", "fulfilled", "2026-11-20")
    take(database, tmp_path, *cells)
    with database.session(writes=True) as db:
        [parcel] = db.execute(select(Shipment)).scalars()
        parcel.status = "cancelled"
        db.commit()
    take(database, tmp_path, *cells)
    assert parcels(database) == {"5301-1": ("cancelled", {"TAB": 1, "CHA": 2})}
    take(database, tmp_path, *table_and_chairs("fulfilled", "fulfilled", "2026-11-22"))
    assert parcels(database)["5301-2"] == ("shipped", {"TAB": 1, "CHA": 2})


def test_lines_that_share_a_sku_are_packed_each(database: Database, tmp_path: Path) -> None:
    cells = table_and_chairs("fulfilled", "fulfilled", "2026-11-20")
    cells[1]["Lineitem sku"] = "TAB"
    take(database, tmp_path, *cells)
    assert parcels(database) == {"5301-1": ("shipped", {"TAB": 1, "TAB-2": 2})}
    assert {row.product_id for row in rows(database, OrderLine)} == {"TAB"}


BEN = {"Email": "ben@shop.example", "Lineitem name": "Private", "Subtotal": "20.00"}
BEN |= {"Total": "20.00", "Lineitem price": "20.00", "Lineitem sku": "PRIV"}


@pytest.mark.parametrize("between", [[], [head("#5402", Id="3")]])
def test_orders_of_one_name_are_told_apart_by_id(
    database: Database, tmp_path: Path, between: list[Cells]
) -> None:
    cells = [head("#5401", Id="1"), *between, head("#5401", Id="2", **BEN)]
    for _ in range(2):
        assert take(database, tmp_path, *cells) == []
    orders = {row.order_number: row for row in rows(database, Order)}
    assert orders.keys() - {"5402"} == {"5401", "5401-2"}
    assert (orders["5401"].grand_total, orders["5401-2"].grand_total) == (1000, 2000)
    users = {user.customer_id: user.email for user in rows(database, User)}
    assert users[orders["5401-2"].customer_id] == "ben@shop.example"
    [private] = rows(database, OrderLine, sku="PRIV")
    assert private.order_id == orders["5401-2"].id
    paid = {row.request_number: row.order_id for row in rows(database, Payment)}
    assert paid["5401-2-payment"] == orders["5401-2"].id
    before = contents(database)
    assert take(database, tmp_path, cells[-1]) == []  # alone, in another export
    assert contents(database) == before


@pytest.mark.parametrize("other", [BEN, BEN | {"Email": "asha@shop.example"}])
def test_without_an_id_the_second_of_one_name_is_refused(
    database: Database, tmp_path: Path, other: Cells
) -> None:
    rest = line("#5401", Email=other["Email"], Lineitem_name="More", Lineitem_price="1.00")
    faults = take(database, tmp_path, head("#5401"), head("#5401", **other), rest, head("#5402"))
    assert faults == [(3, "another order is named #5401, and no Id tells them apart")]
    assert {row.order_number for row in rows(database, Order)} == {"5401", "5402"}
    assert {row.sku for row in rows(database, OrderLine)} == {"CUP"}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("#1001", r"1001"),
        ("#12", r"12-[0-9a-f]{8}"),
        ("#1001.1", r"1001-1-[0-9a-f]{8}"),
        ("Bestellung 77", r"Bestellung-77-[0-9a-f]{8}"),
        ("#NL/2023/001", r"NL-2023-001-[0-9a-f]{8}"),
        ("№1007", r"No1007-[0-9a-f]{8}"),
        ("#returns", r"returns-[0-9a-f]{8}"),
        ("注文", r"order-[0-9a-f]{8}"),
        ("#" + "9" * 60, r"9{31}-[0-9a-f]{8}"),
    ],
)
def test_every_name_becomes_an_order_number(
    database: Database, tmp_path: Path, name: str, number: str
) -> None:
    assert take(database, tmp_path, head(name)) == []
    [order] = rows(database, Order)
    assert re.fullmatch(number, order.order_number)
    assert (order.extra or {}).get("name") == (None if name == "#1001" else name)


def test_no_two_names_become_one_number(database: Database, tmp_path: Path) -> None:
    names = ["#1001-1", "#1001.1", "#1001/1", "#1001 1", "1001_1", "#12", "#12.", "#01 2"]
    assert take(database, tmp_path, *(head(name, Id="5001") for name in names)) == []
    assert len(rows(database, Order)) == len(names)


def test_apostrophes_stay_in_texts_and_go_from_numbers(database: Database, tmp_path: Path) -> None:
    cells = head(
        Billing_Name="Asha Rao", Billing_City="Springfield", Billing_Zip="'12345",
        Shipping_Name="'t Hart", Shipping_Address1="'t Wilgenplein 4",
        Shipping_City="'s-Hertogenbosch", Shipping_Zip="'5211 AB", Shipping_Country="NL",
        Shipping_Phone="'+31612345678", Notes="'s avonds bezorgen",
        Lineitem_name="'t Hoen poster", Lineitem_sku="'0012", Lineitem_price="'10.00",
    )  # fmt: skip
    assert take(database, tmp_path, cells) == []
    [order] = rows(database, Order)
    [copy] = rows(database, AddressCopy, id=order.shipping_address_id)
    assert f"{copy.first_name} {copy.last_name}" == "'t Hart"
    assert (copy.address_line1, copy.city) == ("'t Wilgenplein 4", "'s-Hertogenbosch")
    assert (copy.pincode, copy.phone) == ("5211 AB", "+31612345678")
    assert order.customer_note == "'s avonds bezorgen"
    [poster] = rows(database, OrderLine)
    assert (poster.product_name, poster.sku) == ("'t Hoen poster", "0012")


@pytest.mark.parametrize("spell", [str.upper, str.lower, lambda name: name.replace(" ", "_")])
def test_headers_may_be_spelled_in_other_ways(
    database: Database, tmp_path: Path, spell: Any
) -> None:
    columns = {name: spell(name) for name in head()} | {"Shipping Address1": "shipping address 1"}
    cells = head(Shipping_Address1="1 Main St", Lineitem_quantity="2", Subtotal="20", Total="20")
    assert take(database, tmp_path, cells, columns=columns) == []
    assert [row.quantity for row in rows(database, OrderLine)] == [2]
    assert rows(database, AddressCopy)[0].address_line1 == "1 Main St"


@pytest.mark.parametrize("column", ["Total", "Lineitem price", "Refunded Amount", "Taxes"])
def test_an_amount_with_a_comma_is_named(database: Database, tmp_path: Path, column: str) -> None:
    faults = take(database, tmp_path, head("#6701", **{column: "12,50"}), head("#6702"))
    reason = f"{column}: '12,50' is no number; write it with a point, as in 1234.50"
    assert faults == [(2, reason)]
    assert [row.order_number for row in rows(database, Order)] == ["6702"]


@pytest.mark.parametrize("none", ["0", "0.0", "'0"])
def test_a_line_of_no_units_was_removed(database: Database, tmp_path: Path, none: str) -> None:
    kept = line(Lineitem_quantity="1", Lineitem_name="Kept", Lineitem_sku="KEP")
    removed = head(Lineitem_quantity=none, Lineitem_price="15.00")
    assert take(database, tmp_path, removed, kept | {"Lineitem price": "10.00"}) == []
    assert [row.sku for row in rows(database, OrderLine)] == ["KEP"]
    assert rows(database, Order)[0].promotion_discount_amount == 0


@pytest.mark.parametrize("state", ["partially_refunded", "Refunded"])
def test_a_refund_has_no_date_the_export_does_not_tell(
    database: Database, tmp_path: Path, state: str
) -> None:
    cells = head(Fulfillment_Status="fulfilled", Fulfilled_at="2026-11-10 10:00:00 +0530")
    cells |= {"Financial Status": state, "Refunded Amount": "" if state == "Refunded" else "3.33"}
    assert take(database, tmp_path, cells | {"Cancelled at": "2026-11-11 10:00:00 +0530"}) == []
    refund, *owed = sorted(rows(database, Refund), key=lambda row: row.status, reverse=True)
    assert refund.refund_amount == (1000 if state == "Refunded" else 333)
    assert (refund.refund_date, refund.status) == (None, "success")
    # The order is cancelled: what did not go back is owed.
    rest = [] if state == "Refunded" else [("pending", 667)]
    assert [(row.status, row.refund_amount) for row in owed] == rest


@pytest.mark.parametrize(
    ("state", "method", "expected"),
    [
        ("authorized", "visa", ("pending", "visa", "authorized", "authorized")),
        ("Authorized", "", ("pending", None, "authorized", "authorized")),
        (
            "pending",
            "Cash on Delivery (COD)",
            ("pending", "Cash on Delivery (COD)", None, "on_delivery"),
        ),
        ("paid", "visa", ("success", "visa", None, None)),
    ],
)
def test_what_is_reserved_or_due_at_the_door_is_told(
    database: Database, tmp_path: Path, state: str, method: str, expected: tuple[Any, ...]
) -> None:
    cells = head(Financial_Status=state, Payment_Method=method)
    assert take(database, tmp_path, cells) == []
    [payment] = rows(database, Payment)
    [order] = rows(database, Order)
    told = (order.extra or {}).get("financial_status")
    assert (
        payment.payment_status,
        payment.payment_method,
        told,
        payment.collection,
    ) == expected


def test_of_a_part_paid_order_the_rest_is_open(database: Database, tmp_path: Path) -> None:
    cells = head(Financial_Status="partially_paid", Outstanding_Balance="4.00")
    assert take(database, tmp_path, cells) == []
    assert [(row.amount, row.payment_status) for row in rows(database, Payment)] == [
        (600, "success")
    ]


def test_a_part_payment_says_what_is_open(database: Database, tmp_path: Path) -> None:
    """Without that, nobody knows what arrived; when all is open, nothing did."""
    part = {"Financial Status": "partially_paid"}
    unknown = head("#1001", **part, Outstanding_Balance="")
    unpaid = head("#1002", **part, Outstanding_Balance="10.00")
    reason = "Outstanding Balance: is empty; an order that is partially_paid must say what is open"
    assert take(database, tmp_path, unknown, unpaid) == [(2, reason)]
    [order] = rows(database, Order)
    assert (order.order_number, order.payment_status) == ("1002", "pending")
    assert rows(database, Payment) == []


MONEY = [
    # goods, shipping, taxes, total, names and values of taxes; tax of the goods, of the shipping
    ("90", "10", "8", "108", {}, 800, 0),
    ("100", "10", "20.90", "130.90", {"VAT 19%": "20.90"}, 1900, 190),
    ("119", "11.90", "20.90", "130.90", {"MwSt 19%": "20.90"}, 1900, 190),
    ("119", "11.90", "19", "130.90", {"MwSt 19%": "19.00"}, 1900, 0),
    ("100", "10", "6.25", "116.25", {"State Tax 6.25%": "6.25"}, 625, 0),
    ("100", "10", "19.80", "129.80", {"CGST 9%": "9.90", "SGST 9%": "9.90"}, 1800, 180),
    ("100", "10", "8.90", "118.90", {"VAT 7%": "7.00", "VAT 19%": "1.90"}, 700, 190),
]


@pytest.mark.parametrize(
    ("goods", "shipping", "taxes", "total", "named", "on_goods", "on_shipping"), MONEY
)
def test_the_tax_of_the_shipping_is_no_tax_of_the_goods(
    database: Database, tmp_path: Path, goods: str, shipping: str, taxes: str, total: str,
    named: dict[str, str], on_goods: int, on_shipping: int,
) -> None:  # fmt: skip
    cells = head(Subtotal=goods, Shipping=shipping, Taxes=taxes, Total=total, Lineitem_price=goods)
    for place, (name, value) in enumerate(named.items(), start=1):
        cells |= {f"Tax {place} Name": name, f"Tax {place} Value": value}
    assert take(database, tmp_path, cells) == []
    [order] = rows(database, Order)
    assert (order.item_total_tax, order.shipping_tax_amount) == (on_goods, on_shipping)
    assert order.grand_total == int(Decimal(total) * 100)
    assert (order.handling_charge_excluding_tax, order.promotion_discount_amount) == (0, 0)
    [sold] = rows(database, OrderLine)
    shipped = order.shipping_amount + order.shipping_tax_amount
    assert sold.line_total + shipped == order.grand_total


def test_a_line_that_is_not_taxable_bears_no_tax(database: Database, tmp_path: Path) -> None:
    cells = head(Subtotal="15.00", Taxes="1.00", Total="16.00")
    book = line(Lineitem_quantity="1", Lineitem_name="Book", Lineitem_sku="BOOK")
    book |= {"Lineitem price": "5.00", "Lineitem taxable": "false"}
    assert take(database, tmp_path, cells, book) == []
    assert {row.sku: row.tax_amount for row in rows(database, OrderLine)} == {"CUP": 100, "BOOK": 0}


def test_a_phone_of_the_bill_names_the_customer_too(database: Database, tmp_path: Path) -> None:
    cells = [
        head("#1", Email="", Billing_City="B", Billing_Country="DE", Billing_Phone="030 123456"),
        head("#2", Email="", Phone="'+4930123456", Billing_Phone="+49 30 999999"),
        head(
            "#3", Email="", Billing_City="Wien", Billing_Country="AT",
            Shipping_City="B", Shipping_Country="DE", Shipping_Phone="030 123456",
        ),
    ]  # fmt: skip
    assert take(database, tmp_path, *cells) == []
    [user] = rows(database, User)
    assert (user.country_code, user.phone) == ("+49", "30123456")
    assert Counter(row.customer_id for row in rows(database, Order)) == {user.customer_id: 3}
