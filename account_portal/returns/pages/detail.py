"""One return: where it is, what happens next, the refund or replacement."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.orders.components import (
    need_help,
    order_address,
    order_link,
    refund_row,
    working_days,
)
from account_portal.returns.components import outcome, quoted, return_item, return_link
from account_portal.returns.pages.parcel import parcel_dialog, parcel_told
from account_portal.returns.state import ReturnDetailState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

STEPS = ("Requested", "Approved", "On its way", "Received")


def _to_do(one: Any) -> rx.Component:
    """What a customer does with an approved return: the courier does the rest, or they did."""
    place = one.shipping_address
    sent = ui.text("You sent the parcel yourself. We let you know when it arrives.")
    return rx.cond(one.awb_no, sent, _to_pack(place))


def _to_pack(place: Any) -> rx.Component:
    return ui.stack(
        ui.text("Please pack the items as they came and keep the parcel ready.", strong=True),
        ui.text(
            "A courier collects it",
            rx.cond(
                place,
                rx.fragment(
                    " at ", rx.el.bdi(place.address_line1), ", ", rx.el.bdi(place.city.to(str))
                ),
            ),
            ". You don't need to send it yourself.",
        ),
        gap="tight",
    )


def _ask_again(page: Any) -> rx.Component:
    again = order_link(page.order_return.original_order_number) + "/return"
    return ui.text(
        "You cancelled this return.",
        rx.cond(
            page.can_ask_again,
            rx.fragment(" ", ui.link("Ask for a return again", to=again)),
        ),
    )


def _next(page: Any) -> rx.Component:
    one = page.order_return
    words = rx.match(
        one.status,
        ("created", ui.text("We'll review your request and let you know.")),
        ("approved", _to_do(one)),
        ("shipped", ui.text("The parcel is on its way to us.")),
        (
            "received",
            ui.text(
                rx.cond(
                    one.inspected_at,
                    "We have checked the items; below you see what we accepted.",
                    "We have the parcel and are checking the items.",
                )
            ),
        ),
        ("complete", ui.text("This return is complete.")),
        ("cancelled", _ask_again(page)),
        ("rejected", ui.text("We could not accept this return.")),
        rx.fragment(),
    )
    place = rx.match(one.status, ("approved", 1), ("shipped", 2), ("received", 3), 0)
    stopped = (one.status == "cancelled") | (one.status == "rejected")
    return ui.card(
        ui.stack(
            ui.split(
                ui.status_badge("return", one.status, plain=True),
                ui.text("Requested ", ui.date(one.created_at), tone="muted"),
            ),
            rx.cond(
                ~stopped,
                rx.cond(
                    one.status == "complete",
                    ui.tracker(STEPS, len(STEPS) - 1, tone="done", label="Return progress"),
                    ui.tracker(STEPS, place, label="Return progress"),
                ),
            ),
            ui.stack(
                words,
                rx.cond(
                    (one.status == "rejected") & one.rejection_reason,
                    ui.text("The reason: ", one.rejection_reason.to(str), tone="muted"),
                ),
                gap="tight",
            ),
            gap="large",
        )
    )


def _event(moment: Any, title: Any, tone: Any, *, is_latest: Any = None, detail: Any = "") -> Any:
    def drawn(tone: Any) -> rx.Component:
        return ui.timeline_event(
            title, when=ui.date(moment.to(str), "datetime"), detail=detail, tone=tone
        )

    shown = drawn(tone) if is_latest is None else rx.cond(is_latest, drawn("current"), drawn(tone))
    return rx.cond(moment, shown)


def _history(page: Any) -> rx.Component:
    one = page.order_return
    told = "You told us the tracking number"
    is_late = one.shipped_at.bool() & (one.parcel_told_at.to(str) > one.shipped_at.to(str))
    return ui.section(
        "History",
        ui.timeline(
            _event(page.completed_at, "Done", "success"),
            _event(page.cancelled_at, "Cancelled by you", "plain"),
            _event(
                one.rejected_at,
                "Declined",
                "danger",
                detail=rx.cond(one.rejection_reason, one.rejection_reason, "").to(str),
            ),
            _event(one.inspection_corrected_at, "Checked again", "plain"),
            _event(one.inspected_at, "Checked", "plain", is_latest=one.status == "received"),
            _event(
                one.received_at,
                "Received by us",
                "plain",
                is_latest=(one.status == "received") & ~one.inspected_at.bool(),
            ),
            rx.cond(is_late, _event(one.parcel_told_at, told, "plain")),
            _event(
                one.shipped_at,
                rx.cond(one.awb_no, "On its way to us", "Collected"),
                "plain",
                is_latest=one.status == "shipped",
            ),
            rx.cond(
                ~is_late,
                _event(one.parcel_told_at, told, "plain", is_latest=one.status == "approved"),
            ),
            _event(
                one.approved_at,
                "Approved",
                "plain",
                is_latest=(one.status == "approved") & ~one.awb_no.bool(),
            ),
            _event(one.changed_at, "Changed by you", "plain", is_latest=one.status == "created"),
            _event(
                one.created_at,
                "Requested",
                "plain",
                is_latest=(one.status == "created") & ~one.changed_at.bool(),
            ),
            label="History of this return",
        ),
    )


def _asked(page: Any) -> rx.Component:
    """What comes back if we approve it, as it was said when it was asked for."""
    quote = page.quote
    return ui.card(
        ui.stack(
            outcome(quote),
            ui.text(
                rx.cond(
                    (quote.money + quote.credit + quote.points) > 0,
                    "It comes back once we have approved the return and checked the items",
                    "This happens once we have approved the return",
                ),
                rx.cond(
                    quote.money > 0,
                    rx.fragment(
                        "; money takes up to ",
                        working_days(quote.working_days),
                        " ",
                        rx.el.bdi(quote.way),
                    ),
                ),
                ".",
                tone="muted",
                size="small",
            ),
        )
    )


def _worth(page: Any) -> rx.Component:
    """What its refunds are made of, where that is not what the items cost alone."""
    quote = page.quote
    goods = rx.cond(page.order_return.inspected_at, "Accepted items", "Returned items")
    is_more = (quote.fee + quote.delivery + quote.less + quote.unpaid) > 0
    return rx.cond(page.quote & is_more, ui.card(quoted(quote, goods)))


def _outcome(page: Any) -> rx.Component:
    one = page.order_return
    replacement = ui.stack(
        ui.row(
            ui.text("Replacement order"),
            ui.link(
                one.replacement_order_number.to(str),
                to=order_link(one.replacement_order_number.to(str)),
            ),
            justify="between",
        ),
        ui.text(
            "Placed ",
            ui.date(one.replacement_order_date.to(str)),
            tone="muted",
            size="small",
        ),
        gap="tight",
    )
    nothing = rx.match(
        page.wants,
        ("refund", "No refund for this return."),
        ("replacement", "No replacement for this return."),
        "No refund or replacement for this return.",
    )
    on_its_way = "It appears here as soon as it is on its way."
    nothing_yet = ui.text(
        rx.match(
            one.status,
            ("created", "It appears here once we have approved the return."),
            ("approved", on_its_way),
            ("shipped", on_its_way),
            # What is accepted is promised at once: nothing was.
            ("received", rx.cond(one.inspected_at, nothing, on_its_way)),
            nothing,
        ),
        tone="muted",
    )
    has_any = (one.refund.length() > 0) | one.replacement_order_number.bool()
    rows = ui.rows(
        rx.foreach(
            page.refunds, lambda refund: refund_row(refund, page.currency, page.store_email)
        ),
        rx.cond(one.replacement_order_number, replacement),
        rx.cond(~has_any, nothing_yet),
    )
    return ui.section(
        rx.match(
            page.wants,
            ("refund", "Your refund"),
            ("replacement", "Your replacement"),
            "Your refund and replacement",
        ),
        rx.cond(page.quote & (one.status == "created"), _asked(page), ui.stack(_worth(page), rows)),
    )


def _pickup(page: Any) -> rx.Component:
    one = page.order_return
    is_off = (one.status == "cancelled") | (one.status == "rejected") | one.awb_no.bool()
    # Nobody comes for what is not sent, or was sent by another way.
    return rx.cond(
        one.shipping_address & ~is_off,
        ui.section("Pick-up address", ui.card(order_address(one.shipping_address, State.phones))),
    )


def _of_order(page: Any) -> rx.Component:
    one = page.order_return
    return rx.cond(
        State.phase == "ready",
        ui.text(
            "For order ",
            ui.link(one.original_order_number, to=order_link(one.original_order_number)),
            tone="muted",
        ),
    )


def _cancel(page: Any) -> rx.Component:
    change = ui.link_button(
        "Change return", to=return_link(page.order_return.request_number) + "/change"
    )
    ask = ui.row(
        rx.cond(page.is_change_allowed, change),
        ui.button("Cancel return", on_click=State.open_cancel),
    )
    too_late = ui.text(
        "A return can be cancelled until its parcel is on its way.",
        tone="muted",
        size="small",
    )
    status = page.order_return.status
    is_moving = (status == "approved") | (status == "shipped") | (status == "received")
    return ui.screen_only(rx.cond(page.is_cancellation_allowed, ask, rx.cond(is_moving, too_late)))


def _cancel_dialog() -> rx.Component:
    return ui.dialog(
        ui.text("You keep the items, and nothing is refunded or replaced."),
        id="cancel-return",
        title="Cancel this return?",
        size="small",
        footer=[
            ui.button(
                "Cancel return",
                variant="danger",
                on_click=State.cancel,
                busy=State.busy == "cancel",
                busy_label="Cancelling…",
            ),
            ui.button("Keep return", closes=True),
        ],
        open=State.is_cancelling,
        on_close=State.close_cancel,
    )


def return_detail() -> rx.Component:
    """The page of one return."""
    page = State.shown
    return rx.fragment(
        ui.page_header(
            rx.fragment("Return ", ui.unbroken(State.return_id)),
            back=("Returns", routes.RETURNS),
            description=_of_order(page),
            actions=[rx.cond(State.phase == "ready", ui.print_button())],
        ),
        page_data(
            State,
            ui.stack(_next(page), _cancel(page), need_help(page.help_link, "return"), gap="medium"),
            ui.columns(
                ui.stack(
                    _outcome(page),
                    ui.section(
                        "Items", ui.rows(rx.foreach(page.order_return.return_items, return_item))
                    ),
                    _history(page),
                    gap="huge",
                ),
                ui.stack(parcel_told(page), _pickup(page), gap="huge"),
                gap="huge",
            ),
            _cancel_dialog(),
            parcel_dialog(page),
            bones=[ui.skeleton("card"), ui.skeleton("row"), ui.skeleton("card")],
            follows=[State],
            missing=ui.empty(
                "not_found",
                "There is no such return",
                "The number may be mistyped, or the return belongs to another account.",
                action=ui.link_button("All your returns", to=routes.RETURNS),
            ),
        ),
    )
