"""Fields of sign-in: password and one-time code."""

from typing import Any

import reflex as rx

from account_portal.ui.components.fields.frame import field, wiring
from account_portal.ui.icons import path
from account_portal.ui.variants import Text


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
    auto_focus: rx.Var[bool]
    required: rx.Var[bool]
    min_length: rx.Var[int]
    max_length: rx.Var[int]
    aria_describedby: rx.Var[str]
    aria_invalid: rx.Var[Any]

    @classmethod
    def create(cls, *children: Any, **props: Any) -> rx.Component:
        """Carries ARIA attributes under their real names, which React expects dashed."""
        attributes = {
            name.replace("_", "-"): props.pop(name)
            for name in list(props)
            if name.startswith("aria_")
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
        **wiring(id, error),
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
    auto_focus: rx.Var[bool]
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
    tied = {key.replace("_", "-"): value for key, value in wiring(id, error).items()}
    control = CodeInput.create(
        id=id,
        name=name,
        digits=digits,
        auto_submit=auto_submit,
        custom_attrs=tied,
        **props,
    )
    return field(label, control, id=id, hint=hint, error=error)
