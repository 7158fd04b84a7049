"""One order: where it is, what was in it, what it cost, and what can be done."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.orders.components import order_address, order_item
from account_portal.orders.state import OrderDetailState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

REASONS = [
    ("No longer needed", "No longer needed"),
    ("Ordered by mistake", "Ordered by mistake"),
    ("Ordered the wrong size or colour", "Ordered the wrong size or colour"),
    ("Takes too long", "Takes too long"),
    ("Found it cheaper", "Found it cheaper"),
    ("Other reason", "Other reason"),
]


def _header(number: Any) -> rx.Component:
    return ui.page_header(
        rx.fragment("Order ", number),
        back=("Orders", routes.ORDERS),
        actions=[ui.print_button()],
    )


def _status(page: Any) -> rx.Component:
    order = page.order
    return ui.card(
        ui.stack(
            ui.row(
                ui.status_badge("order", order.status, plain=True),
                ui.text("Ordered ", ui.date(order.order_date), tone="muted"),
                justify="between",
            ),
            ui.order_tracker(order.status),
            rx.cond(
                order.status == "cancelled",
                ui.text(
                    "Cancelled ",
                    ui.date(order.cancelled_at, "datetime"),
                    rx.cond(order.cancellation_reason, ": " + order.cancellation_reason, ""),
                    tone="muted",
                ),
            ),
            gap="large",
        )
    )


def _unpaid(page: Any) -> rx.Component:
    return rx.cond(
        page.payment.is_retry_available,
        ui.alert(
            ui.text(
                ui.money(page.payment.amount_unpaid, page.order.currency.code, strong=True),
                " is not paid yet. Pay again and we will prepare your parcel.",
            ),
            tone="danger",
            title=rx.cond(
                page.payment.status == "failed", "The payment failed", "Payment is missing"
            ),
            action=ui.button(
                "Pay again",
                variant="primary",
                on_click=State.pay_again,
                busy=State.busy == "pay_again",
                busy_label="Opening payment…",
            ),
        ),
    )


def _step(step: Any) -> rx.Component:
    return ui.timeline_event(
        step.text,
        when=ui.date(step.happened_at, "datetime"),
        detail=rx.cond(step.place, step.place, ""),
    )


def _parcel(parcel: Any) -> rx.Component:
    arrival = rx.cond(
        parcel.delivered_date,
        ui.text("Arrived ", ui.date(parcel.delivered_date, "near"), strong=True),
        rx.cond(
            parcel.eta_delivery,
            ui.text("Arrives ", ui.relative_day(parcel.eta_delivery), strong=True),
        ),
    )
    courier = rx.cond(
        parcel.courier_company_name,
        ui.row(
            ui.text(parcel.courier_company_name, tone="muted", inline=True),
            rx.cond(
                parcel.awb_no,
                rx.fragment(
                    ui.text(parcel.awb_no, tone="muted", inline=True),
                    ui.copy_button(parcel.awb_no, "Copy tracking number"),
                ),
            ),
            rx.cond(
                parcel.tracking_url,
                ui.outside_link("Follow the parcel", href=parcel.tracking_url.to(str)),
            ),
        ),
    )
    contents = rx.foreach(
        parcel.shipment_items,
        lambda item: ui.order_line(
            item.product_name,
            picture=item.product_image_url,
            size="small",
            detail=ui.text("Quantity ", ui.number(item.quantity), inline=True),
        ),
    )
    return ui.card(
        ui.stack(
            ui.row(
                ui.heading(parcel.label, level=3),
                ui.status_badge("shipment", parcel.status),
                justify="between",
            ),
            arrival,
            courier,
            ui.stack(contents, gap="small"),
            rx.cond(
                parcel.steps.length() > 0,
                ui.disclosure(
                    "Every step",
                    ui.timeline(rx.foreach(parcel.steps, _step), label="Way of parcel"),
                ),
            ),
        )
    )


def _parcels(page: Any) -> rx.Component:
    return rx.cond(
        page.parcels.length() > 0,
        ui.section("Parcels", ui.card_list(rx.foreach(page.parcels, _parcel), label="Parcels")),
    )


def _items(page: Any) -> rx.Component:
    order = page.order
    return ui.section(
        "Items",
        ui.rows(rx.foreach(order.order_items, lambda item: order_item(item, order.currency.code))),
    )


def _price(page: Any) -> rx.Component:
    price, order = page.price, page.order
    coupon = rx.cond(order.coupon_code, "Coupon " + order.coupon_code, "Coupon")
    lines = [
        ui.PriceLine("Items", price.items_amount),
        ui.PriceLine("Savings", price.promotion, minus=True, optional=True),
        ui.PriceLine(coupon, price.coupon, minus=True, optional=True),
        ui.PriceLine("Tax", price.tax, optional=True),
        ui.PriceLine("Shipping", price.shipping),
        ui.PriceLine("Handling", price.handling, optional=True),
        ui.PriceLine("Other charges", price.surcharge, optional=True),
        ui.PriceLine("Other savings", price.reduction, minus=True, optional=True),
        ui.PriceLine("Total", price.total, total=True),
        ui.PriceLine("Paid with points", price.points, minus=True, optional=True),
        ui.PriceLine("Paid with store credit", price.credit, minus=True, optional=True),
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


def _payment(payment: Any, currency: Any) -> rx.Component:
    method = rx.cond(payment.payment_method, payment.payment_method, "Payment")
    means = rx.cond(
        payment.card_number,
        payment.card_number,
        rx.cond(payment.upi_id, payment.upi_id, rx.cond(payment.bank_name, payment.bank_name, "")),
    )
    return ui.stack(
        ui.row(
            ui.text(method, " ", ui.text(means, tone="muted", inline=True)),
            ui.money(payment.amount, currency),
            justify="between",
        ),
        ui.row(
            ui.status_badge("payment", payment.payment_status),
            ui.text(ui.date(payment.payment_date, "datetime"), tone="muted", size="small"),
            justify="between",
        ),
        gap="small",
    )


def _refund(refund: Any, currency: Any) -> rx.Component:
    to = rx.cond(
        refund.payment_mode == "bank_transfer",
        "To "
        + rx.cond(refund.bank_name, refund.bank_name, "your bank")
        + " "
        + rx.cond(refund.bank_account_number, refund.bank_account_number, ""),
        rx.cond(refund.payment_mode == "loyalty_point", "As points", "The way you paid"),
    )
    return ui.stack(
        ui.row(
            ui.text("Refund"),
            ui.money(refund.refund_amount, currency),
            justify="between",
        ),
        ui.row(
            ui.status_badge("refund", refund.status),
            ui.text(to, tone="muted", size="small"),
            justify="between",
        ),
        gap="small",
    )


def _payments(page: Any) -> rx.Component:
    order = page.order
    return rx.cond(
        (order.payments.length() > 0) | (page.refunds.length() > 0),
        ui.section(
            "Payments",
            ui.rows(
                rx.foreach(order.payments, lambda one: _payment(one, order.currency.code)),
                rx.foreach(page.refunds, lambda one: _refund(one, order.currency.code)),
            ),
        ),
    )


def _addresses(page: Any) -> rx.Component:
    order = page.order
    return ui.section(
        "Addresses",
        ui.card(
            ui.stack(
                rx.cond(
                    order.shipping_address,
                    ui.stack(
                        ui.heading("Delivered to", level=3),
                        order_address(order.shipping_address),
                        gap="tight",
                    ),
                ),
                rx.cond(
                    order.billing_address,
                    ui.stack(
                        ui.heading("Billed to", level=3),
                        order_address(order.billing_address),
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
    )
    send_back = rx.cond(
        page.can_return,
        ui.link_button("Return items", to=routes.ORDERS + "/" + number + "/return"),
    )
    review = rx.cond(page.can_review, ui.link_button("Review items", to=routes.REVIEWS))
    notes = ui.stack(
        rx.cond(page.cancel_note, ui.text(page.cancel_note, tone="muted", size="small")),
        rx.cond(
            page.can_return,
            ui.text(
                "Return until ", ui.date(page.return_until, "binding"), tone="muted", size="small"
            ),
            rx.cond(
                page.return_until & ~page.can_return,
                rx.cond(
                    page.return_note.contains("{date}"),
                    ui.text(
                        "Returns closed on ",
                        ui.date(page.return_until, "binding"),
                        ".",
                        tone="muted",
                        size="small",
                    ),
                    ui.text(page.return_note, tone="muted", size="small"),
                ),
            ),
        ),
        gap="tight",
    )
    return ui.screen_only(ui.stack(ui.row(cancel, send_back, review), notes, gap="small"))


def _cancel_dialog(page: Any) -> rx.Component:
    order = page.order
    back = order.cancellation_refund_details
    account = ui.select_field(
        "bank_account_id",
        "Bank account",
        page.payout_accounts,
        placeholder="Choose an account",
        error=State.errors["bank_account_id"],
        hint="Only verified accounts can take a refund.",
    )
    return ui.dialog(
        ui.form(
            ui.select_field(
                "cancellation_reason",
                "Reason",
                REASONS,
                placeholder="Choose a reason",
                required=True,
                error=State.errors["cancellation_reason"],
            ),
            rx.cond(
                back.refundable_amount > 0,
                ui.radio_cards(
                    "Where should the money go?",
                    ui.radio_card(
                        "refund_mode",
                        "original_payment_mode",
                        "The way I paid",
                        hint="Usually there in 3 to 5 working days",
                        checked=State.refund_mode == "original_payment_mode",
                        on_change=State.choose_refund_mode("original_payment_mode"),
                    ),
                    rx.cond(
                        page.payout_accounts.length() > 0,
                        ui.radio_card(
                            "refund_mode",
                            "bank_transfer",
                            "To my bank account",
                            hint="Usually there in 2 working days",
                            checked=State.refund_mode == "bank_transfer",
                            on_change=State.choose_refund_mode("bank_transfer"),
                        ),
                    ),
                    id="refund-mode",
                    error=State.errors["refund_mode"],
                ),
                ui.hidden_field("refund_mode", "original_payment_mode"),
            ),
            rx.cond(State.refund_mode == "bank_transfer", account),
            ui.textarea_field("feedback", "Comment", optional=True, max_length=1000),
            ui.price_breakdown(
                [
                    ui.PriceLine("Paid", page.payment.amount_paid),
                    ui.PriceLine(
                        "Cancellation charge", back.cancellation_charges, minus=True, optional=True
                    ),
                    ui.PriceLine("You get back", back.refundable_amount, total=True),
                ],
                order.currency.code,
            ),
            rx.cond(
                back.loyalty_point > 0,
                ui.text(ui.number(back.loyalty_point), " points come back too.", tone="muted"),
            ),
            ui.form_actions(
                ui.submit(
                    "Cancel order",
                    variant="danger",
                    busy=State.busy == "cancel",
                    busy_label="Cancelling…",
                ),
                ui.button("Keep order", on_click=State.close_cancel),
                end=True,
            ),
            on_submit=State.cancel,
            errors=State.errors,
            labels={"cancellation_reason": "Reason", "bank_account_id": "Bank account"},
        ),
        id="cancel-order",
        title="Cancel this order?",
        description="The whole order is cancelled. This cannot be undone.",
        open=State.is_cancelling,
        on_close=State.close_cancel,
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
                ui.stack(_parcels(page), _items(page), gap="huge"),
                ui.stack(_price(page), _payments(page), _addresses(page), gap="huge"),
            ),
            _cancel_dialog(page),
            bones=[ui.skeleton("card"), ui.skeleton("card"), ui.skeleton("row")],
            missing=ui.empty(
                "not_found",
                "There is no such order",
                "The number may be mistyped, or the order belongs to another account.",
                action=ui.link_button("All your orders", to=routes.ORDERS),
            ),
        ),
    )
