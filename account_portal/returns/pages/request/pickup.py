"""Step two: where it is collected."""

from typing import Any

import reflex as rx

from account_portal.addresses.components import COUNTRIES, DIALLING_CODES, city_line
from account_portal.orders.components import order_address, order_link
from account_portal.returns.state import RequestReturnState as State
from account_portal.ui import components as ui

LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Phone",
    "country_code": "Dialling code",
    "email": "E-mail",
    "country": "Country",
    "address_line1": "Address",
    "address_line2": "Flat, floor or building",
    "city": "City",
    "state": "State or region",
    "pincode": "Postal code",
}


def _where(value: Any, label: Any, lines: Any = None) -> rx.Component:
    return ui.radio_card(
        "pickup",
        value,
        label,
        hint=lines,
        checked=State.pickup == value,
        on_change=State.choose_address(value),
    )


def _saved(address: Any) -> rx.Component:
    # In one line: of many addresses a phone shows several at once.
    who = address.first_name + " " + rx.cond(address.last_name, address.last_name, "").to(str)
    where = address.address_line1 + ", " + city_line(address)
    named = rx.cond(address.nickname, address.nickname, who).to(str)
    return _where(address.id, named, where + ", " + address.country)


def _text(name: str, *, complete: str, **props: Any) -> rx.Component:
    return ui.text_field(
        name,
        LABELS[name],
        error=State.errors[name],
        default_value=State.draft[name],
        auto_complete=complete,
        **props,
    )


def _place(name: str, *, complete: str, longest: int) -> rx.Component:
    """City, state or postal code, called as in the country; nothing where it has none."""
    written = ui.text_field(
        name,
        State.place_labels[name],
        error=State.errors[name],
        default_value=State.draft[name],
        auto_complete=complete,
        max_length=longest,
    )
    if name != "state":
        return rx.cond(State.place_labels[name], written)
    chosen = rx.fragment(
        ui.select_field(
            name,
            State.place_labels[name],
            State.state_choices,
            placeholder="Choose one",
            error=State.errors[name],
            default_value=State.draft[name],
            auto_complete=complete,
        ),
        # A select left as it is would choose whatever stands in the same line of the new list.
        key="states of " + State.draft["country"],
    )
    return rx.cond(
        State.place_labels[name], rx.cond(State.state_choices.length() > 0, chosen, written)
    )


def _new_address() -> rx.Component:
    return ui.card(
        ui.stack(
            ui.select_field(
                "country",
                LABELS["country"],
                COUNTRIES,
                placeholder="Choose a country",
                default_value=State.draft["country"],
                error=State.errors["country"],
                required=True,
                auto_complete="country-name",
                on_change=State.choose_country,
            ),
            ui.grid(
                _text("first_name", complete="given-name", required=True, max_length=100),
                _text("last_name", complete="family-name", optional=True, max_length=100),
            ),
            _text("address_line1", complete="address-line1", required=True, max_length=255),
            _text("address_line2", complete="address-line2", optional=True, max_length=255),
            ui.grid(
                _place("city", complete="address-level2", longest=100),
                _place("state", complete="address-level1", longest=100),
                _place("pincode", complete="postal-code", longest=12),
            ),
            ui.grid(
                ui.phone_field(
                    LABELS["phone"],
                    codes=DIALLING_CODES,
                    code_value=State.draft["country_code"],
                    value=State.draft["phone"],
                    error=State.errors["phone"],
                    hint="For the courier.",
                    required=True,
                    max_length=24,
                ),
                _text("email", complete="email", type="email", required=True, max_length=254),
            ),
        )
    )


def pickup() -> rx.Component:
    """Where the goods are collected."""
    return ui.form(
        ui.radio_cards(
            "Where should we collect the parcel?",
            rx.cond(
                State.order_address,
                _where("order", "Where the order went", order_address(State.order_address)),
            ),
            rx.foreach(State.saved, _saved),
            _where("new", "Another address"),
            id="pickup",
            columns=2,
        ),
        rx.cond(State.pickup == "new", _new_address()),
        ui.form_actions(
            ui.submit("Continue", busy=State.busy == "choose_pickup", busy_label="One moment…"),
            ui.link_button("Back", to=order_link(State.order_number) + "/return"),
        ),
        on_submit=State.choose_pickup,
        errors=State.errors,
        labels=LABELS,
        busy=State.busy == "choose_pickup",
    )
