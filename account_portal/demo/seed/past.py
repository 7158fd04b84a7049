"""Orders of the three years before: many, alike, and the same at every seeding."""

import random

from account_portal.demo.catalog import PRODUCTS, Kind
from account_portal.demo.seed.plan import (
    PAID_BY_CARD,
    PAID_BY_UPI,
    Attempt,
    GivenBack,
    Item,
    Parcel,
    Planned,
)
from account_portal.states import OrderStatus, RefundStatus, ShipmentStatus

_PAYMENTS = (
    PAID_BY_UPI,
    PAID_BY_UPI,
    PAID_BY_CARD,
    (Attempt(method="netbanking"),),
    (Attempt(method="wallet"),),
)
_COUPONS = (("FESTIVE20", 20), ("PANTRY10", 10), ("HELLO5", 5))
_REASONS = ("Ordered by mistake", "Delivery takes too long", "Found a better price")
OLDEST = 1_080
"""Days before the reference day of the first order."""


_THINGS = tuple(product for product in PRODUCTS if product.kind is not Kind.DIGITAL)


def _basket(chance: random.Random) -> tuple[Item, ...]:
    products = chance.sample(_THINGS, chance.choice((1, 1, 2, 2, 3, 4)))
    items = []
    for product in products:
        variant = chance.choice(product.variants)
        cheap = variant.selling_price < 600_00
        items.append(Item(variant.sku, chance.choice((1, 2, 3)) if cheap else 1))
    return tuple(items)


def _delivered(chance: random.Random, name: str, placed: float) -> Planned:
    arrived = placed - 2 - chance.randrange(0, 40) / 10
    return Planned(
        name,
        placed,
        _basket(chance),
        payments=chance.choice(_PAYMENTS),
        coupon=chance.choice(_COUPONS) if chance.randrange(5) == 0 else None,
        address=chance.choice(("home", "home", "home", "work", "parents")),
        parcels=(
            Parcel(
                ShipmentStatus.DELIVERED,
                arrived,
                round(placed - 5),
                courier=chance.randrange(3),
            ),
        ),
    )


def _cancelled(chance: random.Random, name: str, placed: float) -> Planned:
    at = placed - chance.randrange(1, 9) / 10
    return Planned(
        name,
        placed,
        _basket(chance),
        status=OrderStatus.CANCELLED,
        cancelled=at,
        cancellation_reason=chance.choice(_REASONS),
        refunds=(GivenBack(RefundStatus.SUCCESS, at, at - 3),),
    )


def past_orders(prefix: str, count: int, newest: float) -> tuple[Planned, ...]:
    """`count` orders, evenly enough spread from three years back to `newest` days ago."""
    chance = random.Random(f"northwind {prefix}")  # noqa: S311 - nothing secret
    gap = (OLDEST - newest) / count
    orders = []
    for number in range(count):
        placed = OLDEST - gap * number - chance.randrange(0, int(gap * 8)) / 10
        make = _cancelled if number % 11 == 7 else _delivered
        orders.append(make(chance, f"{prefix} {number + 1}", round(placed, 2)))
    return tuple(orders)


def subscription_orders(sku: str, count: int, newest: float) -> tuple[Planned, ...]:
    """One order a month that a subscription made."""
    return tuple(
        Planned(
            f"subscription {sku} {number + 1}",
            newest + 30 * (count - 1 - number),
            (Item(sku, 2, on_subscription=True),),
            payments=PAID_BY_CARD,
            billing="home",
            parcels=(
                Parcel(
                    ShipmentStatus.DELIVERED,
                    newest + 30 * (count - 1 - number) - 3.4,
                    newest + 30 * (count - 1 - number) - 4,
                ),
            ),
        )
        for number in range(count)
    )
