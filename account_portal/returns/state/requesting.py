"""State of the form that asks to send items back."""

from typing import Any

import pydantic
import reflex as rx

from account_portal import routes
from account_portal.addresses import rules as address_rules
from account_portal.addresses import service as addresses
from account_portal.addresses.components import AddressDraft
from account_portal.addresses.rules import AddressNotFound
from account_portal.addresses.schemas import CustomerAddress, CustomerAddressCreate
from account_portal.core.errors import InvalidInput, Unprocessable
from account_portal.core.ids import new_id
from account_portal.core.pagination import PageParams
from account_portal.core.validation import national_number, readable_phone, readable_phones
from account_portal.doors.page import read, write
from account_portal.orders import service as orders
from account_portal.orders.rules import PreviewOutdated
from account_portal.orders.schemas import OrderAddress
from account_portal.returns import service
from account_portal.returns.schemas import (
    CreateOrderReturn,
    PickupAddress,
    ReturnableItem,
    ReturnQuote,
    SavedPickupAddress,
)
from account_portal.returns.state.drafts import (
    ADDRESS_TEXTS,
    FROM_THE_ORDER,
    MAY_BE_EMPTY,
    ReturnLine,
    as_returnable,
    is_near,
    is_same,
)
from account_portal.returns.state.form import ReturnForm
from account_portal.ui.page_state import PageData, PageState, action, page_load, typed


class RequestReturnState(ReturnForm, AddressDraft, PageData, PageState):
    """The form that asks to send items back. Its step is in the address.

    What was chosen is kept here until it is sent, so that Back and reload lose nothing.
    """

    withdraw_link: str = ""
    order_address: OrderAddress | None = None
    saved: list[CustomerAddress] = []
    pickup: str = ""
    """`order`, `new` or the id of a saved address."""
    _new_address: CustomerAddressCreate | None = None
    _repeat: str = ""

    def _of_order(self) -> str:
        return str(self.order_number)

    @rx.var
    def phones(self) -> dict[str, str]:
        """How the numbers of its addresses are read, by the numbers as they stand."""
        return readable_phones(self.order_address)

    @rx.var
    def new_phone(self) -> str:
        """That of the new address, as it is read."""
        code, typed = self.draft.get("country_code", ""), self.draft.get("phone", "")
        return readable_phone(code, national_number(typed, code))

    _made: str = ""
    """Number of the return, once it was sent."""

    @page_load
    async def load(self) -> Any:
        """Show the step of the address, or the first that still asks for something."""
        number = self.order_number
        found = await read(self, service.list_returnable_items, number)
        if self._made or not self._repeat:
            self._begin()
        self._show_lines(found)
        await self._show_order(number)
        wanted = dict(self.router.url.query_parameters).get("step", "1")
        self.step = min(int(wanted) if wanted in ("2", "3") else 1, self._reached)
        if self.step == 3:
            await self._show_quote()

    def _begin(self) -> None:
        self.lines, self.quote, self.pickup, self.draft = [], None, "", {}
        self._repeat, self._made, self._reached = new_id(), "", 1
        self._new_address = None

    def _show_lines(self, found: list[ReturnableItem]) -> None:
        kept = {line.item.sku: line for line in self.lines}
        open_skus = [item.sku for item in found if item.returnable_quantity]
        lines = []
        for item in found:
            new = ReturnLine(item=item, counts=[], chosen=open_skus == [item.sku])
            lines.append(as_returnable(kept.get(item.sku, new), item))
        self.lines, self.can_return = lines, bool(open_skus)

    async def _show_anew(self) -> None:
        self._show_lines(await read(self, service.list_returnable_items, self.order_number))

    async def _show_order(self, number: str) -> None:
        page = await read(self, orders.get_order_page, number)
        order, self.withdraw_link = page.order, page.withdraw_link
        book = await read(
            self, addresses.list_addresses, PageParams(limit=address_rules.MAX_ADDRESSES)
        )
        self.order_address = order.shipping_address
        self.saved = [
            one
            for one in book.rows
            if is_near(one.country, order.shipping_address)
            and not is_same(one, order.shipping_address)
        ]
        options = (["order"] if self.order_address else []) + [one.id for one in self.saved]
        if self.pickup not in (*options, "new"):
            self.pickup = (options or ["new"])[0]
        if not self.draft:
            known = await read(self, addresses.begin_address)
            if went_to := order.shipping_address:
                known = {name: getattr(went_to, name) or "" for name in FROM_THE_ORDER}
            self._begin_draft(ADDRESS_TEXTS, known)

    async def _quote(self) -> ReturnQuote:
        found: ReturnQuote = await read(
            self, service.quote_return, self.order_number, self._wanted()
        )
        return found

    @action
    async def choose_items(self, form: dict[str, Any]) -> Any:
        """Go on to the pick-up address."""
        if not await self._is_complete(form):
            return None
        self._reached = max(self._reached, 2)
        return self._go(2)

    @rx.event
    async def choose_address(self, pickup: str) -> None:
        """Say where to collect the parcel."""
        if pickup in ("order", "new", *(one.id for one in self.saved)):
            self.pickup, self.errors = pickup, {}

    @action
    async def choose_pickup(self, form: dict[str, Any]) -> Any:
        """Go on to the last look."""
        if self._reached < 2:
            return self._go(1)
        if self.pickup == "new":
            self._new_address = self._read_address(form)
        self._reached = 3
        return self._go(3)

    def _read_address(self, form: dict[str, Any]) -> CustomerAddressCreate:
        self.draft = {name: typed(form, name, 255) for name in ADDRESS_TEXTS}
        values: dict[str, Any] = {
            name: text or (None if name in MAY_BE_EMPTY else "")
            for name, text in self.draft.items()
        }
        has = {field.name for field in self.place_fields}
        values.update({name: "" for name in address_rules.PLACE if name not in has})
        data = self._checked(CustomerAddressCreate, values, saved=False)
        if not is_near(data.country, self.order_address):
            raise InvalidInput(country="must be the one the order went to")
        return data

    @action
    async def send(self) -> Any:
        """Ask for the return: once, however often it is pressed."""
        if self._reached < 3:
            return self._go(1)
        if not self._made:
            try:
                await self._ask()
            except (AddressNotFound, InvalidInput, pydantic.ValidationError):
                self._say("This address can no longer be used. Choose another.", "danger")
                return self._go(2)
            except PreviewOutdated as error:
                await self._show_quote()
                self._say(error.message, "danger")
                return None
            except Unprocessable as error:
                self._forget_gone(error)
                self._say(error.message, "danger")
                return self._go(1)
            self._say("Return requested.")
        return rx.redirect(f"{routes.RETURNS}/{self._made}".rstrip("/"))

    async def _ask(self) -> None:
        data = CreateOrderReturn(**self._address(), **self._said())
        number = self.order_number
        made = await write(self, service.create_return, number, data, repeat=self._repeat)
        self._made = made.request_number if made else ""
        self._tell_storefront("return-requested", order_number=number, return_number=self._made)

    def _address(self) -> dict[str, PickupAddress | None]:
        if self.pickup == "order":
            return {}  # left out, it is the order's
        is_new = self.pickup == "new"
        return {
            "shipping_address": self._new_address if is_new else SavedPickupAddress(id=self.pickup)
        }

    def _go(self, step: int) -> Any:
        query = f"?step={step}" if step > 1 else ""
        return rx.redirect(self.router.url.path.rstrip("/") + query)
