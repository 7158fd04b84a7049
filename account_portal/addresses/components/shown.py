"""Addresses as they are shown."""

from typing import Any

import reflex as rx

from account_portal.addresses import rules
from account_portal.ui import components as ui

# In a var, so that a page carries it as one list.
POSTCODE_FIRST = rx.Var.create(rules.postcode_first())


def city_line(address: Any) -> Any:
    """City and postal code in the order of the country: "Bengaluru 560001", "10435 Berlin"."""
    city, code = address.city.to(str), address.pincode.to(str)
    both = rx.cond(POSTCODE_FIRST.contains(address.country), code + " " + city, city + " " + code)
    return rx.cond(code, both, city).to(str)


def address_parts(address: Any) -> list[Any]:
    """What stands on a parcel below the name, from top to bottom; each may be empty."""
    return [
        address.business_name,
        address.address_line1,
        address.address_line2,
        address.landmark,
        city_line(address),
        address.state,
        address.country,
    ]


def full_name(address: Any) -> Any:
    """First and last name, as far as they are known."""
    return address.first_name + rx.cond(address.last_name, " " + address.last_name, "").to(str)


def address_lines(address: Any, *, phone: Any = None) -> rx.Component:
    """An address as it is written on a parcel."""
    told = {} if phone is None else {"phone": phone}
    return ui.address_block(address_parts(address), name=full_name(address), **told)


def verified_mark(is_verified: Any) -> rx.Component:
    """A tick beside a contact that was confirmed by a code; nothing beside others."""
    return rx.cond(
        is_verified,
        ui.text(ui.icon("circle-check", size=16, label="Verified"), tone="success", inline=True),
    )


def default_badges(address: Any) -> rx.Component:
    """What an address is used for when nothing else is chosen."""
    return rx.fragment(
        rx.cond(
            address.is_default_shipping,
            ui.badge("Default delivery", tone="accent", icon_name="truck"),
        ),
        rx.cond(
            address.is_default_billing,
            ui.badge("Default billing", tone="accent", icon_name="file-text"),
        ),
    )
