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
    address_parts,
    default_badges,
    full_name,
    in_one_line,
    verified_mark,
)

__all__ = [
    "DIALLING_CODES",
    "LABELS",
    "AddressDraft",
    "address_fields",
    "address_lines",
    "address_parts",
    "address_text",
    "default_badges",
    "full_name",
    "in_one_line",
    "verified_mark",
]
