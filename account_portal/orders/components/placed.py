"""The head of an order: how far it is, since when, and what of its money is missing."""

from typing import Any

import reflex as rx

from account_portal.states import OrderStatus, PaymentStatus
from account_portal.ui import components as ui


def is_unplaced(order: Any) -> Any:
    """Whether it was never paid, so that nothing of it is on its way."""
    return order.status == OrderStatus.DRAFT


def is_never_paid(order: Any, payment_status: Any) -> Any:
    """Whether its payment failed before it was placed: that says all there is to say of it."""
    return is_unplaced(order) & (payment_status == PaymentStatus.FAILED)


def state_of_order(order: Any, payment_status: Any, *, can_download: Any) -> rx.Component:
    """Badge of an order, or of its payment where that says more.

    Args:
        order: var of the order.
        payment_status: var of the state of its payment.
        can_download: whether it is one of files that are open: it was not delivered.
    """
    return rx.cond(
        can_download | is_never_paid(order, payment_status),
        ui.status_badge("payment", payment_status, plain=True),
        ui.status_badge("order", order.status, plain=True),
    )


def ordered_on(order: Any, *more: Any) -> rx.Component:
    """The day it was ordered or, if it was never paid, started, and `more` after it."""
    return ui.text(
        rx.cond(is_unplaced(order), "Started ", "Ordered "),
        ui.date(order.order_date),
        *more,
        tone="muted",
    )


def is_awaited(payment: Any) -> Any:
    """Whether an attempt to pay was begun, and may still end well."""
    return payment.payment_under_way | payment.retry_available_at


def awaited_money(order: Any, payment: Any, *words: Any, go_on: Any = None) -> rx.Component:
    """That an attempt to pay is under way, and what follows if it does not end.

    Args:
        order: var of the order.
        payment: var of its `OrderPaymentStatus`.
        *words: follow what is said of it.
        go_on: the way back to the attempt, shown where one is known.
    """
    unpaid = ui.money(payment.amount_unpaid, order.currency.code, strong=True)
    by = ui.date(payment.retry_available_at, "time")
    waiting = rx.fragment(
        " has not arrived yet. If it has not by ", by, ", this page says how to pay it."
    )
    if go_on is None:
        return ui.alert(ui.text(unpaid, waiting, *words), tone="warn", title=_WAITING)
    back = " is not paid yet. You can go on where you left off, or pay another way from "
    said = rx.cond(payment.payment_under_way, rx.fragment(back, by, "."), waiting)
    return ui.alert(
        ui.text(unpaid, said, *words),
        tone="warn",
        title=_WAITING,
        action=rx.cond(payment.payment_under_way, go_on),
    )


_WAITING = "We are waiting for your payment"


def missing_money(
    order: Any, payment: Any, *words: Any, action: Any, below: Any = None
) -> rx.Component:
    """That money is missing, how much, and how it is paid.

    Args:
        order: var of the order.
        payment: var of its `OrderPaymentStatus`.
        *words: follow "… is not paid yet".
        action: the way to pay it.
        below: another line, where there is no such way.
    """
    return ui.alert(
        ui.text(
            ui.money(payment.amount_unpaid, order.currency.code, strong=True),
            " is not paid yet.",
            *words,
        ),
        *(() if below is None else (below,)),
        tone="danger",
        title=rx.cond(
            payment.status == PaymentStatus.FAILED,
            "The payment failed",
            rx.cond(
                payment.amount_paid > 0,
                "Part of the payment is missing",
                "The payment is missing",
            ),
        ),
        action=action,
    )
