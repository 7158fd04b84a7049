"""One report: how far it is, what the store says, and what came of it."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.claims.components import claimed_item
from account_portal.claims.state import ClaimDetailState as State
from account_portal.orders.components import (
    need_help,
    order_link,
    refund_row,
    report_link,
    return_link,
)
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data


def _words(claim: Any) -> rx.Component:
    """What its state means for the customer."""
    agreed = rx.match(
        claim.resolution.to(str),
        (
            "refund",
            rx.fragment(
                "We refund ",
                ui.money(claim.agreed_amount.to(float), claim.currency, strong=True),
                ". You need not send anything back.",
            ),
        ),
        (
            "replacement",
            rx.fragment(
                # Of items some may be downloaded.
                rx.cond(claim.reference_number, "We send it again.", "We replace it."),
                " You need not pay or send back anything.",
            ),
        ),
        rx.fragment("We would like to look at the items, and have set up a return for them."),
    )
    return rx.match(
        claim.status.to(str),
        ("open", ui.text("We are looking into it and will write to you.")),
        ("accepted", ui.text(agreed)),
        ("rejected", ui.text("We could not do what you asked for.")),
        rx.cond(
            claim.answer,
            rx.fragment(
                ui.text("The parcel arrived, so this report was closed."),
                ui.screen_only(
                    ui.text(
                        "Is it not with you, or is something wrong with it? ",
                        ui.link("Report a problem", to=report_link(claim.order_number)),
                    )
                ),
            ),
            ui.text("You withdrew this report."),
        ),
    )


def _state(page: Any) -> rx.Component:
    claim = page.claim
    return ui.card(
        ui.stack(
            ui.split(
                ui.status_badge("claim", claim.status, plain=True),
                ui.text("Reported ", ui.date(claim.created_at), tone="muted"),
            ),
            ui.stack(
                _words(claim),
                rx.cond(
                    claim.answer & (claim.status != "withdrawn"),
                    ui.text("The store says: ", rx.el.bdi(claim.answer.to(str)), tone="muted"),
                ),
                gap="tight",
            ),
        )
    )


def _withdraw(page: Any) -> rx.Component:
    return ui.screen_only(
        rx.cond(
            page.claim.status == "open",
            ui.row(ui.button("Withdraw report", on_click=State.open_withdraw)),
        )
    )


def _outcome(page: Any) -> rx.Component:
    claim = page.claim

    def leads_to(what: str, number: Any, to: Any) -> rx.Component:
        return rx.cond(
            number,
            ui.row(ui.text(what), ui.link(number.to(str), to=to), justify="between"),
        )

    order = order_link(claim.order_number)
    replacement = claim.replacement_order_number
    back = claim.return_request_number
    wished = ui.text(
        rx.cond(
            claim.wish == "refund",
            "You asked for a refund.",
            "You asked for a replacement.",
        ),
        tone="muted",
    )
    return ui.section(
        "What comes of it",
        ui.rows(
            wished,
            rx.foreach(
                page.refunds, lambda refund: refund_row(refund, claim.currency, page.store_email)
            ),
            leads_to("Replacement order", replacement, order_link(replacement.to(str))),
            leads_to("New parcel", claim.resent_reference_number, order),
            leads_to("Return", back, return_link(back)),
        ),
    )


def _event(moment: Any, title: Any, tone: Any) -> rx.Component:
    return rx.cond(
        moment,
        ui.timeline_event(title, when=ui.date(moment.to(str), "datetime"), tone=tone),
    )


def _history(page: Any) -> rx.Component:
    claim = page.claim
    decided = rx.cond(
        claim.status == "rejected",
        _event(claim.decided_at, "Declined", "danger"),
        _event(claim.decided_at, "Agreed", "success"),
    )
    return ui.section(
        "History",
        ui.timeline(
            decided,
            _event(
                claim.withdrawn_at,
                rx.cond(claim.answer, "Closed", "Withdrawn by you"),
                "plain",
            ),
            _event(claim.created_at, "Reported", "plain"),
            label="History of this report",
        ),
    )


def _dialog() -> rx.Component:
    return ui.dialog(
        ui.text("Nothing is refunded or replaced. You can report it again while there is time."),
        id="withdraw-claim",
        title="Withdraw this report?",
        size="small",
        footer=[
            ui.button(
                "Withdraw report",
                variant="danger",
                on_click=State.withdraw,
                busy=State.busy == "withdraw",
                busy_label="Withdrawing…",
            ),
            ui.button("Keep report", closes=True),
        ],
        open=State.is_withdrawing,
        on_close=State.close_withdraw,
    )


def claim_detail() -> rx.Component:
    """The page of one report."""
    page = State.shown
    claim = page.claim
    items = rx.foreach(
        claim.claim_items,
        lambda item: claimed_item(
            item,
            is_parcel=claim.reference_number.bool(),
            is_digital=page.digital.contains(item.sku),
            end=ui.money(item.amount, claim.currency),
        ),
    )
    return rx.fragment(
        ui.page_header(
            rx.fragment("Report ", ui.unbroken(State.claim_id)),
            back=("Orders", routes.ORDERS),
            description=rx.cond(
                State.phase == "ready",
                ui.text(
                    "For order ",
                    ui.link(claim.order_number, to=order_link(claim.order_number)),
                    tone="muted",
                ),
            ),
            actions=[rx.cond(State.phase == "ready", ui.print_button())],
        ),
        page_data(
            State,
            ui.stack(
                _state(page), _withdraw(page), need_help(page.help_link, "report"), gap="medium"
            ),
            ui.columns(
                ui.stack(ui.section("Items", ui.rows(items)), _history(page), gap="huge"),
                _outcome(page),
                gap="huge",
            ),
            _dialog(),
            bones=[ui.skeleton("card"), ui.skeleton("row"), ui.skeleton("card")],
            follows=[State],
            missing=ui.empty(
                "not_found",
                "There is no such report",
                "The number may be mistyped, or the report belongs to another account.",
                action=ui.link_button("All your orders", to=routes.ORDERS),
            ),
        ),
    )
