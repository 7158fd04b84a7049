"""Parts of the address book that others may show."""

from account_portal.addresses.components.draft import AddressDraft
from account_portal.addresses.components.form import (
    DIALLING_CODES,
    LABELS,
    address_fields,
    address_text,
)
from account_portal.addresses.components.shown import (
    address_lines,
    city_line,
    default_badges,
    verified_mark,
)

__all__ = [
    "DIALLING_CODES",
    "LABELS",
    "AddressDraft",
    "address_fields",
    "address_lines",
    "address_text",
    "city_line",
    "default_badges",
    "verified_mark",
]
