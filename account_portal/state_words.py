"""States of orders and of what hangs on them, in the customer's words.

Pages draw them (`ui/components/status.py`), and the copy of one's data says them.
"""

from collections.abc import Mapping
from typing import Literal

Kind = Literal[
    "order",
    "download",
    "shipment",
    "payment",
    "refund",
    "return",
    "claim",
    "withdrawal",
    "review",
    "bank_account",
]

STATE_WORDS: Mapping[Kind, Mapping[str, str]] = {
    "order": {
        "draft": "Not placed yet",
        "awaiting_approval": "Being checked",
        "confirmed": "Confirmed",
        "partially_scheduled": "Being prepared",
        "awaiting_shipment": "Being prepared",
        "partially_shipped": "Partly on its way",
        "shipped": "On its way",
        "partially_delivered": "Partly delivered",
        "delivered": "Delivered",
        "partially_undelivered": "Delivery partly failed",
        "undelivered": "Delivery failed",
        "partially_return_to_origin": "Partly coming back to us",
        "return_to_origin": "Coming back to us",
        "complete": "Delivered",
        "cancelled": "Cancelled",
    },
    "download": {
        "open": "Ready to download",
    },
    "shipment": {
        "unscheduled": "Being prepared",
        "schedule_requested": "Being prepared",
        "scheduled": "Pick-up arranged",
        "packed": "Packed",
        "shipped": "Handed to the courier",
        "in_transit": "On its way",
        "out_for_delivery": "Out for delivery",
        "delivery_attempted": "Delivery tried",
        "undelivered": "Delivery failed",
        "return_to_origin": "Coming back to us",
        "delivered": "Delivered",
        "cancelled": "Cancelled",
        "lost": "Lost",
    },
    "payment": {
        "pending": "Payment pending",
        "success": "Paid",
        "failed": "Payment failed",
        "partially_paid": "Partly paid",
        "refund_initiated": "Refund started",
    },
    "refund": {
        "pending": "Refund requested",
        "approved": "Refund on its way",
        "success": "Refunded",
        "failed": "Refund failed",
    },
    "return": {
        "created": "Waiting for approval",
        "approved": "Approved",
        "rejected": "Declined",
        "shipped": "On its way to us",
        "received": "Received by us",
        "complete": "Done",
        "cancelled": "Cancelled",
    },
    "claim": {
        "open": "Being looked into",
        "accepted": "Agreed",
        "rejected": "Declined",
        "withdrawn": "Withdrawn",
    },
    "withdrawal": {
        "open": "Waiting for the store",
        "carried_out": "Carried out",
        "nothing_left": "Nothing was left",
        "settled": "Settled",
    },
    "review": {
        "pending": "Being checked",
        "approved": "Published",
        "rejected": "Not published",
    },
    "bank_account": {
        "unverified": "Not verified",
        "pending": "Being verified",
        "verified": "Verified",
        "rejected": "Verification failed",
    },
}
"""By what has the state, each state of the contract; of parcels also what becomes of lost ones."""
