"""What every field has: a label, a hint and an error, wired to the control."""

from typing import Any

import reflex as rx

from account_portal.ui.variants import Child, Text, classes


class ErrorPlace(rx.Component):
    """A paragraph that keeps the words the server wrote into the page (`edge/pages.py`)."""

    library = "$/public/kit/own-errors.js"
    tag = "ErrorPlace"

    message: rx.Var[str]
    role: rx.Var[str]
    dir: rx.Var[str]


LABEL = "text-small font-medium text-text"
HINT = "text-small text-muted"
ERROR = "field-error text-small text-danger"


def wiring(id: str, error: Text | None) -> dict[str, Any]:
    """The attributes that tie a control to its hint and error."""
    props: dict[str, Any] = {"aria_describedby": f"{id}-hint {id}-error"}
    if error is not None:
        # React leaves an attribute out when its value is undefined; "false" would be read out.
        props["aria_invalid"] = rx.cond(error, "true", rx.Var("undefined"))
    return props


def notes(id: str, hint: Text | None, error: Text | None) -> list[rx.Component]:
    """Under a control its hint, or in the place of that its error, which tells more."""
    # Both always exist, so that aria-describedby never points nowhere. A hint that gives way is
    # empty, not hidden: what is hidden would still be read out.
    shown = "" if hint is None else hint if error is None else rx.cond(error, "", hint)
    return [
        rx.el.p(shown, id=f"{id}-hint", class_name=classes(HINT, "empty:hidden")),
        error_place(error, id=f"{id}-error", class_name=ERROR),
    ]


def error_place(message: Text | None, **props: Any) -> rx.Component:
    """Where an error is told."""
    return ErrorPlace.create(message="" if message is None else message, dir="auto", **props)


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
    """Label, control, then hint or error; for controls the kit does not have."""
    mark = [rx.el.span(" (optional)", class_name="font-normal text-muted")] if optional else []
    look = "sr-only" if hide_label else LABEL
    return rx.el.div(
        rx.el.label(label, *mark, html_for=id, class_name=look),
        control,
        *notes(id, hint, error),
        class_name="grid min-w-0 grid-cols-1 gap-1.5 content-start",
    )
