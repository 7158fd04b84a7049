"""What a member's page explains: what points are made of, how the year went, store credit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, literal, select, union_all
from sqlmodel import col

from account_portal.addresses.rules import zone_of_store
from account_portal.context import Context
from account_portal.core import money
from account_portal.loyalty import rules
from account_portal.loyalty.schemas import (
    CreditMovement,
    MonthOfPoints,
    PointSums,
    StoreCredit,
)
from account_portal.loyalty.service.reading import require_programme
from account_portal.models import CreditActivity, LoyaltyActivity, Order
from account_portal.states import ActivityType

SHOWN_CREDIT = 20
"""Movements of store credit that are told one by one; those before them are one line."""

_POINTS = col(LoyaltyActivity.loyalty_point)
_IS_EARNED = col(LoyaltyActivity.activity_type) == ActivityType.EARNED
_UNDOES = col(LoyaltyActivity.activity).in_(rules.UNDOING)
_LAPSES = col(LoyaltyActivity.activity) == "expiry"


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, _POINTS), else_=0)), 0)


def get_point_sums(ctx: Context) -> PointSums:
    """What the caller's balance is made of.

    Raises:
        LoyaltyNotEnabled: the store runs no programme.
    """
    customer_id = require_programme(ctx)
    found = ctx.db.execute(
        select(
            _sum(_IS_EARNED & ~_UNDOES).label("earned"),
            _sum(_IS_EARNED & _UNDOES).label("given_back"),
            _sum(~_IS_EARNED & _UNDOES).label("taken_back"),
            _sum(~_IS_EARNED & _LAPSES).label("lapsed"),
            _sum(~_IS_EARNED & ~_UNDOES & ~_LAPSES).label("spent"),
        ).where(col(LoyaltyActivity.customer_id) == customer_id)
    )
    sums = {name: int(value) for name, value in found.mappings().one().items()}
    balance = sums["earned"] + sums["given_back"]
    balance -= sums["taken_back"] + sums["lapsed"] + sums["spent"]
    value = Decimal(str(ctx.settings.loyalty_point_value))
    currency = ctx.settings.currency
    return PointSums(
        **{name: money.to_points(value) for name, value in sums.items()},
        balance=money.to_points(balance),
        point_value=value,
        worth=money.to_major(rules.worth(balance, value, money.exponent(currency)), currency),
        currency=currency,
    )


def list_months_of_points(ctx: Context) -> list[MonthOfPoints]:
    """What the caller earned, spent and lost in each of the last twelve months, this one the last.

    Months are those of the store's time zone. Points that came back count as earned, those taken
    back with a return as spent.

    Raises:
        LoyaltyNotEnabled: the store runs no programme.
    """
    customer_id = require_programme(ctx)
    zone = zone_of_store(ctx.settings)
    months = rules.last_months(ctx.now.astimezone(zone).date())
    begins = [datetime(day.year, day.month, 1, tzinfo=zone).astimezone(UTC) for day in months]
    created = col(LoyaltyActivity.created_at)
    place = case(
        *((created < begin, index) for index, begin in enumerate(begins[1:])),
        else_=len(begins) - 1,
    ).label("place")
    rows = ctx.db.execute(
        select(
            place,
            _sum(_IS_EARNED),
            _sum(~_IS_EARNED & ~_LAPSES),
            _sum(~_IS_EARNED & _LAPSES),
        )
        .where(col(LoyaltyActivity.customer_id) == customer_id, created >= begins[0])
        .group_by(place)
    )
    found = {int(row[0]): tuple(int(value) for value in row[1:]) for row in rows}
    sums = [found.get(index, (0, 0, 0)) for index in range(len(months))]
    most = max((max(earned, spent + lapsed) for earned, spent, lapsed in sums), default=0)
    return [_month(month, of_month, most) for month, of_month in zip(months, sums, strict=True)]


def _month(month: date, sums: tuple[int, ...], most: int) -> MonthOfPoints:
    earned, spent, lapsed = sums
    return MonthOfPoints(
        month=month,
        earned=money.to_points(earned),
        spent=money.to_points(spent),
        lapsed=money.to_points(lapsed),
        earned_height=rules.height(earned, most),
        spent_height=rules.height(spent, most),
        lapsed_height=rules.height(lapsed, most),
    )


def _credit_moves(customer_id: str) -> Any:
    """Movements of store credit: what orders used, and what the ledger has."""
    ledger = select(
        col(CreditActivity.id),
        col(CreditActivity.currency),
        col(CreditActivity.amount),
        col(CreditActivity.cause),
        col(CreditActivity.reference_number),
        col(CreditActivity.created_at),
    ).where(col(CreditActivity.customer_id) == customer_id)
    used = select(
        col(Order.id),
        col(Order.currency),
        -col(Order.credit_balance_used),
        literal("order"),
        col(Order.order_number),
        col(Order.order_date),
    ).where(col(Order.customer_id) == customer_id, col(Order.credit_balance_used) > 0)
    return union_all(ledger, used).subquery("moves")


def list_store_credit(ctx: Context) -> list[StoreCredit]:
    """The caller's store credit by currency: the balance, and how it came about, newest first."""
    moves = _credit_moves(ctx.customer_id)
    so_far = (
        func.sum(moves.c.amount)
        .over(partition_by=moves.c.currency, order_by=(moves.c.created_at, moves.c.id))
        .label("so_far")
    )
    running = select(moves.c.currency, moves.c.amount, so_far).subquery("running")
    sums = ctx.db.execute(
        select(
            running.c.currency,
            func.sum(running.c.amount),
            func.min(running.c.so_far),
        )
        .group_by(running.c.currency)
        .order_by(running.c.currency)
    ).all()
    return [
        _credit(ctx, moves, currency, rules.credit_balance(int(total), int(lowest)))
        for currency, total, lowest in sums
    ]


def _credit(ctx: Context, moves: Any, currency: str, balance: int) -> StoreCredit:
    latest: Select[Any] = (
        select(moves.c.amount, moves.c.cause, moves.c.reference_number, moves.c.created_at)
        .where(moves.c.currency == currency)
        .order_by(moves.c.created_at.desc(), moves.c.id.desc())
        .limit(SHOWN_CREDIT)
    )
    rows = ctx.db.execute(latest).all()
    shown = sum(row.amount for row in rows)
    return StoreCredit(
        currency=currency,
        balance=money.to_major(balance, currency),
        movements=[
            CreditMovement(
                amount=money.to_major(row.amount, currency),
                currency=currency,
                cause=row.cause,
                reference_number=row.reference_number,
                created_at=row.created_at,
            )
            for row in rows
        ],
        before=money.to_major(balance - shown, currency),
    )
