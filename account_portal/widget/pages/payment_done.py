"""Where a payment leads back to that was begun in a storefront's frame."""

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui


class CloseWindow(rx.Component):
    """Closes a window that a script opened."""

    library = "$/public/kit/hand-over.js"
    tag = "CloseWindow"


def payment_done() -> rx.Component:
    """Says so to whoever has to close the window by hand."""
    return ui.stack(
        ui.heading("Back to your order", level=1),
        ui.text(
            "You can close this window. In the one you came from, your order shows how the payment "
            "went."
        ),
        ui.link_button("To your orders", to=routes.ORDERS),
        CloseWindow.create(),
    )
