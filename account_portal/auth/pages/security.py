"""Security: devices, sign-ins of late, the password, closing the account."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.auth.components import PASSWORD_RULE, known_as
from account_portal.auth.pages.passkeys import passkey_dialogs, passkeys
from account_portal.auth.pages.two_step import two_step, two_step_dialogs
from account_portal.auth.state.security import SecurityState as State
from account_portal.ui import components as ui
from account_portal.ui.leaving import leave_dialog
from account_portal.ui.page_state import PageState
from account_portal.ui.phases import page_data


def _device(device: Any) -> rx.Component:
    picture = rx.match(
        device.kind,
        ("phone", ui.icon("smartphone", size=24)),
        ("app", ui.icon("key-round", size=24)),
        ui.icon("laptop", size=24),
    )
    seen = ui.text(
        rx.cond(device.place, device.place + " · ", ""),
        rx.cond(device.is_current, "In use now", "Last used "),
        rx.cond(device.is_current, "", ui.date(device.last_seen_at, "ago")),
        tone="muted",
        size="small",
    )
    end = rx.cond(
        device.is_current,
        ui.badge("This device", tone="success"),
        ui.button(
            "Sign out",
            ui.hidden_text(" ", device.name),
            size="small",
            on_click=State.end(device.id),
            busy=(State.busy == "end") & (State.ending == device.id),
            busy_label="Signing out…",
        ),
    )
    return ui.lead_row(picture, ui.text(device.name, strong=True), seen, end=end)


def _devices(page: Any) -> rx.Component:
    others = rx.cond(
        page.devices.length() > 1,
        ui.button(
            "Sign out all others",
            size="small",
            on_click=State.end_others,
            busy=State.busy == "end_others",
            busy_label="Signing out…",
        ),
    )
    return ui.section(
        "Devices",
        ui.rows(ui.each(page.devices, _device, key="id")),
        action=others,
        description="Where your account is signed in. Don't know one? Sign it out and change "
        "your password.",
    )


def _sign_in(line: Any) -> rx.Component:
    mark = rx.cond(
        line.succeeded,
        ui.badge("Signed in", tone="success", icon_name="circle-check"),
        ui.badge("Failed", tone="danger", icon_name="circle-alert"),
    )
    return ui.row(
        ui.stack(
            ui.text(line.name, " · ", line.method),
            ui.text(
                ui.date(line.created_at, "datetime"),
                rx.cond(line.place, " · " + line.place, ""),
                tone="muted",
                size="small",
            ),
            gap="none",
        ),
        mark,
        justify="between",
    )


def _sign_ins(page: Any) -> rx.Component:
    return ui.section(
        "Recent sign-ins",
        rx.cond(
            page.sign_ins.length() > 0,
            ui.rows(rx.foreach(page.sign_ins, _sign_in)),
            ui.text("None yet.", tone="muted"),
        ),
    )


def _password(page: Any) -> rx.Component:
    change = ui.form(
        known_as(PageState.viewer.email),
        ui.password_field(
            "old_password",
            "Current password",
            error=State.errors["old_password"],
            required=True,
            max_length=128,
            key=State.form_stamp.to(str),
        ),
        ui.password_field(
            "new_password",
            "New password",
            new=True,
            hint=PASSWORD_RULE,
            error=State.errors["new_password"],
            required=True,
            max_length=128,
            key=State.form_stamp.to(str),
        ),
        ui.form_actions(
            ui.submit("Change password", busy=State.busy == "change_password"),
        ),
        on_submit=State.change_password,
        errors=State.errors,
        labels={"old_password": "Current password", "new_password": "New password"},
        busy=State.busy == "change_password",
    )
    none_yet = ui.stack(
        ui.text("You sign in with codes. With a password you can sign in without waiting for one."),
        ui.link_button("Set a password", to=f"{routes.FORGOT_PASSWORD}?next={routes.SECURITY}"),
        align="start",
    )
    return ui.section(
        "Password",
        ui.unframed_only(ui.card(rx.cond(page.has_password, change, none_yet))),
        ui.framed_only(
            ui.window_button("Change password", to=routes.SECURITY, frame_action="window")
        ),
        description="Changing it signs out all other devices.",
    )


KEPT = [
    "You are signed out everywhere and can't sign in any more.",
    "Orders on their way still arrive, and returns and refunds under way go on.",
    "We keep your orders and invoices for as long as the law requires.",
    "Points and store credit can't be used any more.",
]


def _close_dialog() -> rx.Component:
    return leave_dialog(
        State,
        rx.el.ul(*[rx.el.li(line) for line in KEPT], class_name="grid list-disc gap-2 ps-5"),
        verb="Close",
        doing="Closing…",
        warning="Only our customer service can open a closed account again.",
        deed="close_account",
    )


def _closing() -> rx.Component:
    return ui.section(
        "Close your account",
        ui.unframed_only(
            ui.row(
                ui.button("Close account…", on_click=State.ask_to_leave),
            ),
        ),
        ui.framed_only(
            ui.window_button("Close account…", to=routes.SECURITY, frame_action="window")
        ),
        ui.text(
            "To have everything about you deleted, or a copy of it, go to ",
            ui.link("Your data", to=routes.YOUR_DATA),
            ".",
            tone="muted",
        ),
        description="First we show you what we keep.",
    )


def security() -> rx.Component:
    """The page of devices, sign-ins and password."""
    page = State.shown
    return rx.fragment(
        ui.page_header("Security"),
        page_data(
            State,
            ui.stack(
                _devices(page),
                two_step(page),
                passkeys(page),
                _password(page),
                _sign_ins(page),
                _closing(),
                gap="huge",
            ),
            _close_dialog(),
            passkey_dialogs(),
            two_step_dialogs(),
            bones=[ui.skeleton("title"), *ui.skeleton_cards(3, "row"), ui.skeleton("card")],
        ),
    )
