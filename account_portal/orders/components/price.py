"""What an order cost, line by line."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui


def not_asked_for(unpaid: Any, currency: Any) -> rx.Component:
    """What of goods that are cancelled or go back was still to be paid; nothing if it was paid."""
    return rx.cond(
        unpaid > 0, ui.text("You no longer have to pay ", ui.money(unpaid, currency), ".")
    )


def price_section(price: Any, order: Any, paid: Any) -> rx.Component:
    """Amounts that add up to the total.

    Args:
        price: its `PriceBreakdown`.
        order: its `OrderDetail`.
        paid: its `OrderPaymentStatus`.
    """
    has_other = (price.points > 0) | (price.credit > 0) | (price.cancelled > 0)
    left = price.to_pay + price.points + price.credit
    is_due = has_other & (order.status != "cancelled")
    coupon = rx.cond(order.coupon_code, "Coupon " + order.coupon_code, "Coupon")
    lines = [
        ui.PriceLine("Items", price.items_amount),
        ui.PriceLine("Savings", price.promotion, minus=True, optional=True),
        ui.PriceLine(coupon, price.coupon, minus=True, optional=True),
        ui.PriceLine("Tax", price.tax, optional=True),
        ui.PriceLine("Delivery", price.shipping, nothing="Free"),
        ui.PriceLine("Handling", price.handling, optional=True),
        ui.PriceLine("Other charges", price.surcharge, optional=True),
        ui.PriceLine("Other savings", price.reduction, minus=True, optional=True),
        ui.PriceLine("Total", price.total, total=True),
        ui.PriceLine("Cancelled items", price.cancelled, minus=True, optional=True),
        ui.PriceLine("Cancellation charge", price.cancel_charge, optional=True),
        ui.PriceLine("New total", rx.cond(price.cancelled > 0, left, 0), optional=True),
        ui.PriceLine("Paid with points", price.points, minus=True, optional=True),
        ui.PriceLine("Paid with store credit", price.credit, minus=True, optional=True),
        # Without these the total is what was paid, as the payments below say.
        ui.PriceLine("You paid", rx.cond(has_other, paid.amount_paid, 0), optional=True),
        ui.PriceLine("Still to pay", rx.cond(is_due, paid.amount_unpaid, 0), optional=True),
    ]
    taxes = rx.cond(
        (order.total_tax > 0) & (price.cancelled == 0),  # then the receipt says what is left
        ui.text(
            "Taxes in the total: ",
            ui.money(order.total_tax, order.currency.code),
            tone="muted",
            size="small",
        ),
    )
    return ui.section(
        "Price",
        ui.card(ui.stack(ui.price_breakdown(lines, order.currency.code), taxes)),
    )
