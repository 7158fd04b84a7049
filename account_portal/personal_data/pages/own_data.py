"""Your data: a copy of everything."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.orders.components import claim_link, order_link, refund_id, return_link
from account_portal.personal_data.state import OwnDataState as State
from account_portal.ui import components as ui
from account_portal.ui.leaving import leave_dialog
from account_portal.ui.phases import page_data


def _underway() -> rx.Component:
    return ui.alert(
        "This takes a few minutes. You can leave this page: you get a message when it is ready.",
        title="Your copy is being made",
    )


def _ready(export: Any) -> rx.Component:
    return ui.card(
        ui.stack(
            ui.text("Your copy is ready", strong=True),
            ui.text(
                "Made ",
                ui.date(export.ready_at, "datetime"),
                ". It can be fetched until ",
                ui.date(export.expires_at, "binding"),
                ", then it is removed.",
                tone="muted",
            ),
            ui.form_actions(
                ui.button(
                    "Download",
                    variant="primary",
                    on_click=State.fetch_export(export.id),
                    busy=State.busy == "fetch_export",
                    busy_label="Opening…",
                ),
                _ask("Make a new copy"),
            ),
        )
    )


def _ask(label: str) -> rx.Component:
    return ui.button(
        label,
        on_click=State.request_export,
        busy=State.busy == "request_export",
        busy_label="Asking…",
    )


def _copy(page: Any) -> rx.Component:
    export = page.export
    status = rx.cond(export, export.status, "none")
    first = ui.row(_ask("Ask for a copy"))
    failed = ui.stack(
        ui.alert("We could not make your copy. Please try again.", tone="danger"),
        ui.row(_ask("Ask again")),
    )
    shown = rx.match(
        status,
        ("requested", _underway()),
        ("making", _underway()),
        ("ready", _ready(export)),
        ("failed", failed),
        first,
    )
    return ui.section(
        "A copy of your data",
        ui.unframed_only(shown),
        ui.framed_only(
            ui.window_button("Ask for a copy", to=routes.YOUR_DATA, frame_action="window")
        ),
        description="Everything we know about you in one archive: pages to read, a file for "
        "programs, and your pictures and videos. To keep it private, we may ask who you are first.",
    )


def _deleting(page: Any) -> rx.Component:
    return ui.section(
        "Delete your account",
        ui.unframed_only(
            rx.cond(
                page.deletion.can_be_deleted,
                ui.row(
                    ui.button(
                        "Delete account…",
                        on_click=State.ask_to_delete,
                        busy=State.busy == "ask_to_delete",
                        busy_label="One moment…",
                    )
                ),
                ui.stack(
                    ui.text("Something is still under way. It has to be settled first:"),
                    rx.el.ul(
                        rx.foreach(page.deletion.obstacles, _obstacle),
                        class_name="grid list-disc gap-2 ps-5",
                    ),
                ),
            )
        ),
        ui.framed_only(
            ui.window_button("Delete account…", to=routes.YOUR_DATA, frame_action="window")
        ),
        description="For good, with everything that names you. If you only want to be signed out "
        "and come back some day, close your account under Security instead.",
    )


def _obstacle(one: Any) -> rx.Component:
    """What is under way, and the page on which it is settled."""
    number, order = one.number.to(str), order_link(one.order_number.to(str))

    def leading(to: Any) -> rx.Component:
        return rx.fragment(" ", ui.link("Open it", ui.hidden_text(": ", number), to=to))

    return rx.el.li(
        one.message,
        rx.match(
            one.code,
            ("open_order", leading(order)),
            ("open_return", leading(return_link(number))),
            ("open_claim", leading(claim_link(number))),
            ("open_withdrawal", leading(order)),
            ("open_refund", leading(order + "#" + refund_id(number))),
            rx.fragment(),
        ),
    )


def _delete_dialog(page: Any) -> rx.Component:
    return leave_dialog(
        State,
        rx.el.ul(
            rx.el.li("Your profile, addresses, bank accounts, messages and sign-ins are deleted."),
            rx.el.li(
                "Amounts, dates and numbers of your orders stay without your name until ",
                ui.date(page.deletion.books_until.to(str)[:10]),  # the store's day, not a moment
                ", as the law requires.",
            ),
            rx.foreach(page.deletion.forfeits, lambda one: rx.el.li(one.message)),
            class_name="grid list-disc gap-2 ps-5",
        ),
        ui.text("You may want a copy of your data first: afterwards there is none."),
        verb="Delete",
        doing="Deleting…",
        warning="Nobody can undo this, not even we.",
        deed="delete_account",
    )


def own_data() -> rx.Component:
    """The page about one's own data."""
    page = State.shown
    return rx.fragment(
        ui.page_header("Your data"),
        page_data(
            State,
            ui.stack(_copy(page), _deleting(page), gap="huge"),
            _delete_dialog(page),
            bones=[ui.skeleton("title"), ui.skeleton("card")],
            follows=(State,),
        ),
    )
