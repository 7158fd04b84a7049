"""`/dev/kit`: every component with realistic content, long names included. Demo mode only."""

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui import layout
from account_portal.ui.kit_page.controls import buttons, dialogs, fields
from account_portal.ui.kit_page.orders import orders
from account_portal.ui.kit_page.words import feedback, icons, people, states
from account_portal.ui.layout import MenuRow

MENU = (
    MenuRow("Home", "/", "house"),
    MenuRow("Orders", "/orders", "package"),
    MenuRow("Returns", "/returns", "undo-2"),
    MenuRow("Rewards", "/loyalty", "gift"),
    MenuRow("Profile", "/profile", "user", "you"),
    MenuRow("Addresses", "/addresses", "map-pin", "you"),
    MenuRow("Notifications", "/notifications", "bell", "you"),
    MenuRow("Security", "/security", "shield", "you"),
    MenuRow("Reviews", "/reviews", "star", "you"),
)


def kit_page() -> rx.Component:
    """The page itself, in the shell it documents."""
    return layout.shell(
        ui.page_header(
            "Orders of a shop with a rather long heading",
            back=("Home", "/"),
            description="Everything pages are built of, with content as it comes.",
            actions=[ui.print_button(), ui.button("Pay again", variant="primary")],
            meta=ui.status_badge("order", "shipped"),
        ),
        buttons(),
        fields(),
        orders(),
        states(),
        feedback(),
        people(),
        dialogs(),
        icons(),
        menu=MENU,
        current="/addresses",
        store_name="Northwind",
        name="Asha Rao",
    )
