"""Notifications: which messages, by which channel."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.profile.state.notifications import NotificationsState as State
from account_portal.ui import components as ui
from account_portal.ui.icons import IconName
from account_portal.ui.phases import page_data
from account_portal.ui.store import StoreState

KINDS: list[tuple[str, IconName, str, str]] = [
    ("transactional", "package", "Your orders", "Parcels, returns, refunds and payments."),
    ("promotional", "gift", "Offers", "Sales, price drops and things you may like."),
    ("newsletter", "mail", "Newsletter", "What is new in the store, about once a month."),
]
CHANNELS = [("email", "E-mail"), ("sms", "SMS"), ("whatsapp", "WhatsApp")]


def _switch(kind: str, label: str, channel: str, way: str) -> rx.Component:
    return ui.switch(
        f"{label} by {way}",
        short=way,
        checked=State.opt_ins[kind][channel],
        on_change=lambda on: State.turn(kind, channel, on),
    )


def _kind(kind: str, picture: IconName, label: str, about: str) -> rx.Component:
    return ui.lead_row(
        ui.icon(picture, size=24),
        ui.text(label, strong=True),
        ui.text(about, tone="muted", size="small"),
        end=ui.row(
            *[
                rx.cond(StoreState.channels.contains(channel), _switch(kind, label, channel, way))
                for channel, way in CHANNELS
            ],
            gap="medium",
        ),
    )


def _missing_contact() -> rx.Component:
    def hint(missing: Any, words: Any, link: str) -> rx.Component:
        return rx.cond(
            missing,
            ui.alert(words, " ", ui.link(link, to=routes.PROFILE, variant="plain")),
        )

    email, sms, whatsapp = (StoreState.channels.contains(channel) for channel, _ in CHANNELS)
    return rx.fragment(
        hint(
            ~State.has_phone & (sms | whatsapp),
            rx.cond(
                sms & whatsapp,
                "SMS and WhatsApp reach you once you have a phone number.",
                rx.cond(
                    sms,
                    "SMS reach you once you have a phone number.",
                    "WhatsApp reaches you once you have a phone number.",
                ),
            ),
            "Add one in your profile",
        ),
        hint(
            ~State.has_email & email,
            "E-mail reaches you once you have an address.",
            "Add one in your profile",
        ),
    )


def _turned(one: Any) -> rx.Component:
    labels = {kind: label for kind, _, label, _ in KINDS}
    return ui.row(
        ui.text(
            rx.match(one.kind, *labels.items(), one.kind),
            " by ",
            rx.match(one.channel, *CHANNELS, one.channel),
            rx.cond(one.is_on, " turned on", " turned off"),
        ),
        ui.text(
            rx.match(
                one.source, ("customer", "By you"), ("system", "By the store"), "By the store"
            ),
            ", ",
            ui.date(one.created_at, "datetime"),
            tone="muted",
            size="small",
        ),
        justify="between",
    )


def _history() -> rx.Component:
    return rx.cond(
        State.turned.length() > 0,
        ui.section(
            "What you changed before",
            ui.rows(rx.foreach(State.turned, _turned)),
            description="With the moment and by whom, newest first.",
        ),
    )


def notifications() -> rx.Component:
    """The page of opt-ins."""
    return rx.fragment(
        ui.page_header("Notifications"),
        page_data(
            State,
            _missing_contact(),
            ui.rows(*[_kind(*kind) for kind in KINDS]),
            ui.text(
                "Changes are saved at once. Sign-in codes and security alerts are always sent.",
                tone="muted",
                size="small",
            ),
            _history(),
            bones=ui.skeleton_cards(3),
        ),
    )
