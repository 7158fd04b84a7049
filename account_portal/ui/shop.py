"""The way back to the shop: where customers came from, and go on."""

import reflex as rx

from account_portal import routes
from account_portal.ui import components as ui
from account_portal.ui.components.actions import ICON_BUTTON
from account_portal.ui.components.links import PlainLink
from account_portal.ui.icons import icon
from account_portal.ui.store import StoreState
from account_portal.ui.variants import classes

LABEL = "Back to the shop"


def shop_link() -> rx.Component:
    """Of the bar above a page: an icon on a phone, words beside it above that."""
    link = PlainLink.create(
        icon("store"),
        rx.el.span(LABEL, class_name="sr-only lg:not-sr-only"),
        href=routes.SHOP,
        title=LABEL,
        class_name=classes(
            ICON_BUTTON, "lg:inline-flex lg:w-auto lg:items-center lg:gap-2 lg:px-3 print:hidden"
        ),
    )
    return rx.cond(StoreState.has_shop, link)


def shop_button() -> rx.Component:
    """The next step of a customer who has nothing yet; in a storefront's frame they are there."""
    button = ui.link_button("Go to the shop", to=routes.SHOP, variant="primary", leaves=True)
    return rx.cond(StoreState.has_shop, ui.unframed_only(button))
