"""The part of the security page that lists passkeys, and its dialogs."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.auth.components import passkey_maker
from account_portal.auth.state.security import SecurityState as State
from account_portal.ui import components as ui
from account_portal.ui.removing import removal_dialog
from account_portal.ui.store import StoreState

_USE = "They sign you in without a password, and work on this site only."
_SMS_RISK = (
    "Codes by SMS can be read by whoever takes over your phone number; passkeys, and codes by "
    "e-mail, cannot be taken that way."
)


def _passkey(passkey: Any) -> rx.Component:
    used = rx.cond(
        passkey.last_used_at,
        rx.fragment("Last used ", ui.date(passkey.last_used_at, "ago")),
        "Not used yet",
    )
    buttons = ui.row(
        ui.icon_button(
            "pencil", "Rename " + passkey.name, on_click=State.ask_passkey_name(passkey.id)
        ),
        ui.unframed_only(
            ui.icon_button(
                "trash-2", "Remove " + passkey.name, on_click=State.ask_passkey_removal(passkey.id)
            )
        ),
        wrap=False,
    )
    return ui.lead_row(
        ui.icon("key-round", size=24),
        ui.text(passkey.name, strong=True),
        ui.text(
            "Added ",
            ui.date(passkey.created_at, "date"),
            " · ",
            used,
            rx.cond(passkey.is_backed_up, " · Synced to your devices", ""),
            tone="muted",
            size="small",
        ),
        end=buttons,
    )


def passkeys(page: Any) -> rx.Component:
    """The section with all of them."""
    add = rx.fragment(
        ui.unframed_only(
            ui.button(
                "Add a passkey",
                size="small",
                icon_name="plus",
                on_click=State.ask_for_passkey,
                busy=State.busy == "ask_for_passkey",
            )
        ),
        ui.framed_only(
            ui.window_button(
                "Add a passkey", to=routes.SECURITY, frame_action="window", size="small"
            )
        ),
    )
    return ui.section(
        "Passkeys",
        rx.cond(
            page.passkeys.length() > 0,
            ui.rows(ui.each(page.passkeys, _passkey, key="id")),
            ui.card(
                ui.empty(
                    "nothing",
                    "No passkey yet",
                    "With one you sign in by your fingerprint, face or screen lock.",
                    icon_name="key-round",
                )
            ),
        ),
        action=add,
        description=rx.cond(
            StoreState.channels.contains("sms"),
            f"{_USE} {_SMS_RISK}",
            _USE,
        ),
    )


def passkey_dialogs() -> rx.Component:
    """Making one, naming one, and the question whether to remove one."""
    return rx.fragment(
        ui.dialog(
            ui.form_error(State.passkey_fault),
            ui.text(
                "Your device asks for your fingerprint, face or screen lock, and keeps the passkey "
                "for you. We never see any of them."
            ),
            ui.form_actions(passkey_maker(State), ui.button("Cancel", closes=True), end=True),
            id="add-passkey",
            title="Add a passkey",
            size="small",
            open=State.is_adding_passkey,
            on_close=State.stop_adding_passkey,
        ),
        ui.dialog(
            rx.cond(State.renaming_passkey, _rename()),
            id="rename-passkey",
            title="Rename this passkey",
            size="small",
            open=State.renaming_passkey.to(bool),
            on_close=State.keep_passkey,
        ),
        removal_dialog(
            State,
            ui.text(
                State.removing_passkey.name,
                " will no longer sign you in. A password or a code still does. Where it is kept, "
                "it can be deleted too.",
            ),
            thing="passkey",
            deed="remove_passkey",
            keep="keep_passkey",
            open=State.removing_passkey.to(bool),
            verb="Remove",
            doing="Removing…",
        ),
    )


def _rename() -> rx.Component:
    return ui.form(
        ui.text_field(
            "name",
            "Name",
            id="passkey-name",
            default_value=State.renaming_passkey.name,
            error=State.errors["name"],
            auto_complete="off",
            required=True,
            max_length=60,
        ),
        ui.form_actions(
            ui.submit("Save name", busy=State.busy == "rename_passkey"),
            ui.button("Cancel", closes=True),
            end=True,
        ),
        on_submit=State.rename_passkey,
        errors=State.errors,
        labels={"name": "Name"},
        busy=State.busy == "rename_passkey",
    )
