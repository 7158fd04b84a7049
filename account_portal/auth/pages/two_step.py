"""The part of the security page about two-step sign-in, and its dialogs."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.auth.state.security import SecurityState as State
from account_portal.ui import components as ui

_WHAT = (
    "On a new device you then need two different proofs to sign in, such as your password and a "
    "code by e-mail. Somebody who has only one of them does not get in."
)


def two_step(page: Any) -> rx.Component:
    """The section: what it is, whether it is on, and what it stands on."""
    return ui.section(
        "Two-step sign-in",
        ui.card(
            rx.cond(
                page.two_step.is_on,
                _on(page),
                rx.cond(page.two_step.ways.length() > 1, _off(), _not_possible()),
            )
        ),
        description=_WHAT,
    )


def _on(page: Any) -> rx.Component:
    left = page.two_step.recovery_codes_left
    return ui.stack(
        ui.row(
            ui.badge("On", tone="success", icon_name="circle-check"),
            ui.text("since ", ui.date(page.two_step.on_since, "date"), inline=True),
        ),
        rx.cond(
            left > 0,
            ui.text(left, rx.cond(left == 1, " recovery code", " recovery codes"), " left."),
            ui.alert("No recovery code is left. Make new ones and keep them.", tone="warn"),
        ),
        _deeds(
            ui.button(
                "Make new recovery codes",
                size="small",
                on_click=State.renew_recovery_codes,
                busy=State.busy == "renew_recovery_codes",
            ),
            rx.cond(
                page.two_step.is_required,
                rx.fragment(),
                ui.button("Turn off…", size="small", on_click=State.ask_two_step_off),
            ),
        ),
        rx.cond(
            page.two_step.is_required,
            ui.text(
                "We ask everybody for it, so it can't be turned off.", tone="muted", size="small"
            ),
        ),
    )


def _off() -> rx.Component:
    return ui.stack(
        ui.text("A passkey counts as two. Devices on which you gave two proofs ask for one only."),
        _deeds(
            ui.button(
                "Turn on two-step sign-in",
                on_click=State.turn_two_step_on,
                busy=State.busy == "turn_two_step_on",
                busy_label="Turning on…",
            )
        ),
        ui.text("All your other devices are signed out then.", tone="muted", size="small"),
    )


def _not_possible() -> rx.Component:
    return ui.text(
        "You have one way to sign in so far. Set a password, add a passkey, or verify an e-mail "
        "address and a phone number under ",
        ui.link("Profile", to=routes.PROFILE),
        "; then you can turn it on here.",
    )


def _deeds(*buttons: rx.Component) -> rx.Component:
    return rx.fragment(
        ui.unframed_only(ui.row(*buttons)),
        ui.framed_only(
            ui.window_button(
                "Change two-step sign-in", to=routes.SECURITY, frame_action="window", size="small"
            )
        ),
    )


def two_step_dialogs() -> rx.Component:
    """Recovery codes, shown once; and the question whether to turn it off."""
    code = "font-mono tabular-nums tracking-wide"
    codes = State.recovery_codes
    return rx.fragment(
        ui.dialog(
            ui.text(
                "Each signs you in once, after your password or a code, when your other ways are "
                "out of reach. Print them, or keep them in a password manager: we show them only "
                "now."
            ),
            ui.row(
                rx.el.ul(
                    rx.foreach(codes, lambda one: rx.el.li(one, class_name=code, dir="ltr")),
                    class_name="grid grid-cols-1 gap-x-6 gap-y-2 sm:grid-cols-2",
                ),
                ui.copy_button(codes.join("\n"), "Copy all recovery codes"),
                align="start",
                justify="between",
                wrap=False,
            ),
            id="recovery-codes",
            title="Keep your recovery codes",
            footer=[ui.button("I have kept them", variant="primary", closes=True)],
            open=codes.length() > 0,
            on_close=State.close_recovery_codes,
        ),
        ui.dialog(
            ui.text(
                "One proof is enough again on any device, and your recovery codes work no more. "
                "We tell you by e-mail and SMS."
            ),
            id="two-step-off",
            title="Turn off two-step sign-in?",
            size="small",
            footer=[
                ui.button(
                    "Turn off",
                    variant="danger",
                    on_click=State.turn_two_step_off,
                    busy=State.busy == "turn_two_step_off",
                    busy_label="Turning off…",
                ),
                ui.button("Keep it on", closes=True),
            ],
            open=State.turning_two_step_off,
            on_close=State.keep_two_step,
        ),
    )
