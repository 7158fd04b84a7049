"""States of the order pages."""

from typing import Any
from urllib.parse import urlencode

import pydantic
import reflex as rx

from account_portal import routes
from account_portal.core.ids import new_id
from account_portal.doors.page import frame_of, read, read_inline, write
from account_portal.orders import service
from account_portal.orders.schemas import (
    CancelOrder,
    OrderCard,
    OrderPage,
    OrderSearch,
)
from account_portal.orders.service import billing
from account_portal.states import TransactionStatus
from account_portal.ui.page_state import PageData, PageState, action, page_load

_GROUPS = ("all", "open", "delivered", "cancelled")


class OrdersState(PageData, PageState):
    """The order history. Filter, order and page are in the address."""

    orders: list[OrderCard] = []
    years: list[list[str]] = []
    total: int = 0
    page: int = 1
    pages: int = 0
    text: str = ""
    group: str = "all"
    year: str = ""
    sort: str = "newest"
    group_links: dict[str, str] = {}
    previous_link: str = ""
    next_link: str = ""
    is_filtered: bool = False

    @page_load
    async def load(self) -> None:
        """Show what the address asks for."""
        query = read_search(self.router.url.query_parameters)
        found = await read(self, service.search_orders, query)
        years = await read_inline(self, service.list_order_years)
        self.orders, self.years = found.rows, [[str(year), str(year)] for year in years]
        self.total, self.pages = found.pagination.total_records, found.pagination.total_pages
        self._show(query, found.pagination.previous_page, found.pagination.next_page)

    def _show(self, query: OrderSearch, previous: int | None, following: int | None) -> None:
        self.page, self.text, self.group = query.page, query.text, query.group
        self.year, self.sort = str(query.year or ""), query.sort
        self.group_links = {group: search_link(query, group=group, page=1) for group in _GROUPS}
        self.previous_link = search_link(query, page=previous) if previous else ""
        self.next_link = search_link(query, page=following) if following else ""
        self.is_filtered = bool(query.text or query.year or query.group != "all")

    @rx.event
    async def search(self, form: dict[str, Any]) -> Any:
        """Look for a number or a product."""
        return self._go(text=str(form.get("text", "")).strip()[:100])

    @rx.event
    async def choose_year(self, year: str, zone: str = "") -> Any:
        """Keep the orders of one year as it is in the viewer's zone, or of all."""
        return self._go(year=int(year) if year.isdecimal() else None, zone=str(zone)[:64])

    @rx.event
    async def choose_sort(self, sort: str) -> Any:
        """Change the order of the list."""
        return self._go(sort=sort)

    def _go(self, **changes: Any) -> Any:
        query = read_search(self.router.url.query_parameters)
        return rx.redirect(search_link(query, **changes, page=1))


def read_search(parameters: Any) -> OrderSearch:
    """What an address asks for; parts that make no sense count as left out."""
    wanted = {name: value for name, value in dict(parameters).items() if value}
    for _ in range(len(wanted) + 1):
        try:
            return OrderSearch.model_validate(wanted)
        except pydantic.ValidationError as error:
            for fault in error.errors():
                wanted.pop(str(fault["loc"][0]), None)
    return OrderSearch()


def search_link(query: OrderSearch, **changes: Any) -> str:
    """Address of the history with this filter; what is as usual is left out."""
    usual = OrderSearch()
    wanted = {**query.model_dump(exclude={"limit"}), **changes}
    if not wanted["year"]:
        wanted["zone"] = ""
    kept = {
        name: value for name, value in wanted.items() if value and value != getattr(usual, name)
    }
    return routes.ORDERS + (f"?{urlencode(kept)}" if kept else "")


class OrderDetailState(PageData, PageState):
    """One order."""

    shown: OrderPage | None = None
    is_cancelling: bool = False
    is_framed: bool = False
    refund_mode: str = "original_payment_mode"
    _repeat: str = ""

    @page_load
    async def load(self) -> None:
        """Show the order of the address."""
        self.shown = await read(self, service.get_order_page, self.order_number)
        self._repeat, self.is_framed = new_id(), bool(frame_of(self))
        if routes.CAME_FROM_GATEWAY in self.router.url.query_parameters:
            self._tell_payment(self.shown)

    def _tell_payment(self, page: OrderPage) -> None:
        """Say what became of the payment that the customer comes back from."""
        if not page.order.payments:
            return
        match page.order.payments[-1].payment_status:
            case TransactionStatus.SUCCESS:
                self._say("Payment received. Thank you.")
            case TransactionStatus.FAILED:
                self._say("The payment did not go through.", "danger")
            case TransactionStatus.PENDING:
                self._say("We have not heard of your payment yet.", "info")

    @rx.event
    async def open_cancel(self) -> None:
        """Ask whether to cancel."""
        self.is_cancelling, self.errors = True, {}
        self.refund_mode = "original_payment_mode"

    @rx.event
    async def choose_refund_mode(self, mode: str) -> None:
        """Show what this way of refunding needs."""
        self.refund_mode = mode

    @rx.event
    async def close_cancel(self) -> None:
        """Keep the order."""
        self.is_cancelling = False

    @action
    async def cancel(self, form: dict[str, Any]) -> None:
        """Cancel the whole order."""
        data = CancelOrder.model_validate({k: v for k, v in form.items() if v})
        number = self.order_number
        await write(self, service.cancel_order, number, data, repeat=self._repeat)
        self.shown = await read(self, service.get_order_page, number)
        self.is_cancelling = False
        self._say("Order cancelled.")
        self._tell_storefront("order-cancelled", order_number=number)

    @action
    async def buy_again(self) -> None:
        """Hand the lines to the shop: to the storefront around the frame, or to its cart."""
        page = self.shown
        if page is None:
            return
        items = service.cart_items(page.order.order_items)
        self._tell_storefront("buy-again", order_number=page.order.order_number, items=items)
        if not frame_of(self):
            self.leave_to = page.cart_link

    @action
    async def download(self, kind: str) -> None:
        """Fetch the receipt or the invoice; the address is good for a few minutes."""
        if kind in {"receipt", "invoice"}:
            self.leave_to = await write(self, billing.bill_link, kind, self.order_number)

    @action
    async def pay_again(self) -> None:
        """Start a new payment and go to the gateway's page."""
        number = self.order_number
        back_to = routes.PAYMENT_DONE if frame_of(self) else routes.order_paid(number)
        result = await write(self, service.pay_again, number, back_to=back_to)
        self.leave_to = result.payment_info.redirect_url
