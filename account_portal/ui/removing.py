"""The dialog that asks before something of the customer's is removed."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.variants import Flag


def removal_dialog(
    state: Any,
    said: rx.Component,
    *,
    thing: str,
    deed: str,
    keep: str,
    open: Flag,
    verb: str = "Delete",
    doing: str = "Deleting…",
    refusal: Any = "",
) -> rx.Component:
    """Says what goes, and asks.

    Args:
        state: of the page.
        said: what goes.
        thing: what it is called, such as `address`.
        deed: the handler that removes it.
        keep: the handler that removes nothing.
        open: whether it asks now.
        verb: what is done with it.
        doing: the same while it is done.
        refusal: why it could not be done, once it was tried.
    """
    return ui.dialog(
        rx.cond(refusal, ui.alert(refusal, tone="warn", announce=True), said),
        id=f"{verb.lower()}-{thing.replace(' ', '-')}",
        title=rx.cond(refusal, f"This {thing} cannot be {verb.lower()}d", f"{verb} this {thing}?"),
        size="small",
        footer=[
            rx.cond(
                refusal,
                ui.button("Close", closes=True),
                rx.fragment(
                    ui.button(
                        f"{verb} {thing}",
                        variant="danger",
                        on_click=getattr(state, deed),
                        busy=state.busy == deed,
                        busy_label=doing,
                    ),
                    ui.button(f"Keep {thing}", closes=True),
                ),
            )
        ],
        open=open,
        on_close=getattr(state, keep),
    )
