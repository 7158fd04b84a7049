"""Addresses as they are shown."""

from typing import Any

import reflex as rx

from account_portal.addresses import rules
from account_portal.ui import components as ui

# In vars, so that a page carries each as one list.
POSTCODE_FIRST = rx.Var.create(rules.postcode_first())
STATE_BESIDE_CITY = rx.Var.create(rules.state_beside_city())


def place_lines(address: Any) -> list[Any]:
    """City, postal code and state as the country writes them, in two lines; either may be empty.

    "Bengaluru 560001" and "Karnataka", "10435 Berlin", "Austin, Texas 78701".
    """
    city, state = address.city.to(str), rx.cond(address.state, address.state, "").to(str)
    code = rx.cond(address.pincode, address.pincode, "").to(str)
    is_city = state == city  # of a state that is one: it is not said twice
    is_beside = STATE_BESIDE_CITY.contains(address.country) & (state != "") & ~is_city
    named = rx.cond(is_beside, city + ", " + state, city).to(str)
    both = rx.cond(POSTCODE_FIRST.contains(address.country), code + " " + named, named + " " + code)
    return [rx.cond(code, both, named).to(str), rx.cond(is_beside | is_city, "", state).to(str)]


def address_parts(address: Any) -> list[Any]:
    """What stands on a parcel below the name, from top to bottom; each may be empty."""
    return [
        address.business_name,
        address.address_line1,
        address.address_line2,
        address.landmark,
        *place_lines(address),
        address.country,
    ]


def full_name(address: Any) -> Any:
    """First and last name, as far as they are known."""
    return address.first_name + rx.cond(address.last_name, " " + address.last_name, "").to(str)


def in_one_line(address: Any) -> Any:
    """Whole, as the address book has it: a phone shows several of many at once."""
    line = full_name(address)
    for part in address_parts(address):
        line = line + rx.cond(part, ", " + part, "").to(str)
    return line


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
