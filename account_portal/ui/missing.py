"""What stands where a page should: at an address that leads nowhere, after a script failed."""

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui
from account_portal.ui.components.links import PlainLink


def not_found() -> rx.Component:
    """What stands at an address that leads nowhere."""
    return ui.stack(
        ui.heading("Page not found", level=1),
        ui.text("The address may be mistyped, or the page has moved."),
        ui.link_button("To your account", to=routes.HOME),
    )


def crashed() -> rx.Component:
    """Shown when the script of a page fails; only a full load, not the router, leads out of it."""
    return rx.el.main(
        rx.el.h1("This page could not be shown", class_name="text-lead font-semibold"),
        rx.el.p("The fault is ours and was reported. Loading the page again often helps."),
        PlainLink.create("Load again", href="", class_name="underline"),
        class_name="mx-auto grid max-w-md gap-4 px-4 py-16",
    )
