"""Why something cannot be done: codes for programs, words for customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, get_args

from account_portal.orders.schemas.policies import NeverReturned

NOTHING_TO_SEND = "nothing_to_send"
"""Code of digital goods of which no policy says that they go back, or why they never do."""
NEVER_GOES_BACK: tuple[str, ...] = (*get_args(NeverReturned), NOTHING_TO_SEND)
"""Codes of what never goes back."""


class Reason(NamedTuple):
    """Why something can't be done: a code that programs know, with the day it tells of."""

    code: str
    at: datetime | None = None


WORDS: Mapping[str, str] = {
    "order_cancelled": "This order was cancelled.",
    "item_cancelled": "This item was cancelled.",
    "replacement": "A replacement is cancelled whole.",
    "use_cancel": "Not sent yet: you can cancel it instead.",
    "not_delivered": "Not delivered yet.",
    "free_item": "Free items cannot be returned.",
    "window_closed": "Returns closed on {date}.",
    "in_return": "Already in a return request.",
    "all_returned": "All of it was returned.",
    "return_refused": "It went back and was not accepted.",
    "in_claim": "You told us of a problem with it, and we are looking into it.",
    "claim_settled": "Refunded or replaced already.",
    "claim_window_closed": "Problems could be reported until {date}.",
    "not_due": "Still on its way. It is late after {date}.",
    "not_sent": "Not sent yet.",
    "final_sale": "Final sale: this item cannot be returned.",
    "digital": "Digital items cannot be returned.",
    NOTHING_TO_SEND: "Digital items cannot be returned.",
    "made_to_order": "This item was made for you and cannot be returned.",
    "perishable": "Items that spoil cannot be returned.",
    "hygiene": "For reasons of hygiene this item cannot be returned.",
    "unsealed_media": "Opened media and software cannot be returned.",
    "already_cancelled": "This order is cancelled.",
    "never_cancelled": "The store does not let this order be cancelled.",
    "being_sent": "This order is being prepared, so it can't be cancelled any more.",
    "packed": "This order is packed already.",
    "sent": "This order was sent, so it can't be cancelled any more.",
    "on_its_way": "This order is on its way. You can return items once they arrive.",
    "delivered": "This order has arrived. You can return items instead.",
    "downloaded": "This can be downloaded already.",
    "partly_delivered": "A part of this order has arrived. You can return its items.",
    "complete": "This order is complete.",
}
"""For customers, by code; `{date}` stands for the day, which whoever shows it writes."""
