"""What is wrong with a policy: rules that contradict each other or leave a hole."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from account_portal.orders.rules.policies import generality
from account_portal.orders.schemas.policies import AppliesTo, Policy, PolicyRule


class PolicyFault(NamedTuple):
    """What is wrong with a policy, and which of its rules are concerned."""

    text: str
    places: tuple[int, ...]


def faults_of(policy: Policy) -> list[PolicyFault]:
    """Contradictions and holes between the rules of a policy.

    Two rules for the very same lines contradict each other where both say the same word for orders
    of the same days; they leave a hole where neither speaks for days between their periods.
    """
    found = []
    rules = list(enumerate(policy.rules))
    for place, one in rules:
        for later, other in rules[place + 1 :]:
            if _lines_of(one) != _lines_of(other) or generality(one) != generality(other):
                continue
            both = sorted(_said(one) & _said(other))
            if not both:
                continue
            names = f"“{one.name}” and “{other.name}”"
            if _overlap(one.applies_to, other.applies_to):
                text = f"{names} contradict each other: both say {', '.join(both)}."
                found.append(PolicyFault(text, (place, later)))
    return found + list(_holes(policy))


def _holes(policy: Policy) -> Iterator[PolicyFault]:
    groups: dict[str, list[int]] = {}
    for place, rule in enumerate(policy.rules):
        if rule.applies_to.ordered_from or rule.applies_to.ordered_until:
            groups.setdefault(_lines_of(rule), []).append(place)
    for places in groups.values():
        periods = [(policy.rules[place].applies_to, place) for place in places]
        periods.sort(key=lambda one: one[0].ordered_from or date.min)
        for (first, place), (second, later) in pairwise(periods):
            if first.ordered_until is None or second.ordered_from is None:
                continue
            if second.ordered_from > first.ordered_until + timedelta(days=1):
                names = f"“{policy.rules[place].name}” and “{policy.rules[later].name}”"
                days = (
                    f"{first.ordered_until + timedelta(days=1)} to "
                    f"{second.ordered_from - timedelta(days=1)}"
                )
                text = f"{names} leave a hole: none of them is for orders of {days}."
                yield PolicyFault(text, (place, later))


def _lines_of(rule: PolicyRule) -> str:
    return repr(rule.applies_to.model_dump(exclude={"ordered_from", "ordered_until"}))


def _said(rule: PolicyRule) -> set[str]:
    words = {f"returns.{name}" for name in rule.returns.model_fields_set} if rule.returns else set()
    more = {f"cancel.{name}" for name in rule.cancel.model_fields_set} if rule.cancel else set()
    of_claims = {f"claims.{one}" for one in rule.claims.model_fields_set} if rule.claims else set()
    return words | more | of_claims


def _overlap(one: AppliesTo, other: AppliesTo) -> bool:
    first, last = date.min, date.max
    return (one.ordered_from or first) <= (other.ordered_until or last) and (
        other.ordered_from or first
    ) <= (one.ordered_until or last)
