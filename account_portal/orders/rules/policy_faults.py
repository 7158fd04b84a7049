"""What is wrong with a policy: rules for nothing, that contradict each other or leave a hole."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from account_portal.addresses.rules import country_code_of
from account_portal.core.currencies import DIGITS
from account_portal.orders.rules.policies import generality
from account_portal.orders.schemas.policies import AppliesTo, Policy, PolicyRule

_HOW = frozenset({"returns.window_days", "returns.resolutions"})
_PERIOD = {"ordered_from", "ordered_until"}


class PolicyFault(NamedTuple):
    """What is wrong with a policy, and which of its rules are concerned."""

    text: str
    places: tuple[int, ...]


def faults_of(policy: Policy) -> list[PolicyFault]:
    """Conditions that hold for nothing, contradictions, and holes between the rules of a policy.

    Two rules for the very same lines contradict each other where both say the same word for orders
    of the same days, or one that they never go back and the other how. Rules leave a hole where
    none that is for these lines, or for everything, says a word for days between their periods.
    """
    return [*_empty(policy), *_contradictions(policy), *_holes(policy)]


def _empty(policy: Policy) -> Iterator[PolicyFault]:
    for rule in policy.rules:
        wanted = rule.applies_to
        for name in sorted(wanted.model_fields_set):
            if getattr(wanted, name) == ():  # it would be taken for no condition
                text = f"“{rule.name}” holds for nothing: its list of {name} is empty."
                yield PolicyFault(text, ())
        unknown = [one for one in wanted.countries if country_code_of(one) != one]
        if wanted.currency is not None and wanted.currency not in DIGITS:
            unknown.append(wanted.currency)
        for code in unknown:
            known = country_code_of(code)
            instead = f" ({known}?)" if known else ""
            text = f"“{rule.name}” holds for nothing: there is no {code}{instead}."
            yield PolicyFault(text, ())


def _contradictions(policy: Policy) -> Iterator[PolicyFault]:
    rules = list(enumerate(policy.rules))
    for place, one in rules:
        for later, other in rules[place + 1 :]:
            if _lines_of(one) != _lines_of(other) or generality(one) != generality(other):
                continue
            if not _overlap(one.applies_to, other.applies_to):
                continue
            names = f"“{one.name}” and “{other.name}”"
            if both := sorted(_said(one) & _said(other)):
                text = f"{names} contradict each other: both say {', '.join(both)}."
                yield PolicyFault(text, (place, later))
            elif _is_never(one, other) or _is_never(other, one):
                text = (
                    f"{names} contradict each other: what never goes back has no window and no way."
                )
                yield PolicyFault(text, (place, later))


def _is_never(one: PolicyRule, other: PolicyRule) -> bool:
    """Whether one says that lines never go back, and the other how they do."""
    return bool(one.returns and one.returns.never and _HOW & _said(other))


def _holes(policy: Policy) -> Iterator[PolicyFault]:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    always = {("", word) for rule in policy.rules if all(generality(rule)) for word in _said(rule)}
    for place, rule in enumerate(policy.rules):
        lines = _lines_of(rule)
        for word in sorted(_said(rule)):
            if rule.applies_to.ordered_from or rule.applies_to.ordered_until:
                groups[lines, word].append(place)
            else:
                always.add((lines, word))
    told = set()
    for (lines, word), places in groups.items():
        if (lines, word) in always or ("", word) in always:
            continue
        for fault in _between(policy, places):
            if fault not in told:
                told.add(fault)
                yield fault


def _between(policy: Policy, places: list[int]) -> Iterator[PolicyFault]:
    """Days that lie between the periods of some rules, and in none of them."""
    first, *others = sorted(places, key=lambda one: _begin(policy.rules[one].applies_to))
    for place in others:
        until = policy.rules[first].applies_to.ordered_until
        if until is None:
            return
        begin = _begin(policy.rules[place].applies_to)
        if begin > until + timedelta(days=1):
            names = f"“{policy.rules[first].name}” and “{policy.rules[place].name}”"
            days = f"{until + timedelta(days=1)} to {begin - timedelta(days=1)}"
            text = f"{names} leave a hole: none of them is for orders of {days}."
            yield PolicyFault(text, (first, place))
        end = policy.rules[place].applies_to.ordered_until
        if end is None or end > until:
            first = place


def _begin(applies_to: AppliesTo) -> date:
    return applies_to.ordered_from or date.min


def _lines_of(rule: PolicyRule) -> str:
    """Which lines a rule is for, however its lists and prices are written; empty: all."""
    given = rule.applies_to.model_dump(exclude=_PERIOD, exclude_defaults=True)
    same = {name: _alike(value) for name, value in given.items()}
    return repr(same) if same else ""


def _alike(value: Any) -> Any:
    if isinstance(value, tuple):
        return sorted(set(value))
    return value.normalize() if isinstance(value, Decimal) else value


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
