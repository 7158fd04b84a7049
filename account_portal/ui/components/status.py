"""States in the customer's words: every state of the contract has a word, an icon and a colour."""

from typing import Any, Literal

import reflex as rx

from account_portal.ui.icons import IconName, icon, path
from account_portal.ui.variants import Child, Text, classes, pick

Tone = Literal["neutral", "info", "success", "warn", "danger", "accent"]
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
Entry = tuple[str, IconName, Tone]

TONES: dict[Tone, str] = {
    "neutral": "bg-sunken text-muted",
    "info": "bg-info-tint text-info",
    "success": "bg-success-tint text-success",
    "warn": "bg-warn-tint text-warn",
    "danger": "bg-danger-tint text-danger",
    "accent": "bg-accent-tint text-accent-text",
}

STATUSES: dict[Kind, dict[str, Entry]] = {
    "order": {
        "draft": ("Not placed yet", "file-text", "neutral"),
        "awaiting_approval": ("Being checked", "clock", "info"),
        "confirmed": ("Confirmed", "circle-check", "info"),
        "partially_scheduled": ("Being prepared", "package", "info"),
        "awaiting_shipment": ("Being prepared", "package", "info"),
        "partially_shipped": ("Partly on its way", "truck", "info"),
        "shipped": ("On its way", "truck", "info"),
        "partially_delivered": ("Partly delivered", "package-check", "info"),
        "delivered": ("Delivered", "package-check", "success"),
        "partially_undelivered": ("Delivery partly failed", "triangle-alert", "warn"),
        "undelivered": ("Delivery failed", "triangle-alert", "warn"),
        "partially_return_to_origin": ("Partly coming back to us", "undo-2", "warn"),
        "return_to_origin": ("Coming back to us", "undo-2", "warn"),
        "complete": ("Delivered", "package-check", "success"),
        "cancelled": ("Cancelled", "ban", "neutral"),
    },
    "download": {
        "open": ("Ready to download", "circle-check", "success"),
    },
    "shipment": {
        "unscheduled": ("Being prepared", "package", "neutral"),
        "schedule_requested": ("Being prepared", "package", "neutral"),
        "scheduled": ("Pick-up arranged", "calendar", "info"),
        "packed": ("Packed", "package", "info"),
        "shipped": ("Handed to the courier", "truck", "info"),
        "in_transit": ("On its way", "truck", "info"),
        "out_for_delivery": ("Out for delivery", "truck", "accent"),
        "delivery_attempted": ("Delivery tried", "triangle-alert", "warn"),
        "undelivered": ("Delivery failed", "package-x", "warn"),
        "return_to_origin": ("Coming back to us", "undo-2", "warn"),
        "delivered": ("Delivered", "package-check", "success"),
        "cancelled": ("Cancelled", "ban", "neutral"),
        "lost": ("Lost", "package-x", "danger"),
    },
    "payment": {
        "pending": ("Payment pending", "clock", "warn"),
        "success": ("Paid", "circle-check", "success"),
        "failed": ("Payment failed", "circle-x", "danger"),
        "partially_paid": ("Partly paid", "hourglass", "warn"),
        "refund_initiated": ("Refund started", "undo-2", "info"),
    },
    "refund": {
        "pending": ("Refund requested", "clock", "info"),
        "approved": ("Refund on its way", "banknote", "info"),
        "success": ("Refunded", "circle-check", "success"),
        "failed": ("Refund failed", "circle-x", "danger"),
    },
    "return": {
        "created": ("Waiting for approval", "clock", "info"),
        "approved": ("Approved", "circle-check", "info"),
        "rejected": ("Declined", "circle-x", "danger"),
        "shipped": ("On its way to us", "truck", "info"),
        "received": ("Received by us", "package-check", "info"),
        "complete": ("Done", "circle-check", "success"),
        "cancelled": ("Cancelled", "ban", "neutral"),
    },
    "claim": {
        "open": ("Being looked into", "clock", "info"),
        "accepted": ("Agreed", "circle-check", "success"),
        "rejected": ("Declined", "circle-x", "danger"),
        "withdrawn": ("Withdrawn", "ban", "neutral"),
    },
    "withdrawal": {
        "open": ("Waiting for the store", "clock", "info"),
        "carried_out": ("Carried out", "circle-check", "success"),
        "nothing_left": ("Nothing was left", "circle-check", "neutral"),
        "settled": ("Settled", "circle-check", "neutral"),
    },
    "review": {
        "pending": ("Being checked", "clock", "info"),
        "approved": ("Published", "circle-check", "success"),
        "rejected": ("Not published", "circle-x", "danger"),
    },
    "bank_account": {
        "unverified": ("Not verified", "circle-alert", "warn"),
        "pending": ("Being verified", "clock", "info"),
        "verified": ("Verified", "circle-check", "success"),
        "rejected": ("Verification failed", "circle-x", "danger"),
    },
}
_UNKNOWN: Entry = ("", "circle", "neutral")
_BADGE = (
    "inline-flex w-fit max-w-full items-center gap-1.5 rounded-full px-2.5 py-0.5 text-small "
    "font-medium"
)
_PLAIN = "inline-flex w-fit max-w-full items-center gap-2 font-medium"


class StatusBadge(rx.Component):
    """A state looked up in the browser; see `status_badge`."""

    library = "$/public/kit/icon.js"
    tag = "StatusBadge"

    status: rx.Var[str]
    table: rx.Var[dict[str, Any]]
    plain: rx.Var[bool]


def status_badge(kind: Kind, status: Text, *, plain: bool = False) -> rx.Component:
    """The state of an order or of what hangs on it, of a review or a bank account.

    Args:
        kind: what has the state.
        status: the contract's value, or a var of it. Nothing is shown for an empty one.
        plain: icon and word in their colour without a background, larger: for a page's lead line.
    """
    entries = pick(STATUSES, kind, "kind")
    if isinstance(status, str):  # only what this badge needs travels to the browser
        entries = {status: entries[status]} if status in entries else {}
    table = {
        name: [word, path(shape), TONES[tone]]
        for name, (word, shape, tone) in {**entries, "": _UNKNOWN}.items()
    }
    return StatusBadge.create(
        status=status, table=table, plain=plain, class_name=_PLAIN if plain else _BADGE
    )


def badge(*label: Child, tone: Tone = "neutral", icon_name: IconName | None = None) -> rx.Component:
    """A small mark beside a name: "Default", "Verified"."""
    shape = [icon(icon_name, size=15)] if icon_name else []
    return rx.el.span(*shape, *label, class_name=classes(_BADGE, pick(TONES, tone, "tone")))
