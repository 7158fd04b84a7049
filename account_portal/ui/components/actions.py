"""Things to press."""

from typing import Any, Literal

import reflex as rx

from account_portal.ui.components.links import PlainLink, route_link
from account_portal.ui.icons import IconName, icon, path
from account_portal.ui.variants import Child, Flag, Text, classes, given, pick

ButtonVariant = Literal["primary", "secondary", "quiet", "danger"]
ButtonSize = Literal["medium", "small"]

_BASE = (
    "inline-grid w-fit max-w-full select-none place-items-center rounded-box border font-medium "
    "transition-colors duration-150 disabled:cursor-not-allowed "
    "enabled:active:brightness-95 [a&]:active:brightness-95 aria-busy:cursor-progress print:hidden"
)
# Grey and readable in either theme, whatever the shop's colour; one at work keeps its own look.
_DISABLED = "disabled:border-line disabled:bg-sunken disabled:text-muted"
_VARIANTS: dict[ButtonVariant, str] = {
    "primary": "border-transparent bg-accent text-accent-contrast enabled:hover:bg-accent-hover "
    f"[a&]:hover:bg-accent-hover {_DISABLED}",
    "secondary": "border-line-control bg-surface text-text enabled:hover:bg-sunken "
    f"[a&]:hover:bg-sunken {_DISABLED}",
    "quiet": "border-transparent text-accent-text enabled:hover:bg-accent-tint "
    "[a&]:hover:bg-accent-tint disabled:text-muted",
    "danger": "border-transparent bg-danger-fill text-danger-contrast enabled:hover:opacity-90 "
    f"{_DISABLED}",
}
_SIZES: dict[ButtonSize, str] = {
    "medium": "min-h-10 px-4 py-1.5 text-base pointer-coarse:min-h-11",
    "small": "min-h-8 px-3 py-0.5 text-small pointer-coarse:min-h-11",
}
_LABEL = "inline-flex min-w-0 items-center justify-center gap-2 [grid-area:1/1] text-center"


def _look(variant: ButtonVariant, size: ButtonSize, full: bool) -> str:
    return classes(
        _BASE,
        pick(_VARIANTS, variant, "button variant"),
        pick(_SIZES, size, "button size"),
        "w-full" if full else "",
    )


def button(
    *label: Child,
    variant: ButtonVariant = "secondary",
    size: ButtonSize = "medium",
    icon_name: IconName | None = None,
    busy: Flag | None = None,
    busy_label: Text = "Working…",
    full: bool = False,
    opens: str | None = None,
    closes: bool = False,
    type: Literal["button", "submit", "reset"] = "button",
    disabled: Flag | None = None,
    **props: Any,
) -> rx.Component:
    """A button.

    Args:
        *label: what it does, a verb first.
        variant: `primary` at most once a view; `danger` for what cannot be undone.
        size: `small` for rows and headers of cards.
        icon_name: drawn before the label.
        busy: while true it can't be pressed and shows `busy_label`; its width holds both. A
            `small` one only shows that it is at work.
        busy_label: what it is doing, such as "Saving…".
        full: as wide as its place.
        opens: id of a `dialog` to open, without asking the server.
        closes: closes the dialog it stands in.
        type: `submit` in a form.
        disabled: cannot be pressed. Say why beside it.
        **props: events and attributes of the element.
    """
    shape = icon(icon_name, size=18) if icon_name else None
    inner = [part for part in (shape, *label) if part is not None]
    attributes = props.pop("custom_attrs", {}) | given(
        **{"data-opens": opens, "data-closes": "" if closes else None}
    )
    if busy is None:
        contents = [rx.el.span(*inner, class_name=_LABEL)]
    else:
        hidden = rx.cond(busy, "invisible", "")
        shown = rx.cond(busy, "", "invisible")
        contents = [
            rx.el.span(*inner, class_name=rx.Var.create(f"{_LABEL} ").to(str) + hidden),
            rx.el.span(
                icon("loader-circle", size=18, class_name="spinner"),
                # A small button stays small: what it does is read out, and shown by turning.
                busy_label if size == "medium" else rx.el.span(busy_label, class_name="sr-only"),
                aria_hidden=~rx.Var.create(busy).to(bool),
                class_name=rx.Var.create(f"{_LABEL} ").to(str) + shown,
            ),
        ]
        # A disabled element loses the focus; presses on one at work end in `serving/head.js`.
        at_work = rx.Var.create(busy).to(bool)
        props |= {"aria_busy": at_work, "aria_disabled": at_work}
        if disabled is not None:
            disabled = rx.Var.create(disabled).to(bool) & ~at_work
    return rx.el.button(
        *contents,
        type=type,
        class_name=_look(variant, size, full),
        custom_attrs=attributes,
        **given(disabled=disabled),
        **props,
    )


def submit(
    *label: Child, busy: Flag | None = None, busy_label: Text = "Saving…", **options: Any
) -> rx.Component:
    """The one button that sends a form; options as of `button`."""
    options.setdefault("variant", "primary")
    return button(*label, busy=busy, busy_label=busy_label, type="submit", **options)


def send_button(
    *label: Child, on_click: Any, busy: Flag, busy_label: Text = "Sending…"
) -> rx.Component:
    """The button that sends what was chosen in steps, of which no form is left; once."""
    return button(
        *label,
        variant="primary",
        on_click=on_click.throttle(1500),  # a second press is the same one
        busy=busy,
        busy_label=busy_label,
    )


def link_button(
    *label: Child,
    to: Text,
    variant: ButtonVariant = "secondary",
    size: ButtonSize = "medium",
    icon_name: IconName | None = None,
    full: bool = False,
    outside: bool = False,
    leaves: bool = False,
) -> rx.Component:
    """A link that looks like a button.

    `leaves` goes to where the router knows nothing of, `outside` does so in a new tab.
    """
    shape = [icon(icon_name, size=18)] if icon_name else []
    inner = rx.el.span(*shape, *label, class_name=_LABEL)
    look = _look(variant, size, full)
    if outside:
        note = rx.el.span(" (opens in a new tab)", class_name="sr-only")
        attributes = {"target": "_blank", "rel": "noopener noreferrer"}
        return rx.el.a(inner, note, href=to, class_name=look, **attributes)
    if leaves:
        return PlainLink.create(inner, href=to, class_name=look)
    return route_link(inner, to=to, class_name=look)


FrameAction = Literal["sign-in", "window"]


def window_button(
    *label: Child,
    to: Text,
    frame_action: FrameAction,
    variant: ButtonVariant = "secondary",
    size: ButtonSize = "medium",
) -> rx.Component:
    """A link out of a storefront's frame, into a window of the portal's own.

    `sign-in` may be answered by that window; after a `window` the frame shows what has changed.
    """
    answers = frame_action == "sign-in"
    return PlainLink.create(
        rx.el.span(*label, class_name=_LABEL),
        rx.el.span(" (opens in a new window)", class_name="sr-only"),
        href=to,
        target="_blank",
        rel="opener" if answers else "noopener",
        class_name=_look(variant, size, full=answers),
        custom_attrs={"data-frame": frame_action},
    )


ICON_BUTTON = (
    "inline-grid size-[40px] shrink-0 place-items-center rounded-box text-muted transition-colors "
    "duration-150 hover:bg-sunken hover:text-text disabled:opacity-55 pointer-coarse:size-[44px]"
)


def icon_button(
    icon_name: IconName,
    label: Text,
    *,
    opens: str | None = None,
    closes: bool = False,
    **props: Any,
) -> rx.Component:
    """A button that is only an icon; `label` is its name for everyone who can't see it."""
    attributes = props.pop("custom_attrs", {}) | given(
        **{"data-opens": opens, "data-closes": "" if closes else None}
    )
    props.setdefault("type", "button")
    return rx.el.button(
        icon(icon_name),
        aria_label=label,
        title=label,
        class_name=ICON_BUTTON,
        custom_attrs=attributes,
        **props,
    )


class CopyButton(rx.Component):
    """Puts `text` on the clipboard; see `copy_button`."""

    library = "$/public/kit/dialog.js"
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    icons: rx.Var[dict[str, str]]


def copy_button(value: Text, label: Text = "Copy") -> rx.Component:
    """Copies `value`, says "Copied". `label` names what is copied: "Copy order number"."""
    return CopyButton.create(
        text=value,
        label=label,
        icons={"copy": path("copy"), "done": path("check")},
        class_name="inline-grid size-[32px] shrink-0 place-items-center rounded-box text-muted "
        "hover:bg-sunken hover:text-text print:hidden",
    )


class PrintButton(rx.Component):
    """Opens the browser's print dialog; see `print_button`."""

    library = "$/public/kit/dialog.js"
    tag = "PrintButton"


def print_button(label: Text = "Print") -> rx.Component:
    """Prints the page; the shell and all buttons stay out of it."""
    return PrintButton.create(
        icon("printer"),
        aria_label=label,
        title=label,
        class_name=classes(ICON_BUTTON, "print:hidden"),
    )
