"""The order history."""

import reflex as rx

from account_portal import routes
from account_portal.orders.components import order_card
from account_portal.orders.state import OrdersState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data
from account_portal.ui.shop import shop_button

SORTS = [
    ("newest", "Newest first"),
    ("oldest", "Oldest first"),
    ("total_high", "Highest total"),
    ("total_low", "Lowest total"),
]


def _filters() -> rx.Component:
    chips = ui.chips(
        [
            ui.Choice("All", State.group_links["all"], current=State.group == "all"),
            ui.Choice("Open", State.group_links["open"], current=State.group == "open"),
            ui.Choice(
                "Delivered", State.group_links["delivered"], current=State.group == "delivered"
            ),
            ui.Choice(
                "Cancelled", State.group_links["cancelled"], current=State.group == "cancelled"
            ),
        ],
        "Filter orders",
    )
    search = rx.el.form(
        ui.search_field(
            "text",
            "Search by number or product",
            default_value=State.text,
            key=State.text,
            max_length=100,
        ),
        on_submit=State.search,
        method="post",
        role="search",
    )
    year = ui.select_field(
        "year",
        "Year",
        State.years,
        placeholder="All years",
        value=State.year,
        # Dates are shown in the viewer's zone, which only the browser knows.
        on_change=lambda year: State.choose_year(year, ui.VIEWER_ZONE),
        hide_label=True,
    )
    sort = ui.select_field(
        "sort",
        "Sort",
        SORTS,
        value=State.sort,
        on_change=State.choose_sort,
        hide_label=True,
    )
    return ui.stack(ui.columns(search, ui.row(ui.grow(year), ui.grow(sort)), gap="small"), chips)


def _nothing() -> rx.Component:
    return rx.cond(
        State.page > 1,
        ui.no_such_page(first=State.group_links[State.group]),
        _nothing_at_all(),
    )


def _nothing_at_all() -> rx.Component:
    return rx.cond(
        State.is_filtered,
        ui.empty(
            "no_match",
            "No order matches",
            "Try another word, or look at all orders.",
            action=ui.link_button("Clear filters", to=routes.ORDERS),
        ),
        ui.empty(
            "nothing",
            "No orders yet",
            "Your orders and their parcels appear here.",
            action=shop_button(),
        ),
    )


def _list() -> rx.Component:
    return ui.stack(
        rx.cond(
            State.orders.length() > 0,
            ui.card_list(ui.each(State.orders, order_card, key="order_number"), label="Orders"),
            _nothing(),
        ),
        ui.pager(
            State.page,
            State.pages,
            previous_to=State.previous_link,
            next_to=State.next_link,
            label="Pages of orders",
        ),
        gap="large",
    )


def order_history() -> rx.Component:
    """All orders: search, filter, order and page are in the address."""
    return rx.fragment(
        ui.page_header("Orders"),
        page_data(
            State,
            # Who never ordered has nothing to search.
            rx.cond((State.orders.length() > 0) | State.is_filtered | (State.page > 1), _filters()),
            _list(),
            bones=ui.skeleton_cards(5),
            follows=[State],
        ),
    )
