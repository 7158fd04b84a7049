"""Policies: the one in force in words, those before it, and another one tried before it is set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from account_portal.console.web import Content, Visit
from account_portal.console.words import country, day_words, money, words
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.orders import service
from account_portal.orders.schemas import Policy
from account_portal.orders.schemas.policies import AppliesTo, CancelTerms, ClaimTerms, ReturnTerms

EXAMPLE = """\
[[rules]]
name = "Everything"
returns = { window_days = 30, resolutions = ["refund", "replacement"] }

[[rules]]
name = "Sale"
applies_to = { categories = ["sale"] }
returns = { never = "final_sale" }
"""
"""What the box holds before the first policy is set."""


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule, as people read it."""

    name: str
    applies_to: str
    cancel: str
    returns: str
    claims: str


def policies_screen(visit: Visit) -> Content:
    """The policy in force, or one that was, and all that were set."""
    versions = service.list_policies(visit.ctx)
    shown = versions[0] if versions else None
    if number := visit.path.get("number"):
        if not (number.isascii() and number.isdecimal() and len(number) < 9):
            raise NotFound
        shown = service.get_policy(visit.ctx, int(number))
    return {
        "title": f"Policy {number}" if number else "Policies",
        "shown": shown,
        "versions": versions,
        "rules": _in_words(shown.policy) if shown else [],
        "settings_rules": _in_words(service.settings_policy(visit.ctx)),
        "text": service.write_policy(shown.policy) if shown else EXAMPLE,
    }


def trial_screen(visit: Visit) -> Content:
    """What a policy that was typed would change, or what is wrong with it; sets nothing."""
    text = str(visit.form.get("text", ""))
    versions = service.list_policies(visit.ctx)
    content = {
        "text": text,
        "latest": versions[0].number if versions else 0,
        "rules": [],
        "trial": None,
        "faults": [],
    }
    try:
        policy = service.read_policy(text)
        content["rules"] = _in_words(policy)
        content["trial"] = service.try_policy(visit.ctx, policy)
    except InvalidInput as error:
        content["faults"] = error.fields["rules"]
    return content


def _in_words(policy: Policy) -> list[RuleWords]:
    return [
        RuleWords(
            name=rule.name,
            applies_to="; ".join(_conditions(rule.applies_to)) or "everything",
            cancel="; ".join(_of_cancel(rule.cancel)) if rule.cancel else "",
            returns="; ".join(_of_returns(rule.returns)) if rule.returns else "",
            claims="; ".join(_of_claims(rule.claims)) if rule.claims else "",
        )
        for rule in policy.rules
    ]


def _conditions(rule: AppliesTo) -> Iterator[str]:
    named = {
        "sku": rule.skus,
        "product": rule.products,
        "tagged": rule.tags,
        "category": rule.categories,
        "type": rule.types,
        "customers of": rule.customer_groups,
        "to": [country(code) for code in rule.countries],
    }
    for word, found in named.items():
        if found:
            yield f"{word} {_any_of(found)}"
    if rule.price_from is not None:
        yield f"from {money(rule.price_from, rule.currency)} a unit"
    if rule.price_below is not None:
        yield f"below {money(rule.price_below, rule.currency)} a unit"
    if rule.age_days_from is not None:
        yield f"{_days(rule.age_days_from)} after the order or later"
    if rule.age_days_below is not None:
        yield f"in the first {_days(rule.age_days_below)} after the order"
    if rule.ordered_from:
        yield f"ordered from {day_words(rule.ordered_from)}"
    if rule.ordered_until:
        yield f"ordered until {day_words(rule.ordered_until)}"


def _of_claims(terms: ClaimTerms) -> Iterator[str]:
    if terms.window_days is not None:
        yield f"within {_days(terms.window_days)} of delivery"


def _of_cancel(terms: CancelTerms) -> Iterator[str]:
    if terms.until is not None:
        yield "never" if terms.until == "never" else f"until it is {terms.until}"
    if terms.charge_per_cent is not None:
        yield _kept(terms.charge_per_cent, "no charge")


def _of_returns(terms: ReturnTerms) -> Iterator[str]:
    if terms.never:
        yield f"never: {words(terms.never).lower()}"
    if terms.window_days is not None:
        yield _days(terms.window_days)
    if terms.counted_from is not None:
        yield f"counted from the {terms.counted_from}"
    if terms.resolutions is not None:
        yield f"for a {_any_of(terms.resolutions)}"
    if terms.fee_per_cent is not None:
        yield _kept(terms.fee_per_cent, "no fee")


def _kept(per_cent: Decimal, nothing: str) -> str:
    return f"the store keeps {per_cent:f} %" if per_cent else nothing


def _any_of(found: Sequence[str]) -> str:
    *most, last = found
    return f"{', '.join(most)} or {last}" if most else last


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
