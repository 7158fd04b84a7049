"""What may be done with an order at a moment, and why not: what is shown and what is enforced."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from account_portal.core import money
from account_portal.core.bulk import Stored
from account_portal.core.settings import get_settings
from account_portal.core.told_days import counted_from
from account_portal.orders import rules
from account_portal.orders.facts.claimed import holds_units, is_settled
from account_portal.orders.facts.held import units_of
from account_portal.orders.facts.order import OrderFacts
from account_portal.orders.schemas.policies import CancelUntil, PolicyRule
from account_portal.states import OrderStatus, ReturnStatus, ShipmentStatus

Answer = TypeVar("Answer")


def line_returns(
    facts: OrderFacts, now: datetime, *, withdrawn_in: rules.Place | None = None
) -> dict[str, rules.LineReturn]:
    """What of each line can go back, by its id, whatever the state of the order."""
    goods, ordered_at = _goods(facts), facts.order["order_date"]
    terms = line_terms(facts, now)
    if withdrawn_in is not None:
        last = _last_arrival(facts, now)
        return {
            line_id: rules.withdrawal_of(said, ordered_at, goods[line_id], now, withdrawn_in, last)
            for line_id, said in terms.items()
        }
    return {
        line_id: rules.kindest_return(said, ordered_at, goods[line_id], now)
        for line_id, said in terms.items()
    }


def _last_arrival(facts: OrderFacts, at: datetime) -> datetime:
    """When the last of an order arrived; not before that moment, if more was to come then."""
    last = max((one.delivered_at for one in facts.arrivals()), default=at)
    lost = [
        (parcel["modified_at"], row)
        for parcel in facts.shipments
        for row in facts.items.get(parcel["id"], ())
        if row["written_off"] is not None
    ]
    gone = [*((row["created_at"], row) for row in facts.cancelled), *lost]
    if any(since >= at for since, _ in gone):
        return max(last, at)  # it was to come, until it was cancelled or given up
    if facts.order["status"] in rules.DELIVERED:
        return last  # history has not all in parcels
    over = Counter(facts.delivered_units())
    for _, row in gone:
        over[row["line_id"]] += row["quantity"]
    is_over = all(line["quantity"] <= over[line["id"]] for line in facts.lines)
    return last if is_over else max(last, at)


def _asked_once(ask: Callable[[OrderFacts, datetime], Answer]) -> Callable[..., Answer]:
    """Asks policies once about the same facts at the same moment."""

    def answer(facts: OrderFacts, now: datetime) -> Answer:
        if ask not in facts.answers or facts.answers[ask][0] != now:
            facts.answers[ask] = now, ask(facts, now)
        found: Answer = facts.answers[ask][1]
        return found

    return answer


@_asked_once
def line_terms(facts: OrderFacts, now: datetime) -> Mapping[str, rules.AllTerms]:
    """What each of the policies says of each line, by its id."""
    found = {}
    for line in facts.lines:
        sale = _sale_of(facts, line)
        found[line["id"]] = tuple(rules.terms_of(one, sale, now) for one in facts.policies)
    return found


class LineEligibility(NamedTuple):
    """What of a line can go back now."""

    units: int
    found: rules.LineReturn
    reason: rules.Reason | None
    """Why no unit can go back; none: some can."""


def line_eligibility(
    facts: OrderFacts, now: datetime, *, withdrawn_in: rules.Place | None = None
) -> dict[str, LineEligibility]:
    """What of each line can go back, by its id: what is shown and enforced.

    Args:
        facts: of its order.
        now: the moment.
        withdrawn_in: where it was delivered, if the contract is withdrawn from at that moment.
    """
    status = OrderStatus(facts.order["status"])
    returns = line_returns(facts, now, withdrawn_in=withdrawn_in)
    arrives = any(line.reason and line.reason.code == "not_delivered" for line in returns.values())
    cancellable = arrives and can_cancel(facts, now)
    found = {}
    for line_id, line in returns.items():
        reason = line.reason
        if status is OrderStatus.CANCELLED:
            reason = rules.Reason("order_cancelled")
        elif reason is not None and reason.code == "not_delivered" and cancellable:
            reason = rules.Reason("use_cancel")
        elif status in rules.NOT_RETURNABLE and reason is None:
            reason = rules.Reason("not_delivered")
        is_open = status not in rules.NOT_RETURNABLE
        found[line_id] = LineEligibility(line.units if is_open else 0, line, reason)
    return found


@_asked_once
def cancel_terms(facts: OrderFacts, now: datetime) -> tuple[CancelUntil, int]:
    """Until when the policy lets the whole order be cancelled, and what it charges at most."""
    gone, terms = facts.lost(), line_terms(facts, now)
    return rules.kindest_cancel(
        [
            (max(0, line["line_total"] - gone[line["id"]].total), terms[line["id"]])
            for line in facts.lines_to_come
        ]
    )


def line_cancels(
    facts: OrderFacts, now: datetime, *, beyond_policy: bool = False
) -> dict[str, rules.LineCancel]:
    """What of each line can be cancelled, by its id, while the rest of the order goes on.

    Beyond what the policy lets customers do, whatever is in no packed parcel can be, and nothing
    is charged: so may the shop, and who withdraws from the contract.
    """
    status = OrderStatus(facts.order["status"])
    code = None
    if status is OrderStatus.CANCELLED:
        code = "already_cancelled"
    elif facts.order["replaces_return_id"] or facts.order["replaces_claim_id"]:
        code = "replacement"
    elif not facts.live_shipments and status not in _BEFORE_PARCELS:
        # History often has no parcels; it was sent all the same.
        code = rules.why_not_cancellable(status, (), "packed") or "sent"
    none = rules.LineCancel(0, Decimal(0), rules.Reason(code)) if code else None
    terms = line_terms(facts, now)
    unsent = _unsent(facts)
    gone = facts.cancelled_units()
    there = {line["id"] for line in facts.lines_there()}
    found = {}
    for line in facts.lines:
        said = _BEYOND_POLICY if beyond_policy else terms[line["id"]]
        one = none or rules.kindest_line_cancel(said, unsent[line["id"]])
        if line["id"] in there and not none:
            one = one._replace(units=0, reason=rules.Reason("downloaded"))
        if gone[line["id"]].units >= line["quantity"] and not none:
            one = one._replace(units=0, reason=rules.Reason("item_cancelled"))
        found[line["id"]] = one
    return found


_BEYOND_POLICY = (rules.terms_of_rule(rules.rule_of_settings(0, cancel_scheduled=True)),)
_BEFORE_PARCELS = rules.ALWAYS_CANCELLABLE | rules.CANCELLABLE_BEFORE_PACKING


def _unsent(facts: OrderFacts) -> dict[str, rules.Unsent]:
    scheduled: dict[str, int] = defaultdict(int)
    for parcel in facts.live_shipments:
        if parcel["status"] in rules.NOT_PACKED:
            for item in facts.items.get(parcel["id"], ()):
                scheduled[item["line_id"]] += item["quantity"]
    return {
        line.line_id: rules.Unsent(line.left + scheduled[line.line_id], scheduled[line.line_id])
        for line in facts.line_units()
    }


class Cancelled(NamedTuple):
    """What of an order's money goes back and what the shop keeps if it is cancelled now."""

    money: int
    """What a new refund gives back."""
    credit: int
    charge: int
    kept: int
    """What the shop keeps of items that were cancelled before."""


def cancelled_account(facts: OrderFacts, now: datetime) -> Cancelled:
    """The account of an order if it were cancelled now: what is shown is what cancelling does.

    What was not paid is not charged.
    """
    kept = facts.charges_kept
    cancelled = replace(facts.money(), status=OrderStatus.CANCELLED, charge=kept)
    paid_back = rules.account_of(cancelled).owed_back
    charge = min(paid_back, cancel_terms(facts, now)[1])
    credit = rules.credit_left(cancelled)
    return Cancelled(paid_back - charge, credit, charge, kept)


def can_cancel(facts: OrderFacts, now: datetime) -> bool:
    """Whether the customer may still cancel the whole order: the flag shown, the guard enforced."""
    return cancel_reason(facts, now) is None


def can_change_delivery(facts: OrderFacts) -> bool:
    """Whether the customer may still say where it goes: the flag shown, the guard enforced."""
    return (
        get_settings().change_delivery
        and facts.order["shipping_address_id"] is not None
        and not facts.is_digital
        and rules.can_change_delivery(
            OrderStatus(facts.order["status"]),
            [ShipmentStatus(row["status"]) for row in facts.shipments],
        )
    )


def cancel_reason(facts: OrderFacts, now: datetime) -> str | None:
    """The code of why an order cannot be cancelled; none: it can."""
    status = OrderStatus(facts.order["status"])
    shipments = [ShipmentStatus(row["status"]) for row in facts.shipments]
    # Most orders are too far on their way, whatever the policy says.
    until = cancel_terms(facts, now)[0] if status in _BEFORE_PARCELS else "packed"
    return rules.why_not_cancellable(status, shipments, until)


def matching_rules(facts: OrderFacts, asked: Sequence[PolicyRule]) -> bool:
    """Whether a line of the order is one of those that some of these rules are for, on any day."""
    anyday = {"ordered_from": None, "ordered_until": None}
    conditions = [rule.applies_to.model_copy(update=anyday) for rule in asked]
    now = facts.order["order_date"]
    return any(
        rules.holds(one, _sale_of(facts, line), now) for line in facts.lines for one in conditions
    )


def next_change(facts: OrderFacts, now: datetime) -> datetime | None:
    """When time alone changes the state of an order next; none: it never does."""
    if facts.order["status"] not in rules.DELIVERED:
        return None
    ages = rules.age_boundaries(facts.policies, facts.order["order_date"])
    moments = [facts.order["completes_at"], *ages]
    return min((one for one in moments if one is not None and one >= now), default=None)


def _sale_of(facts: OrderFacts, line: Stored) -> rules.Sale:
    order = facts.order
    digits = money.exponent(order["currency"])
    return rules.Sale(
        sku=line["twin_of"] or line["sku"],
        product_id=line["product_id"],
        product_type=line["product_type"],
        category=line["category"],
        tags=frozenset(line["tags"]),
        price=Decimal(line["selling_price"]).scaleb(-digits),
        currency=order["currency"],
        country=facts.country,
        groups=frozenset(order["customer_groups"]),
        ordered_at=order["order_date"],
    )


def _goods(facts: OrderFacts) -> dict[str, rules.Goods]:
    arrivals, delivered, held = facts.arrivals(), facts.delivered_units(), facts.held()
    gone = facts.cancelled_units()
    returned: dict[str, int] = {}
    claimed: dict[str, int] = defaultdict(int)
    settled: dict[str, int] = defaultdict(int)
    for row in facts.claims:
        if holds_units(row):
            claimed[row["line_id"]] += row["quantity"]
        if is_settled(row):
            settled[row["line_id"]] += row["quantity"]
    for row in facts.return_items:
        if facts.returns[row["return_id"]] is ReturnStatus.COMPLETE:
            returned[row["line_id"]] = returned.get(row["line_id"], 0) + units_of(row)
    return {
        line["id"]: rules.Goods(
            paid_units=line["quantity"] - line["free_quantity"],
            delivered_units=delivered.get(line["id"], 0),
            arrivals=tuple(
                (one.reference_number, counted_from(one.delivered_at), one.units[line["id"]])
                for one in arrivals
                if line["id"] in one.units
            ),
            held_units=held[line["id"]].units,
            returned_units=returned.get(line["id"], 0),
            refused_units=held[line["id"]].refused,
            claimed_units=claimed[line["id"]],
            settled_units=settled[line["id"]],
            is_cancelled=gone[line["id"]].units >= line["quantity"],
        )
        for line in facts.lines
    }
