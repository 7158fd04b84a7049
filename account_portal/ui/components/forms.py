"""Forms: what is sent, and how failures are told."""

from collections.abc import Mapping
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML

from account_portal.ui.components.fields.frame import error_place
from account_portal.ui.variants import Child, Flag, classes, given


class FormGuard(rx.Component):
    """Reads failures out, focuses the first bad field, swallows a second submit."""

    library = "$/public/kit/forms.js"
    tag = "FormGuard"

    errors: rx.Var[dict[str, Any]]
    labels: rx.Var[dict[str, str]]
    busy: rx.Var[bool]
    title: rx.Var[str]


class NativeForm(BaseHTML):
    """A form the browser sends itself, with a page load. `rx.el.form` always prevents that."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]
    no_validate: rx.Var[bool]


_STACK = "grid min-w-0 grid-cols-1 gap-5"


def form(
    *children: Child,
    on_submit: Any,
    errors: rx.Var[Any] | None = None,
    labels: Mapping[str, str] | None = None,
    busy: Flag | None = None,
    **props: Any,
) -> rx.Component:
    """A form handled by a state.

    Args:
        *children: fields, then `form_actions`.
        on_submit: handler that gets the values by field name.
        errors: `{field: text}`, as the state holds them; told as a summary to screen readers, and
            the first bad field gets the focus. Show each at its field with `error=errors["name"]`;
            `errors["_"]`, the form as a whole, is shown above the fields.
        labels: names of fields in the summary.
        busy: true while the answer is awaited.
        **props: attributes of the element.
    """
    guard = FormGuard.create(
        title="Please check these fields:",
        class_name="sr-only",
        **given(errors=errors, labels=dict(labels) if labels else None, busy=busy),
    )
    # `method` counts before the page is alive: without it values would go into the address.
    whole = [] if errors is None else [form_error(errors["_"])]
    return rx.el.form(
        *whole, *children, guard, on_submit=on_submit, method="post", class_name=_STACK, **props
    )


def native_form(
    *children: Child,
    action: str,
    class_name: str = _STACK,
    multipart: bool = False,
    **props: Any,
) -> rx.Component:
    """A form sent by POST with a page load: sign-in, sign-out, uploads without script."""
    kind = {"enc_type": "multipart/form-data"} if multipart else {}
    return NativeForm.create(
        *children, action=action, method="post", class_name=class_name, **kind, **props
    )


def hidden_field(name: str, value: Any) -> rx.Component:
    """A value that travels with the form unseen."""
    return rx.el.input(type="hidden", name=name, value=value)


def form_actions(*buttons: Child, end: bool = False) -> rx.Component:
    """The buttons of a form, the main one first; in a phone's width one below the other.

    In a dialog they stay in view at its lower end.
    """
    return rx.el.div(
        *buttons,
        class_name=classes(
            "form-actions flex flex-wrap items-center gap-3 max-sm:[&>*]:w-full",
            "sm:justify-end" if end else "",
        ),
    )


def form_error(message: rx.Var[str] | str, *, id: str | None = None) -> rx.Component:
    """A failure that belongs to no single field; nothing while there is none."""
    return error_place(
        message,
        role="alert",
        class_name="rounded-box bg-danger-tint px-3 py-2 text-danger empty:hidden",
        **given(id=id),
    )
