"""Parts of the order pages that others may show."""

from account_portal.orders.components.cards import (
    arrival_words,
    order_card,
    order_link,
    parcel_arrival,
)
from account_portal.orders.components.parts import (
    claim_link,
    masked,
    need_help,
    order_address,
    order_item,
    refund_due,
    refund_id,
    refund_line,
    refund_row,
    report_link,
    return_link,
    return_note,
    return_until,
    variant_and_quantity,
    withdraw_here,
    working_days,
    write_to,
)
from account_portal.orders.components.placed import (
    is_unplaced,
    missing_money,
    ordered_on,
    state_of_order,
)
from account_portal.orders.components.price import (
    comes_back,
    not_asked_for,
    price_section,
    why_no_more,
)
from account_portal.orders.components.withdrawn import withdrawals_section

__all__ = [
    "arrival_words",
    "claim_link",
    "comes_back",
    "is_unplaced",
    "masked",
    "missing_money",
    "need_help",
    "not_asked_for",
    "order_address",
    "order_card",
    "order_item",
    "order_link",
    "ordered_on",
    "parcel_arrival",
    "price_section",
    "refund_due",
    "refund_id",
    "refund_line",
    "refund_row",
    "report_link",
    "return_link",
    "return_note",
    "return_until",
    "state_of_order",
    "variant_and_quantity",
    "why_no_more",
    "withdraw_here",
    "withdrawals_section",
    "working_days",
    "write_to",
]
