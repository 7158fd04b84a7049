"""The account of an order: what is due, arrived, went back, is promised and is still owed.

The only place that adds up payments and refunds. Amounts are minor units of the order's currency.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from account_portal.core import money
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundPurpose,
    RefundStatus,
    ReturnStatus,
    TransactionStatus,
)

POINTS = "loyalty_point"
"""Payment mode of a refund whose amount comes back as points."""

STORE_CREDIT = "Store credit"
"""Payment method of a refund whose amount comes back as store credit."""

ARRIVED = frozenset(
    {
        TransactionStatus.SUCCESS,
        TransactionStatus.PARTIALLY_PAID,
        TransactionStatus.REFUND_INITIATED,
    }
)
"""Payments whose money arrived, even if it is being sent back."""

ENDED = frozenset({ReturnStatus.CANCELLED, ReturnStatus.REJECTED})
"""Returns that hold nothing any more: neither units nor refunds."""


def arrived_of(payments: Iterable[tuple[int, str]]) -> int:
    """What arrived of payments, each an amount and its state; nothing else adds payments up."""
    return sum(amount for amount, status in payments if status in ARRIVED)


def net_payable(grand_total: int, loyalty_amount: int, credit_used: int) -> int:
    """What is to be paid in money: the grand total less points and credit used, never below 0."""
    return max(0, grand_total - loyalty_amount - credit_used)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One payment, as far as the rules care."""

    amount: int
    status: TransactionStatus
    created_at: datetime
    collection: str | None = None
    """`authorized` (reserved, the shop collects it), `on_delivery`, or none: paid at once."""


@dataclass(frozen=True, slots=True)
class Means:
    """An amount by how it was, or goes back, paid."""

    money: int
    points: int
    credit: int

    @property
    def total(self) -> int:
        """All three together."""
        return self.money + self.points + self.credit


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
        return self.payment_mode != POINTS and self.payment_method != STORE_CREDIT


@dataclass(frozen=True, slots=True)
class MoneyFacts:
    """What happened to the money of an order. Payments and refunds stand oldest first."""

    status: OrderStatus
    stated: PaymentStatus
    """The payment state the order came with; it counts only while there are no payments."""
    grand_total: int
    loyalty_amount: int
    credit_used: int
    attempts: Sequence[Attempt]
    refunds: Sequence[RefundFact]
    returned: int = 0
    """What the goods cost that an approved return refunds, tax included."""
    lost: int = 0
    """What the goods cost that do not come, lost or cancelled, tax included."""
    charge: int = 0  # what the shop keeps of a cancelled order by its policy

    @property
    def due(self) -> int:
        """What is to be paid in money."""
        return net_payable(self.grand_total, self.loyalty_amount, self.credit_used)


class Owed(NamedTuple):
    """Money that must go back and is in no living refund yet."""

    amount: int
    purpose: RefundPurpose | None
    return_id: str | None = None
    """The return it is for, if any."""
    retries_id: str | None = None
    """The refund that a bank did not take, if it is that one's money."""


@dataclass(frozen=True, slots=True)
class OrderAccount:
    """Where the money of an order is. `kept` is never negative."""

    due: int
    arrived: int
    gone: int
    """Refunds that succeeded."""
    promised: int
    """Refunds that neither succeeded nor failed."""
    overpaid_back: int
    """Of both: what gives back money that came beyond what was due."""
    owed: tuple[Owed, ...]
    unpaid: int

    @property
    def owed_back(self) -> int:
        """All that must go back and is in no living refund yet."""
        return sum(one.amount for one in self.owed)

    @property
    def paid(self) -> int:
        """What is paid of what is due."""
        return min(self.arrived - self.overpaid_back, self.due)

    @property
    def left(self) -> int:
        """Money that is here and promised to nobody: the most a new refund may be."""
        return self.arrived - self.gone - self.promised

    @property
    def kept(self) -> int:
        """What the shop rightly keeps."""
        return self.left - self.owed_back


def account_of(facts: MoneyFacts) -> OrderAccount:
    """Add up the money of an order."""
    arrived = arrived_of((one.amount, one.status) for one in facts.attempts)
    if not facts.attempts and facts.stated is PaymentStatus.SUCCESS:
        arrived = facts.due  # history from before payments were recorded with their orders
    money_back = [refund for refund in facts.refunds if refund.is_money]
    gone = sum(one.amount for one in money_back if one.status is RefundStatus.SUCCESS)
    gone = min(gone, arrived)
    promised = min(arrived - gone, sum(one.amount for one in money_back if _is_open(one)))
    left = arrived - gone - promised
    living = [one for one in money_back if one.status is not RefundStatus.FAILED]
    overpaid = _overpaid(facts, living)
    failed = _failed(money_back, max(0, arrived - facts.due - overpaid))
    keeps = _keeps(facts, living, failed, overpaid)
    return OrderAccount(
        due=facts.due,
        arrived=arrived,
        gone=gone,
        promised=promised,
        overpaid_back=overpaid,
        owed=tuple(
            _owed(
                facts,
                failed,
                max(0, left - keeps),
                too_much=arrived - facts.due - overpaid,
                lost=lost_money(facts) - _sum_for(RefundPurpose.PARCEL, living),
            )
        ),
        unpaid=max(
            0,
            facts.due - arrived if facts.status is OrderStatus.CANCELLED else keeps - left,
        ),
    )


def _overpaid(facts: MoneyFacts, living: list[RefundFact]) -> int:
    """What refunds give back of money that came beyond what was due.

    A refund of unknown purpose gives back what was too much when it was made, and only what it
    has beyond that is for something else.
    """
    found = 0
    for refund in living:
        if refund.purpose == RefundPurpose.OVERPAID:
            found += refund.amount
        elif refund.purpose is None and refund.return_id is None:
            came = arrived_of(
                (one.amount, one.status)
                for one in facts.attempts
                # By days: dates that shops tell have no time.
                if one.created_at.date() <= refund.created_at.date()
            )
            found += max(0, min(refund.amount, came - facts.due - found))
    return found


def _keeps(facts: MoneyFacts, living: list[RefundFact], failed: list[Owed], overpaid: int) -> int:
    """What the shop is to keep in the end: what is due, less goods that went back and good will."""
    if facts.status is OrderStatus.CANCELLED:
        return facts.charge
    back: list[RefundFact | Owed] = [*living, *failed]
    of_returns = sum(one.amount for one in back if _is_for_return(one))
    of_parcels = _sum_for(RefundPurpose.PARCEL, back)
    overpaid += _sum_for(RefundPurpose.OVERPAID, failed)
    others = sum(one.amount for one in back) - of_returns - of_parcels - overpaid
    goods = max(of_returns, returned_money(facts)) + max(of_parcels, lost_money(facts))
    return max(0, facts.due - goods - others)


def _sum_for(purpose: RefundPurpose, refunds: "Sequence[RefundFact | Owed]") -> int:
    return sum(one.amount for one in refunds if one.purpose == purpose)


def _is_for_return(one: "RefundFact | Owed") -> bool:
    return one.return_id is not None or one.purpose == RefundPurpose.RETURN


def returned_money(facts: MoneyFacts) -> int:
    """What goods that went back cost in money: less what comes back as points and credit."""
    otherwise = sum(
        one.amount
        for one in facts.refunds
        if _is_for_return(one)
        and not one.is_money
        and one.status is not RefundStatus.FAILED
        and one.of_return not in ENDED
    )
    return max(0, facts.returned - otherwise)


def lost_money(facts: MoneyFacts) -> int:
    """What goods that never came cost in money: less what comes back as points and credit."""
    otherwise = sum(
        one.amount
        for one in facts.refunds
        if one.purpose == RefundPurpose.PARCEL
        and not one.is_money
        and one.status is not RefundStatus.FAILED
    )
    return max(0, facts.lost - otherwise)


def _is_open(refund: RefundFact) -> bool:
    return refund.status in {RefundStatus.PENDING, RefundStatus.APPROVED}


def _owed(
    facts: MoneyFacts, failed: list[Owed], left: int, *, too_much: int, lost: int
) -> Iterator[Owed]:
    """What must go back, by what it is for.

    Args:
        facts: of the order.
        failed: what banks did not take.
        left: all that must go back.
        too_much: what came beyond what was due and is not on its way back.
        lost: what goods that never came cost, less what is on its way back for them.
    """
    rest = list(failed)
    if facts.status is OrderStatus.CANCELLED:
        rest.append(Owed(left, RefundPurpose.CANCELLED))
    else:
        too_much -= sum(one.amount for one in failed if one.purpose is RefundPurpose.OVERPAID)
        lost -= _sum_for(RefundPurpose.PARCEL, failed)
        rest += [
            Owed(too_much, RefundPurpose.OVERPAID),
            Owed(lost, RefundPurpose.PARCEL),
            Owed(left, RefundPurpose.RETURN),
        ]
    for one in rest:
        amount = min(one.amount, left)
        if amount > 0:
            left -= amount
            yield one._replace(amount=amount)


def _failed(refunds: list[RefundFact], too_much: int) -> list[Owed]:
    """What banks did not take and nothing tries again; a return that ended owes nothing.

    One of unknown purpose is for what came beyond what was due, if there is `too_much` as it.

    A refund that failed here has its successor. The shop does not say which of its refunds tried
    which again: later ones did, as far as they go, first one of the same amount. One of that
    amount that was made here is the same money, too, if the shop tells an attempt that failed.
    """
    retried = {one.retries_id for one in refunds}
    unclaimed = [one.amount for one in refunds]
    owed = []
    for place, refund in enumerate(refunds):
        is_failed = refund.status is RefundStatus.FAILED
        if not is_failed or refund.id in retried or refund.of_return in ENDED:
            continue
        amount = refund.amount
        for other in _successors(refunds, place):
            taken = min(amount, unclaimed[other])
            unclaimed[other] -= taken
            amount -= taken
        if amount:
            purpose = RefundPurpose(refund.purpose) if refund.purpose else None
            if purpose is None and refund.return_id is None and amount <= too_much:
                purpose = RefundPurpose.OVERPAID
                too_much -= amount
            owed.append(Owed(amount, purpose, refund.return_id, refund.id))
    return owed


def _successors(refunds: list[RefundFact], place: int) -> list[int]:
    """Places of those that may have tried a failed refund again, the likeliest first."""
    failed = refunds[place]
    found = []
    for other, one in enumerate(refunds):
        is_told = one.purpose is None and one.retries_id is None
        is_living = one.status is not RefundStatus.FAILED
        # In a record refunds may stand newest first.
        is_after = other > place or (is_living and one.created_at >= failed.created_at)
        is_later = is_after and other != place and one.return_id == failed.return_id
        is_ours = (
            failed.purpose is None
            and failed.return_id is None
            and one.purpose is not None
            and one.retries_id is None
            and is_living
            and one.amount == failed.amount
        )
        if (is_told and is_later) or is_ours:
            found.append(other)
    return sorted(found, key=lambda other: refunds[other].amount != failed.amount)


def split_refund(value: int, left: Means) -> Means:
    """How the worth of goods goes back, given what is left of each way the order was paid.

    In proportion, to the unit; never more of a part than is left of it.
    """
    value = max(0, min(value, left.total))
    if not value:
        return Means(0, 0, 0)
    return Means(*money.split(value, [left.money, left.points, left.credit]))


def left_to_refund(facts: MoneyFacts) -> Means:
    """What goods that were not given back yet cost, by how they were, or are to be, paid."""
    living = [one for one in facts.refunds if one.status is not RefundStatus.FAILED]
    points = sum(one.amount for one in living if one.payment_mode == POINTS)
    credit = sum(one.amount for one in living if one.payment_method == STORE_CREDIT)
    account = account_of(facts)
    return Means(
        money=account.kept + account.unpaid,
        points=max(0, facts.loyalty_amount - points),
        credit=max(0, facts.credit_used - credit),
    )


def planned_refund(facts: MoneyFacts, value: int) -> Means:
    """What goes back for goods of this value: by each way the order was paid.

    The facts are those from before the goods go. Money that is unpaid is first not asked for any
    more, and the rest goes back.
    """
    back = split_refund(value, left_to_refund(facts))
    return replace(back, money=max(0, back.money - account_of(facts).unpaid))
