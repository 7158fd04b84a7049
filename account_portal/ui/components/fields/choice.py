"""Choices in the open: checkbox, switch, radio cards, stars."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.el.elements.forms import CheckboxInput

from account_portal.ui.components.fields.frame import ERROR, HINT, LABEL, error_place, notes, wiring
from account_portal.ui.icons import path
from account_portal.ui.variants import Child, Flag, Number, Text, classes, given


class HeldTick(CheckboxInput):
    """A checkbox or radio button that the state keeps; it turns at once, before the state answers.

    A switch is not one: it saves at once, so it turns only when that is done.
    """

    library = "$/public/kit/forms.js"
    tag = "HeldTick"


def _tick(**props: Any) -> rx.Component:
    make = HeldTick.create if "checked" in props else rx.el.input
    return make(class_name="tick mt-0.5", **props)


def checkbox(
    name: str,
    label: Child,
    *,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    **props: Any,
) -> rx.Component:
    """One yes or no, sent with its form. `default_checked`, `checked`, `on_change` in props."""
    id = id or name
    return rx.el.div(
        rx.el.label(
            _tick(id=id, name=name, type="checkbox", **wiring(id, error), **props),
            rx.el.span(label, class_name="min-w-0"),
            class_name="flex min-h-6 items-start gap-3",
        ),
        *notes(id, hint, error),
        class_name="grid grid-cols-1 gap-1",
    )


def switch(
    label: Text,
    *,
    checked: Flag | None = None,
    on_change: Any = None,
    short: Text | None = None,
    hint: Text | None = None,
    **props: Any,
) -> rx.Component:
    """On or off, at once: without a form and without a save button.

    `short` stands above it instead of the label, where the place says the rest: several of these
    stand evenly beside one another.
    """
    note = [rx.el.span(hint, class_name="block text-small text-muted")] if hint is not None else []
    words = [rx.el.span(label, *note, class_name="min-w-0" if short is None else "sr-only")]
    if short is not None:
        words.append(rx.el.span(short, class_name="text-small text-muted", aria_hidden=True))
    return rx.el.label(
        *words,
        rx.el.input(
            type="checkbox",
            role="switch",
            class_name="switch",
            **given(checked=checked, on_change=on_change),
            **props,
        ),
        class_name="flex min-h-10 w-full items-center justify-between gap-4"
        if short is None
        else "grid min-h-11 min-w-16 justify-items-center gap-2",
    )


def radio_card(
    name: str,
    value: Text,
    label: Child,
    *,
    hint: Child | None = None,
    extra: Child | None = None,
    **props: Any,
) -> rx.Component:
    """One choice of `radio_cards`. `disabled=True` with the reason as `hint` explains itself."""
    note = [rx.el.span(hint, class_name="block text-small text-muted")] if hint is not None else []
    tail = [rx.el.span(extra, class_name="shrink-0")] if extra is not None else []
    return rx.el.label(
        _tick(type="radio", name=name, value=value, **props),
        rx.el.span(
            rx.el.span(label, class_name="block font-medium"),
            *note,
            class_name="min-w-0 flex-1",
            dir="auto",
        ),
        *tail,
        class_name="flex min-w-0 items-start gap-3 rounded-box border border-line-control "
        "bg-surface p-3 "
        "transition-colors duration-150 has-[:enabled]:hover:border-text "
        "has-[:checked]:border-accent-text "
        "has-[:checked]:bg-accent-tint has-[:checked]:ring-1 has-[:checked]:ring-accent-text "
        "has-[:disabled]:bg-sunken has-[:disabled]:text-muted",
    )


def radio_cards(
    label: Text,
    *cards: Child,
    id: str,
    hint: Text | None = None,
    error: Text | None = None,
    columns: Literal[1, 2] = 1,
) -> rx.Component:
    """A choice among few, each with a word of explanation; children are `radio_card`s."""
    tied = wiring(id, error)
    tied.pop("aria_invalid", None)  # a group has no validity of its own; its inputs are read
    return rx.el.fieldset(
        rx.el.legend(label, class_name=classes(LABEL, "mb-1.5")),
        rx.el.div(
            *cards,
            class_name=classes("grid grid-cols-1 gap-2", "sm:grid-cols-2" if columns == 2 else ""),
        ),
        rx.el.div(*notes(id, hint, error), class_name="mt-1.5"),
        id=id,
        class_name="min-w-0",
        **tied,
    )


def group(label: Text, *children: Child, hint: Text | None = None) -> rx.Component:
    """Fields that belong together, under one name."""
    note = [rx.el.p(hint, class_name=HINT)] if hint is not None else []
    return rx.el.fieldset(
        rx.el.legend(label, class_name="mb-3 text-base font-semibold"),
        *note,
        rx.el.div(*children, class_name="grid grid-cols-1 gap-4"),
        class_name="min-w-0",
    )


class StarInput(rx.Component):
    """Nine radio buttons drawn as five stars; see `star_field`."""

    library = "$/public/kit/forms.js"
    tag = "StarInput"
    _is_form_control = True

    name: rx.Var[str]
    value: rx.Var[float]
    star: rx.Var[str]
    label: rx.Var[str]
    required: rx.Var[bool]


def star_field(
    name: str = "rating",
    label: Text = "Rating",
    *,
    value: Number = 0,
    error: Text | None = None,
    required: bool = True,
) -> rx.Component:
    """1 to 5 stars in halves, by pointer or arrow keys; sent as `name`, `"1"` to `"5"`, `"3.5"`."""
    tied = {"aria-describedby": f"{name}-error"}
    return rx.el.div(
        rx.el.span(label, class_name=LABEL, aria_hidden=True),
        StarInput.create(
            name=name,
            value=value,
            star=path("star"),
            label=label,
            required=required,
            custom_attrs=tied,
        ),
        error_place(error, id=f"{name}-error", class_name=ERROR),
        class_name="grid grid-cols-1 gap-1.5",
    )
