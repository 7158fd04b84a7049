"""A page of its own, with a row of the menu: what waits for the customer at the counter."""

import reflex as rx

from account_portal import routes
from account_portal.doors.page import read
from account_portal.orders import service
from account_portal.states import OrderStatus
from account_portal.ui import components as ui
from account_portal.ui.layout import MenuRow
from account_portal.ui.page import Page
from account_portal.ui.page_state import PageData, PageState, page_load
from account_portal.ui.phases import page_data

PATH = "/counter"
_ON_THE_WAY = (OrderStatus.CONFIRMED, OrderStatus.AWAITING_SHIPMENT, OrderStatus.SHIPPED)


class CounterState(PageData, PageState):
    """How many orders are on their way."""

    waiting: int = 0

    @page_load
    async def load(self) -> None:
        """Ask the service, as the customer who looks at the page."""
        counts = await read(self, service.count_orders)
        self.waiting = sum(counts.get(status, 0) for status in _ON_THE_WAY)


def counter() -> rx.Component:
    """The page."""
    return rx.fragment(
        ui.page_header("Our counter"),
        page_data(
            CounterState,
            ui.card(
                ui.stack(
                    ui.text("12 Beach Road, Chennai. Open from 9 to 18, not on Sundays."),
                    ui.text("Orders on their way to you: ", ui.number(CounterState.waiting)),
                    ui.link("Your orders", to=routes.ORDERS),
                )
            ),
            bones=[ui.skeleton("card")],
            follows=[CounterState],
        ),
    )


PAGES = (
    Page(
        PATH,
        counter,
        "Our counter",
        load=(CounterState.load,),
        menu=MenuRow("Our counter", PATH, "store"),
    ),
)
