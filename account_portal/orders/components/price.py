"""What an order cost, line by line."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui


def not_asked_for(unpaid: Any, currency: Any) -> rx.Component:
    """What of goods that are cancelled or go back was still to be paid; nothing if it was paid."""
    return rx.cond(
        unpaid > 0, ui.text("You no longer have to pay ", ui.money(unpaid, currency), ".")
    )


def comes_back(quote: Any, goods: Any, kept: ui.PriceLine, *others: ui.PriceLine) -> rx.Component:
    """What goods cost and what of it comes back, line by line as the preview says it.

    Args:
        quote: a `RefundPreview`.
        goods: what they are called.
        kept: what the store keeps by its policy.
        others: what else does not come back.
    """
    back = quote.money + quote.credit
    return ui.stack(
        ui.price_breakdown(
            [
                ui.PriceLine(goods, quote.goods),
                *others,
                ui.PriceLine("Delivery and charges", quote.delivery, optional=True),
                kept,
                ui.PriceLine("Refunded before", quote.less, minus=True, optional=True),
                ui.PriceLine(
                    "Comes back as points", quote.points_amount, minus=True, optional=True
                ),
                ui.PriceLine("Not paid yet", quote.unpaid, minus=True, optional=True),
                ui.PriceLine("You get back", back, total=True),
                # Where all of it takes one way, it is said elsewhere.
                ui.PriceLine(
                    "The way you paid", rx.cond(quote.credit > 0, quote.money, 0), optional=True
                ),
                ui.PriceLine("As store credit", quote.credit, optional=True),
            ],
            quote.currency,
        ),
        rx.cond(quote.less_reason, why_no_more(quote)),
        not_asked_for(quote.unpaid, quote.currency),
    )


def why_no_more(quote: Any) -> rx.Component:
    """Where what goes back cost more than comes back for it."""
    back = quote.money + quote.credit + quote.points + quote.unpaid
    all_of_it = "What was paid for this order was refunded before: nothing is left to refund."
    return ui.text(
        rx.match(
            quote.less_reason,
            ("nothing_paid", "Nothing was paid for these items, so nothing is refunded."),
            (
                "refunded_before",
                rx.cond(
                    back == 0, all_of_it, "The rest of what these items cost was refunded before."
                ),
            ),
            "",
        ),
        tone="muted",
    )


def price_section(price: Any, order: Any, paid: Any, *, is_digital: Any) -> rx.Component:
    """Amounts that add up to the total.

    Args:
        price: its `PriceBreakdown`.
        order: its `OrderDetail`.
        paid: its `OrderPaymentStatus`.
        is_digital: whether nothing of it is sent.
    """
    free = rx.cond(is_digital, "By download", "Free")
    has_other = (price.points > 0) | (price.credit > 0) | (price.cancelled > 0)
    left = price.to_pay + price.points + price.credit
    is_due = has_other & (order.status != "cancelled")
    coupon = rx.cond(order.coupon_code, "Coupon " + order.coupon_code, "Coupon")
    lines = [
        ui.PriceLine("Items", price.items_amount),
        ui.PriceLine("Savings", price.promotion, minus=True, optional=True),
        ui.PriceLine(coupon, price.coupon, minus=True, optional=True),
        ui.PriceLine("Tax", price.tax, optional=True),
        ui.PriceLine("Delivery", price.shipping, nothing=free),
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
        ui.PriceLine(
            "You paid",
            rx.cond(price.refunded > 0, price.received, rx.cond(has_other, paid.amount_paid, 0)),
            optional=True,
        ),
        ui.PriceLine("Refunded", price.refunded, minus=True, optional=True),
        ui.PriceLine(
            "Paid after refunds", price.received - price.refunded, only_if=price.refunded > 0
        ),
        ui.PriceLine("Still to pay", rx.cond(is_due, paid.amount_unpaid, 0), optional=True),
    ]
    taxes = rx.cond(
        order.total_tax > 0,
        ui.text(
            # What is left of them once items are cancelled, the receipt says.
            rx.cond(
                price.cancelled > 0,
                "Taxes in the total before items were cancelled: ",
                "Taxes in the total: ",
            ),
            ui.money(order.total_tax, order.currency.code),
            tone="muted",
            size="small",
        ),
    )
    return ui.section(
        "Price",
        ui.card(ui.stack(ui.price_breakdown(lines, order.currency.code), taxes)),
    )
