"""The page at an address that leads nowhere."""

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui


def not_found() -> rx.Component:
    """What stands at an address that leads nowhere."""
    return ui.stack(
        ui.heading("Page not found", level=1),
        ui.text("The address may be mistyped, or the page has moved."),
        ui.link_button("To your account", to=routes.HOME),
    )
