"""One order: where it is, what was in it, what it cost, and what can be done."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.orders.components import (
    awaited_money,
    is_awaited,
    is_unplaced,
    missing_money,
    need_help,
    order_address,
    order_item,
    ordered_on,
    price_section,
    refund_line,
    report_link,
    return_note,
    return_until,
    state_of_order,
    withdraw_here,
    withdrawals_section,
    write_to,
)
from account_portal.orders.pages.detail.aftercare import claims_section, returns_section
from account_portal.orders.pages.detail.cancelling import cancel_dialog
from account_portal.orders.pages.detail.delivering import delivery_dialog
from account_portal.orders.pages.detail.paid import payments_section
from account_portal.orders.pages.detail.parcels import arrival, parcels_section, stray, what_now
from account_portal.orders.state import OrderDetailState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data


def _header(number: Any) -> rx.Component:
    return ui.page_header(
        rx.fragment("Order ", ui.unbroken(number)),
        back=("Orders", routes.ORDERS),
        actions=[rx.cond(State.phase == "ready", ui.print_button())],
    )


def _status(page: Any) -> rx.Component:
    order = page.order
    paid = page.payment.amount_paid
    return ui.card(
        ui.stack(
            rx.cond(page.arrival, arrival(page)),
            rx.cond(
                page.arrived,
                ui.text("Arrived ", ui.date(page.arrived, "near"), size="title", strong=True),
            ),
            rx.cond(page.can_download, ui.text("Ready to download", size="title", strong=True)),
            ui.split(
                state_of_order(order, page.payment.status, can_download=page.can_download),
                ordered_on(
                    order,
                    rx.cond(
                        (paid > 0) & (order.status != "cancelled"),
                        rx.fragment(", ", ui.money(paid, order.currency.code), " paid"),
                    ),
                ),
            ),
            rx.cond(
                is_unplaced(order) | page.is_digital,
                rx.fragment(),
                ui.order_tracker(order.status),
            ),
            rx.cond(
                (order.status == "cancelled") & order.cancelled_at,
                ui.text(
                    "Cancelled ",
                    ui.date(order.cancelled_at, "datetime"),
                    rx.cond(order.cancellation_reason, ": " + order.cancellation_reason, ""),
                    tone="muted",
                ),
            ),
            rx.cond(page.money_note, ui.text(page.money_note)),
            rx.cond(
                page.refunds.length() > 0,
                ui.stack(
                    rx.foreach(page.refunds, lambda one: refund_line(one, order.currency.code)),
                    gap="small",
                ),
            ),
            rx.cond(
                page.stray_parcels.length() > 0,
                ui.stack(rx.foreach(page.stray_parcels, stray), what_now(page), gap="small"),
            ),
            gap="large",
        )
    )


def _unpaid(page: Any) -> rx.Component:
    failed = page.payment.status == "failed"
    label = rx.cond(failed, "Pay again", "Pay now")
    here = ui.button(
        label,
        variant="primary",
        on_click=State.pay_again,
        busy=State.busy == "pay_again",
        busy_label="Opening…",
    )
    there = rx.cond(
        page.checkout_link,
        ui.link_button(label, to=page.checkout_link, variant="primary", outside=True),
    )
    return rx.cond(
        is_awaited(page.payment),
        _under_way(page),
        _missing(page, here, there),
    )


def _under_way(page: Any) -> rx.Component:
    return awaited_money(
        page.order,
        page.payment,
        rx.cond(page.are_files_held, " Your files are here once it is paid.", ""),
        go_on=ui.button(
            "Continue to payment",
            variant="primary",
            on_click=State.pay_again,
            busy=State.busy == "pay_again",
            busy_label="Opening…",
        ),
    )


def _once_paid(page: Any) -> Any:
    """What follows the payment."""
    files = "your files are here to download."
    return rx.cond(
        page.is_held_until_paid,
        " Once it is, we prepare your parcel"
        + rx.cond(page.are_files_held, f", and {files}", ".").to(str),
        rx.cond(page.are_files_held, f" Once it is, {files}", ""),
    )


def _missing(page: Any, here: Any, there: Any) -> rx.Component:
    return rx.cond(
        page.is_waiting_for_money,
        missing_money(
            page.order,
            page.payment,
            _once_paid(page),
            below=rx.cond(
                page.payment.is_retry_available | (page.checkout_link != ""),
                rx.fragment(),
                rx.cond(
                    page.store_email,
                    ui.text("To pay it, write to ", write_to(page.store_email), "."),
                ),
            ),
            action=rx.cond(page.payment.is_retry_available, here, there),
        ),
    )


def _items(page: Any) -> rx.Component:
    order = page.order
    return ui.section(
        "Items",
        ui.rows(
            rx.foreach(
                order.order_items,
                lambda item: order_item(
                    item,
                    order.currency.code,
                    link=page.product_links[item.sku],
                ),
            )
        ),
    )


def _buy_again(page: Any) -> rx.Component:
    """Only what the shop's cart, or the storefront around the frame, can take."""
    over = ["delivered", "complete", "cancelled"]
    is_over = rx.Var.create(over).contains(page.order.status.to(str))
    return rx.cond(
        is_over & ((page.cart_link != "") | State.is_framed),
        ui.button("Buy again", on_click=State.buy_again, busy=State.busy == "buy_again"),
    )


def _addresses(page: Any) -> rx.Component:
    order = page.order
    return ui.section(
        "Addresses",
        ui.card(
            ui.grid(
                rx.cond(
                    order.shipping_address,
                    ui.stack(
                        ui.heading(rx.cond(page.is_digital, "Your address", "Delivery"), level=3),
                        order_address(order.shipping_address, State.phones),
                        rx.cond(
                            order.is_delivery_change_allowed,
                            ui.screen_only(
                                ui.button(
                                    "Change delivery", size="small", on_click=State.open_delivery
                                )
                            ),
                        ),
                        gap="tight",
                    ),
                ),
                rx.cond(
                    order.billing_address,
                    ui.stack(
                        ui.heading("Billing", level=3),
                        order_address(order.billing_address, State.phones),
                        gap="tight",
                    ),
                ),
            )
        ),
    )


def _actions(page: Any, number: Any) -> rx.Component:
    cancel = rx.cond(
        page.order.is_cancellation_allowed,
        ui.button("Cancel order", on_click=State.open_cancel),
        rx.cond(page.can_cancel_items, ui.button("Cancel items", on_click=State.open_cancel)),
    )
    send_back = rx.cond(
        page.can_return,
        ui.link_button("Return items", to=routes.ORDERS + "/" + number + "/return"),
    )
    report = rx.cond(
        page.order.is_claim_allowed,
        ui.link_button("Report a problem", to=report_link(number)),
    )
    arrived = (page.order.status == "delivered") | (page.order.status == "complete")
    review = rx.cond(page.can_review, ui.link_button("Review items", to=routes.REVIEWS))
    notes = ui.stack(
        # Nobody looks for a way to cancel what has arrived.
        rx.cond(
            page.cancel_note & ~arrived,
            ui.text(page.cancel_note, tone="muted", size="small"),
        ),
        rx.cond(
            page.can_return,
            return_until(page.return_until.first, page.return_until.last),
            rx.cond(page.return_until, return_note(page.return_note, page.return_until.last)),
        ),
        rx.cond(page.claim_note, return_note(page.claim_note, page.claims_closed)),
        gap="tight",
    )
    again = _buy_again(page)
    shown = ui.screen_only(
        ui.stack(ui.row(cancel, send_back, report, review, again), notes, gap="small")
    )
    return ui.stack(
        rx.cond(page.order.status == "cancelled", ui.screen_only(ui.row(again)), shown),
        withdraw_here(page.withdraw_link),
        need_help(page.help_link, "order"),
        gap="medium",
    )


def order_detail() -> rx.Component:
    """The page of one order."""
    page = State.shown
    number = State.order_number
    return rx.fragment(
        _header(number),
        page_data(
            State,
            _unpaid(page),
            ui.stack(_status(page), _actions(page, number), gap="medium"),
            ui.columns(
                ui.stack(
                    parcels_section(page),
                    _items(page),
                    withdrawals_section(page.withdrawals),
                    returns_section(page),
                    claims_section(page),
                    gap="huge",
                ),
                ui.stack(
                    price_section(page.price, page.order, page.payment, is_digital=page.is_digital),
                    payments_section(page),
                    gap="huge",
                ),
                below=_addresses(page),
                gap="huge",
            ),
            cancel_dialog(page),
            delivery_dialog(page),
            bones=[ui.skeleton("card"), ui.skeleton("card"), ui.skeleton("row")],
            follows=[State],
            missing=ui.empty(
                "not_found",
                "There is no such order",
                "The number may be mistyped, or the order belongs to another account.",
                action=ui.link_button("All your orders", to=routes.ORDERS),
            ),
        ),
    )
