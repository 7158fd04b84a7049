"""Rows of what customers said went wrong with orders."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from account_portal.core.bulk import Stored, table_of
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.models import Claim, ClaimItem
from account_portal.orders.rules import LIVING_CLAIMS
from account_portal.states import ClaimResolution

_OF_CLAIM = ("order_id", "status", "resolution", "shipment_id", "return_id")
_OF_ITEM = ("line_id", "quantity", "amount", "tax_amount", "refunded")
_CLAIMED = PreparedSelect(
    select(
        *(table_of(Claim).c[name] for name in _OF_CLAIM),
        *(table_of(ClaimItem).c[name] for name in _OF_ITEM),
    )
    .join(ClaimItem, col(ClaimItem.claim_id) == col(Claim.id))
    .where(is_among(table_of(Claim).c.order_id))
    .order_by(table_of(Claim).c.id, table_of(ClaimItem).c.position)
)


def load_claimed(db: Session, order_ids: Collection[str]) -> dict[str, list[Stored]]:
    """Units that customers said something is wrong with, with what became of the claim, by order.

    Those that were rejected or withdrawn are left out: they hold nothing.
    """
    found: dict[str, list[Stored]] = defaultdict(list)
    names = (*_OF_CLAIM, *_OF_ITEM)
    for row in read_among(db, _CLAIMED, order_ids):
        stored = dict(zip(names, row, strict=True))
        if stored["status"] in LIVING_CLAIMS:
            found[stored["order_id"]].append(stored)
    return found


def holds_units(row: Stored) -> bool:
    """Whether the units can neither go back nor be claimed again.

    A parcel on its way holds its units itself, and a return those that a claim became.
    """
    return row["shipment_id"] is None and row["return_id"] is None


def is_settled(row: Stored) -> bool:
    """Whether the units were refunded or replaced, and stay where they are."""
    return holds_units(row) and row["resolution"] in (
        ClaimResolution.REFUND,
        ClaimResolution.REPLACEMENT,
    )
