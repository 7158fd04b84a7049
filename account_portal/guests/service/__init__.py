"""Finding an order without an account, and what can be done with it."""

from account_portal.guests.service.acting import (
    LIFE,
    add_found_evidence,
    cancel_found_order,
    claim_found_items,
    delete_found_evidence,
    found_order_number,
    leave_order,
    list_found_withdrawals,
    preview_found_cancel,
    preview_found_return,
    quote_found_claim,
    read_found_order,
    read_found_page,
    repeats_of,
    return_found_items,
)
from account_portal.guests.service.finding import (
    awaits_code,
    confirm_order,
    find_order,
    order_named,
)

__all__ = [
    "LIFE",
    "add_found_evidence",
    "awaits_code",
    "cancel_found_order",
    "claim_found_items",
    "confirm_order",
    "delete_found_evidence",
    "find_order",
    "found_order_number",
    "leave_order",
    "list_found_withdrawals",
    "order_named",
    "preview_found_cancel",
    "preview_found_return",
    "quote_found_claim",
    "read_found_order",
    "read_found_page",
    "repeats_of",
    "return_found_items",
]
