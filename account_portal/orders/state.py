"""States of the order pages."""

from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

import pydantic
import reflex as rx

from account_portal import routes
from account_portal.addresses.rules import AddressNotFound
from account_portal.addresses.schemas import CustomerAddress
from account_portal.core.errors import InvalidInput
from account_portal.core.ids import new_id
from account_portal.core.validation import readable_phones
from account_portal.doors.page import frame_of, read, read_inline, write
from account_portal.orders import service
from account_portal.orders.rules import (
    DeliveryChangedMeanwhile,
    DeliveryNotChangeable,
    PreviewOutdated,
)
from account_portal.orders.schemas import (
    CancelChoice,
    CancelItem,
    CancelLine,
    CancelOrder,
    CancelPreview,
    ChangeDelivery,
    OrderAddress,
    OrderCard,
    OrderPage,
    OrderSearch,
)
from account_portal.orders.service import billing
from account_portal.states import RefundMode, TransactionStatus
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


_AMOUNTS = attrgetter("goods", "charge", "money", "credit", "points", "unpaid")
"""What a preview says of money, whichever way it goes."""


class OrderDetailState(PageData, PageState):
    """One order."""

    DIALOGS = ("is_cancelling", "cancelling", "is_changing_delivery")
    shown: OrderPage | None = None
    is_cancelling: bool = False
    is_framed: bool = False
    refund_mode: str = "original_payment_mode"
    cancelling: CancelPreview | None = None
    """What cancelling would do, as it is shown; none: nothing is chosen yet."""
    cancel_scope: str = "all"
    """`all` of the order, or `some` items."""
    cancel_lines: list[CancelLine] = []
    is_changing_delivery: bool = False
    delivery_choices: list[CustomerAddress] = []
    delivery_note: str = ""
    delivery_to: str = ""
    """Id of the address that was chosen; empty: the present one."""
    _delivery_seen: OrderAddress | None = None
    _is_own_note: bool = False
    _repeat: str = ""

    @rx.var
    def phones(self) -> dict[str, str]:
        """How the numbers of its addresses are read, by the numbers as they stand."""
        order = self.shown and self.shown.order
        return readable_phones(order.shipping_address, order.billing_address) if order else {}

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

    @action
    async def open_cancel(self) -> None:
        """Ask what to cancel, and show what that would do."""
        self.errors, self.refund_mode = {}, "original_payment_mode"
        order = await read(self, service.get_order, self.order_number)
        eligible = order.cancel_eligibility
        names = {item.sku: item.product_name for item in order.order_items}
        self.cancel_lines = [
            CancelLine(
                sku=line.sku,
                product_name=names[line.sku],
                counts=[[str(count)] * 2 for count in range(line.cancellable_quantity + 1)],
                chosen="0",
            )
            for line in eligible.lines
            if line.cancellable_quantity
        ]
        self.cancel_scope = "all" if eligible.is_allowed else "some"
        await self._preview()
        self.is_cancelling = True

    async def _preview(self) -> None:
        self.cancelling = None
        items = self._cancel_items()
        if self.cancel_scope == "all" or items:
            some = {"cancel_items": items} if items else {}
            choice = CancelChoice(refund_mode=RefundMode.ORIGINAL_PAYMENT_MODE, **some)
            self.cancelling = await read(self, service.preview_cancel, self.order_number, choice)

    def _cancel_items(self) -> list[CancelItem]:
        return [
            CancelItem(sku=line.sku, quantity=int(line.chosen))
            for line in self.cancel_lines
            if self.cancel_scope == "some" and line.chosen != "0"
        ]

    @action
    async def choose_scope(self, scope: str) -> None:
        """Cancel all of the order, or some items."""
        self.cancel_scope = "some" if scope == "some" else "all"
        await self._preview()

    @action
    async def choose_count(self, sku: str, count: str) -> None:
        """Say how many units of a line are cancelled."""
        self.cancel_lines = [
            line.model_copy(update={"chosen": count})
            if line.sku == sku and [count, count] in line.counts
            else line
            for line in self.cancel_lines
        ]
        await self._preview()

    @rx.event
    async def choose_refund_mode(self, mode: str) -> None:
        """Show what this way of refunding needs."""
        self.refund_mode = mode

    @rx.event
    async def close_cancel(self) -> None:
        """Keep the order."""
        self.is_cancelling, self.cancelling = False, None

    @action
    async def cancel(self, form: dict[str, Any]) -> None:
        """Cancel what was chosen, as it was shown."""
        data = CancelOrder.model_validate({k: v for k, v in form.items() if v})
        items = self._cancel_items()
        if self.cancel_scope == "some" and not items:
            raise InvalidInput(cancel_items="Choose what to cancel.")
        data = data.model_copy(update={"cancel_items": items or None})
        number = self.order_number
        seen = await self._seen(data)
        try:
            await write(self, service.cancel_order, number, seen, repeat=self._repeat)
        except PreviewOutdated:
            await self._preview()
            raise
        self.shown = await read(self, service.get_order_page, number)
        self.is_cancelling, self.cancelling = False, None
        self._repeat = new_id()
        self._say("Items cancelled." if items else "Order cancelled.")
        self._tell_storefront("order-cancelled", order_number=number)

    async def _seen(self, data: CancelOrder) -> CancelOrder:
        """The same with the digest of what was shown, which another way of the money changes."""
        shown = self.cancelling
        if shown is None:
            return data
        if data.refund_mode is not RefundMode.ORIGINAL_PAYMENT_MODE:
            other = await read(self, service.preview_cancel, self.order_number, data)
            is_as_shown = _AMOUNTS(other) == _AMOUNTS(shown)
            shown = other if is_as_shown else shown
        return data.model_copy(update={"preview": shown.digest})

    @action
    async def open_delivery(self) -> None:
        """Show where the order can go instead."""
        self.delivery_choices = await read(self, service.list_delivery_choices, self.order_number)
        self._is_own_note = False
        self._delivery_seen = self.shown.order.shipping_address if self.shown else None
        self._choose_delivery("")
        self.is_changing_delivery = True

    @rx.event
    async def choose_delivery(self, address_id: str) -> None:
        """Choose an address; none: the present one."""
        self._choose_delivery(address_id)

    @rx.event
    async def note_delivery(self, typed: str) -> None:
        """Keep instructions that were typed for whichever address is chosen next."""
        if typed != self.delivery_note:
            self.delivery_note, self._is_own_note = str(typed)[:255], True

    def _choose_delivery(self, address_id: str) -> None:
        known = {one.id: one for one in self.delivery_choices}
        chosen = known.get(address_id) or (self.shown and self.shown.order.shipping_address)
        self.delivery_to = address_id if address_id in known else ""
        if not self._is_own_note:
            self.delivery_note = (chosen and chosen.delivery_instructions) or ""

    @rx.event
    async def close_delivery(self) -> None:
        """Leave it as it is."""
        self.is_changing_delivery = False

    @action
    async def change_delivery(self, form: dict[str, Any]) -> None:
        """Send the order where it was chosen to go."""
        chosen: dict[str, Any] = {"address_id": self.delivery_to} if self.delivery_to else {}
        instructions = form.get("delivery_instructions") or None
        if self._delivery_seen:
            chosen["seen"] = self._delivery_seen.model_dump()
        data = ChangeDelivery.model_validate({**chosen, "delivery_instructions": instructions})
        number = self.order_number
        try:
            await write(self, service.change_delivery, number, data)
        except (DeliveryNotChangeable, DeliveryChangedMeanwhile):
            self.is_changing_delivery = False
            raise
        except AddressNotFound:
            choices = await read(self, service.list_delivery_choices, number)
            self.delivery_choices, self.delivery_to = choices, ""
            raise AddressNotFound(address_id="this address was deleted, choose another") from None
        self.shown = await read(self, service.get_order_page, number)
        self.is_changing_delivery = False
        self._say("Delivery changed.")

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
