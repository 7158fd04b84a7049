"""An address as it is typed: the state behind `address_fields`."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import pydantic
import reflex as rx

from account_portal.addresses import rules
from account_portal.addresses.schemas import AddressField, AddressValues
from account_portal.core.errors import ValidationError
from account_portal.core.schemas import Input
from account_portal.core.validation import invalid

_LONGEST = 255
Address = TypeVar("Address", bound=Input)


class AddressDraft(rx.State, mixin=True):
    """Of a page with a form that asks for an address."""

    draft: dict[str, str] = {}
    """What the form begins with, and what was typed when the country changed."""
    place_fields: list[AddressField] = []
    """City, state and postal code as the country in the form has them."""
    second_line: str = ""
    """What the country's addresses have in their second line."""
    asks_landmark: bool = False
    """Couriers there go by what stands near, or one is known of the address."""
    state_choices: list[list[str]] = []
    """States of the country; empty where any text will do."""
    other_codes: list[list[str]] = []
    """A dialling code that is not among those to choose from, as an import may have it."""
    _known: dict[str, str] = {}
    """What the form began with."""

    def _begin_draft(self, fields: Iterable[str], known: Mapping[str, str]) -> None:
        """Begin a form of these fields with what is known of the address."""
        country = rules.country_name_of(known.get("country", ""))
        self.draft = {**dict.fromkeys(fields, ""), **known, "country": country or ""}
        code = self.draft["country_code"]
        is_known = not code or code in dict(rules.dialling_codes())
        self.other_codes = [] if is_known else [[code, code]]
        self._known = dict(self.draft)
        self._follow_country()

    def _follow_country(self) -> None:
        self.place_fields, choices = rules.place_fields(self.draft["country"])
        self.second_line = rules.second_line(self.draft["country"])
        known = bool(self._known.get("landmark"))
        self.asks_landmark = known or rules.knows_landmarks(self.draft["country"])
        typed = self.draft["state"]
        if choices and typed and typed == self._known["state"]:
            # An import's own spelling is kept until another is chosen.
            choices = list(dict.fromkeys([typed, *choices]))
        self.state_choices = [[name, name] for name in choices]

    @rx.event
    async def keep(self, field: str, value: str) -> None:
        """Remember what was typed in a field that another country may draw anew."""
        if field in self.draft:
            self.draft[field] = str(value)[:_LONGEST]

    @rx.event
    async def choose_country(self, country: str) -> None:
        """Show the fields of the country; what was typed stays."""
        if not self.draft:
            return  # no form was begun
        known = rules.country_name_of(str(country)[:60])
        self.draft["country"] = known or ""
        self.errors = dict[str, str]()
        if known and not self.draft["phone"]:
            prefix = rules.address_form(known).country_code
            self.draft["country_code"] = prefix or self.draft["country_code"]
        self._follow_country()

    def _checked(self, kind: type[Address], values: AddressValues, *, saved: bool) -> Address:
        """The address as it was sent, or everything that is wrong with it in one answer.

        Args:
            kind: what the values become.
            values: all fields of the form.
            saved: it is an address of the book, of which only what was changed is looked at.

        Raises:
            ValidationError: names each field and what is wrong with it.
        """
        values = rules.tidied(values)
        changed = [name for name, text in values.items() if (text or "") != self._known.get(name)]
        told = rules.faults(values, changed if saved else None) | rules.unfilled(values)
        found = {name: [text] for name, text in told.items()}
        try:
            address = kind.model_validate(values)
        except pydantic.ValidationError as error:
            found.update(invalid(error).fields)
        if found:
            raise ValidationError(found)
        return address
