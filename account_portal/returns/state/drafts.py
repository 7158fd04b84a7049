"""What the form holds before it is sent: lines to choose from, an address as it was typed."""

from typing import Any

from account_portal.addresses import rules as address_rules
from account_portal.addresses.schemas import CustomerAddress
from account_portal.core.schemas import View
from account_portal.orders.schemas import OrderAddress
from account_portal.returns.schemas import OTHER_REASON, REASON_CODES, ReturnableItem
from account_portal.states import ReturnResolution

REASONS = tuple(REASON_CODES)


RESOLUTIONS = tuple(ReturnResolution)


ADDRESS_TEXTS = (
    "first_name",
    "last_name",
    "country_code",
    "phone",
    "email",
    "address_line1",
    "address_line2",
    "pincode",
    "city",
    "state",
    "country",
)


FROM_THE_ORDER = ("first_name", "last_name", "country_code", "phone", "email", "country")
"""What a new address takes from the order's: the same person, mostly in the same country."""


MAY_BE_EMPTY = ("last_name", "address_line2")


class ReturnLine(View):
    """A line of the order on the form, and what was chosen for it."""

    item: ReturnableItem
    counts: list[list[str]]
    """Quantities to choose from."""
    chosen: bool = False
    quantity: str = "1"
    reason: str = ""
    comment: str = ""
    resolution: str = "refund"


def is_same(saved: CustomerAddress, used: OrderAddress | None) -> bool:
    """Whether a saved address still is the one the order went to."""
    names = ("id", "first_name", "address_line1", "address_line2", "pincode", "city")
    return used is not None and all(getattr(saved, n) == getattr(used, n) for n in names)


def is_near(country: str, used: OrderAddress | None) -> bool:
    """Whether a parcel there is collected: in the country the order went to, if that is known."""
    went_to = address_rules.country_code_of(used.country) if used else None
    return went_to is None or address_rules.country_code_of(country) == went_to


def typed(form: dict[str, Any], name: str, longest: int) -> str:
    """What stands in a field, cut to what fits."""
    return str(form.get(name) or "").strip()[:longest]


def missing(lines: list[ReturnLine]) -> dict[str, str]:
    """What the first step still lacks, by field."""
    chosen = [line for line in lines if line.chosen]
    if not chosen:
        return {"_": "Choose at least one item to return."}
    faults = {}
    for line in chosen:
        if not line.reason:
            faults[f"reason-{line.item.sku}"] = "Choose a reason."
        elif line.reason == OTHER_REASON and not line.comment:
            faults[f"comment-{line.item.sku}"] = "Tell us in a few words."
    return faults
