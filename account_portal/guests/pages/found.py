"""The order that was found: where it is, and what can be done with it."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.claims.components import asked_for
from account_portal.claims.schemas import LONGEST_WORDS
from account_portal.evidence.components import evidence_field
from account_portal.guests.state import REASONS
from account_portal.guests.state import FoundOrderState as State
from account_portal.orders.components import (
    awaited_money,
    comes_back,
    is_awaited,
    is_unplaced,
    missing_money,
    need_help,
    order_address,
    order_item,
    ordered_on,
    parcel_arrival,
    price_section,
    refund_line,
    return_note,
    return_until,
    state_of_order,
    withdraw_here,
    withdrawals_section,
    write_to,
)
from account_portal.ui import components as ui
from account_portal.ui.store import StoreState


def _parcel(parcel: Any) -> rx.Component:
    return ui.stack(
        ui.row(
            ui.text("Parcel ", rx.el.bdi(parcel.reference_number)),
            ui.status_badge("shipment", rx.cond(parcel.was_lost, "lost", parcel.status)),
            rx.cond(
                parcel.tracking_url,
                ui.outside_link("Follow it", href=parcel.tracking_url.to(str)),
            ),
            justify="between",
        ),
        parcel_arrival(parcel),
        gap="tight",
    )


def _aftercare(what: str, kind: Any, one: Any) -> rx.Component:
    """A return or a report of the order, and how far it is."""
    return ui.row(
        ui.text(f"{what} ", rx.el.bdi(one.number)),
        ui.status_badge(kind, one.status),
        justify="between",
    )


def _line(line: Any) -> rx.Component:
    """A line with the choice of how many, or why there is none."""
    choose = rx.cond(
        line.counts.length() > 0,
        ui.select_field(
            "quantity-" + line.sku,
            rx.fragment("How many", ui.hidden_text(": ", line.product_name)),
            line.counts,
            value=line.chosen,
            on_change=State.choose_count(line.sku),
        ),
    )
    return ui.order_line(
        line.product_name,
        picture=line.product_image_url,
        detail=rx.cond(line.variant_name, rx.el.bdi(line.variant_name.to(str))),
        end=choose,
        below=rx.cond(line.reason, return_note(line.reason.to(str), line.closed.to(str))),
    )


def _choice() -> rx.Component:
    why = ui.select_field(
        "reason",
        "Reason",
        list(REASONS.items()),
        placeholder="Choose a reason",
        default_value=State.reason,
        error=State.errors["reason"],
    )
    shown_by = evidence_field(
        State,
        "evidence",
        State.evidence,
        needed=State.errors["evidence"].bool(),
        on_add=State.add_evidence,
        on_remove=State.remove_evidence,
    )
    is_report = (State.asking == "report") | (State.asking == "missing")
    return ui.form(
        rx.cond(State.lines.length() > 0, ui.rows(rx.foreach(State.lines, _line))),
        rx.cond(State.asking == "return", why),
        rx.cond(is_report, _said()),
        rx.cond((State.asking == "return") | (State.asking == "report"), shown_by),
        ui.form_actions(
            ui.submit("Continue", busy=State.busy == "check", busy_label="One moment…"),
            ui.button("Not now", on_click=State.ask("")),
        ),
        on_submit=State.check,
        errors=State.errors,
        labels={
            "reason": "Reason",
            "problem": "What is wrong",
            "details": "Tell us more",
            "evidence": "Photos and video",
        },
        busy=State.busy == "check",
    )


def _said() -> rx.Component:
    """What is wrong, what is wished for, and in which words."""
    problem = ui.select_field(
        "problem",
        "What is wrong",
        State.problems,
        placeholder="Choose what is wrong",
        default_value=State.problem,
        error=State.errors["problem"],
    )
    return ui.stack(
        rx.cond(State.asking == "report", problem),
        ui.select_field(
            "wish",
            "What would you like?",
            [("refund", "A refund"), ("replacement", "A replacement")],
            default_value=State.wish,
        ),
        ui.textarea_field(
            "details",
            "Tell us more",
            optional=True,
            max_length=LONGEST_WORDS,
            default_value=State.details,
            error=State.errors["details"],
        ),
    )


def _asked(quote: Any) -> rx.Component:
    """What a report asks for, and the button that sends it."""
    return ui.stack(
        asked_for(quote, State.wish, State.files),
        ui.form_actions(
            ui.send_button(
                "Send report",
                on_click=State.confirm,
                busy=State.busy == "confirm",
                busy_label="One moment…",
            ),
            ui.button("Back", on_click=State.choose_again),
        ),
    )


def _outcome(
    quote: Any, goods: str, kept: ui.PriceLine, *others: ui.PriceLine, done: str, then: str = ""
) -> rx.Component:
    """What it gives to the minor unit, and the button that does exactly this."""
    return ui.stack(
        ui.rows(
            rx.foreach(
                quote.lines,
                lambda line: ui.split(
                    ui.text(ui.number(line.quantity), " × ", rx.el.bdi(line.product_name)),
                    ui.money(line.amount, quote.currency),
                ),
            )
        ),
        comes_back(quote, goods, kept, *others),
        rx.cond(quote.points > 0, ui.text(ui.number(quote.points), " points come back too.")),
        ui.text(then, tone="muted", size="small") if then else rx.fragment(),
        ui.form_actions(
            ui.send_button(
                done,
                on_click=State.confirm,
                busy=State.busy == "confirm",
                busy_label="One moment…",
            ),
            ui.button("Back", on_click=State.choose_again),
        ),
    )


def _asking() -> rx.Component:
    cancel, back = State.cancelling, State.returning
    return ui.section(
        rx.match(
            State.asking,
            ("cancel", "Cancel items"),
            ("return", "Send items back"),
            ("report", "Report a problem"),
            "The parcel has not arrived",
        ),
        rx.cond(
            cancel,
            _outcome(
                cancel,
                "Cancelled items",
                ui.PriceLine("Cancellation charge", cancel.charge, minus=True, optional=True),
                done="Cancel these items",
            ),
            rx.cond(
                back,
                _outcome(
                    back,
                    "Returned items",
                    ui.PriceLine("Restocking fee", back.fee, minus=True, optional=True),
                    ui.PriceLine("Replaced items", back.replaced_amount, minus=True, optional=True),
                    done="Ask for the return",
                    then="Once we have agreed, a courier collects the parcel where the order went.",
                ),
                rx.cond(State.reporting, _asked(State.reporting), _choice()),
            ),
        ),
    )


def _unpaid(order: Any) -> rx.Component:
    """What is not paid, and where it is: this page takes no money."""
    missing = missing_money(
        order,
        State.payment,
        rx.cond(
            State.checkout_link,
            rx.fragment(),
            rx.fragment(" To pay it, ", _elsewhere()),
        ),
        action=rx.cond(
            State.checkout_link,
            ui.link_button("Pay now", to=State.checkout_link, variant="primary", outside=True),
        ),
    )
    return rx.cond(
        State.payment,
        rx.cond(
            is_awaited(State.payment),
            awaited_money(order, State.payment),
            rx.cond(State.is_waiting_for_money, missing),
        ),
    )


def _elsewhere() -> rx.Component:
    """Where what this page cannot do is done: in the account, or by the shop if it is closed."""
    return rx.cond(
        State.is_closed,
        rx.fragment("write to ", _shop(), ", as your account is closed."),
        rx.fragment(
            ui.link("sign in", to=routes.LOGIN),
            " by a code to the e-mail address or phone of this order. You need no password.",
        ),
    )


def _shop() -> rx.Component:
    return rx.cond(StoreState.email, write_to(StoreState.email), rx.fragment("us"))


def _later() -> rx.Component:
    """What this page cannot do to a return or a report, and where it is done."""
    return ui.text(
        "To follow, change or withdraw it, ",
        _elsewhere(),
        tone="muted",
        size="small",
    )


def _deeds() -> rx.Component:
    return ui.row(
        rx.cond(State.can_cancel, ui.button("Cancel items", on_click=State.ask("cancel"))),
        rx.cond(State.can_return, ui.button("Send items back", on_click=State.ask("return"))),
        rx.cond(State.can_report, ui.button("Report a problem", on_click=State.ask("report"))),
        rx.foreach(
            State.missing_parcels,
            lambda one: ui.button(
                one.label,
                " has not arrived",
                on_click=State.ask_about_parcel(one.reference_number),
            ),
        ),
    )


def _order(order: Any) -> rx.Component:
    currency = order.currency.code
    is_outcome = rx.cond(State.cancelling, True, rx.cond(State.returning, True, State.reporting))
    step = State.asking + rx.cond(is_outcome, " shown", "")
    return ui.stack(
        _unpaid(order),
        ui.card(
            ui.stack(
                rx.cond(
                    State.can_download, ui.text("Ready to download", size="title", strong=True)
                ),
                ui.split(
                    state_of_order(order, order.payment_status, can_download=State.can_download),
                    ordered_on(order),
                ),
                rx.cond(
                    State.is_digital | is_unplaced(order),
                    rx.fragment(),
                    ui.order_tracker(order.status),
                ),
                rx.cond(
                    State.refunds.length() > 0,
                    ui.stack(
                        rx.foreach(
                            State.refunds, lambda one: refund_line(one, currency, leads_on=False)
                        ),
                        gap="small",
                    ),
                ),
                rx.foreach(State.returns, lambda one: _aftercare("Return", "return", one)),
                rx.foreach(State.claims, lambda one: _aftercare("Report", "claim", one)),
                rx.cond(State.returns.length() + State.claims.length() > 0, _later()),
            )
        ),
        ui.stack(
            ui.step_focus(step),
            rx.cond(State.asking != "", _asking(), _deeds()),
            rx.cond(
                State.return_until,
                rx.cond(
                    State.can_return,
                    return_until(State.return_until.first, State.return_until.last),
                    return_note(State.return_note, State.return_until.last.to(str)),
                ),
            ),
        ),
        withdrawals_section(State.withdrawals),
        ui.section(
            "Items", ui.rows(rx.foreach(order.order_items, lambda i: order_item(i, currency)))
        ),
        rx.cond(
            State.price,
            price_section(State.price, order, State.payment, is_digital=State.is_digital),
        ),
        rx.cond(
            State.parcels.length() > 0,
            ui.section("Parcels", ui.rows(rx.foreach(State.parcels, _parcel))),
        ),
        rx.cond(
            order.shipping_address,
            ui.section(
                rx.cond(State.is_digital, "Your address", "Delivery"),
                ui.card(order_address(order.shipping_address, State.phones)),
            ),
        ),
        withdraw_here(State.withdraw_link),
        ui.divider(),
        ui.native_form(
            ui.hidden_field("order_number", order.order_number),
            ui.button("Close this order on this device", type="submit", size="small"),
            action="/api/find-order/leave",
        ),
        need_help(State.help_link, "order"),
        rx.cond(
            State.is_closed,
            ui.text("Your account is closed. To have it opened again, write to ", _shop(), "."),
            ui.text("Want all your orders in one place? ", ui.link("Sign in", to=routes.LOGIN)),
        ),
        gap="large",
    )


def found_order() -> rx.Component:
    """The page of the order that was found."""
    order = State.shown
    return rx.fragment(
        ui.heading(
            rx.cond(order, rx.fragment("Order ", ui.unbroken(order.order_number)), "Order"), level=1
        ),
        rx.match(
            State.phase,
            ("ready", rx.cond(order, _order(order))),
            (
                "failed",
                ui.alert(
                    "This could not be shown just now.",
                    tone="danger",
                    action=ui.button("Try again", on_click=State.load),
                ),
            ),
            ui.loading(ui.skeleton("title"), ui.skeleton("card")),
        ),
    )
