"""What a page has more when it stands in a storefront's frame."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui
from account_portal.ui.page_state import PageState
from account_portal.widget.state import FrameState as State


class FrameBridge(rx.Component):
    """Talks with the storefront; loads its script in a frame only. See `assets/kit/frame.js`."""

    library = "$/public/kit/shell.js"
    tag = "FrameBridge"

    gate: rx.Var[str]
    happened: rx.Var[dict[str, Any]]
    on_shut: rx.EventHandler[rx.event.no_args_event_spec]
    on_refresh: rx.EventHandler[rx.event.no_args_event_spec]
    on_ask: rx.EventHandler[rx.event.no_args_event_spec]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]


def frame_bridge() -> rx.Component:
    """The talk with the storefront."""
    return FrameBridge.create(
        gate=PageState.gate,
        happened=PageState.happened,
        on_shut=State.find_shut,
        on_refresh=State.refresh,
        on_ask=State.ask_again,
        on_leave=State.leave,
    )


def is_shut() -> Any:
    """Whether nobody is signed in in this frame, and the storefront vouches for nobody."""
    return (PageState.gate == "shut") | (PageState.gate == "left")


def frame_gate() -> rx.Component:
    """Asks to sign in, in a window of the portal's own: nobody types a password into a frame."""
    return rx.cond(
        is_shut(),
        ui.empty(
            "nothing",
            "Sign in to see your account",
            icon_name="user",
            action=ui.window_button(
                "Sign in", to=routes.HAND_OVER, frame_action="sign-in", variant="primary"
            ),
        ),
    )


def frame_line() -> rx.Component:
    """Who is signed in, and the ways out; seen in frames only."""
    return ui.framed_only(
        rx.cond(
            PageState.viewer.signed_in,
            ui.row(
                ui.text(PageState.viewer.name, tone="muted", size="small"),
                ui.row(
                    ui.window_button(
                        "Full account",
                        to=routes.HOME,
                        frame_action="window",
                        variant="quiet",
                        size="small",
                    ),
                    ui.button("Sign out", size="small", variant="quiet", on_click=State.sign_out),
                ),
                justify="between",
            ),
        )
    )
