"""Phone numbers as keys of customers: a prefix and a national number one can sign in with."""

from functools import lru_cache

import phonenumbers
from babel.numbers import get_territory_currencies

from account_portal.addresses.rules import country_code_of
from account_portal.auth.schemas import DEFAULT_COUNTRY_CODE
from account_portal.core.text import plain
from account_portal.core.validation import national_number, phone_fault
from account_portal.merchant.importing.records import OfCustomer

PhoneKey = tuple[str, str]
"""Prefix and national number, as in ``("+91", "9876500001")``."""


# The phone of a customer stands in each of their addresses and orders.
@lru_cache(maxsize=4096)
def read_phone(country_code: str | None, phone: str | None, country: str) -> PhoneKey | None:
    """Prefix and national number as sign-in reads them, if the text is a possible phone number."""
    if not phone:
        return None
    text = plain(phone).strip()
    if country_code and not text.startswith("+"):
        text = f"+{country_code.removeprefix('+')} {text}"
    try:
        number = phonenumbers.parse(text, country_code_of(country) if country else None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    prefix = f"+{number.country_code}"
    national = phonenumbers.national_significant_number(number)
    if not plain(phone).strip().startswith("+"):
        typed = national_number(phone, prefix)
        national = typed if typed.isdecimal() else national
    if not 4 <= len(national) <= 14 or phone_fault(prefix, national):
        return None
    return prefix, national


def phone_key(record: OfCustomer, currency: str) -> PhoneKey | None:
    """The phone that names a record's customer; an e-mail address names them alone.

    A number without a prefix is one of the address's country, or else of the store's.
    """
    if record.customer_email is not None or record.customer_phone is None:
        return None
    addresses = [
        address
        for name in ("billing_address", "shipping_address")
        if (address := getattr(record, name, None)) and address.country
    ]
    # The address that has this phone tells most about it.
    addresses.sort(key=lambda address: address.phone != record.customer_phone)
    country = addresses[0].country if addresses else _store_country(currency)
    return read_phone(None, record.customer_phone, country)


def _store_country(currency: str) -> str:
    """The country whose prefix sign-in assumes, if the store's money is that country's."""
    region = phonenumbers.region_code_for_country_code(int(DEFAULT_COUNTRY_CODE))
    return region if currency in get_territory_currencies(region) else ""
