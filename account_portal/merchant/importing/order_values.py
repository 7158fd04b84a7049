"""What a record says of an order itself, as a row."""

from operator import attrgetter
from typing import Any

from account_portal.core.bulk import Row, Stored
from account_portal.core.money import POINT_SCALE, exponent, round_half_up
from account_portal.merchant.importing.amounts import OrderAmounts, minor
from account_portal.merchant.importing.records import OrderRecord
from account_portal.orders import rules

PLAIN = (
    "order_number",
    "order_date",
    "customer_email",
    "customer_phone",
    "customer_note",
    "customer_groups",
    "coupon_code",
    "applied_promotions",
    "applied_coupons",
    "shipping_provider_id",
    "courier_company_id",
    "on_subscription",
    "cancellation_reason",
    "feedback",
)
_plain_of = attrgetter(*PLAIN)


PLAIN_AND_EXTRA = frozenset({*PLAIN, "extra"})
BILL = frozenset(OrderRecord.model_fields) - {
    *PLAIN,
    "type",
    "customer_id",
    "external_id",
    "status",
    "payment_status",
    "payment_success_date",
    "collection",
    "metadata",
    "billing_address",
    "shipping_address",
    "cancelled_at",
    "delivered_at",
    "shipments",
    "payments",
    "refunds",
    "fulfilment",
    "created_at",
}
"""Fields that the amounts of an order are worked out from."""


def due_of(values: Stored) -> int:
    """What is to be paid in money for an order."""
    return rules.net_payable(
        values["grand_total"], values["loyalty_amount"], values["credit_balance_used"]
    )


def order_values(record: OrderRecord, amounts: OrderAmounts, currency: str) -> Row:
    """What an order record says of the order itself, amounts in minor units."""
    digits = exponent(currency)
    promotion = sum(line.promotion for line in amounts.lines)
    coupon = sum(line.coupon for line in amounts.lines)
    shipping_discount = minor(record.shipping_discount_amount, digits)
    item_tax = amounts.item_tax
    values: Row = dict(zip(PLAIN, _plain_of(record), strict=True))
    values.update(
        currency=currency,
        extra=record.metadata,
        promotion_discount_amount=promotion,
        coupon_discount_amount=coupon,
        promotion_savings=_or(record.promotion_savings, promotion, digits),
        coupon_savings=_or(record.coupon_savings, coupon, digits),
        other_savings=minor(record.other_savings, digits),
        subtotal=amounts.items - item_tax,
        item_total_tax=item_tax,
        shipping_estimated_cost=_or(
            record.shipping_estimated_cost, amounts.shipping + shipping_discount, digits
        ),
        shipping_discount_amount=shipping_discount,
        shipping_amount=amounts.shipping,
        shipping_tax_rate=round_half_up(record.shipping_tax_rate * 100),
        shipping_tax_amount=amounts.shipping_tax,
        handling_charge_excluding_tax=amounts.handling,
        handling_charge_tax_amount=amounts.handling_tax,
        grand_total=amounts.grand_total,
        loyalty_point_earned=round_half_up(record.loyalty_point_earned * POINT_SCALE),
        loyalty_point_redeemed=round_half_up(record.loyalty_point_redeemed * POINT_SCALE),
        loyalty_amount=minor(record.loyalty_amount, digits),
        credit_balance_used=minor(record.credit_balance_used, digits),
    )
    return values


def _or(given: Any, otherwise: int, digits: int) -> int:
    return otherwise if given is None else minor(given, digits)
