"""The address book."""

from typing import Any

import reflex as rx

from account_portal.addresses.components import (
    COUNTRIES,
    DIALLING_CODES,
    address_lines,
    default_badges,
    verified_mark,
)
from account_portal.addresses.rules import MAX_ADDRESSES
from account_portal.addresses.state import AddressesState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data

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
    "city": "City",
    "state": "State or region",
    "pincode": "Postal code",
    "nickname": "Name of this address",
    "business_name": "Company",
    "tax_identification_number": "Tax number",
}


def _contact(address: Any) -> rx.Component:
    return ui.stack(
        ui.row(
            ui.text(rx.el.bdi(address.country_code, " ", address.phone), tone="muted", inline=True),
            verified_mark(address.is_phone_verified),
        ),
        ui.row(
            ui.text(address.email, tone="muted", inline=True),
            verified_mark(address.is_email_verified),
        ),
        gap="none",
    )


def _card(address: Any) -> rx.Component:
    named = rx.cond(address.nickname, address.nickname, address.address_line1).to(str)
    of_it = ui.hidden_text(" ", named)
    return ui.card(
        ui.stack(
            ui.card_header(
                named,
                ui.icon_button("pencil", "Edit " + named, on_click=State.edit(address.id)),
                ui.icon_button("trash-2", "Delete " + named, on_click=State.ask_delete(address.id)),
            ),
            rx.cond(
                address.is_default_shipping | address.is_default_billing,
                ui.row(default_badges(address)),
            ),
            address_lines(address),
            _contact(address),
        ),
        footer=rx.cond(
            address.is_default_shipping & address.is_default_billing,
            rx.fragment(),
            ui.row(
                _use(address, "shipping", "Use for delivery", of_it),
                _use(address, "billing", "Use for billing", of_it),
            ),
        ),
    )


def _use(address: Any, use: str, label: str, of_it: rx.Component) -> rx.Component:
    has_it = address.is_default_shipping if use == "shipping" else address.is_default_billing
    return rx.cond(
        ~has_it, ui.button(label, of_it, size="small", on_click=State.make_default(address.id, use))
    )


def _place(field: Any) -> rx.Component:
    """City, state or postal code, called and filled in as in its country."""
    label = rx.cond(field.required, field.label, field.label + " (optional)").to(str)
    example = rx.cond(field.example, "For example " + field.example, "").to(str)
    city = ui.text_field(
        "city",
        label,
        error=State.errors["city"],
        default_value=State.draft["city"],
        required=field.required,
        auto_complete="address-level2",
        max_length=100,
        on_blur=State.keep("city"),
    )
    state_text = ui.text_field(
        "state",
        label,
        error=State.errors["state"],
        default_value=State.draft["state"],
        required=field.required,
        auto_complete="address-level1",
        max_length=100,
        on_blur=State.keep("state"),
    )
    state_choice = ui.select_field(
        "state",
        label,
        State.state_choices,
        placeholder="Choose one",
        error=State.errors["state"],
        default_value=State.draft["state"],
        required=field.required,
        auto_complete="address-level1",
        on_change=State.keep("state"),
    )
    pincode = ui.text_field(
        "pincode",
        label,
        hint=example,
        error=State.errors["pincode"],
        default_value=State.draft["pincode"],
        required=field.required,
        auto_complete="postal-code",
        max_length=12,
        on_blur=State.keep("pincode"),
    )
    # A select left as it is would choose whatever stands in the same line of the new list.
    one_of_its_states = rx.fragment(state_choice, key="states of " + State.draft["country"])
    # Keyed, so that a field keeps what was typed wherever another country puts it.
    return rx.fragment(
        rx.match(
            field.name,
            ("city", city),
            ("state", rx.cond(State.state_choices.length() > 0, one_of_its_states, state_text)),
            ("pincode", pincode),
            rx.fragment(),
        ),
        key=field.name,
    )


def _text(name: str, *, complete: str = "", **props: Any) -> rx.Component:
    if complete:
        props["auto_complete"] = complete
    return ui.text_field(
        name, LABELS[name], error=State.errors[name], default_value=State.draft[name], **props
    )


def _form() -> rx.Component:
    phone = rx.fragment(
        ui.phone_field(
            LABELS["phone"],
            codes=State.other_codes + DIALLING_CODES,
            code_value=State.draft["country_code"],
            value=State.draft["phone"],
            error=State.errors["phone"],
            hint="For the courier.",
            required=True,
            max_length=24,
            on_blur=State.keep("phone"),
        ),
        key="phone " + State.draft["country_code"],
    )
    return ui.form(
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
        ui.grid(
            _text("address_line2", complete="address-line2", optional=True, max_length=255),
            _text(
                "landmark",
                optional=True,
                max_length=255,
                hint="Something near that is easy to find.",
            ),
        ),
        ui.grid(rx.foreach(State.place_fields, _place)),
        phone,
        _text("email", complete="email", type="email", required=True, max_length=254),
        ui.disclosure(
            "Company and tax",
            ui.grid(
                _text("business_name", complete="organization", optional=True, max_length=150),
                _text("tax_identification_number", optional=True, max_length=32),
            ),
        ),
        _text(
            "nickname", optional=True, max_length=50, hint="Such as Home or Work. Only you see it."
        ),
        ui.stack(
            ui.checkbox(
                "is_default_shipping",
                "Use as my default delivery address",
                default_checked=State.draft_defaults["shipping"],
            ),
            ui.checkbox(
                "is_default_billing",
                "Use as my default billing address",
                default_checked=State.draft_defaults["billing"],
            ),
            gap="small",
        ),
        ui.form_actions(
            ui.submit("Save address", busy=State.busy == "save"),
            ui.button("Cancel", closes=True),
            end=True,
        ),
        on_submit=State.save,
        errors=State.errors,
        labels=LABELS,
        busy=State.busy == "save",
    )


def _dialogs() -> rx.Component:
    asked = ui.text(rx.el.bdi(State.deleting_name), " will be removed from your address book.")
    return rx.fragment(
        ui.dialog(
            rx.cond(State.is_writing, _form()),
            id="address-form",
            title=rx.cond(State.edited, "Edit address", "New address"),
            open=State.is_writing,
            on_close=State.stop_writing,
        ),
        ui.dialog(
            rx.cond(
                State.refusal,
                ui.alert(State.refusal, tone="warn", announce=True),
                ui.stack(
                    asked,
                    ui.text("Orders already placed are not affected.", tone="muted"),
                    gap="small",
                ),
            ),
            id="delete-address",
            title=rx.cond(State.refusal, "This address cannot be deleted", "Delete this address?"),
            size="small",
            footer=[
                rx.cond(
                    State.refusal,
                    ui.button("Close", closes=True),
                    rx.fragment(
                        ui.button(
                            "Delete address",
                            variant="danger",
                            on_click=State.delete,
                            busy=State.busy == "delete",
                            busy_label="Deleting…",
                        ),
                        ui.button("Keep address", closes=True),
                    ),
                )
            ],
            open=State.is_deleting,
            on_close=State.keep_address,
        ),
    )


def _add(**look: Any) -> rx.Component:
    return ui.button(
        "Add address", variant="primary", icon_name="plus", on_click=State.write_new, **look
    )


def _book() -> rx.Component:
    full = ui.alert(
        f"Your address book holds {MAX_ADDRESSES} addresses. Delete one to add another.",
        tone="info",
    )
    return rx.cond(
        State.addresses.length() > 0,
        ui.stack(
            rx.cond(State.is_full, full),
            ui.grid(rx.foreach(State.addresses, _card)),
        ),
        ui.empty(
            "nothing",
            "No addresses yet",
            "Save one, and your next order needs less typing.",
            action=_add(),
            icon_name="map-pin",
        ),
    )


def address_book() -> rx.Component:
    """All saved addresses; one is added or changed in a dialog."""
    return rx.fragment(
        ui.page_header(
            "Addresses",
            actions=[
                rx.cond(
                    (State.phase == "ready") & (State.addresses.length() > 0) & ~State.is_full,
                    _add(),
                )
            ],
        ),
        page_data(State, _book(), bones=ui.skeleton_cards(3)),
        _dialogs(),
    )
