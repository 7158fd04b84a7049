"""What a page has more when it stands in a storefront's frame."""

from typing import Any

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui
from account_portal.ui.session import Session
from account_portal.widget.state import FrameState as State


class FrameBridge(rx.Component):
    """Talks with the storefront; loads its script in a frame only. See `assets/kit/frame.js`."""

    library = "$/public/kit/shell.js"
    tag = "FrameBridge"

    gate: rx.Var[str]
    happened: rx.Var[dict[str, Any]]
    on_enter: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_shut: rx.EventHandler[rx.event.no_args_event_spec]
    on_resume: rx.EventHandler[rx.event.no_args_event_spec]
    on_refresh: rx.EventHandler[rx.event.no_args_event_spec]
    on_ask: rx.EventHandler[rx.event.no_args_event_spec]
    on_sign_out: rx.EventHandler[rx.event.no_args_event_spec]


def frame_parts() -> rx.Component:
    """The bridge, the question to sign in, and the line below a framed page."""
    bridge = FrameBridge.create(
        gate=Session.gate,
        happened=Session.happened,
        on_enter=State.enter,
        on_shut=State.find_shut,
        on_resume=State.resume,
        on_refresh=State.refresh,
        on_ask=State.ask_again,
        on_sign_out=State.sign_out,
    )
    return rx.fragment(bridge, _gate())


def _gate() -> rx.Component:
    """Closed by nothing but signing in: behind it there is nothing to see."""
    return ui.dialog(
        ui.stack(
            ui.window_button(
                "Sign in", to=routes.HAND_OVER, frame_action="sign-in", variant="primary"
            ),
            ui.text("A window of its own opens for it.", tone="muted", size="small"),
            gap="small",
        ),
        id="frame-gate",
        title="Sign in to see your account",
        size="small",
        open=(Session.gate == "shut") | (Session.gate == "left"),
        dismissable=False,
    )


def frame_line() -> rx.Component:
    """Who is signed in, and the ways out; seen in frames only."""
    return ui.framed_only(
        ui.row(
            ui.text(Session.viewer.name, tone="muted", size="small"),
            ui.row(
                ui.outside_link("Full account", href=routes.HOME),
                ui.button("Sign out", size="small", variant="quiet", on_click=State.sign_out),
            ),
            justify="between",
        )
    )
