"""The money of Shopify's orders: what was paid, what went back, and the tax of the shipping."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from account_portal.core import money
from account_portal.merchant.importing.cells import CellError, Row

AUTHORIZED = "authorized"
"""A reserved amount: nothing is missing, and nothing was paid yet."""

_STATES = {
    "": "pending",
    "pending": "pending",
    "unpaid": "pending",
    AUTHORIZED: "pending",
    "paid": "success",
    "partially_paid": "success",
    "refunded": "success",
    "partially_refunded": "success",
    "voided": "failed",
    "expired": "failed",
}
_RATE = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*%")
_TAXES = range(1, 6)
"""An export names up to five taxes of an order."""


def payments(head: Row, number: str) -> list[dict[str, Any]]:
    """The payment of an order. What was authorized, or is due at the door, is pending.

    Raises:
        CellError: nobody knows its state, or it is paid in part and the export does not say how
            much of it.
    """
    state, total = head.one_of("Financial Status", _STATES), head.amount("Total")
    if state == "partially_paid":
        paid = _paid_part(head, total)
    else:  # of an order that was made smaller, what is open is below 0: what was paid beyond it
        paid = total - min(Decimal(0), head.amount("Outstanding Balance"))
    status = _STATES[state]
    method = head.text("Payment Method")
    if not paid or (status == "pending" and not method and state != AUTHORIZED):
        return []
    placed = head.moment("Created at")
    return [
        {
            "request_number": f"{number}-payment",
            "amount": paid,
            "payment_status": status,
            "payment_date": head.moment("Paid at") if status == "success" else None,
            "payment_method": method,
            "payment_reference_number": head.text("Payment Reference") or head.text("Payment ID"),
            # What is due at the door is told by the method, as in every record.
            "collection": "authorized" if state == AUTHORIZED else None,
            "created_at": placed,
        }
    ]


def _paid_part(head: Row, total: Decimal) -> Decimal:
    """What arrived of an order that is paid in part."""
    if not head.text("Outstanding Balance"):
        raise CellError(
            "Outstanding Balance: is empty; an order that is partially_paid must say what is open"
        )
    return max(Decimal(0), total - head.amount("Outstanding Balance"))


def refunds(head: Row, number: str) -> list[dict[str, Any]]:
    """What went back. The export does not say when, and neither do we."""
    amount = head.amount("Refunded Amount")
    if not amount and head.word("Financial Status") == "refunded":
        amount = head.amount("Total")
    if not amount:
        return []
    return [
        {
            "request_number": f"{number}-refund",
            "refund_amount": amount,
            "status": "success",
            "payment_method": head.text("Payment Method"),
            "created_at": head.moment("Created at"),
        }
    ]


def is_tax_included(head: Row) -> bool:
    """Whether the total already holds the tax with the subtotal."""
    without = head.amount("Subtotal") + head.amount("Shipping") + head.amount("Duties")
    taxes, total = head.amount("Taxes"), head.amount("Total")
    return abs(total - without) < abs(total - without - taxes) or not taxes


def shipping_tax(head: Row, *, taxable: Decimal, included: bool) -> Decimal:
    """The part of `Taxes` that is the shipping's, where the rates tell that it bore some.

    Args:
        head: the first row of the order, with the taxes of the whole order.
        taxable: what the taxed goods cost after discounts.
        included: whether prices hold their tax.
    """
    taxes, shipping = head.amount("Taxes"), head.amount("Shipping")
    if taxes <= 0 or shipping <= 0:
        return Decimal(0)
    if taxable <= 0:
        return taxes
    rates = _rates(head)
    if not rates:
        return Decimal(0)
    currency = head.text("Currency").upper()
    digits = money.exponent(currency) if money.is_currency(currency) else 2
    unit = Decimal(1).scaleb(-digits)
    rounded = max(unit, Decimal("0.01"))
    own = _own_tax(rates, taxable, shipping, rounded, included=included)
    if own is None:
        if not _is_shipping_taxed(rates, taxes, taxable, shipping, rounded, included=included):
            return Decimal(0)
        own = taxes * shipping / (taxable + shipping)
    return own.quantize(unit, ROUND_HALF_UP)


def _rates(head: Row) -> list[tuple[Decimal, Decimal]]:
    """Rate and amount of each tax whose name tells its rate, as `DE MwSt 19%` does."""
    found = []
    for place in _TAXES:
        rate = _RATE.search(head.text(f"Tax {place} Name"))
        value = head.amount(f"Tax {place} Value")
        if rate and value > 0 and (part := Decimal(rate[1].replace(",", ".")) / 100):
            found.append((part, value))
    return found


def _base(rate: Decimal, value: Decimal, *, included: bool) -> Decimal:
    """What was taxed, at the price that stands in the export."""
    return value * (1 + rate) / rate if included else value / rate


def _own_tax(
    rates: Sequence[tuple[Decimal, Decimal]],
    taxable: Decimal,
    shipping: Decimal,
    unit: Decimal,
    *,
    included: bool,
) -> Decimal | None:
    """The tax that is the shipping's alone, if one of several is."""
    bases = [(_base(rate, value, included=included), rate, value) for rate, value in rates]
    whole = sum(base for base, _, _ in bases)
    for base, rate, value in bases:
        if (
            len(bases) > 1
            and abs(base - shipping) <= unit / rate
            and abs(whole - base - taxable) <= _slack(rates, unit)
        ):
            return value
    return None


def _is_shipping_taxed(
    rates: Sequence[tuple[Decimal, Decimal]],
    taxes: Decimal,
    taxable: Decimal,
    shipping: Decimal,
    unit: Decimal,
    *,
    included: bool,
) -> bool:
    """Whether the taxes fit goods and shipping better than goods alone.

    Several taxes are either on the same goods (state and county) or each on its own (7 % and 19 %).
    """
    together = _base(sum((rate for rate, _ in rates), Decimal(0)), taxes, included=included)
    apart = sum((_base(rate, value, included=included) for rate, value in rates), Decimal(0))
    slack = _slack(rates, unit)
    for base in (together, apart):
        with_shipping, without = abs(base - taxable - shipping), abs(base - taxable)
        if with_shipping <= slack and with_shipping < without:
            return True
        if without <= slack:
            return False
    return False


def _slack(rates: Sequence[tuple[Decimal, Decimal]], unit: Decimal) -> Decimal:
    """How far bases may be off: each tax was rounded to a smallest unit or two."""
    return sum((2 * unit / rate for rate, _ in rates), Decimal(0))
