"""Digits of currencies, and amounts that come back as they went in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from account_portal.core import money
from account_portal.core.currencies import DIGITS
from account_portal.core.settings import Settings
from account_portal.models import LoyaltyAccount, Order, OrderLine, Payment, Refund
from tests.factories.records import bring_in, order, rows, write


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        ("RSD", 2),
        ("IQD", 3),
        ("ISK", 0),
        ("KWD", 3),
        ("JPY", 0),
        ("HUF", 2),
        ("CLF", 4),
        ("XCG", 2),
    ],
)
def test_digits_are_those_of_iso_4217(code: str, digits: int) -> None:
    assert money.exponent(code) == digits


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "DEM", "ZZZ", "inr", ""])
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
