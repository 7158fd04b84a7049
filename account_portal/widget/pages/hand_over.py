"""The window in which a frame's customer signs in; it hands over and closes."""

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui


class HandOver(rx.Component):
    """Hands the session to the frame that opened this window; see `assets/kit/hand-over.js`."""

    library = "$/public/kit/hand-over.js"
    tag = "HandOver"

    sign_in: rx.Var[str]


def hand_over() -> rx.Component:
    """Signs in first, when nobody is."""
    return ui.stack(
        ui.heading("Back to the shop", level=1),
        HandOver.create(
            ui.text("You are signed in. You can close this window and go back to the shop."),
            sign_in=f"{routes.LOGIN}?next={routes.HAND_OVER.replace('/', '%2F')}",
        ),
        ui.link_button("To your account", to=routes.HOME),
    )
