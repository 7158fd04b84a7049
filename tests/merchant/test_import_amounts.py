"""Whatever a shop leaves out of a bill, its parts add up to its total."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from account_portal.core.money import exponent
from account_portal.merchant.importing.amounts import add_up, minor
from account_portal.merchant.importing.records import OrderRecord

amounts = st.decimals(0, 100_000, places=4, allow_nan=False, allow_infinity=False)
optional = st.none() | amounts


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    quantity = draw(st.integers(1, 50))
    return {
        "sku": draw(st.sampled_from("ABC")),
        "quantity": quantity,
        "free_quantity": draw(st.integers(0, quantity)),
        "selling_price": draw(amounts),
        "price_including_tax": draw(st.booleans()),
        "promotion_discount_amount": draw(amounts),
        "coupon_discount_amount": draw(amounts),
        "tax_rate": draw(st.sampled_from([0, "5", "18", "7.75"])),
        "tax_amount": draw(optional),
        "line_total": draw(optional),
    }


orders = st.fixed_dictionaries(
    {
        "lines": st.lists(lines(), min_size=1, max_size=6),
        "currency": st.sampled_from(["INR", "USD", "JPY", "KWD"]),
    },
    optional={
        "discount_amount": amounts,
        "coupon_code": st.just("TEN"),
        "shipping_amount": amounts,
        "shipping_tax_amount": amounts,
        "handling_charge_excluding_tax": amounts,
        "handling_charge_tax_amount": amounts,
        "item_total_tax": amounts,
        "grand_total": amounts,
    },
)


def record(values: dict[str, Any]) -> OrderRecord:
    return OrderRecord.model_validate(
        {"order_number": "A-1", "order_date": "2024-01-01", "customer_email": "a@b.c", **values}
    )


@given(orders)
def test_the_parts_add_up_and_are_never_negative(values: dict[str, Any]) -> None:
    order = record(values)
    found = add_up(order, values["currency"])
    parts = [found.shipping, found.shipping_tax, found.handling, found.handling_tax]
    for line in found.lines:
        assert 0 <= line.tax <= line.total
        assert line.promotion >= 0
        assert line.coupon >= 0
    assert min(parts) >= 0
    assert found.grand_total == sum(line.total for line in found.lines) + sum(parts)
    if order.grand_total is not None:
        assert found.grand_total == minor(order.grand_total, exponent(values["currency"]))


@given(orders)
def test_the_same_record_always_gives_the_same(values: dict[str, Any]) -> None:
    assert add_up(record(values), "INR") == add_up(record(values), "INR")


@given(amounts, st.sampled_from(["INR", "JPY", "KWD"]))
def test_amounts_are_rounded_half_up(amount: Decimal, currency: str) -> None:
    digits = exponent(currency)
    step = Decimal(1).scaleb(-digits)
    assert Decimal(minor(amount, digits)).scaleb(-digits) == amount.quantize(step, ROUND_HALF_UP)


@given(st.lists(lines(), min_size=1, max_size=6), st.integers(0, 10**7))
def test_a_discount_of_the_whole_order_is_split_to_the_last_unit(
    found: list[dict[str, Any]], discount: int
) -> None:
    without = add_up(record({"lines": found}), "INR")
    amount = Decimal(min(discount, without.items)).scaleb(-2)
    with_it = add_up(record({"lines": found, "discount_amount": amount}), "INR")
    assert without.items - with_it.items == minor(amount, 2)


def test_numbers_and_texts_mean_the_same() -> None:
    prices = [add_up(record({"lines": [{"sku": "A", "selling_price": price}]}), "INR").items
              for price in ("10.005", Decimal("10.005"), 10.005)]  # fmt: skip
    assert prices == [1001, 1001, 1001]


def test_a_tax_of_the_order_goes_to_its_lines() -> None:
    two = [{"sku": "A", "selling_price": 100}, {"sku": "B", "selling_price": 50}]
    included = add_up(record({"lines": two, "item_total_tax": 15}), "INR")
    assert ([line.tax for line in included.lines], included.grand_total) == ([1000, 500], 15000)
    on_top = [{**line, "price_including_tax": False} for line in two]
    added = add_up(record({"lines": on_top, "item_total_tax": 15}), "INR")
    assert ([line.total for line in added.lines], added.grand_total) == ([11000, 5500], 16500)
