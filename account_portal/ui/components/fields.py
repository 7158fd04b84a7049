"""Form fields: label, hint and error wired to the control, for eyes and for screen readers."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import reflex as rx

from account_portal.ui.variants import Child, Flag, Number, Text, classes, given
from account_portal.ui.icons import icon, path

InputType = Literal["text", "email", "tel", "url", "search", "number"]
Options = Sequence[tuple[str, str]] | rx.Var[Any]

_LABEL = "text-small font-medium text-text"
_HINT = "text-small text-muted"
ERROR = "field-error text-small text-danger"


def _wiring(id: str, error: Text | None) -> dict[str, Any]:
    """The attributes that tie a control to its hint and error."""
    props: dict[str, Any] = {"aria_describedby": f"{id}-hint {id}-error"}
    if error is not None:
        # React leaves an attribute out when its value is undefined; "false" would be read out.
        props["aria_invalid"] = rx.cond(error, "true", rx.Var("undefined"))
    return props


def _notes(id: str, hint: Text | None, error: Text | None) -> list[rx.Component]:
    # Both always exist, so that aria-describedby never points nowhere.
    return [
        rx.el.p(hint or "", id=f"{id}-hint", class_name=classes(_HINT, "empty:hidden")),
        rx.el.p(error if error is not None else "", id=f"{id}-error", class_name=ERROR, dir="auto"),
    ]


def field(
    label: Text,
    control: Child,
    *,
    id: str,
    hint: Text | None = None,
    error: Text | None = None,
    optional: bool = False,
    hide_label: bool = False,
) -> rx.Component:
    """Label, control, hint and error under one another; for controls the kit does not have."""
    mark = [rx.el.span(" (optional)", class_name="font-normal text-muted")] if optional else []
    look = "sr-only" if hide_label else _LABEL
    return rx.el.div(
        rx.el.label(label, *mark, html_for=id, class_name=look),
        control,
        *_notes(id, hint, error),
        class_name="grid min-w-0 gap-1.5 content-start",
    )


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
    """One line of text. `**props` go to the input: `default_value`, `auto_complete`, `max_length`,
    `required`, `on_change` and so on."""
    id = id or name
    control = rx.el.input(
        id=id, name=name, type=type, class_name="control", **_wiring(id, error), **props
    )
    return field(
        label, control, id=id, hint=hint, error=error, optional=optional, hide_label=hide_label
    )


def search_field(name: str, label: Text, *, id: str | None = None, **props: Any) -> rx.Component:
    """A search box with a magnifier; its label is read out, not shown."""
    id = id or name
    props.setdefault("placeholder", label)
    return rx.el.div(
        icon("search", class_name="pointer-events-none absolute inset-y-0 start-3 my-auto text-muted"),
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
        id=id, name=name, type="date", class_name="control", **_wiring(id, error), **props
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
        id=id, name=name, class_name="control", dir="auto", **_wiring(id, error), **props
    )
    return field(label, control, id=id, hint=hint, error=error, optional=optional)


def _options(options: Options) -> list[Child]:
    if isinstance(options, rx.Var):
        return [rx.foreach(options, lambda one: rx.el.option(one[1], value=one[0]))]
    return [rx.el.option(label, value=value) for value, label in options]


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
    """A choice from a list: `options` are `(value, label)`, written here or in a var."""
    id = id or name
    first = [] if placeholder is None else [rx.el.option(placeholder, value="")]
    control = rx.el.div(
        rx.el.select(
            *first, *_options(options), id=id, name=name, class_name="control", **_wiring(id, error), **props
        ),
        icon("chevron-down", size=18, class_name="pointer-events-none absolute inset-y-0 end-3 my-auto"),
        class_name="relative min-w-0",
    )
    return field(
        label, control, id=id, hint=hint, error=error, optional=optional, hide_label=hide_label
    )


class PasswordInput(rx.Component):
    """A password with a "show" toggle and, for new ones, a meter; see `password_field`."""

    library = "$/public/kit/forms.js"
    tag = "PasswordInput"
    _is_form_control = True

    name: rx.Var[str]
    meter: rx.Var[bool]
    least: rx.Var[int]
    icons: rx.Var[dict[str, str]]
    auto_complete: rx.Var[str]
    required: rx.Var[bool]
    min_length: rx.Var[int]
    max_length: rx.Var[int]
    aria_describedby: rx.Var[str]
    aria_invalid: rx.Var[Any]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Carries ARIA attributes under their real names, which React expects dashed."""
        attributes = {
            name.replace("_", "-"): props.pop(name) for name in list(props) if name.startswith("aria_")
        }
        return super().create(*children, custom_attrs=attributes, **props)


def password_field(
    name: str,
    label: Text,
    *,
    new: bool = False,
    least: int = 8,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    **props: Any,
) -> rx.Component:
    """A password. `new` shows how strong it is and lets password managers propose one."""
    id = id or name
    props.setdefault("auto_complete", "new-password" if new else "current-password")
    if new:
        props.setdefault("min_length", least)
    control = PasswordInput.create(
        id=id,
        name=name,
        meter=new,
        least=least,
        icons={"show": path("eye"), "hide": path("eye-off")},
        class_name="control",
        **_wiring(id, error),
        **props,
    )
    return field(label, control, id=id, hint=hint, error=error)


class CodeInput(rx.Component):
    """A one-time code; see `code_field`."""

    library = "$/public/kit/forms.js"
    tag = "CodeInput"
    _is_form_control = True

    name: rx.Var[str]
    digits: rx.Var[int]
    auto_submit: rx.Var[bool]
    required: rx.Var[bool]
    on_filled: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def code_field(
    name: str = "otp",
    label: Text = "Code",
    *,
    digits: int = 6,
    auto_submit: bool = True,
    id: str | None = None,
    hint: Text | None = None,
    error: Text | None = None,
    **props: Any,
) -> rx.Component:
    """A one-time code in one real field; pasting and autofill work.

    With `auto_submit` the form is sent when the last digit is in; `on_filled(code)` tells a state.
    """
    id = id or name
    wiring = {key.replace("_", "-"): value for key, value in _wiring(id, error).items()}
    control = CodeInput.create(
        id=id,
        name=name,
        digits=digits,
        auto_submit=auto_submit,
        custom_attrs=wiring,
        **props,
    )
    return field(label, control, id=id, hint=hint, error=error)


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
    """Dialling code and national number, sent as two fields. `codes` are `("+49", "Germany +49")`."""
    id = id or name
    control = rx.el.div(
        rx.el.div(
            rx.el.select(
                *_options(codes),
                name=code_name,
                aria_label="Dialling code",
                auto_complete="tel-country-code",
                class_name="control",
                **given(default_value=code_value),
            ),
            icon("chevron-down", size=18, class_name="pointer-events-none absolute inset-y-0 end-3 my-auto"),
            class_name="relative w-32 shrink-0",
        ),
        rx.el.input(
            id=id,
            name=name,
            type="tel",
            input_mode="tel",
            auto_complete="tel-national",
            class_name="control",
            **_wiring(id, error),
            **given(default_value=value),
            **props,
        ),
        class_name="flex min-w-0 gap-2",
    )
    return field(label, control, id=id, hint=hint, error=error, optional=optional)


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
            rx.el.input(
                id=id, name=name, type="checkbox", class_name="tick mt-0.5", **_wiring(id, error), **props
            ),
            rx.el.span(label, class_name="min-w-0"),
            class_name="flex min-h-6 items-start gap-3",
        ),
        *_notes(id, hint, error),
        class_name="grid gap-1",
    )


def switch(
    label: Text,
    *,
    checked: Flag | None = None,
    on_change: Any = None,
    hide_label: bool = False,
    hint: Text | None = None,
    **props: Any,
) -> rx.Component:
    """On or off, at once: without a form and without a save button."""
    look = "sr-only" if hide_label else "min-w-0"
    note = [rx.el.span(hint, class_name="block text-small text-muted")] if hint is not None else []
    return rx.el.label(
        rx.el.span(label, *note, class_name=look),
        rx.el.input(
            type="checkbox",
            role="switch",
            class_name="switch",
            **given(checked=checked, on_change=on_change),
            **props,
        ),
        class_name="flex min-h-10 w-full items-center justify-between gap-4"
        if not hide_label
        else "inline-flex min-h-10 items-center",
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
        rx.el.input(type="radio", name=name, value=value, class_name="tick mt-0.5", **props),
        rx.el.span(
            rx.el.span(label, class_name="block font-medium"),
            *note,
            class_name="min-w-0 flex-1",
            dir="auto",
        ),
        *tail,
        class_name="flex min-w-0 items-start gap-3 rounded-box border border-line-control bg-surface p-3 "
        "transition-colors duration-150 has-[:enabled]:hover:border-text has-[:checked]:border-accent-text "
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
    wiring = _wiring(id, error)
    wiring.pop("aria_invalid", None)  # a group has no validity of its own; its inputs are read
    return rx.el.fieldset(
        rx.el.legend(label, class_name=classes(_LABEL, "mb-1.5")),
        rx.el.div(
            *cards,
            class_name=classes("grid gap-2", "sm:grid-cols-2" if columns == 2 else ""),
        ),
        rx.el.div(*_notes(id, hint, error), class_name="mt-1.5"),
        id=id,
        class_name="min-w-0",
        **wiring,
    )


def group(label: Text, *children: Child, hint: Text | None = None) -> rx.Component:
    """Fields that belong together, under one name."""
    note = [rx.el.p(hint, class_name=_HINT)] if hint is not None else []
    return rx.el.fieldset(
        rx.el.legend(label, class_name="mb-3 text-base font-semibold"),
        *note,
        rx.el.div(*children, class_name="grid gap-4"),
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
    wiring = {"aria-describedby": f"{name}-error"}
    return rx.el.div(
        rx.el.span(label, class_name=_LABEL, aria_hidden=True),
        StarInput.create(
            name=name, value=value, star=path("star"), label=label, required=required, custom_attrs=wiring
        ),
        rx.el.p(error if error is not None else "", id=f"{name}-error", class_name=ERROR),
        class_name="grid gap-1.5",
    )


ErrorOf = Callable[[str], rx.Var[str]]
