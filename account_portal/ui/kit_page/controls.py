"""Things to press and to fill in."""

import reflex as rx

from account_portal.ui import components as ui
from account_portal.ui.kit_page.content import DIALLING_CODES, GERMAN


def buttons() -> rx.Component:
    """Buttons and links."""
    return ui.section(
        "Buttons",
        ui.row(
            ui.button("Track parcel", variant="primary"),
            ui.button("Return items"),
            ui.button("Skip", variant="quiet"),
            ui.button("Cancel order", variant="danger"),
            ui.link_button("All orders", to="/orders", icon_name="package"),
        ),
        ui.row(
            ui.button("Save address", variant="primary", busy=False, busy_label="Saving…"),
            ui.button("Save address", variant="primary", busy=True, busy_label="Saving…"),
            ui.button("Pay again", disabled=True),
            ui.button("Small", size="small", icon_name="pencil"),
            ui.icon_button("trash-2", "Delete address"),
            ui.copy_button("NW-2026-000123", "Copy order number"),
            ui.print_button(),
        ),
        ui.row(
            ui.link("Order NW-2026-000123", to="/orders"),
            ui.link("Plain link", to="/orders", variant="plain"),
            ui.outside_link("Track at Delhivery", href="https://example.com/track"),
        ),
    )


def fields() -> rx.Component:
    """Every kind of field, one with an error."""
    return ui.section(
        "Fields",
        ui.card(
            ui.form(
                ui.grid(
                    ui.text_field(
                        "first_name", "First name", default_value="Asha", auto_complete="given-name"
                    ),
                    ui.text_field(
                        "last_name", "Last name", default_value=GERMAN, auto_complete="family-name"
                    ),
                    ui.text_field(
                        "pincode",
                        "Postcode",
                        default_value="56003",
                        error="A postcode in India has six digits, such as 560038.",
                    ),
                    ui.text_field(
                        "landmark", "Landmark", optional=True, hint="Helps the courier find you."
                    ),
                    ui.select_field(
                        "country",
                        "Country",
                        [("IN", "India"), ("DE", "Germany"), ("TH", "Thailand")],
                    ),
                    ui.date_field("pickup", "Pick-up day", hint="Monday to Saturday."),
                    ui.phone_field(
                        codes=DIALLING_CODES, value="9876543210", hint="For the courier."
                    ),
                    ui.search_field("q", "Order number or product"),
                ),
                ui.grid(
                    ui.password_field("current", "Current password"),
                    ui.password_field(
                        "new", "New password", new=True, hint="At least 8 characters."
                    ),
                ),
                ui.code_field(
                    hint="Sent to a•••@example.com. Valid for 10 minutes.", auto_submit=False
                ),
                ui.textarea_field("comment", "Comment", optional=True, max_length=500),
                ui.checkbox("gift", "Wrap as a gift", hint="The invoice stays out of the parcel."),
                ui.radio_cards(
                    "Refund to",
                    ui.radio_card(
                        "refund_mode",
                        "original_payment_mode",
                        "The way you paid",
                        hint="Visa ending in 1111, in 3 to 5 days.",
                        default_checked=True,
                    ),
                    ui.radio_card(
                        "refund_mode",
                        "bank_transfer",
                        "Bank account",
                        hint="No verified account yet. Add one in your profile.",
                        disabled=True,
                    ),
                    id="refund_mode",
                    columns=2,
                ),
                ui.star_field(),
                ui.file_field(
                    "photos",
                    "Add photos",
                    kinds=[ui.FileKind(limit=4)],
                    hint="JPEG, PNG or WebP, up to 5 MB each, 4 at most.",
                ),
                ui.form_actions(ui.submit("Save"), ui.button("Discard", variant="quiet")),
                on_submit=rx.prevent_default,
            )
        ),
        ui.rows(
            ui.switch(
                "Order updates by e-mail",
                hint="Confirmation, dispatch and delivery.",
                default_checked=True,
            ),
            ui.switch("Offers by SMS"),
            ui.switch("Always on", checked=True, disabled=True),
            ui.split(
                ui.text("Newsletter"),
                ui.row(
                    ui.switch("Newsletter by e-mail", short="E-mail", default_checked=True),
                    ui.switch("Newsletter by WhatsApp", short="WhatsApp"),
                    gap="medium",
                ),
            ),
        ),
    )


def dialogs() -> rx.Component:
    """A dialog with a form and one with buttons."""
    return ui.section(
        "Dialogs",
        ui.row(
            ui.button("Cancel order…", opens="cancel-order"),
            ui.button("Delete address…", opens="delete-address"),
        ),
        ui.dialog(
            ui.form(
                ui.select_field(
                    "reason",
                    "Reason",
                    [("late", "Comes too late"), ("mistake", "Ordered by mistake")],
                    id="cancel-reason",
                ),
                ui.textarea_field("note", "Comment", optional=True, id="cancel-note"),
                ui.price_breakdown([ui.PriceLine("You get back", 2546, total=True)], "INR"),
                ui.form_actions(
                    ui.submit(
                        "Cancel order", variant="danger", busy=False, busy_label="Cancelling…"
                    ),
                    ui.button("Keep order", closes=True),
                    end=True,
                ),
                on_submit=rx.prevent_default,
            ),
            id="cancel-order",
            title="Cancel order NW-2026-000123?",
            description="The money goes back the way you paid, in 3 to 5 days.",
        ),
        ui.dialog(
            ui.address_block(["22, 1st Cross", "Bengaluru 560038"], name="Asha Rao"),
            id="delete-address",
            title="Delete this address?",
            size="small",
            footer=[
                ui.button("Keep", closes=True),
                ui.button("Delete", variant="danger", closes=True),
            ],
        ),
    )
