"""Parts of the pages of claims."""

from typing import Any

import reflex as rx

from account_portal.evidence.components import evidence_shown
from account_portal.ui import components as ui

PROBLEMS = [
    ("damaged", "Damaged or faulty"),
    ("wrong_item", "Not what I ordered"),
    ("missing_item", "Missing from the parcel"),
    ("not_arrived", "Said to be delivered, but never came"),
]
"""What can be wrong, in a customer's words."""
DIGITAL_PROBLEMS = [("damaged", "Does not work"), ("wrong_item", "Not what I ordered")]
"""The same of what is downloaded, which no parcel brings."""


def problem(code: Any) -> Any:
    """What is wrong, in words."""
    return rx.match(code, *PROBLEMS, "")


def claimed_item(item: Any, *, is_parcel: Any, end: Any = None) -> rx.Component:
    """Units that something is wrong with, and what was said of them."""
    words = rx.cond(is_parcel, "Did not arrive", problem(item.problem))
    return ui.order_line(
        item.product_name,
        picture=item.product_image_url,
        detail=rx.fragment("Quantity ", ui.number(item.quantity), " · ", words),
        below=ui.stack(
            rx.cond(
                item.details, ui.text(rx.el.bdi(item.details.to(str)), size="small", as_typed=True)
            ),
            evidence_shown(item.evidence),
            gap="small",
        ),
        end=end,
    )


def asked_for(quote: Any, wish: Any) -> rx.Component:
    """What a report asks for; the store may agree to less, or to something else."""
    return ui.stack(
        rx.cond(
            wish == "refund",
            ui.price_breakdown(
                [ui.PriceLine("You ask for up to", quote.amount, total=True)], quote.currency
            ),
            ui.text(
                ui.number(quote.units),
                rx.cond(quote.units == 1, " item is", " items are"),
                " sent again, free of charge.",
            ),
        ),
        ui.text("This happens once the store has agreed.", tone="muted", size="small"),
    )
