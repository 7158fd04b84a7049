"""What an order of the demo shop costs. Prices include GST; amounts are minor units.

Whatever is put in, the parts on the bill add up to its total:
subtotal + item tax + shipping and its tax + handling and its tax = grand total, and the lines'
totals add up to subtotal + item tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from account_portal.core.money import round_half_up, split

SERVICE_TAX_RATE = 18
"""GST on shipping and handling, per cent."""


@dataclass(frozen=True, slots=True)
class Priced:
    """One line to be paid: `free` of the `quantity` units cost nothing."""

    unit_price: int
    quantity: int
    tax_rate: int
    free: int = 0

    @property
    def gross(self) -> int:
        """What the paid units cost before discounts."""
        return self.unit_price * (self.quantity - self.free)


@dataclass(frozen=True, slots=True)
class LinePrice:
    """What one line comes to; `tax` is part of `total`."""

    promotion: int
    coupon: int
    total: int
    tax: int


@dataclass(frozen=True, slots=True)
class OrderPrice:
    """What a whole order comes to."""

    lines: tuple[LinePrice, ...]
    promotion: int
    coupon: int
    subtotal: int
    item_tax: int
    shipping_estimated: int
    shipping_discount: int
    shipping: int
    shipping_tax: int
    handling: int
    handling_tax: int

    @property
    def grand_total(self) -> int:
        """What the customer owes, before points and credit."""
        return (
            self.subtotal
            + self.item_tax
            + self.shipping
            + self.shipping_tax
            + self.handling
            + self.handling_tax
        )


def included_tax(total: int, rate: int) -> int:
    """The tax inside an amount that includes it; `rate` is in per cent."""
    return total - round_half_up(Decimal(total * 100) / (100 + rate))


def added_tax(net: int, rate: int) -> int:
    """The tax on top of an amount; `rate` is in per cent."""
    return round_half_up(Decimal(net * rate) / 100)


def price_order(
    lines: Sequence[Priced],
    *,
    promotion_percent: int = 0,
    coupon_percent: int = 0,
    shipping: int = 0,
    shipping_discount: int = 0,
    handling: int = 0,
) -> OrderPrice:
    """Work out an order: the promotion first, then the coupon on what is left.

    Discounts of the whole order are split over its lines by what they cost, to the minor unit.
    `shipping`, `shipping_discount` and `handling` are before tax.
    """
    gross = [line.gross for line in lines]
    promotion = round_half_up(Decimal(sum(gross) * promotion_percent) / 100)
    promotions = split(promotion, gross)
    left = [cost - off for cost, off in zip(gross, promotions, strict=True)]
    coupon = round_half_up(Decimal(sum(left) * coupon_percent) / 100)
    coupons = split(coupon, left)
    priced = []
    for line, cost, first, second in zip(lines, left, promotions, coupons, strict=True):
        total = cost - second
        priced.append(LinePrice(first, second, total, included_tax(total, line.tax_rate)))
    tax = sum(line.tax for line in priced)
    charged = shipping - shipping_discount
    return OrderPrice(
        lines=tuple(priced),
        promotion=promotion,
        coupon=coupon,
        subtotal=sum(line.total for line in priced) - tax,
        item_tax=tax,
        shipping_estimated=shipping,
        shipping_discount=shipping_discount,
        shipping=charged,
        shipping_tax=added_tax(charged, SERVICE_TAX_RATE),
        handling=handling,
        handling_tax=added_tax(handling, SERVICE_TAX_RATE),
    )
