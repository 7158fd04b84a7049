"""What an order cost, and what was paid and refunded."""

from typing import Any

import reflex as rx

from account_portal.orders.components import masked, refund_row
from account_portal.orders.state import OrderDetailState as State
from account_portal.ui import components as ui


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
        rx.cond(means, ui.text(means, tone="muted", size="small")),
        # A line of its own: it is longer until the reader's zone is known, and nothing may move.
        rx.cond(moment, ui.text(ui.date(moment, "datetime"), tone="muted", size="small")),
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
