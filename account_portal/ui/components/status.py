"""How states look: every state of the contract has a word, an icon and a colour."""

from typing import Any, Literal

import reflex as rx

from account_portal.state_words import STATE_WORDS, Kind
from account_portal.ui.icons import IconName, icon, path
from account_portal.ui.variants import Child, Text, classes, pick

Tone = Literal["neutral", "info", "success", "warn", "danger", "accent"]
Entry = tuple[str, IconName, Tone]

TONES: dict[Tone, str] = {
    "neutral": "bg-sunken text-muted",
    "info": "bg-info-tint text-info",
    "success": "bg-success-tint text-success",
    "warn": "bg-warn-tint text-warn",
    "danger": "bg-danger-tint text-danger",
    "accent": "bg-accent-tint text-accent-text",
}

_LOOKS: dict[Kind, dict[str, tuple[IconName, Tone]]] = {
    "order": {
        "draft": ("file-text", "neutral"),
        "awaiting_approval": ("clock", "info"),
        "confirmed": ("circle-check", "info"),
        "partially_scheduled": ("package", "info"),
        "awaiting_shipment": ("package", "info"),
        "partially_shipped": ("truck", "info"),
        "shipped": ("truck", "info"),
        "partially_delivered": ("package-check", "info"),
        "delivered": ("package-check", "success"),
        "partially_undelivered": ("triangle-alert", "warn"),
        "undelivered": ("triangle-alert", "warn"),
        "partially_return_to_origin": ("undo-2", "warn"),
        "return_to_origin": ("undo-2", "warn"),
        "complete": ("package-check", "success"),
        "cancelled": ("ban", "neutral"),
    },
    "download": {
        "open": ("circle-check", "success"),
    },
    "shipment": {
        "unscheduled": ("package", "neutral"),
        "schedule_requested": ("package", "neutral"),
        "scheduled": ("calendar", "info"),
        "packed": ("package", "info"),
        "shipped": ("truck", "info"),
        "in_transit": ("truck", "info"),
        "out_for_delivery": ("truck", "accent"),
        "delivery_attempted": ("triangle-alert", "warn"),
        "undelivered": ("package-x", "warn"),
        "return_to_origin": ("undo-2", "warn"),
        "delivered": ("package-check", "success"),
        "cancelled": ("ban", "neutral"),
        "lost": ("package-x", "danger"),
    },
    "payment": {
        "pending": ("clock", "warn"),
        "success": ("circle-check", "success"),
        "failed": ("circle-x", "danger"),
        "partially_paid": ("hourglass", "warn"),
        "refund_initiated": ("undo-2", "info"),
    },
    "refund": {
        "pending": ("clock", "info"),
        "approved": ("banknote", "info"),
        "success": ("circle-check", "success"),
        "failed": ("circle-x", "danger"),
    },
    "return": {
        "created": ("clock", "info"),
        "approved": ("circle-check", "info"),
        "rejected": ("circle-x", "danger"),
        "shipped": ("truck", "info"),
        "received": ("package-check", "info"),
        "complete": ("circle-check", "success"),
        "cancelled": ("ban", "neutral"),
    },
    "claim": {
        "open": ("clock", "info"),
        "accepted": ("circle-check", "success"),
        "rejected": ("circle-x", "danger"),
        "withdrawn": ("ban", "neutral"),
    },
    "withdrawal": {
        "open": ("clock", "info"),
        "carried_out": ("circle-check", "success"),
        "nothing_left": ("circle-check", "neutral"),
        "settled": ("circle-check", "neutral"),
    },
    "review": {
        "pending": ("clock", "info"),
        "approved": ("circle-check", "success"),
        "rejected": ("circle-x", "danger"),
    },
    "bank_account": {
        "unverified": ("circle-alert", "warn"),
        "pending": ("clock", "info"),
        "verified": ("circle-check", "success"),
        "rejected": ("circle-x", "danger"),
    },
}
STATUSES: dict[Kind, dict[str, Entry]] = {
    kind: {state: (word, *_LOOKS[kind][state]) for state, word in words.items()}
    for kind, words in STATE_WORDS.items()
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
