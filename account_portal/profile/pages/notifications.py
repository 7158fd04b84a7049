"""Notifications: which messages, by which channel."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.profile.state.notifications import NotificationsState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

KINDS = [
    ("transactional", "Your orders", "Parcels, returns, refunds and payments."),
    ("promotional", "Offers", "Sales, price drops and things you may like."),
    ("newsletter", "Newsletter", "What is new in the store, about once a month."),
]
CHANNELS = [("email", "E-mail"), ("sms", "SMS"), ("whatsapp", "WhatsApp")]
COLUMNS = [ui.Column("Messages"), *[ui.Column(label) for _, label in CHANNELS]]


def _switch(kind: str, label: str, channel: str, way: str) -> rx.Component:
    return ui.switch(
        f"{label} by {way}",
        hide_label=True,
        checked=State.opt_ins[kind][channel],
        on_change=lambda on: State.turn(kind, channel, on),
    )


def _row(kind: str, label: str, about: str) -> rx.Component:
    return ui.table_row(
        COLUMNS,
        ui.stack(
            ui.text(label, strong=True), ui.text(about, tone="muted", size="small"), gap="none"
        ),
        *[_switch(kind, label, channel, way) for channel, way in CHANNELS],
    )


def _missing_contact() -> rx.Component:
    def hint(missing: Any, words: str, link: str) -> rx.Component:
        return rx.cond(
            missing,
            ui.alert(words, " ", ui.link(link, to=routes.PROFILE)),
        )

    return rx.fragment(
        hint(
            ~State.has_phone,
            "SMS and WhatsApp reach you once you have a phone number.",
            "Add one in your profile",
        ),
        hint(
            ~State.has_email,
            "E-mail reaches you once you have an address.",
            "Add one in your profile",
        ),
    )


def notifications() -> rx.Component:
    """The page of opt-ins."""
    return rx.fragment(
        ui.page_header("Notifications", description="Changes are saved at once."),
        page_data(
            State,
            _missing_contact(),
            ui.card(
                ui.table(COLUMNS, *[_row(*kind) for kind in KINDS], caption="Messages you get")
            ),
            ui.text(
                "Codes to sign in, and warnings about the safety of your account, always come.",
                tone="muted",
                size="small",
            ),
            bones=ui.skeleton_cards(3),
        ),
    )
