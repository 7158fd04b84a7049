"""What an imported order comes to, in minor units, so that its parts add up to its total.

Shops leave out parts of a bill: the tax of a line, a discount of the whole order, a fee. What is
given is kept; what is missing is worked out; what is left over between the parts and the total
becomes a handling charge (when the total is higher) or a discount (when it is lower).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from account_portal.core import money
from account_portal.merchant.importing.records import LineRecord, OrderRecord


@dataclass(slots=True)
class LineAmounts:
    """One line; `tax` is part of `total`."""

    selling_price: int
    listing_price: int
    promotion: int
    coupon: int
    tax: int
    total: int


@dataclass(slots=True)
class OrderAmounts:
    """The whole order: items, shipping and handling, with their taxes, are its total."""

    lines: list[LineAmounts]
    shipping: int
    shipping_tax: int
    handling: int
    handling_tax: int

    @property
    def items(self) -> int:
        """What the lines cost, tax included."""
        return sum(line.total for line in self.lines)

    @property
    def item_tax(self) -> int:
        """The tax inside the lines."""
        return sum(line.tax for line in self.lines)

    @property
    def grand_total(self) -> int:
        """What the customer owed."""
        return self.items + self.shipping + self.shipping_tax + self.handling + self.handling_tax

    @property
    def largest(self) -> int:
        """The largest of all amounts, those in lines and the sum of each of them included."""
        lines = self.lines
        largest = max(max(line.selling_price, line.listing_price, line.tax) for line in lines)
        promotion = sum(line.promotion for line in lines)
        coupon = sum(line.coupon for line in lines)
        return max(largest, promotion, coupon, self.grand_total)


def minor(amount: Decimal, exponent: int) -> int:
    """Minor units of an amount, rounded half up."""
    return int(amount.scaleb(exponent).to_integral_value(ROUND_HALF_UP)) if amount else 0


def add_up(order: OrderRecord, currency: str) -> OrderAmounts:
    """The amounts of an order."""
    exponent = money.exponent(currency)
    amounts = OrderAmounts(
        lines=[_line(line, exponent) for line in order.lines],
        shipping=minor(order.shipping_amount, exponent),
        shipping_tax=_shipping_tax(order, exponent),
        handling=minor(order.handling_charge_excluding_tax, exponent),
        handling_tax=minor(order.handling_charge_tax_amount, exponent),
    )
    if order.discount_amount:
        discount = minor(order.discount_amount, exponent)
        _take_off(amounts.lines, discount, as_coupon=order.coupon_code is not None)
    _spread_tax(order, amounts.lines, exponent)
    if order.grand_total is not None:
        _meet(amounts, minor(order.grand_total, exponent))
    return amounts


def _line(line: LineRecord, exponent: int) -> LineAmounts:
    price = minor(line.selling_price, exponent)
    gross = minor(line.selling_price * (line.quantity - line.free_quantity), exponent)
    promotion = minor(line.promotion_discount_amount, exponent)
    coupon = minor(line.coupon_discount_amount, exponent)
    net = max(0, gross - promotion - coupon)
    tax = (
        minor(line.tax_amount, exponent)
        if line.tax_amount is not None
        else _tax(net, line.tax_rate, included=line.price_including_tax)
    )
    total = net if line.price_including_tax else net + tax
    if line.line_total is not None:
        total = minor(line.line_total, exponent)
        if not promotion and not coupon and line.price_including_tax:
            promotion = max(0, gross - total)
    return LineAmounts(
        selling_price=price,
        listing_price=price if line.listing_price is None else minor(line.listing_price, exponent),
        promotion=promotion,
        coupon=coupon,
        tax=min(tax, total),
        total=total,
    )


def _shipping_tax(order: OrderRecord, exponent: int) -> int:
    if order.shipping_tax_amount is not None:
        return minor(order.shipping_tax_amount, exponent)
    shipping = minor(order.shipping_amount, exponent)
    return _tax(shipping, order.shipping_tax_rate, included=False)


def _tax(net: int, rate: Decimal, *, included: bool) -> int:
    if not rate or not net:
        return 0
    if included:
        return net - money.round_half_up(net * 100 / (100 + rate))
    return money.round_half_up(net * rate / 100)


def _take_off(lines: Sequence[LineAmounts], discount: int, *, as_coupon: bool) -> int:
    """Split a discount over the lines by what they cost; what they could not bear."""
    totals = [line.total for line in lines]
    borne = min(discount, sum(totals))
    for line, part in zip(lines, money.split(borne, totals), strict=True):
        if not part:
            continue
        line.tax -= line.tax * part // line.total
        line.total -= part
        if as_coupon:
            line.coupon += part
        else:
            line.promotion += part
    return discount - borne


def _spread_tax(order: OrderRecord, lines: Sequence[LineAmounts], exponent: int) -> None:
    """Split the tax of the whole order over lines that know none of their own."""
    if order.item_total_tax is None or any(line.tax for line in lines):
        return
    tax = minor(order.item_total_tax, exponent)
    included = all(line.price_including_tax for line in order.lines)
    if included:
        tax = min(tax, sum(line.total for line in lines))
    # A line that says its tax is nothing bears none, as long as another can.
    bearing = [
        0 if record.tax_amount == 0 else line.total
        for record, line in zip(order.lines, lines, strict=True)
    ]
    weights = bearing if any(bearing) else [line.total for line in lines]
    for line, part in zip(lines, money.split(tax, weights), strict=True):
        line.tax = part
        if not included:
            line.total += part


def _meet(amounts: OrderAmounts, grand_total: int) -> None:
    """Make the parts add up to the total that was charged."""
    difference = grand_total - amounts.grand_total
    if difference > 0:
        amounts.handling += difference
    elif difference < 0:
        left = _take_off(amounts.lines, -difference, as_coupon=False)
        for name in ("handling", "handling_tax", "shipping", "shipping_tax"):
            taken = min(left, getattr(amounts, name))
            setattr(amounts, name, getattr(amounts, name) - taken)
            left -= taken
