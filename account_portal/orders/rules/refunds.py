"""Refunds as the rules see them, and what is owed again of those that banks did not take."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from account_portal.states import RefundPurpose, RefundStatus, ReturnStatus

POINTS = "loyalty_point"
"""Payment mode of a refund whose amount comes back as points."""

STORE_CREDIT = "Store credit"
"""Payment method of a refund whose amount comes back as store credit."""

ENDED = frozenset({ReturnStatus.CANCELLED, ReturnStatus.REJECTED})
"""Returns that hold nothing any more: neither units nor refunds."""


def is_money(payment_mode: str, payment_method: str | None) -> bool:
    """Whether a refund of that mode and method is money, rather than points or store credit."""
    return payment_mode != POINTS and payment_method != STORE_CREDIT


@dataclass(frozen=True, slots=True)
class RefundFact:
    """One refund, as far as the rules care."""

    amount: int
    status: RefundStatus
    payment_mode: str
    payment_method: str | None
    created_at: datetime
    id: str = ""
    retries_id: str | None = None
    """The failed refund that this one tries again."""
    return_id: str | None = None
    of_return: ReturnStatus | None = None
    purpose: str | None = None
    """What it is for; none: it was told by the shop, which does not say."""

    @property
    def is_money(self) -> bool:
        """Whether money goes back, rather than points or store credit."""
        return is_money(self.payment_mode, self.payment_method)


class Owed(NamedTuple):
    """Money that must go back and is in no living refund yet."""

    amount: int
    purpose: RefundPurpose | None
    return_id: str | None = None
    """The return it is for, if any."""
    retries_id: str | None = None
    """The refund that a bank did not take, if it is that one's money."""


def is_living(refund: RefundFact) -> bool:
    """Whether its money went back or is on its way."""
    return refund.status is not RefundStatus.FAILED


def as_promised(refunds: Sequence[RefundFact]) -> list[RefundFact]:
    """Refunds by when their money was promised first: one that tries another stands in its place.

    So a bank that takes nothing changes nothing of what the others are for.
    """
    by_id = {one.id: one for one in refunds}
    places = {one.id: place for place, one in enumerate(refunds)}

    def first(refund: RefundFact) -> RefundFact:
        while refund.retries_id is not None and refund.retries_id in by_id:
            refund = by_id[refund.retries_id]
        return refund

    dated = [(first(one), one) for one in refunds]
    dated.sort(key=lambda pair: places[pair[0].id])
    return [replace(one, created_at=begun.created_at) for begun, one in dated]


def failed_of(refunds: Sequence[RefundFact], too_much: int, otherwise: RefundPurpose) -> list[Owed]:
    """What banks did not take and nothing tries again; a return that ended owes nothing.

    A refund that failed here has its successor. The shop does not say which of its refunds tried
    which again: later ones did, as far as they go, first one of the same amount. If the shop tells
    an attempt that failed, what was promised here is the same money, too: one of that amount, and
    what came too much, since that is what one of unknown purpose is for first.

    Args:
        refunds: of money, oldest first.
        too_much: what came beyond what was due and is not on its way back. One of unknown purpose
            is for that first.
        otherwise: what one of unknown purpose is for beyond that.
    """
    retried = {one.retries_id for one in refunds}
    unclaimed = [one.amount for one in refunds]
    owed = []
    for place, refund in enumerate(refunds):
        if is_living(refund) or refund.id in retried or refund.of_return in ENDED:
            continue
        amount = refund.amount
        for other in _successors(refunds, place, retried):
            taken = min(amount, unclaimed[other])
            unclaimed[other] -= taken
            amount -= taken
        for part, purpose in parts_of(refund, amount, too_much, otherwise):
            too_much -= part if purpose is RefundPurpose.OVERPAID else 0
            owed.append(Owed(part, purpose, refund.return_id, refund.id))
    return owed


def parts_of(
    refund: RefundFact, amount: int, too_much: int, otherwise: RefundPurpose
) -> list[tuple[int, RefundPurpose]]:
    """An amount of a refund by what it is for."""
    if refund.purpose is not None:
        known = RefundPurpose(refund.purpose)
    elif refund.return_id is not None:
        known = RefundPurpose.RETURN
    else:
        over = max(0, min(amount, too_much))
        parts = [(over, RefundPurpose.OVERPAID), (amount - over, otherwise)]
        return [part for part in parts if part[0]]
    return [(amount, known)] if amount else []


def _successors(
    refunds: Sequence[RefundFact], place: int, retried: Collection[str | None]
) -> list[int]:
    """Places of those that may have tried a failed refund again, the likeliest first.

    One that failed, too, and is tried again here is as good as one that lives.
    """
    failed = refunds[place]
    found = []
    for other, one in enumerate(refunds):
        is_told = one.purpose is None and one.retries_id is None
        is_promised = is_living(one) or one.id in retried
        # In a record refunds may stand newest first.
        is_after = other > place or (is_promised and one.created_at >= failed.created_at)
        is_later = is_after and other != place and one.return_id == failed.return_id
        is_ours = (
            failed.purpose is None
            and failed.return_id is None
            and one.purpose is not None
            and one.retries_id is None
            and is_promised
            and (one.amount == failed.amount or one.purpose == RefundPurpose.OVERPAID)
        )
        if (is_told and is_later) or is_ours:
            found.append(other)
    return sorted(found, key=lambda other: refunds[other].amount != failed.amount)
