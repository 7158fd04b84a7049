"""Fields to write in."""

from typing import Any, Literal

import reflex as rx

from account_portal.ui.components.fields.frame import field, wiring
from account_portal.ui.icons import icon
from account_portal.ui.variants import Text

InputType = Literal["text", "email", "tel", "url", "search", "number"]


def text_field(
    name: str,
    label: Text,
    *,
    type: InputType = "text",
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    hide_label: bool = False,
    **props: Any,
) -> rx.Component:
    """One line of text.

    `**props` go to the input: `default_value`, `auto_complete`, `max_length`, `required`,
    `on_change`.
    """
    id = id or name
    control = rx.el.input(
        id=id, name=name, type=type, class_name="control", **wiring(id, error), **props
    )
    return field(
        label, control, id=id, hint=hint, error=error, optional=optional, hide_label=hide_label
    )


def search_field(name: str, label: Text, *, id: str | None = None, **props: Any) -> rx.Component:
    """A search box with a magnifier; its label is read out, not shown."""
    id = id or name
    props.setdefault("placeholder", label)
    return rx.el.div(
        icon(
            "search", class_name="pointer-events-none absolute inset-y-0 start-3 my-auto text-muted"
        ),
        rx.el.input(
            id=id, name=name, type="search", aria_label=label, class_name="control ps-10", **props
        ),
        class_name="relative h-fit min-w-0 self-end",
    )


def date_field(
    name: str,
    label: Text,
    *,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    **props: Any,
) -> rx.Component:
    """A day, with the browser's own calendar; the value is `YYYY-MM-DD`. `min`, `max` in props."""
    id = id or name
    control = rx.el.input(
        id=id, name=name, type="date", class_name="control", **wiring(id, error), **props
    )
    return field(label, control, id=id, hint=hint, error=error, optional=optional)


def textarea_field(
    name: str,
    label: Text,
    *,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    **props: Any,
) -> rx.Component:
    """Several lines of text; grows with what is written."""
    id = id or name
    control = rx.el.textarea(
        id=id, name=name, class_name="control", dir="auto", **wiring(id, error), **props
    )
    return field(label, control, id=id, hint=hint, error=error, optional=optional)
