"""The fields of an address, which follow its country; for every form that asks for one."""

from typing import Any

import reflex as rx

from account_portal.addresses import rules
from account_portal.ui import components as ui

# In a var, so that a page carries them as one list.
DIALLING_CODES = rx.Var.create([list(code) for code in rules.dialling_codes()])
COUNTRIES = rx.Var.create([[name, name] for name in rules.country_names()])

LABELS = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone": "Phone",
    "country_code": "Dialling code",
    "email": "E-mail",
    "country": "Country",
    "address_line1": "Address",
    "address_line2": "Flat, floor or building",
    "landmark": "Landmark",
    "delivery_instructions": "Delivery instructions",
    "city": "City",
    "state": "State or region",
    "pincode": "Postal code",
    "nickname": "Name of this address",
    "business_name": "Company",
    "tax_identification_number": "Tax number",
}


def address_text(
    state: Any, name: str, *, label: Any = None, complete: str = "", **props: Any
) -> rx.Component:
    """One field of free text; `label` where a country calls it in its own way."""
    if complete:
        props["auto_complete"] = complete
    return ui.text_field(
        name,
        LABELS[name] if label is None else label,
        error=state.errors[name],
        default_value=state.draft[name],
        **props,
    )


def _place(state: Any, field: Any) -> rx.Component:
    """City, state or postal code, called and filled in as in its country."""
    label = rx.cond(field.required, field.label, field.label + " (optional)").to(str)
    keyboard = rx.cond(field.is_numeric, "numeric", "text").to(str)
    example = rx.cond(field.example, "For example " + field.example, "").to(str)

    def text(name: str, complete: str, longest: int = 100, **props: Any) -> rx.Component:
        return address_text(
            state,
            name,
            label=label,
            complete=complete,
            required=field.required,
            max_length=longest,
            on_blur=state.keep(name),
            **props,
        )

    state_choice = ui.select_field(
        "state",
        label,
        state.state_choices,
        placeholder="Choose one",
        error=state.errors["state"],
        default_value=state.draft["state"],
        required=field.required,
        auto_complete="address-level1",
        on_change=state.keep("state"),
    )
    # A select left as it is would choose whatever stands in the same line of the new list.
    one_of_its_states = rx.fragment(state_choice, key="states of " + state.draft["country"])
    # Keyed, so that a field keeps what was typed wherever another country puts it.
    return rx.fragment(
        rx.match(
            field.name,
            ("city", text("city", "address-level2")),
            (
                "state",
                rx.cond(
                    state.state_choices.length() > 0,
                    one_of_its_states,
                    text("state", "address-level1"),
                ),
            ),
            ("pincode", text("pincode", "postal-code", 12, hint=example, input_mode=keyboard)),
            rx.fragment(),
        ),
        key=field.name,
    )


def address_fields(state: Any, *, landmark: bool = False) -> list[rx.Component]:
    """Who, where and how to be reached.

    Args:
        state: an `AddressDraft` with `errors`.
        landmark: ask for one, too, where the country's couriers go by it.
    """
    second = address_text(
        state,
        "address_line2",
        label=state.second_line,
        complete="address-line2",
        optional=True,
        max_length=255,
    )
    near = address_text(
        state,
        "landmark",
        optional=True,
        max_length=255,
        hint="Something near that is easy to find.",
        on_blur=state.keep("landmark"),
    )
    phone = ui.phone_field(
        LABELS["phone"],
        codes=state.other_codes + DIALLING_CODES,
        code_value=state.draft["country_code"],
        value=state.draft["phone"],
        error=state.errors["phone"],
        hint="For the courier.",
        required=True,
        max_length=24,
        on_blur=state.keep("phone"),
    )
    return [
        ui.select_field(
            "country",
            LABELS["country"],
            COUNTRIES,
            placeholder="Choose a country",
            default_value=state.draft["country"],
            error=state.errors["country"],
            required=True,
            auto_complete="country-name",
            on_change=state.choose_country,
        ),
        ui.grid(
            address_text(state, "first_name", complete="given-name", required=True, max_length=100),
            address_text(state, "last_name", complete="family-name", optional=True, max_length=100),
        ),
        address_text(
            state, "address_line1", complete="address-line1", required=True, max_length=255
        ),
        second,
        *([rx.cond(state.asks_landmark, near)] if landmark else []),
        ui.grid(rx.foreach(state.place_fields, lambda field: _place(state, field))),
        rx.fragment(phone, key="phone " + state.draft["country_code"]),
        address_text(state, "email", complete="email", type="email", required=True, max_length=254),
    ]
