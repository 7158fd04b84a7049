"""Buttons that use and make passkeys: the browser asks its user, by script."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui


class PasskeyUse(rx.Component):
    """Around a button; see `passkey_button`."""

    library = "$/public/kit/passkey.js"
    tag = "PasskeyUse"

    action: rx.Var[str]
    next: rx.Var[str]
    customer: rx.Var[str]
    autofill: rx.Var[bool]
    on_start: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]
    on_again: rx.EventHandler[rx.event.no_args_event_spec]
    on_failed: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]


class PasskeyMaker(rx.Component):
    """Around a button; see `passkey_maker`."""

    library = "$/public/kit/passkey.js"
    tag = "PasskeyMaker"

    options: rx.Var[dict[str, Any]]
    on_start: rx.EventHandler[rx.event.no_args_event_spec]
    on_made: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]
    on_failed: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]


def passkey_button(
    state: Any,
    *,
    customer: rx.Var[str] | None = None,
    on_again: Any = None,
    autofill: bool = False,
) -> rx.Component:
    """Signs in with a passkey; gone where the browser has none.

    Args:
        state: has the handlers and words of `Sending`.
        customer: whose page it is; signed in again, it stays as it is.
        on_again: told when the page has connected anew.
        autofill: the field of the contact offers passkeys too.
    """
    given = {"customer": customer, "on_again": on_again}
    return PasskeyUse.create(
        ui.button(
            "Sign in with a passkey",
            full=True,
            icon_name="key-round",
            busy=state.underway == "passkey",
            busy_label="Signing in…",
        ),
        action="/api/session/passkey",
        next=state.wanted,
        autofill=autofill,
        on_start=state.sending,
        on_failed=state.refuse,
        class_name="grid",
        **{name: value for name, value in given.items() if value is not None},
    )


def passkey_proof(state: Any) -> rx.Component:
    """Proves by a passkey who is signed in; gone where the browser has none."""
    return PasskeyUse.create(
        ui.button(
            "Use a passkey",
            full=True,
            icon_name="key-round",
            busy=state.is_asking_passkey,
            busy_label="Follow your device…",
        ),
        action="/api/session/passkey-proof",
        on_start=state.ask_passkey,
        on_done=state.prove_by_passkey,
        on_failed=state.refuse_passkey,
        class_name="grid",
    )


def passkey_maker(state: Any) -> rx.Component:
    """Makes the passkey whose options the state holds."""
    return PasskeyMaker.create(
        ui.button(
            "Create passkey",
            variant="primary",
            full=True,
            busy=state.making_passkey,
            busy_label="Follow your device…",
        ),
        options=state.passkey_options,
        on_start=state.make_passkey,
        on_made=state.add_passkey,
        on_failed=state.refuse_passkey,
        class_name="grid",
    )
