"""State of the address book's page."""

from typing import Any, Literal

import reflex as rx

from account_portal.addresses import rules, service
from account_portal.addresses.components import AddressDraft
from account_portal.addresses.schemas import (
    CustomerAddress,
    CustomerAddressCreate,
    CustomerAddressUpdate,
)
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.ids import new_id
from account_portal.core.pagination import PageParams
from account_portal.core.validation import readable_phone
from account_portal.doors.page import read, write
from account_portal.ui.asking import told_in_form
from account_portal.ui.page_state import PageData, PageState, action, page_load

Use = Literal["shipping", "billing"]
_TEXTS = tuple(
    name for name in CustomerAddressCreate.model_fields if not name.startswith("is_default")
)
_NEVER_NULL = frozenset({"first_name", "country_code", "phone", "email", "address_line1"}) | {
    "pincode",
    "city",
    "state",
    "country",
}


class AddressesState(AddressDraft, PageData, PageState):
    """The address book, the form over it and the question whether to delete."""

    addresses: list[CustomerAddress] = []
    phones: dict[str, str] = {}
    """Their phones as they are read, by id."""
    is_full: bool = False
    is_writing: bool = False
    """The form is open."""
    edited: str = ""
    """Id of the address in the form; empty for a new one."""
    draft_defaults: dict[str, bool] = {}
    is_deleting: bool = False
    deleting_name: str = ""
    """How the address in question is called."""
    refusal: str = ""
    """Why the address in question can't be deleted."""
    _deleting: str = ""
    _repeat: str = ""

    @page_load
    async def load(self) -> None:
        """Show the address book."""
        self.is_writing = self.is_deleting = False
        await self._show()

    async def _show(self) -> None:
        found = await read(self, service.list_addresses, PageParams(limit=rules.MAX_ADDRESSES))
        # An import may have brought more than the book holds: all of them are shown.
        shown = list(found.rows)
        for page in range(2, (found.pagination.total_pages or 1) + 1):
            params = PageParams(page=page, limit=rules.MAX_ADDRESSES)
            shown += (await read(self, service.list_addresses, params)).rows
        self.addresses = sorted(
            shown, key=lambda one: (not one.is_default_shipping, not one.is_default_billing)
        )
        self.phones = {one.id: readable_phone(one.country_code, one.phone) for one in shown}
        self.is_full = len(shown) >= rules.MAX_ADDRESSES

    @action
    async def write_new(self) -> None:
        """Open an empty form, with what is known of the customer."""
        self.edited, self._repeat = "", new_id()
        known = await read(self, service.begin_address)
        # Most people's next address is in the country of their last one.
        known["country"] = next((one.country for one in self.addresses), known["country"])
        self._begin_draft(_TEXTS, known)
        first = not self.addresses
        self.draft_defaults = {"shipping": first, "billing": first}
        self.is_writing = True

    @action
    async def edit(self, address_id: str) -> None:
        """Open the form with an address in it."""
        address = await self._read(address_id)
        if address is None:
            return
        self.edited = address.id
        self._begin_draft(_TEXTS, {name: getattr(address, name) or "" for name in _TEXTS})
        self.draft_defaults = {
            "shipping": address.is_default_shipping,
            "billing": address.is_default_billing,
        }
        self.is_writing = True

    @rx.event
    async def stop_writing(self) -> None:
        """Close the form; nothing is saved."""
        self.is_writing, self.errors = False, {}

    @action
    async def save(self, form: dict[str, Any]) -> None:
        """Save the address in the form."""
        values = self._values(form)
        with told_in_form(self):
            if self.edited:
                changes = self._checked(CustomerAddressUpdate, values, saved=True)
                await write(self, service.update_address, self.edited, changes)
            else:
                data = self._checked(CustomerAddressCreate, values, saved=False)
                await write(self, service.create_address, data, repeat=self._repeat)
            await self._show()
            self.is_writing = False
            self._say("Address saved.")

    def _values(self, form: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name in _TEXTS:
            text = str(form.get(name) or "").strip()
            values[name] = text or ("" if name in _NEVER_NULL else None)
        for use in ("shipping", "billing"):
            values[f"is_default_{use}"] = bool(form.get(f"is_default_{use}"))
        try:
            has = {field.name for field in rules.address_form(values["country"]).fields}
        except InvalidInput:
            return values
        values.update({name: "" for name in rules.PLACE if name not in has})
        return values

    @action
    async def make_default(self, address_id: str, use: str) -> None:
        """Use an address for deliveries or for bills from now on."""
        data = CustomerAddressUpdate.model_validate({f"is_default_{use}": True})
        try:
            await write(self, service.update_address, address_id, data)
        except NotFound:
            await self._is_gone()
            return
        await self._show()
        what = "delivery" if use == "shipping" else "billing"
        self._say(f"This is your default {what} address now.")

    @action
    async def ask_delete(self, address_id: str) -> None:
        """Ask whether to delete an address."""
        address = await self._read(address_id)
        if address is None:
            return
        self._deleting, self.refusal = address.id, ""
        self.deleting_name = address.nickname or address.address_line1
        self.is_deleting = True

    @rx.event
    async def keep_address(self) -> None:
        """Delete nothing."""
        self.is_deleting = False

    @action
    async def delete(self) -> None:
        """Delete the address in question, or say why that can't be."""
        try:
            await write(self, service.delete_address, self._deleting)
        except service.AddressInUse as error:
            self.refusal = error.message
            return
        except NotFound:
            pass  # deleted in another window: as was wanted
        self.is_deleting = False
        await self._show()
        self._say("Address deleted.")

    async def _read(self, address_id: str) -> CustomerAddress | None:
        try:
            found: CustomerAddress = await read(self, service.read_address, address_id)
        except NotFound:
            await self._is_gone()
            return None
        return found

    async def _is_gone(self) -> None:
        await self._show()
        self._say("This address is not there any more.", "warn")
