"""The account of an order: what is due, arrived, went back, is promised and is still owed.

The only place that adds up payments and refunds. Amounts are minor units of the order's currency.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from account_portal.core import money
from account_portal.models.states import (
    OrderStatus,
    PaymentStatus,
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

    @property
    def due(self) -> int:
        """What is to be paid in money."""
        return net_payable(self.grand_total, self.loyalty_amount, self.credit_used)


class Owed(NamedTuple):
    """Money that must go back and is in no living refund yet."""

    amount: int
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
    owed: tuple[Owed, ...]
    unpaid: int

    @property
    def owed_back(self) -> int:
        """All that must go back and is in no living refund yet."""
        return sum(one.amount for one in self.owed)

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
    arrived = sum(one.amount for one in facts.attempts if one.status in ARRIVED)
    if not facts.attempts and facts.stated is PaymentStatus.SUCCESS:
        arrived = facts.due  # history from before payments were recorded with their orders
    money_back = [refund for refund in facts.refunds if refund.is_money]
    gone = sum(one.amount for one in money_back if one.status is RefundStatus.SUCCESS)
    promised = sum(one.amount for one in money_back if _is_open(one))
    gone = min(gone, arrived)
    promised = min(promised, arrived - gone)
    left = arrived - gone - promised
    return OrderAccount(
        due=facts.due,
        arrived=arrived,
        gone=gone,
        promised=promised,
        owed=tuple(_owed(facts, money_back, arrived, left)),
        unpaid=_unpaid(facts, arrived, left),
    )


def _is_open(refund: RefundFact) -> bool:
    return refund.status in {RefundStatus.PENDING, RefundStatus.APPROVED}


def _owed(facts: MoneyFacts, refunds: list[RefundFact], arrived: int, left: int) -> Iterator[Owed]:
    owed = _failed(refunds)
    if facts.status is OrderStatus.CANCELLED:
        owed.append(Owed(left - sum(one.amount for one in owed)))
    else:
        without_return = [one for one in refunds if one.return_id is None]
        living = sum(one.amount for one in without_return if one.status is not RefundStatus.FAILED)
        living += sum(one.amount for one in owed if one.return_id is None)
        owed.append(Owed(arrived - facts.due - living))
    for one in owed:
        amount = min(one.amount, left)
        if amount > 0:
            left -= amount
            yield one._replace(amount=amount)


def _failed(refunds: list[RefundFact]) -> list[Owed]:
    """What banks did not take and nothing tries again; a return that ended owes nothing.

    A refund that failed here has its successor. In history nobody says which refund tried which
    again: a later one of the same amount, for the same return, did.
    """
    retried = {one.retries_id for one in refunds}
    successors = [one for one in refunds if one.retries_id is None]
    owed = []
    for refund in refunds:
        is_failed = refund.status is RefundStatus.FAILED
        if not is_failed or refund.id in retried or refund.of_return in ENDED:
            continue
        later = (
            one
            for one in successors
            if one is not refund
            and (one.amount, one.return_id) == (refund.amount, refund.return_id)
            and one.created_at >= refund.created_at
        )
        again = next(later, None)
        if again is None:
            owed.append(Owed(refund.amount, refund.return_id, refund.id))
        else:
            successors.remove(again)
    return owed


def _unpaid(facts: MoneyFacts, arrived: int, left: int) -> int:
    """What is still asked for: nothing for goods that went back, nothing twice."""
    if arrived >= facts.due:
        return 0
    returned = money.split(
        min(facts.returned, facts.grand_total),
        [facts.due, facts.loyalty_amount, facts.credit_used],
    )[0]
    return max(0, min(facts.due - arrived, facts.due - returned - left))


def derive_payment_status(facts: MoneyFacts, account: OrderAccount | None = None) -> PaymentStatus:
    """How far an order is paid; `account` is that of the facts, where it is known already."""
    if not facts.attempts:
        return PaymentStatus.SUCCESS if not facts.due else facts.stated
    account = account or account_of(facts)
    if account.arrived >= account.due:
        return PaymentStatus.SUCCESS
    if account.arrived > 0:
        return PaymentStatus.PARTIALLY_PAID
    last = max(facts.attempts, key=lambda attempt: attempt.created_at)
    if last.status is TransactionStatus.FAILED:
        return PaymentStatus.FAILED
    return PaymentStatus.PENDING


def split_refund(value: int, left: Means, *, arrived: int | None = None) -> Means:
    """How the worth of goods goes back, given what is left of each way the order was paid.

    In proportion, to the unit; never more of a part than is left of it, and of money never more
    than `arrived` and did not go back yet (none: all of it).
    """
    value = max(0, min(value, left.total))
    if not value:
        return Means(0, 0, 0)
    back, points, credit = money.split(value, [left.money, left.points, left.credit])
    return Means(back if arrived is None else max(0, min(back, arrived)), points, credit)


def left_to_refund(facts: MoneyFacts) -> tuple[Means, int]:
    """What is left of each way an order was paid, and how much money is here for a refund."""
    living = [one for one in facts.refunds if one.status is not RefundStatus.FAILED]
    points = sum(one.amount for one in living if one.payment_mode == POINTS)
    credit = sum(one.amount for one in living if one.payment_method == STORE_CREDIT)
    account = account_of(facts)
    return (
        Means(
            money=max(0, account.due - account.gone - account.promised),
            points=max(0, facts.loyalty_amount - points),
            credit=max(0, facts.credit_used - credit),
        ),
        account.left,
    )
