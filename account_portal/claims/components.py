"""Parts of the pages of claims."""

from collections.abc import Iterable
from typing import Any

import reflex as rx

from account_portal.evidence.components import evidence_shown
from account_portal.ui import components as ui

_OTHER = ("other", "Another problem")
PROBLEMS = [
    ("damaged", "Damaged or faulty"),
    ("wrong_item", "Not what I ordered"),
    ("missing_item", "Missing from the parcel"),
    ("not_arrived", "Said to be delivered, but never came"),
    _OTHER,
]
"""What can be wrong, in a customer's words."""
DIGITAL_PROBLEMS = [("damaged", "Does not work"), ("wrong_item", "Not what I ordered"), _OTHER]
"""The same of what is downloaded, which no parcel brings."""

MIXED_PROBLEMS = [
    ("damaged", "Damaged, or does not work"),
    ("wrong_item", "Not what I ordered"),
    _OTHER,
]
"""The same of both together."""
PROBLEMS_OF = {"": PROBLEMS, "all": DIGITAL_PROBLEMS, "some": MIXED_PROBLEMS}
"""By how much of what is reported is downloaded; see `files_of`."""


def files_of(chosen: Iterable[bool]) -> str:
    """How much of what is reported is downloaded, by whether each line is: all, some, or none."""
    kinds = set(chosen)
    if True not in kinds:
        return ""
    return "some" if False in kinds else "all"


def problem(code: Any, is_digital: Any) -> Any:
    """What is wrong, in words."""
    of_goods = rx.match(code, *PROBLEMS, "")
    return rx.cond(is_digital, rx.match(code, *DIGITAL_PROBLEMS, of_goods), of_goods)


def claimed_item(item: Any, *, is_parcel: Any, is_digital: Any, end: Any = None) -> rx.Component:
    """Units that something is wrong with, and what was said of them."""
    words = rx.cond(is_parcel, "Did not arrive", problem(item.problem, is_digital))
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


def asked_for(quote: Any, wish: Any, files: Any) -> rx.Component:
    """What a report asks for; the store may agree to less, or to something else.

    `files` says how much of it is downloaded: `all`, `some`, or nothing.
    """
    return ui.stack(
        rx.cond(
            wish == "refund",
            ui.price_breakdown(
                [ui.PriceLine("You ask for up to", quote.amount, total=True)], quote.currency
            ),
            ui.text(
                ui.number(quote.units),
                rx.cond(quote.units == 1, " item is ", " items are "),
                rx.match(
                    files,
                    ("all", "made available again"),
                    ("some", "replaced"),
                    "sent again",
                ),
                ", free of charge.",
            ),
        ),
        ui.text("This happens once the store has agreed.", tone="muted", size="small"),
    )
