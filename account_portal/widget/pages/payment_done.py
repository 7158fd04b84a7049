"""Where a payment leads back to that was begun in a storefront's frame."""

import reflex as rx

from account_portal.ui import components as ui


class CloseWindow(rx.Component):
    """Closes a window that a script opened."""

    library = "$/public/kit/hand-over.js"
    tag = "CloseWindow"


def payment_done() -> rx.Component:
    """Says so to whoever has to close the window by hand."""
    return ui.stack(
        ui.heading("Back to the shop", level=1),
        ui.text(
            "You can close this window. Your order, in the window you came from, shows how the "
            "payment went."
        ),
        CloseWindow.create(),
    )
