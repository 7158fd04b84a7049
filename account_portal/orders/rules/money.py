"""The account of an order: what is due, arrived, went back, is promised and is still owed.

The only place that adds up payments and refunds. Amounts are minor units of the order's currency.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from account_portal.core import money
from account_portal.orders.rules.refunds import (
    ENDED,
    POINTS,
    STORE_CREDIT,
    Owed,
    RefundFact,
    as_promised,
    failed_of,
    is_living,
    parts_of,
)
from account_portal.orders.schemas.previews import LessReason
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundPurpose,
    RefundStatus,
    TransactionStatus,
)

_OPEN = frozenset({RefundStatus.PENDING, RefundStatus.APPROVED})

ARRIVED = frozenset(
    {
        TransactionStatus.SUCCESS,
        TransactionStatus.PARTIALLY_PAID,
        TransactionStatus.REFUND_INITIATED,
    }
)
"""Payments whose money arrived, even if it is being sent back."""


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
    unpaid: int = 0
    """Besides: what goes back in no way, since it was never paid; it is not asked for any more."""

    @property
    def total(self) -> int:
        """All three together."""
        return self.money + self.points + self.credit


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
    """What the goods cost that an approved return refunds, tax and delivery included."""
    lost: int = 0
    """What the goods cost that do not come, lost or cancelled, tax included."""
    charge: int = 0  # what the shop keeps of a cancelled order by its policy

    @property
    def due(self) -> int:
        """What is to be paid in money."""
        return net_payable(self.grand_total, self.loyalty_amount, self.credit_used)


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
    promised = min(arrived - gone, sum(one.amount for one in money_back if one.status in _OPEN))
    left = arrived - gone - promised
    living = [one for one in money_back if is_living(one)]
    overpaid = sum(_overpaid(facts).values())
    failed = failed_of(money_back, max(0, arrived - facts.due - overpaid), _otherwise(facts))
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
            facts.due - lost_money(facts) - arrived
            if facts.status is OrderStatus.CANCELLED
            else keeps - left,
        ),
    )


def _overpaid(facts: MoneyFacts) -> dict[str, int]:
    """What living refunds give back of money that came beyond what was due, by their ids.

    A refund of unknown purpose gives back what was too much when it was made and was in no refund
    for that by then; only what it has beyond that is for something else. What came too much later
    has a refund later. All together give back no more than came too much.
    """
    living = [one for one in as_promised(facts.refunds) if one.is_money and is_living(one)]
    found = {one.id: one.amount if one.purpose == RefundPurpose.OVERPAID else 0 for one in living}
    if not living:
        return found
    ever = arrived_of((one.amount, one.status) for one in facts.attempts) - facts.due
    for refund in living:
        if refund.purpose is None and refund.return_id is None:
            day = refund.created_at.date()  # dates that shops tell have no time
            came = arrived_of(
                (one.amount, one.status) for one in facts.attempts if one.created_at.date() <= day
            )
            before = sum(found[one.id] for one in living if one.created_at.date() <= day)
            over = min(came - facts.due - before, ever - sum(found.values()))
            found[refund.id] = max(0, min(refund.amount, over))
    return found


def purposes_of(facts: MoneyFacts, refund_id: str) -> list[tuple[int, RefundPurpose]]:
    """A living refund of money by what it is for; more than one only if nobody said."""
    [refund] = [one for one in facts.refunds if one.id == refund_id]
    over = _overpaid(facts)[refund_id]
    return parts_of(refund, refund.amount, over, _otherwise(facts))


def _otherwise(facts: MoneyFacts) -> RefundPurpose:
    """What a refund of unknown purpose is for that gives back nothing that came too much."""
    is_cancelled = facts.status is OrderStatus.CANCELLED
    return RefundPurpose.CANCELLED if is_cancelled else RefundPurpose.GOODWILL


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
        and is_living(one)
        and one.of_return not in ENDED
    )
    return max(0, facts.returned - otherwise)


def lost_money(facts: MoneyFacts) -> int:
    """What goods that never came cost in money: less what comes back as points and credit."""
    otherwise = sum(
        one.amount
        for one in facts.refunds
        if one.purpose == RefundPurpose.PARCEL and not one.is_money and is_living(one)
    )
    return max(0, facts.lost - otherwise)


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
    points = sum(
        one.amount for one in facts.refunds if is_living(one) and one.payment_mode == POINTS
    )
    account = account_of(facts)
    return Means(
        money=account.kept + account.unpaid,
        points=max(0, facts.loyalty_amount - points),
        credit=credit_left(facts),
    )


def credit_left(facts: MoneyFacts) -> int:
    """Store credit that paid for goods that were not given back yet."""
    back = sum(
        one.amount for one in facts.refunds if is_living(one) and one.payment_method == STORE_CREDIT
    )
    return max(0, facts.credit_used - back)


def planned_refund(facts: MoneyFacts, value: int) -> Means:
    """What goes back for goods of this value: by each way the order was paid.

    The facts are those from before the goods go. Money that is unpaid is first not asked for any
    more, and the rest goes back.
    """
    back = split_refund(value, left_to_refund(facts))
    unpaid = min(back.money, account_of(facts).unpaid)
    return replace(back, money=back.money - unpaid, unpaid=unpaid)


def less_back(value: int, back: Means) -> int:
    """What of goods of this value comes back in no way."""
    return max(0, value - back.total - back.unpaid)


def why_less(goods: int, less: int) -> LessReason | None:
    """Why goods that cost so much give back that much less."""
    if not goods:
        return "nothing_paid"
    return "refunded_before" if less else None
