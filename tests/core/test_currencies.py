"""Digits of currencies, and amounts that come back as they went in."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.context import Actor, Caller, enter
from account_portal.core import money
from account_portal.core.currencies import DIGITS
from account_portal.core.db import Database
from account_portal.core.settings import Settings
from account_portal.models import (
    LoyaltyAccount,
    Order,
    OrderLine,
    Payment,
    Product,
    Purchase,
    Refund,
    User,
)
from account_portal.reviews.service.reading import list_ready_for_review
from tests.factories.records import bring_in, order, rows, write

ISO_4217 = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AFN ALL CAD CHF COP CRC CZK DKK GYD HUF IDR IRR KPW LAK LBP MGA MMK MNT "
    "MRU MUR NOK PKR RSD SEK SLE SOS STN SYP TMT TWD TZS UZS VED XCG YER ZWG ZWL",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
"""Digits, and some currencies that have them: those CLDR has otherwise, and others."""
NO_MONEY = ["XXX", "XTS", "XAU", "DEM", "ZZZ"]


@pytest.mark.parametrize(
    ("code", "digits"), [(code, digits) for digits in ISO_4217 for code in ISO_4217[digits].split()]
)
def test_digits_are_those_of_iso_4217(code: str, digits: int) -> None:
    assert money.exponent(code) == digits


@pytest.mark.parametrize("code", NO_MONEY)
def test_what_is_no_money_refuses_the_record(database: Database, tmp_path: Path, code: str) -> None:
    product = {"type": "product", "product_id": "P", "name": "Tea", "selling_price": 1}
    records = order(currency=code), {**product, "currency": code}, order("A-2")
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", *records))
    reason = "currency: is no currency in circulation (ISO 4217), such as INR or EUR"
    assert faults == [(1, reason), (2, reason)]
    assert [row.order_number for row in rows(database, Order)] == ["A-2"]


@pytest.mark.parametrize("code", [*NO_MONEY, "inr", ""])
def test_what_is_no_money_stops_the_start(code: str) -> None:
    assert not money.is_currency(code)
    with pytest.raises(ValueError, match="currency"):
        Settings(currency=code)


@given(st.sampled_from(sorted(DIGITS)), st.integers(0, 10**15))
def test_amounts_come_back_as_they_went_in(code: str, minor: int) -> None:
    assert money.to_minor(money.to_major(minor, code), code) == minor


@pytest.mark.parametrize(
    ("currency", "price", "minor"),
    [
        ("INR", 30_000_000, 3_000_000_000),
        ("VND", 2_500_000_000, 2_500_000_000),
        ("KWD", 10**12, 10**15),
        ("RSD", "12.345", 1235),
    ],
)
def test_large_amounts_fit(database, tmp_path, currency, price, minor) -> None:  # type: ignore[no-untyped-def]
    record = order(
        currency=currency,
        shipping_amount=0,
        lines=[{"sku": "S", "selling_price": price, "quantity": 1}],
        payments=[{"request_number": "P", "amount": price}],
    )
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", record))
    assert faults == []
    assert [row.grand_total for row in rows(database, Order)] == [minor]
    assert [row.line_total for row in rows(database, OrderLine)] == [minor]
    assert [row.amount for row in rows(database, Payment)] == [minor]
    assert Decimal(minor).scaleb(-DIGITS[currency]) == money.to_major(minor, currency)
    assert rows(database, Refund) == rows(database, LoyaltyAccount) == []


@pytest.mark.parametrize(
    ("sold", "currency", "price"),
    [
        ([("KWD", "2.5")], "KWD", 2500),
        ([("INR", "300"), ("KWD", "2.5")], "INR", 30000),
        ([("KWD", "2.5"), ("INR", "300"), ("EUR", "4")], "INR", 30000),
        ([("EUR", "4"), ("JPY", "500")], "JPY", 500),
        ([(None, "300"), ("JPY", "500")], "INR", 30000),
    ],
)
def test_a_product_that_only_orders_name_has_one_of_their_prices_in_its_currency(
    database: Database, tmp_path: Path, sold: list[Any], currency: str, price: int
) -> None:
    """The store's currency if an order was in it, else that of the last order."""
    records = [
        order(f"A-{place:03}", currency=code, lines=[{"sku": "TEA", "selling_price": amount}])
        for place, (code, amount) in enumerate(sold)
    ]
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", *records))
    assert faults == []
    [product] = rows(database, Product)
    assert (product.currency, product.selling_price) == (currency, price)


def test_what_waits_for_a_review_has_the_price_it_was_bought_at(
    database: Database, tmp_path: Path
) -> None:
    record = order(
        currency="KWD",
        lines=[{"sku": "TEA", "selling_price": "2.5"}],
        status="delivered",
        delivered_at="2024-03-05",
    )
    bring_in(database, write(tmp_path / "1.ndjson", record))
    [purchase] = rows(database, Purchase)
    assert (purchase.currency, purchase.selling_price) == ("KWD", 2500)
    owner = rows(database, User)[0]
    actor = Actor(kind="customer", user_id=owner.id, customer_id=owner.customer_id)
    with enter(Caller(), writes=False, actor=actor, database=database) as ctx:
        [waiting] = list_ready_for_review(ctx)
    assert waiting.selling_price == Decimal("2.5")


@pytest.mark.parametrize(
    ("currency", "price"), [("INR", 30_000_000), ("VND", 2_500_000_000), ("KWD", 10**12)]
)
def test_large_amounts_are_read_back_through_the_api(
    api: Any, database: Database, owner: User, tmp_path: Path, currency: str, price: int
) -> None:
    record = order(
        customer_email=owner.email,
        currency=currency,
        shipping_amount=0,
        lines=[{"sku": "S", "selling_price": price}],
        payments=[{"request_number": "P", "amount": price}],
    )
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", record))
    assert faults == []
    [listed] = api.get(f"/orders?user_id={owner.id}", user=owner).json()["content"]["orders"]
    detail = api.get("/orders/A-1001", user=owner).json()["content"]["order"]
    assert listed["grand_total"] == detail["grand_total"] == price
    assert detail["payments"][0]["amount"] == price


@pytest.mark.parametrize("quantity", [10_000, 1_000_000])
def test_an_order_beyond_64_bits_is_refused_alone(
    database: Database, tmp_path: Path, quantity: int
) -> None:
    line = {"sku": "S", "selling_price": 10**12, "quantity": quantity}
    small = order("A-2")
    huge = order(currency="KWD", lines=[line])
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", huge, small))
    assert [number for number, _ in faults] == [1]
    assert [row.order_number for row in rows(database, Order)] == ["A-2"]
