"""Your data: a copy of everything."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.personal_data.state import OwnDataState as State
from account_portal.ui import components as ui
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
                ui.date(export.expires_at, "datetime"),
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
        "programs, and your pictures and videos. To keep it private, we ask who you are first.",
    )


def own_data() -> rx.Component:
    """The page about one's own data."""
    page = State.shown
    return rx.fragment(
        ui.page_header("Your data"),
        page_data(
            State,
            ui.stack(_copy(page), gap="huge"),
            bones=[ui.skeleton("title"), ui.skeleton("card")],
        ),
    )
