"""What is on the bill of a planned order: prices, lines, discounts, points."""

from typing import Any

from account_portal.core.money import POINT_SCALE
from account_portal.demo.catalog import find_sku
from account_portal.demo.catalog.product import Kind
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.plan import Planned
from account_portal.demo.seed.pricing import OrderPrice, Priced, included_tax, price_order
from account_portal.models import OrderLine
from account_portal.states import OrderStatus

_SHIPPING = 80_00
_FREE_SHIPPING_FROM = 1_500_00
_CASH_FEE = 50_00
POINTS_PER_RUPEE = 2
"""Hundredths of a point that one rupee of goods earns."""


def price_of(planned: Planned) -> OrderPrice:
    """What a planned order costs; from 1,500.00 on, shipping is free."""
    lines = []
    digital = True
    for item in planned.items:
        product, variant = find_sku(item.sku)
        digital = digital and variant.weight_grams == 0
        lines.append(Priced(variant.selling_price, item.quantity, product.tax_rate, item.free))
    goods = sum(line.gross for line in lines)
    shipping = 0 if digital or not goods else _SHIPPING
    return price_order(
        lines,
        promotion_percent=planned.promotion[1] if planned.promotion else 0,
        coupon_percent=planned.coupon[1] if planned.coupon else 0,
        shipping=shipping,
        shipping_discount=shipping if goods >= _FREE_SHIPPING_FROM else 0,
        handling=_CASH_FEE if planned.cash_on_delivery else 0,
    )


def line_rows(order_id: str, planned: Planned, price: OrderPrice) -> list[OrderLine]:
    """The lines of an order, as they were sold."""
    lines = []
    for position, (item, cost) in enumerate(zip(planned.items, price.lines, strict=True)):
        product, variant = find_sku(item.sku)
        paid = item.quantity - item.free
        lines.append(
            OrderLine(
                id=seeded_id("line", f"{order_id} {item.sku}"),
                order_id=order_id,
                position=position,
                product_id=product.product_id,
                product_name=product.name,
                product_image_url=variant.image_url,
                product_type=product.kind,
                category=product.category,
                sku=variant.sku,
                slug=product.product_id,
                download_url=(
                    f"https://files.example.com/{product.product_id}"
                    if product.kind is Kind.DIGITAL
                    else None
                ),
                variant_id=variant.variant_id,
                variant_name=variant.name,
                on_offer=variant.on_offer,
                on_promotion=bool(cost.promotion or item.free),
                on_subscription=item.on_subscription,
                subscription_plan="Every month" if item.on_subscription else None,
                subscription_interval=1 if item.on_subscription else None,
                subscription_frequency="month" if item.on_subscription else None,
                quantity=item.quantity,
                free_quantity=item.free,
                is_free_item=paid == 0,
                selling_price=variant.selling_price,
                listing_price=variant.listing_price,
                selling_price_excluding_tax=variant.selling_price
                - included_tax(variant.selling_price, product.tax_rate),
                promotion_discount_amount=cost.promotion,
                coupon_discount_amount=cost.coupon,
                tax_type=product.tax_type,
                tax_rate=product.tax_rate * 100,
                tax_amount=cost.tax,
                line_total=cost.total,
                associated_options=dict(variant.options) or None,
            )
        )
    return lines


def free_value(planned: Planned) -> int:
    """What the free units would have cost."""
    return sum(find_sku(item.sku)[1].selling_price * item.free for item in planned.items)


def offer_savings(planned: Planned) -> int:
    """What was saved because things were on offer."""
    saved = 0
    for item in planned.items:
        variant = find_sku(item.sku)[1]
        saved += (variant.listing_price - variant.selling_price) * (item.quantity - item.free)
    return saved


def points_earned(planned: Planned, price: OrderPrice) -> int:
    """Hundredths of a point, whole points only."""
    if planned.status in {OrderStatus.CANCELLED, OrderStatus.DRAFT}:
        return 0
    whole_points = (price.subtotal + price.item_tax) * POINTS_PER_RUPEE // 100 // POINT_SCALE
    return whole_points * POINT_SCALE


def applied_promotions(planned: Planned, price: OrderPrice) -> list[dict[str, Any]]:
    """Promotions in the contract's shape."""
    applied: list[dict[str, Any]] = []
    if planned.promotion:
        applied.append(
            {
                "promotion_id": planned.promotion[0].lower().replace(" ", "-"),
                "promotion_type": "discount",
                "savings": price.promotion / 100,
                "applied_sequence": 1,
                "scope": "order",
            }
        )
    for item in planned.items:
        if 0 < item.free < item.quantity:
            product, variant = find_sku(item.sku)
            applied.append(
                {
                    "promotion_id": "three-for-two",
                    "promotion_type": "free-goods",
                    "savings": variant.selling_price * item.free / 100,
                    "product_id": product.product_id,
                    "product_name": product.name,
                    "variant_id": variant.variant_id,
                    "variant_name": variant.name,
                    "applied_sequence": 2,
                    "scope": "product",
                }
            )
    return applied


def applied_coupons(planned: Planned, price: OrderPrice) -> list[dict[str, Any]]:
    """Coupons in the contract's shape."""
    if not planned.coupon:
        return []
    return [
        {
            "coupon_id": planned.coupon[0].lower(),
            "coupon_type": "discount",
            "savings": price.coupon / 100,
        }
    ]
