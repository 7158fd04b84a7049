"""What an order cost, and what was paid and refunded."""

from typing import Any

import reflex as rx

from account_portal.orders.components import masked, refund_row
from account_portal.orders.state import OrderDetailState as State
from account_portal.ui import components as ui


def price_section(page: Any) -> rx.Component:
    """Amounts that add up to the total."""
    price, order, paid = page.price, page.order, page.payment
    has_other = (price.points > 0) | (price.credit > 0) | (price.cancelled > 0)
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
        ui.PriceLine("Paid with points", price.points, minus=True, optional=True),
        ui.PriceLine("Paid with store credit", price.credit, minus=True, optional=True),
        ui.PriceLine("To be paid", rx.cond(price.cancelled > 0, price.to_pay, 0), optional=True),
        # Without these the total is what was paid, as the payments below say.
        ui.PriceLine("You paid", rx.cond(has_other, paid.amount_paid, 0), optional=True),
        ui.PriceLine("Still to pay", rx.cond(is_due, paid.amount_unpaid, 0), optional=True),
    ]
    taxes = rx.cond(
        order.total_tax > 0,
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


def _payment(payment: Any, moment: Any, currency: Any) -> rx.Component:
    method = rx.cond(payment.payment_method, payment.payment_method, "Payment")
    means = rx.cond(
        payment.card_number,
        masked(payment.card_number),
        rx.cond(
            payment.upi_id,
            payment.upi_id,
            rx.cond(payment.bank_name, payment.bank_name + " ", "").to(str)
            + masked(payment.bank_account_number),
        ),
    )
    return ui.stack(
        ui.row(
            ui.text(method),
            ui.money(payment.amount, currency),
            justify="between",
        ),
        ui.row(
            ui.text(means, tone="muted", size="small"),
            ui.text(ui.date(moment, "datetime"), tone="muted", size="small"),
            justify="between",
        ),
        ui.status_badge("payment", payment.payment_status),
        gap="tight",
    )


def payments_section(page: Any) -> rx.Component:
    """Payments, failed ones too, and refunds."""
    order = page.order

    def download(kind: str, words: str) -> rx.Component:
        return rx.cond(
            page.bills.contains(kind),
            ui.button(
                words,
                variant="quiet",
                size="small",
                icon_name="file-text",
                on_click=State.download(kind),
                busy=State.busy == "download",
            ),
        )

    has_rows = (order.payments.length() > 0) | (page.refunds.length() > 0)
    rows = ui.rows(
        rx.foreach(
            order.payments,
            lambda one: _payment(
                one, page.payment_moments[one.request_number], order.currency.code
            ),
        ),
        rx.foreach(
            page.refunds,
            lambda one: refund_row(one, order.currency.code, page.store_email, of_order=True),
        ),
    )
    files = ui.row(download("receipt", "Receipt (PDF)"), download("invoice", "Invoice (PDF)"))
    return rx.cond(
        has_rows | (page.bills.length() > 0),
        ui.section(
            "Payments",
            ui.stack(rx.cond(has_rows, rows), ui.screen_only(files), gap="small"),
        ),
    )
