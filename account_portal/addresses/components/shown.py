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


def address_lines(address: Any) -> rx.Component:
    """A saved address as it is written on a parcel."""
    return ui.address_block(
        [
            rx.cond(address.business_name, address.business_name, "").to(str),
            address.address_line1,
            rx.cond(address.address_line2, address.address_line2, "").to(str),
            rx.cond(address.landmark, address.landmark, "").to(str),
            city_line(address),
            address.state,
            address.country,
        ],
        name=address.first_name + " " + rx.cond(address.last_name, address.last_name, "").to(str),
    )


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
