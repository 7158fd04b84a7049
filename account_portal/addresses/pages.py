"""The address book."""

from typing import Any

import reflex as rx

from account_portal.addresses.components import (
    LABELS,
    address_fields,
    address_lines,
    address_text,
    default_badges,
    verified_mark,
)
from account_portal.addresses.rules import MAX_ADDRESSES
from account_portal.addresses.state import AddressesState as State
from account_portal.ui import components as ui
from account_portal.ui.phases import page_data
from account_portal.ui.removing import removal_dialog


def _contact(address: Any) -> rx.Component:
    return ui.stack(
        ui.row(
            ui.text(rx.el.bdi(State.phones[address.id]), tone="muted", inline=True),
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
            rx.cond(
                address.delivery_instructions,
                ui.text(
                    ui.icon("truck", size=16, label="For the courier"),
                    " ",
                    rx.el.bdi(address.delivery_instructions.to(str)),
                    as_typed=True,
                ),
            ),
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


def _form() -> rx.Component:
    return ui.form(
        *address_fields(State, landmark=True),
        ui.disclosure(
            "Company and tax",
            ui.grid(
                address_text(
                    State, "business_name", complete="organization", optional=True, max_length=150
                ),
                address_text(State, "tax_identification_number", optional=True, max_length=32),
            ),
        ),
        ui.textarea_field(
            "delivery_instructions",
            LABELS["delivery_instructions"],
            error=State.errors["delivery_instructions"],
            default_value=State.draft["delivery_instructions"],
            optional=True,
            max_length=255,
            rows=2,
            hint="For the courier, such as a door code or where to leave parcels.",
        ),
        address_text(
            State,
            "nickname",
            optional=True,
            max_length=50,
            hint="Such as Home or Work. Only you see it.",
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
    asked = ui.text(
        "The address “", rx.el.bdi(State.deleting_name), "” will be removed from your address book."
    )
    return rx.fragment(
        ui.dialog(
            rx.cond(State.is_writing, _form()),
            id="address-form",
            title=rx.cond(State.edited, "Edit address", "New address"),
            open=State.is_writing,
            on_close=State.stop_writing,
        ),
        removal_dialog(
            State,
            ui.stack(
                asked,
                ui.text("Orders already placed are not affected.", tone="muted"),
                gap="small",
            ),
            thing="address",
            deed="delete",
            keep="keep_address",
            open=State.is_deleting,
            refusal=State.refusal,
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
            ui.grid(ui.each(State.addresses, _card, key="id")),
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
