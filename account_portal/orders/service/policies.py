"""Policies of the shop: tried on the orders that are there, set, and kept as versions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import Conflict, InvalidInput, NotFound
from account_portal.models import Order, OrderPolicy, PolicyVersion
from account_portal.orders import rules
from account_portal.orders.facts import (
    OrderFacts,
    can_cancel,
    line_eligibility,
    load_facts,
    matching_rules,
    settings_rule,
)
from account_portal.orders.schemas import (
    Policy,
    PolicyChange,
    PolicySource,
    PolicyTrial,
    PolicyVersionView,
)
from account_portal.orders.service.documents import mark_documents
from account_portal.orders.service.policy_texts import read_policy_file

SAMPLE = 200
"""The latest orders on which a policy is tried."""


class PolicyOutdated(Conflict):
    """Another policy was set than the one that was looked at."""

    code = "policy_outdated"
    message = "Nothing was set: another policy was put in force meanwhile. Look at it first."


def try_policy(ctx: Context, policy: Policy) -> PolicyTrial:
    """Say what a policy would change for the latest orders, and for orders like them; sets nothing.

    Raises:
        Forbidden: only the shop may.
        InvalidInput: it contradicts itself or leaves a hole; says which orders that concerns.
    """
    ctx.require_shop()
    ids = ctx.db.execute(
        select(col(Order.id)).order_by(col(Order.order_date).desc(), col(Order.id)).limit(SAMPLE)
    ).scalars()
    sample = load_facts(ctx.db, list(ids), ask_for_countries=True)
    _require_sound(policy, sample)
    ranked = rules.rank(policy.rules, settings_rule())
    changes, new_orders = [], []
    for facts in sample:
        before = list(_told(ctx, facts))
        bound = replace(facts, policies=[*facts.policies, ranked])
        changes += _changes(facts, before, _told(ctx, bound))
        new_orders += _changes(facts, before, _told(ctx, replace(facts, policies=[ranked])))
    return PolicyTrial(orders=len(sample), changes=changes, new_orders=new_orders)


def _told(ctx: Context, facts: OrderFacts) -> Iterator[tuple[str, str]]:
    """What can be done with each line of an order now, in a few words, by its sku."""
    cancel = "can be cancelled" if can_cancel(facts, ctx.now) else "cannot be cancelled"
    lines = line_eligibility(facts, ctx.now)
    for row in facts.lines:
        line = lines[row["id"]]
        closes = line.found.closes_at
        until = f" until {closes:%Y-%m-%d}" if closes else ""
        ways = " or ".join(line.found.resolutions)
        asked = ", ".join(line.found.evidence_for)
        shown = f", shown by a photo if {asked}" if asked else ""
        returns = (
            f"{line.units} can go back{until} for a {ways}{shown}"
            if line.units
            else "none goes back"
        )
        why = f" ({line.reason.code})" if line.reason else ""
        yield row["sku"], f"{cancel}; {returns}{why}"


def _changes(
    facts: OrderFacts, before: list[tuple[str, str]], after: Iterator[tuple[str, str]]
) -> list[PolicyChange]:
    number = facts.order["order_number"]
    return [
        PolicyChange(order_number=number, sku=sku, now=now, then=then)
        for (sku, now), (_, then) in zip(before, after, strict=True)
        if now != then
    ]


def _require_sound(policy: Policy, sample: list[OrderFacts]) -> None:
    faults = rules.faults_of(policy)
    if not faults:
        return
    texts = []
    for fault in faults:
        concerned = [
            facts.order["order_number"]
            for facts in sample
            if matching_rules(facts, [policy.rules[place] for place in fault.places])
        ]
        orders = f" It concerns orders such as {', '.join(concerned[:5])}." if concerned else ""
        texts.append(fault.text + orders)
    raise InvalidInput(" ".join(texts), rules=texts)


def set_policy(
    ctx: Context, policy: Policy, *, source: PolicySource, after: int | None = None
) -> PolicyVersionView:
    """Put a policy in force for orders placed from now on, and where it is kinder, for all.

    One that says what the last one says is not set again.

    Args:
        ctx: the call, as the shop.
        policy: what it says.
        source: how it is set.
        after: number of the version that must be in force, 0 for none; not given: whichever is.

    Raises:
        Forbidden: only the shop may.
        InvalidInput: it contradicts itself or leaves a hole; says which orders that concerns.
        PolicyOutdated: another one than `after` is in force.
    """
    try_policy(ctx, policy)
    # Whoever sets a policy takes this row first: there may be no version yet to lock.
    ctx.db.execute(select(col(OrderPolicy.id)).with_for_update())
    latest = ctx.db.execute(
        select(PolicyVersion).order_by(col(PolicyVersion.number).desc()).limit(1)
    ).scalar_one_or_none()
    if after is not None and after != (latest.number if latest else 0):
        raise PolicyOutdated
    if latest is not None and Policy.model_validate_json(latest.body) == policy:
        return _view(latest)
    version = PolicyVersion(
        number=latest.number + 1 if latest else 1,
        in_force_from=ctx.now,
        source=source,
        body=policy.model_dump_json(exclude_unset=True),
    )
    ctx.db.add(version)
    ctx.db.flush()
    _mark_touched(ctx, policy)
    return _view(version)


def _mark_touched(ctx: Context, policy: Policy) -> None:
    """Let the states be derived anew, before they are read, that a kinder policy can touch."""
    days = [
        rule.returns.window_days
        for rule in (*policy.rules, settings_rule())
        if rule.returns is not None and rule.returns.window_days is not None
    ]
    mark_documents(ctx.db, ctx.now, max(days))


def apply_policy_file(ctx: Context) -> PolicyVersionView | None:
    """Put the policy of `PORTAL_POLICY_FILE` in force if the file changed since it was last set.

    What was set by other ways since then stays in force until the file changes.

    Returns:
        The version that was set; nothing where the file says what it said, or there is none.

    Raises:
        Forbidden: only the shop may.
        InvalidInput: it cannot be read, contradicts itself or leaves a hole.
    """
    ctx.require_shop()
    if not ctx.settings.policy_file:
        return None
    policy = read_policy_file(Path(ctx.settings.policy_file))
    last = ctx.db.execute(
        select(col(PolicyVersion.body))
        .where(col(PolicyVersion.source) == "file")
        .order_by(col(PolicyVersion.number).desc())
        .limit(1)
    ).scalar_one_or_none()
    if last is not None and Policy.model_validate_json(last) == policy:
        return None
    return set_policy(ctx, policy, source="file")


def settings_policy(ctx: Context) -> Policy:
    """What the settings say, which is the last word of every policy.

    Raises:
        Forbidden: only the shop may.
    """
    ctx.require_shop()
    return Policy(rules=(settings_rule(),))


def list_policies(ctx: Context) -> list[PolicyVersionView]:
    """All that were set, the one in force first.

    Raises:
        Forbidden: only the shop may.
    """
    ctx.require_shop()
    rows = ctx.db.execute(
        select(PolicyVersion).order_by(col(PolicyVersion.number).desc()).limit(100)
    ).scalars()
    return [_view(row) for row in rows]


def get_policy(ctx: Context, number: int) -> PolicyVersionView:
    """One that was set.

    Raises:
        Forbidden: only the shop may.
        NotFound: there is no such version.
    """
    ctx.require_shop()
    row = ctx.db.execute(
        select(PolicyVersion).where(col(PolicyVersion.number) == number)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no policy {number}.")
    return _view(row)


def _view(row: PolicyVersion) -> PolicyVersionView:
    return PolicyVersionView(
        number=row.number,
        in_force_from=row.in_force_from,
        source=row.source,
        policy=Policy.model_validate_json(row.body),
    )
