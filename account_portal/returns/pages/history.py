"""All returns of the customer."""

import reflex as rx

from account_portal import routes
from account_portal.returns.components import return_card
from account_portal.returns.state import ReturnsState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data


def _list() -> rx.Component:
    nothing = rx.cond(
        State.page > 1,
        ui.no_such_page(first=routes.RETURNS),
        ui.empty(
            "nothing",
            "No returns yet",
            "To send something back, open its order and choose “Return items”.",
            action=ui.link_button("Delivered orders", to=routes.ORDERS + "?group=delivered"),
            icon_name="undo-2",
        ),
    )
    return ui.stack(
        rx.cond(
            State.cards.length() > 0,
            ui.card_list(ui.each(State.cards, return_card, key="request_number"), label="Returns"),
            nothing,
        ),
        ui.pager(
            State.page,
            State.pages,
            previous_to=State.previous_link,
            next_to=State.next_link,
            label="Pages of returns",
        ),
        gap="large",
    )


def return_history() -> rx.Component:
    """All returns, newest first; the page is in the address."""
    return rx.fragment(
        ui.page_header("Returns"),
        page_data(State, _list(), bones=ui.skeleton_cards(4), follows=[State]),
    )
