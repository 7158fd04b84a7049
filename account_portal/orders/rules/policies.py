"""What a policy says of a line, and what may be done with it at a moment."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from account_portal.core.money import round_half_up
from account_portal.orders.rules.reasons import NOTHING_TO_SEND, Reason
from account_portal.orders.schemas.policies import (
    AppliesTo,
    CancelTerms,
    CancelUntil,
    ClaimTerms,
    PolicyRule,
    ReasonCode,
    ReturnTerms,
    ShownProblem,
)
from account_portal.states import ReturnResolution

Found = TypeVar("Found")
Asked = TypeVar("Asked")

_CONDITIONS = (
    ("skus",),
    ("products",),
    ("tags",),
    ("categories",),
    ("types",),
    ("price_from", "price_below"),
    ("customer_groups",),
    ("countries",),
    ("age_days_from", "age_days_below"),
    ("ordered_from", "ordered_until"),
)
"""Fields of `AppliesTo`, the most specific condition first."""

UNTIL: tuple[CancelUntil, ...] = ("never", "scheduled", "packed")
"""The kindest last."""


class Sale(NamedTuple):
    """What rules ask of a line and its order."""

    sku: str
    product_id: str
    product_type: str
    category: str | None
    tags: frozenset[str]
    price: Decimal
    """Of a unit, in major units."""
    currency: str
    country: str | None
    """Where it goes to, as an ISO code."""
    ordered_at: datetime
    groups: frozenset[str] = frozenset()
    """Of the shop's groups, those its customer was in then."""


@dataclass(frozen=True, slots=True)
class Terms:
    """All that a policy says of a line."""

    cancel_until: CancelUntil
    charge: Decimal
    """Per cent of what the line cost that the store keeps when it is cancelled."""
    window: timedelta
    counted_from: str
    resolutions: tuple[ReturnResolution, ...]
    fee: Decimal
    """Per cent of a refund that the store keeps, unless it is to blame."""
    never: str | None
    """Code of why it never goes back."""
    claim_window: timedelta
    """How long after delivery something can be said to be wrong."""
    return_evidence: tuple[ReasonCode, ...]
    """Reasons of returns for which evidence is needed."""
    claim_evidence: tuple[ShownProblem, ...]
    """Problems of claims for which it is."""


AllTerms = Sequence[Terms]
"""What each of several policies says of a line."""


class RankedRule(NamedTuple):
    """A rule, ready to be asked many times."""

    applies_to: AppliesTo
    words: Mapping[str, Any]
    """What it says."""
    settled: Terms | None
    """What it and all after it say, if it is for everything, as they are then."""


Ranked = tuple[RankedRule, ...]
"""Rules, the most specific first; the last one says everything and is for everything."""


def rank(rules: Iterable[PolicyRule], settings: PolicyRule) -> Ranked:
    """The rules of a policy in the order in which they are asked; what none says, settings say.

    Digital goods have nothing to send back: they are returned where a rule that is at least as
    specific as their type says so. A right to withdraw from their contract is another matter.
    """
    ranked: list[RankedRule] = []
    said: dict[str, Any] = {}
    last_first = (_DIGITAL, *reversed(tuple(rules)))  # of equals the first one wins
    for rule in (settings, *sorted(last_first, key=generality, reverse=True)):
        words = {"never": NOTHING_TO_SEND} if rule is _DIGITAL else _words(rule)
        said = {**said, **words}
        settled = _terms(said) if all(generality(rule)) else None
        ranked.append(RankedRule(rule.applies_to, words, settled))
    return tuple(reversed(ranked))


_TYPE = AppliesTo(types=("digital",))
_DIGITAL = PolicyRule(name="Digital goods", applies_to=_TYPE, returns=ReturnTerms(never="digital"))


def _words(rule: PolicyRule) -> dict[str, Any]:
    words = _said(rule.cancel) | _said(rule.returns)
    if {"window_days", "resolutions"} & words.keys():
        words.setdefault("never", None)  # whoever says how things go back says they do
    return words | {f"claims.{name}": word for name, word in _said(rule.claims).items()}


def _said(terms: CancelTerms | ReturnTerms | ClaimTerms | None) -> dict[str, Any]:
    """What some terms say; of nulls only `never` says something: that they do go back."""
    said = {name: getattr(terms, name) for name in terms.model_fields_set} if terms else {}
    return {name: word for name, word in said.items() if word is not None or name == "never"}


def generality(rule: PolicyRule) -> tuple[bool, ...]:
    """Of each condition, the most specific first, whether a rule does without it."""
    given = rule.applies_to.model_dump(exclude_defaults=True)
    return tuple(all(name not in given for name in names) for names in _CONDITIONS)


def rule_of_settings(
    return_window_days: int, *, cancel_scheduled: bool, claim_window_days: int = 0
) -> PolicyRule:
    """What the settings say."""
    return PolicyRule(
        name="Settings",
        cancel=CancelTerms(
            until="packed" if cancel_scheduled else "scheduled", charge_per_cent=Decimal(0)
        ),
        returns=ReturnTerms(
            window_days=return_window_days,
            counted_from="delivery",
            resolutions=(ReturnResolution.REFUND, ReturnResolution.REPLACEMENT),
            fee_per_cent=Decimal(0),
            never=None,
            evidence_for=(),
        ),
        claims=ClaimTerms(window_days=claim_window_days, evidence_for=()),
    )


def holds(rule: AppliesTo, sale: Sale, now: datetime) -> bool:
    """Whether a rule is for a line at a moment."""
    age = now - sale.ordered_at
    day = sale.ordered_at.astimezone(UTC).date()
    return (
        (not rule.skus or sale.sku in rule.skus)
        and (not rule.products or sale.product_id in rule.products)
        and (not rule.tags or not sale.tags.isdisjoint(rule.tags))
        and (not rule.categories or sale.category in rule.categories)
        and (not rule.types or sale.product_type in rule.types)
        and (not rule.customer_groups or not sale.groups.isdisjoint(rule.customer_groups))
        and (not rule.countries or sale.country in rule.countries)
        and (rule.currency is None or sale.currency == rule.currency)
        and (rule.price_from is None or sale.price >= rule.price_from)
        and (rule.price_below is None or sale.price < rule.price_below)
        and (rule.age_days_from is None or age >= timedelta(days=rule.age_days_from))
        and (rule.age_days_below is None or age < timedelta(days=rule.age_days_below))
        and (rule.ordered_from is None or day >= rule.ordered_from)
        and (rule.ordered_until is None or day <= rule.ordered_until)
    )


def terms_of(rules: Ranked, sale: Sale, now: datetime) -> Terms:
    """What the most specific rule says, word by word; what it leaves out, the next one says."""
    said: dict[str, Any] = {}
    for rule in rules:
        if rule.settled is not None and not said:
            return rule.settled
        if rule.settled is not None or holds(rule.applies_to, sale, now):
            said = {**rule.words, **said}
    return _terms(said)


def terms_of_rule(rule: PolicyRule) -> Terms:
    """What a rule says that leaves nothing out."""
    return _terms(_words(rule))


def _terms(said: Mapping[str, Any]) -> Terms:
    return Terms(
        cancel_until=said["until"],
        charge=said["charge_per_cent"],
        window=timedelta(days=said["window_days"]),
        counted_from=said["counted_from"],
        resolutions=said["resolutions"],
        fee=said["fee_per_cent"],
        never=said["never"],
        claim_window=timedelta(days=said["claims.window_days"]),
        return_evidence=said["evidence_for"],
        claim_evidence=said["claims.evidence_for"],
    )


class Goods(NamedTuple):
    """How far a line arrived and went back. Units that cost nothing never count as returnable."""

    paid_units: int
    delivered_units: int
    """Free ones included."""
    arrivals: tuple[tuple[str, datetime, int], ...]
    """Parcels (by reference number, or empty), when they arrived, and paid units in them."""
    held_units: int
    """Units that living returns and claims hold."""
    returned_units: int
    """Of these, units whose return is complete."""
    refused_units: int = 0
    """Of them, units that went back and were refused."""
    claimed_units: int = 0
    """Of them, units in claims that are open, or that were refunded or replaced for one."""
    settled_units: int = 0
    """Of these, units that were refunded or replaced."""
    is_cancelled: bool = False
    """All its units were cancelled while the order goes on."""


class LineReturn(NamedTuple):
    """What of a line can go back at a moment, whatever the state of its order."""

    units: int
    open_units: int
    """Paid units whose window is open, in a return or not."""
    ends: Mapping[str, datetime]
    """When the windows of its parcels close or closed."""
    resolutions: tuple[ReturnResolution, ...]
    reason: Reason | None
    """Why no unit can go back; none: some can."""
    fee: Decimal = Decimal(0)
    """Per cent of a refund that the store keeps, unless it is to blame."""
    evidence_for: tuple[ReasonCode, ...] = ()
    """Reasons for which evidence is needed."""

    @property
    def closes_at(self) -> datetime | None:
        """When the last window closes or closed; none: nothing arrived, or none ever opens."""
        return max(self.ends.values(), default=None)


def return_of(terms: Terms, ordered_at: datetime, goods: Goods, now: datetime) -> LineReturn:
    """What of a line can go back under these terms."""
    if terms.never is not None:
        return LineReturn(0, 0, {}, (), _reason(terms, goods, None, now))
    ends = {
        number: (ordered_at if terms.counted_from == "order" else arrived) + terms.window
        for number, arrived, _ in goods.arrivals
    }
    arrived_units = sum(units for *_, units in goods.arrivals)
    in_time = sum(units for number, _, units in goods.arrivals if now <= ends[number])
    units = max(0, min(in_time, arrived_units - goods.held_units))
    closes_at = max(ends.values(), default=None)
    reason = None if units else _reason(terms, goods, closes_at, now)
    return LineReturn(
        units, in_time, ends, terms.resolutions, reason, terms.fee, terms.return_evidence
    )


def _reason(terms: Terms, goods: Goods, closes_at: datetime | None, now: datetime) -> Reason:
    if goods.is_cancelled:
        return Reason("item_cancelled")
    if goods.paid_units == 0 and goods.delivered_units:
        return Reason("free_item")
    if terms.never is not None:
        return Reason(terms.never)
    if goods.delivered_units == 0:
        return Reason("not_delivered")
    if closes_at is not None and now > closes_at:
        return Reason("window_closed", closes_at)
    if goods.claimed_units and goods.claimed_units == goods.held_units:
        is_over = goods.settled_units == goods.claimed_units
        return Reason("claim_settled" if is_over else "in_claim")
    if goods.refused_units and goods.refused_units == goods.held_units:
        return Reason("return_refused")
    if goods.held_units:
        return Reason("all_returned" if goods.returned_units >= goods.held_units else "in_return")
    return Reason("free_item")


def _kindest(found: Sequence[Found], kindness: Callable[[Found], Any]) -> Found:
    return found[0] if len(found) == 1 else max(found, key=kindness)


def kindest_return(
    terms: AllTerms, ordered_at: datetime, goods: Goods, now: datetime
) -> LineReturn:
    """What of a line can go back by the kindest of terms; of equals, by the first.

    Evidence is needed where all of them ask for it.
    """
    kindest = _kindest([return_of(one, ordered_at, goods, now) for one in terms], _kindness)
    if len(terms) == 1 or not kindest.evidence_for:
        return kindest
    return kindest._replace(evidence_for=asked_by_all(one.return_evidence for one in terms))


def asked_by_all(asked: Iterable[tuple[Asked, ...]]) -> tuple[Asked, ...]:
    """What each of several policies asks for, in the order of the first."""
    first, *others = asked
    return tuple(one for one in first if all(one in other for other in others))


def _kindness(found: LineReturn) -> tuple[int, float, int, Decimal]:
    closes_at = found.closes_at
    return (
        found.units,
        closes_at.timestamp() if closes_at else 0.0,
        len(found.resolutions),
        -found.fee,
    )


def kindest_cancel(
    lines: Sequence[tuple[int, AllTerms]],
) -> tuple[CancelUntil, int]:
    """Until when a whole order can be cancelled, and at what charge, by the kindest policy.

    Its strictest line says until when; each line has its own charge, in minor units.

    Args:
        lines: what each costs, and what each of the policies says of it.
    """
    totals = [total for total, _ in lines]
    found = []
    for terms in zip(*(said for _, said in lines), strict=True):
        until = min(UNTIL.index(one.cancel_until) for one in terms)
        charge = sum(share_of(*one) for one in zip(totals, (x.charge for x in terms), strict=True))
        found.append((until, -charge))
    until, charge = max(found, default=(len(UNTIL) - 1, 0))
    return UNTIL[until], -charge


class Unsent(NamedTuple):
    """Units of a line that no packed parcel holds."""

    units: int
    """All of them, those in parcels that are not packed included."""
    scheduled: int
    """Of these, units in such parcels."""


class LineCancel(NamedTuple):
    """What of a line can be cancelled at a moment while the rest of its order goes on."""

    units: int
    charge: Decimal
    """Per cent of what they cost that the store keeps."""
    reason: Reason | None
    """Why no unit can be cancelled; none: some can."""


def kindest_line_cancel(terms: AllTerms, unsent: Unsent) -> LineCancel:
    """What of a line can be cancelled by the kindest of terms; of equals, by the cheapest."""
    found = [_line_cancel(one, unsent) for one in terms]
    return _kindest(found, lambda one: (one.units, -one.charge))


def _line_cancel(terms: Terms, unsent: Unsent) -> LineCancel:
    units = {
        "never": 0,
        "scheduled": unsent.units - unsent.scheduled,
        "packed": unsent.units,
    }[terms.cancel_until]
    if units:
        return LineCancel(units, terms.charge, None)
    code = "never_cancelled" if terms.cancel_until == "never" else "being_sent"
    return LineCancel(0, terms.charge, Reason(code if unsent.units else "packed"))


def share_of(amount: int, per_cent: Decimal) -> int:
    """So many per cent of an amount, in minor units, halves up."""
    return round_half_up(amount * per_cent / 100) if per_cent else 0


def age_boundaries(candidates: Sequence[Ranked], ordered_at: datetime) -> Iterator[datetime]:
    """Last moments before rules begin or cease to be for an order because of its age."""
    for rules in candidates:
        for rule in rules:
            for days in (rule.applies_to.age_days_from, rule.applies_to.age_days_below):
                if days is not None:
                    yield ordered_at + timedelta(days=days, microseconds=-1)
