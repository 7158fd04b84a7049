"""Contacts: an e-mail address, or a phone number with its dialling prefix."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import phonenumbers
import pydantic
from phonenumbers import NumberParseException

from account_portal.auth.schemas import DEFAULT_COUNTRY_CODE
from account_portal.core.errors import InvalidInput
from account_portal.core.schemas import Email
from account_portal.core.text import plain
from account_portal.core.validation import national_number, phone_fault

_EMAIL: pydantic.TypeAdapter[str] = pydantic.TypeAdapter(Email)
_GAPS = re.compile(r"[\s().\-/]+")
Channel = Literal["email", "sms", "whatsapp"]
_NATIONAL = re.compile(r"[0-9]{4,14}")


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody. Either `email` is set, or `phone` and `country_code` are."""

    email: str | None = None
    country_code: str | None = None
    phone: str | None = None

    @classmethod
    def of(
        cls, *, email: str | None = None, phone: str | None = None, country_code: str | None = None
    ) -> "Contact":
        """The contact of an input; an e-mail address wins."""
        if email is not None:
            return cls(email=email)
        return cls(country_code=country_code or DEFAULT_COUNTRY_CODE, phone=phone)

    @property
    def field(self) -> str:
        """Name of its field in inputs and answers."""
        return "email" if self.email is not None else "phone"

    @property
    def key(self) -> str:
        """The one way it is written in tables: ``a@b.example`` or ``+91 9876543210``."""
        return self.email or f"{self.country_code} {self.phone}"

    @property
    def address(self) -> str:
        """What messages are sent to."""
        return self.email or f"{self.country_code}{self.phone}"

    @classmethod
    def from_key(cls, key: str) -> "Contact":
        """What `key` was made of."""
        if "@" in key:
            return cls(email=key)
        country_code, _, phone = key.partition(" ")
        return cls(country_code=country_code, phone=phone)


MOST_FORMER = 100
"""Contacts that are remembered of an account, the latest ones."""


def former_contacts(former: Iterable[str], before: Iterable[str], now: Iterable[str]) -> list[str]:
    """Addresses of contacts that an account had and has no more, the latest last.

    Args:
        former: those that are known as such.
        before: of the contacts before a change.
        now: of those after it.
    """
    present = set(now)
    found = [one for one in dict.fromkeys([*former, *before]) if one not in present]
    return found[-MOST_FORMER:]


def parse_contact(text: str) -> Contact:
    """What somebody typed into the one field that takes either.

    Raises:
        InvalidInput: it is neither an e-mail address nor a phone number.
    """
    text = text.strip()
    if "@" in text:
        try:
            return Contact(email=_EMAIL.validate_python(text))
        except pydantic.ValidationError:
            raise InvalidInput(contact="is not a valid e-mail address") from None
    digits = _GAPS.sub("", plain(text))
    if digits.startswith("+"):
        try:
            number = phonenumbers.parse(digits)
        except NumberParseException:
            raise InvalidInput(contact="is not a valid phone number") from None
        country_code = f"+{number.country_code}"
        phone = phonenumbers.national_significant_number(number)
    else:
        country_code = DEFAULT_COUNTRY_CODE
        phone = national_number(digits, country_code)
    if not _NATIONAL.fullmatch(phone):
        raise InvalidInput(contact="is neither an e-mail address nor a phone number")
    if fault := phone_fault(country_code, phone):
        raise InvalidInput(contact=fault)
    return Contact(country_code=country_code, phone=phone)


def masked(contact: Contact) -> str:
    """The contact so that its owner knows it and nobody else learns it."""
    if contact.email is not None:
        name, _, host = contact.email.rpartition("@")
        return f"{name[:1]}•••@{host}"
    return f"{contact.country_code} ••• {str(contact.phone)[-2:]}"


def channel_for(contact: Contact, wanted: str | None) -> Channel:
    """How a code travels: to numbers by SMS, unless WhatsApp is wanted."""
    if contact.email is not None:
        return "email"
    return "whatsapp" if wanted == "whatsapp" else "sms"


def require_possible_phone(contact: Contact) -> None:
    """Refuse a new phone number that no network could have.

    Raises:
        InvalidInput: its prefix is nobody's, or it has too few or too many digits.
    """
    try:
        number = phonenumbers.parse(f"{contact.country_code}{contact.phone}")
    except NumberParseException:
        raise InvalidInput(country_code="is not a dialling prefix") from None
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput(phone="is not a possible phone number")
