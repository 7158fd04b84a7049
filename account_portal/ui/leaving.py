"""What asks twice before an account ends."""

from typing import Any

import reflex as rx

from account_portal.ui import components as ui


class Leaving(rx.State, mixin=True):
    """Of a page that closes or deletes the account; shown by `leave_dialog`."""

    leaving: str = ""
    """How far it has come: nothing, `asked` or `sure`."""

    @rx.event
    async def stay(self) -> None:
        """Keep the account."""
        self.leaving = ""

    @rx.event
    async def go_on_leaving(self) -> None:
        """The second step: be sure."""
        if self.leaving == "asked":
            self.leaving = "sure"


def leave_dialog(
    state: Any, *points: rx.Component, verb: str, doing: str, warning: str, deed: str
) -> rx.Component:
    """Says what it means, then asks whether one is sure.

    Args:
        state: of the page, with `Leaving`.
        *points: what it means.
        verb: what is done with the account, such as `Close`.
        doing: the same while it is done, such as `Closing…`.
        warning: that it can't be undone, or how.
        deed: the handler that does it.
    """
    first = ui.stack(
        *points,
        ui.form_actions(
            ui.button("Keep my account", variant="primary", on_click=state.stay),
            ui.button("Continue", on_click=state.go_on_leaving),
            end=True,
        ),
        gap="large",
    )
    second = ui.stack(
        ui.alert(warning, tone="warn", title="Are you sure?"),
        ui.form_actions(
            ui.button(
                f"{verb} my account",
                variant="danger",
                on_click=getattr(state, deed),
                busy=state.busy == deed,
                busy_label=doing,
            ),
            ui.button("Keep my account", on_click=state.stay),
            end=True,
        ),
        gap="large",
    )
    return ui.dialog(
        rx.cond(state.leaving == "sure", second, first),
        id=f"{verb.lower()}-account",
        title=f"{verb} your account?",
        open=state.leaving != "",
        on_close=state.stay,
    )
