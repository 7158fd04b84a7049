"""Finding an order without an account, and what can be done with it."""

from account_portal.guests.service.acting import (
    LIFE,
    cancel_found_order,
    list_found_items,
    read_found_order,
    return_found_items,
)
from account_portal.guests.service.finding import confirm_order, find_order

__all__ = [
    "LIFE",
    "cancel_found_order",
    "confirm_order",
    "find_order",
    "list_found_items",
    "read_found_order",
    "return_found_items",
]
