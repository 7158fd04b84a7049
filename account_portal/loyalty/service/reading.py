"""Reading points: at most two statements a call."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, bindparam, case, func, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.db import UtcDateTime
from account_portal.core.pagination import Page, paginate
from account_portal.loyalty import rules
from account_portal.loyalty.schemas import (
    CustomerLoyalty,
    LoyaltyDetails,
    LoyaltyPointActivity,
    LoyaltyQuery,
    TierProgress,
    WaitingPoints,
)
from account_portal.loyalty.service.ledger import membership_number_of
from account_portal.models import LoyaltyAccount, LoyaltyActivity
from account_portal.states import ActivityType

_IS_EARNED = col(LoyaltyActivity.activity_type) == ActivityType.EARNED
_POINTS = col(LoyaltyActivity.loyalty_point)
_UNDOES = col(LoyaltyActivity.activity).in_(rules.UNDOING)
_WAITS = col(LoyaltyActivity.spendable_at) > bindparam("now", type_=UtcDateTime)

# What waits for a return window, and what other movements undid: a tier is earned by keeping
# goods, not by points that merely came back.
_SUMS = select(
    func.coalesce(
        func.sum(case((_WAITS & _IS_EARNED, _POINTS), (_WAITS, -_POINTS), else_=0)), 0
    ).label("waiting"),
    func.coalesce(
        func.sum(
            case(
                (_UNDOES, _POINTS),
                (~_IS_EARNED & (col(LoyaltyActivity.activity) == "adjustment"), _POINTS),
                else_=0,
            )
        ),
        0,
    ).label("undone"),
).where(col(LoyaltyActivity.customer_id) == bindparam("customer_id"))

_ACCOUNT = select(LoyaltyAccount.__table__).where(  # type: ignore[attr-defined]
    col(LoyaltyAccount.customer_id) == bindparam("customer_id")
)


def require_programme(ctx: Context) -> str:
    """The caller, if the store runs a programme."""
    customer_id = ctx.customer_id
    if not ctx.settings.loyalty:
        raise rules.LoyaltyNotEnabled
    return customer_id


def _sums(ctx: Context, customer_id: str, now: datetime) -> RowMapping:
    return ctx.db.execute(_SUMS, {"customer_id": customer_id, "now": now}).mappings().one()


def _account(ctx: Context, customer_id: str) -> dict[str, Any]:
    row = ctx.db.execute(_ACCOUNT, {"customer_id": customer_id}).mappings().one_or_none()
    if row is not None:
        return dict(row)
    # Nobody has to earn something first to be a member.
    number = membership_number_of(customer_id)
    return {"membership_number": number, "earned": 0, "redeemed": 0, "bonus": 0, "savings": 0}


def _tier_points(account: dict[str, Any], sums: RowMapping) -> int:
    earned: int = account["earned"]
    return max(0, earned - int(sums["undone"]))


def get_loyalty(ctx: Context) -> LoyaltyDetails:
    """Points and tier of the caller; all zero when the programme was never used.

    Raises:
        LoyaltyNotEnabled: the store runs no programme.
    """
    customer_id = require_programme(ctx)
    account = _account(ctx, customer_id)
    sums = _sums(ctx, customer_id, ctx.now)
    balance = account["earned"] - account["redeemed"]
    tier = rules.standing(_tier_points(account, sums), ctx.settings.loyalty_tiers)
    loyalty = CustomerLoyalty(
        membership_number=account["membership_number"],
        loyalty_tier=tier.name,
        loyalty_point_earned=money.to_points(account["earned"]),
        loyalty_point_redeemed=money.to_points(account["redeemed"]),
        loyalty_point_balance=money.to_points(balance),
        loyalty_point_redeemable=money.to_points(rules.redeemable(balance, int(sums["waiting"]))),
        loyalty_point_bonus_accrued=money.to_points(account["bonus"]),
        total_savings=money.to_major(account["savings"], ctx.settings.currency),
    )
    return LoyaltyDetails(loyalty=loyalty, loyalty_point_balance=loyalty.loyalty_point_balance)


def get_tier_progress(ctx: Context) -> TierProgress:
    """How far the caller is on the way to the next tier.

    Raises:
        LoyaltyNotEnabled: the store runs no programme.
    """
    customer_id = require_programme(ctx)
    points = _tier_points(_account(ctx, customer_id), _sums(ctx, customer_id, ctx.now))
    tier = rules.standing(points, ctx.settings.loyalty_tiers)
    ahead = tier.next_begins_at
    return TierProgress(
        tier=tier.name,
        tier_points=money.to_points(points),
        tier_begins_at=money.to_points(tier.begins_at),
        next_tier=tier.next_name,
        next_tier_begins_at=None if ahead is None else money.to_points(ahead),
        points_missing=Decimal(0) if ahead is None else money.to_points(ahead - points),
        percent=rules.percent_done(points, tier.begins_at, ahead),
        benefits=ctx.settings.tier_benefits.get(tier.name or "", []),
        next_benefits=ctx.settings.tier_benefits.get(tier.next_name or "", []),
    )


_WAITING = (
    select(
        col(LoyaltyActivity.spendable_at),
        func.sum(case((_IS_EARNED, _POINTS), else_=-_POINTS)).label("points"),
    )
    .where(col(LoyaltyActivity.customer_id) == bindparam("customer_id"), _WAITS)
    .group_by(col(LoyaltyActivity.spendable_at))
    .order_by(col(LoyaltyActivity.spendable_at))
)


def list_waiting_points(ctx: Context) -> list[WaitingPoints]:
    """Points of the caller that can be spent only when a return window closes, soonest first.

    Raises:
        LoyaltyNotEnabled: the store runs no programme.
    """
    customer_id = require_programme(ctx)
    rows = ctx.db.execute(_WAITING, {"customer_id": customer_id, "now": ctx.now})
    return [
        WaitingPoints(points=money.to_points(int(points)), spendable_at=at)
        for at, points in rows
        if points > 0
    ]


_COLUMNS = [
    getattr(LoyaltyActivity, name)
    for name in LoyaltyPointActivity.model_fields
    if name != "loyalty_point"
]


def list_activities(ctx: Context, query: LoyaltyQuery) -> Page[list[LoyaltyPointActivity]]:
    """Movements of the caller's points, newest first unless `sort_by` says otherwise.

    Raises:
        LoyaltyNotEnabled: the store runs no programme.
    """
    customer_id = require_programme(ctx)
    total = ctx.db.execute(
        select(func.count())
        .select_from(LoyaltyActivity)
        .where(col(LoyaltyActivity.customer_id) == customer_id)
    ).scalar_one()
    if query.offset >= total:
        return Page([], paginate(total, query))
    # Ids are sorted by time, so they decide ties the way the heaviest field goes.
    sort = [*query.sort, ("id", query.sort[0][1])]
    rows = ctx.db.execute(
        select(*_COLUMNS, _POINTS)
        .where(col(LoyaltyActivity.customer_id) == customer_id)
        .order_by(
            *(getattr(getattr(LoyaltyActivity, name), direction)() for name, direction in sort)
        )
        .limit(query.limit)
        .offset(query.offset)
    ).mappings()
    return Page(
        [
            LoyaltyPointActivity(**{**row, "loyalty_point": money.to_points(row["loyalty_point"])})
            for row in rows
        ],
        paginate(total, query),
    )
