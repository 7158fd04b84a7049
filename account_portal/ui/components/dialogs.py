"""The native dialog."""

from typing import Any, Literal

import reflex as rx

from account_portal.ui.components.actions import icon_button
from account_portal.ui.variants import Child, Flag, Text, classes, given, pick

DialogSize = Literal["small", "medium", "large"]
_SIZES: dict[DialogSize, str] = {
    "small": "[--dialog-size:26rem]",
    "medium": "[--dialog-size:34rem]",
    "large": "[--dialog-size:48rem]",
}


class Dialog(rx.Component):
    """`showModal` and `close`, driven by a prop; see `dialog`."""

    library = "$/public/kit/dialog.js"
    tag = "Dialog"

    open: rx.Var[bool]
    dismissable: rx.Var[bool]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]


def dialog(
    *children: Child,
    id: str,
    title: Text,
    description: Text | None = None,
    footer: list[Child] | None = None,
    size: DialogSize = "medium",
    open: Flag | None = None,
    on_close: Any = None,
    dismissable: bool = True,
) -> rx.Component:
    """A question or a short form over the page; from below on a phone.

    Args:
        *children: the content. A form with its own buttons goes here whole.
        id: its name for `button(opens=...)`.
        title: what it is about.
        description: one sentence under the title.
        footer: buttons that stay in view, for content without a form.
        size: 26, 34 or 48 rem wide.
        open: opened and closed by a state. Leave out when only `button(opens=id)` opens it.
        on_close: told when the customer closed it; set the var of `open` to false.
        dismissable: Esc and a press beside it close it.
    """
    note = (
        [rx.el.p(description, id=f"{id}-about", class_name="text-muted", dir="auto")]
        if description is not None
        else []
    )
    attributes = {"aria-labelledby": f"{id}-title"} | (
        {"aria-describedby": f"{id}-about"} if note else {}
    )
    bottom = (
        [
            rx.el.div(
                *footer,
                class_name="flex flex-wrap gap-3 border-t border-line px-5 py-4 sm:justify-end "
                "sm:px-6 "
                "max-sm:[&>*]:w-full",
            )
        ]
        if footer
        else []
    )
    return Dialog.create(
        rx.el.div(
            rx.el.h2(
                title,
                id=f"{id}-title",
                class_name="min-w-0 text-lead font-semibold",
                dir="auto",
                tab_index=-1,
            ),
            icon_button("x", "Close", closes=True),
            class_name="flex items-start justify-between gap-4 ps-5 pe-3 pt-3 sm:ps-6 [&>h2]:pt-2",
        ),
        rx.el.div(
            *note,
            *children,
            class_name="dialog-body grid min-h-0 grid-cols-1 gap-5 overflow-y-auto "
            "overscroll-contain px-5 pt-2 sm:px-6",
        ),
        *bottom,
        id=id,
        class_name=classes("dialog", pick(_SIZES, size, "dialog size")),
        custom_attrs=attributes,
        dismissable=dismissable,
        **given(open=open, on_close=on_close),
    )
