"""Choices from a list, and phone numbers, which begin with one."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import reflex as rx
from reflex_components_core.el.elements.forms import Select

from account_portal.ui.components.fields.frame import field, wiring
from account_portal.ui.icons import icon
from account_portal.ui.variants import Child, Text, given

Options: TypeAlias = Sequence[tuple[str, str]] | rx.Var[Any]


class HeldSelect(Select):
    """A select whose value the state keeps; a choice shows at once, before the state answers."""

    library = "$/public/kit/forms.js"
    tag = "HeldSelect"


def option_list(options: Options) -> list[Child]:
    """The `<option>`s of a select."""
    if isinstance(options, Sequence):
        return [rx.el.option(label, value=value) for value, label in options]
    return [rx.foreach(options, lambda one: rx.el.option(one[1], value=one[0]))]


def select_field(
    name: str,
    label: Text,
    options: Options,
    *,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    hide_label: bool = False,
    placeholder: str | None = None,
    **props: Any,
) -> rx.Component:
    """A choice from a list: `options` are `(value, label)`, written here or in a var.

    `default_value` leaves the choice to the form; with `value` and `on_change` the state keeps it.
    """
    id = id or name
    select = HeldSelect.create if "value" in props else rx.el.select
    first = [] if placeholder is None else [rx.el.option(placeholder, value="")]
    control = rx.el.div(
        select(
            *first,
            *option_list(options),
            id=id,
            name=name,
            class_name="control",
            **wiring(id, error),
            **props,
        ),
        icon(
            "chevron-down",
            size=18,
            class_name="pointer-events-none absolute inset-y-0 end-3 my-auto",
        ),
        class_name="relative min-w-0",
    )
    return field(
        label, control, id=id, hint=hint, error=error, optional=optional, hide_label=hide_label
    )


def phone_field(
    label: Text = "Phone",
    *,
    codes: Options,
    code_name: str = "country_code",
    name: str = "phone",
    code_value: Text | None = None,
    value: Text | None = None,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    **props: Any,
) -> rx.Component:
    """Dialling code and national number, sent as two fields; codes as `("+49", "Germany +49")`."""
    id = id or name
    control = rx.el.div(
        rx.el.div(
            rx.el.select(
                *option_list(codes),
                name=code_name,
                aria_label="Dialling code",
                auto_complete="tel-country-code",
                class_name="control",
                **given(default_value=code_value),
            ),
            icon(
                "chevron-down",
                size=18,
                class_name="pointer-events-none absolute inset-y-0 end-3 my-auto",
            ),
            class_name="relative w-32 max-w-full shrink-0",
        ),
        rx.el.input(
            id=id,
            name=name,
            type="tel",
            input_mode="tel",
            auto_complete="tel-national",
            class_name="control flex-1 basis-24",
            **wiring(id, error),
            **given(default_value=value),
            **props,
        ),
        class_name="flex min-w-0 flex-wrap gap-2",
    )
    return field(label, control, id=id, hint=hint, error=error, optional=optional)
