"""A form whose answer sets the cookie: only the browser can send it."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.components.forms import FormGuard
from account_portal.ui.variants import Child


class SentForm(rx.Component):
    """Sent natively before the script is there, by fetch afterwards; see `sent_form`."""

    library = "$/public/kit/sign-in.js"
    tag = "SentForm"

    action: rx.Var[str]
    customer: rx.Var[str]
    on_start: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]
    on_again: rx.EventHandler[rx.event.no_args_event_spec]
    on_failed: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, Any])]


class Countdown(rx.Component):
    """Time until something may be done again."""

    library = "$/public/kit/sign-in.js"
    tag = "Countdown"

    seconds: rx.Var[int]
    stamp: rx.Var[int]
    label: rx.Var[str]
    on_end: rx.EventHandler[rx.event.no_args_event_spec]


def sent_form(
    *children: Child,
    action: str,
    state: Any,
    on_done: Any | None = None,
    labels: Mapping[str, str] | None = None,
    customer: rx.Var[str] | None = None,
    on_again: Any | None = None,
) -> rx.Component:
    """A form of sign-in.

    Args:
        *children: fields and buttons; one with `form_action` sends to another place.
        action: where it is sent.
        state: has the handlers and words of `Sending`.
        on_done: told of an answer that does not sign in.
        labels: names of fields in what is read out when it is refused.
        customer: whose page it is; signed in again, it stays as it is.
        on_again: told when the page has connected anew.
    """
    given = {"on_done": on_done, "customer": customer, "on_again": on_again}
    return SentForm.create(
        ui.form_error(state.faults["_"], id="form-error"),
        *children,
        FormGuard.create(
            errors=state.faults,
            labels=dict(labels or {}),
            busy=state.underway != "",
            title="Please check:",
            class_name="sr-only",
        ),
        action=action,
        on_start=state.sending,
        on_failed=state.refuse,
        class_name="group grid min-w-0 grid-cols-1 gap-5",
        **{name: value for name, value in given.items() if value is not None},
    )
