"""The ledger: every movement of points is a row, and changes the member's sums with it.

All of it runs in the caller's transaction. Whoever changes an order locks the order first and the
member's account, which these functions lock, after it.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from account_portal.context import Context
from account_portal.loyalty import rules
from account_portal.loyalty.schemas import Activity
from account_portal.models import (
    CreditActivity,
    LoyaltyAccount,
    LoyaltyActivity,
    Order,
)
from account_portal.notifications import mark_changed
from account_portal.states import ActivityType

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def membership_number_of(customer_id: str) -> str:
    """The number of a member, such as ``M-7K3M-9Q2D-0XWB``; it follows from the customer's id.

    So a customer has one before the first point is earned, and keeps it.
    """
    digest = int.from_bytes(hashlib.blake2b(customer_id.encode(), digest_size=8).digest(), "big")
    letters = "".join(_ALPHABET[digest >> shift & 31] for shift in range(0, 60, 5))
    return f"M-{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def lock_account(ctx: Context, customer_id: str) -> LoyaltyAccount:
    """The account of a customer, made at first use; other writers on it wait."""
    dialect = postgresql if ctx.db.get_bind().dialect.name == "postgresql" else sqlite
    ctx.db.execute(
        dialect.insert(LoyaltyAccount.__table__)  # type: ignore[attr-defined]
        .values(
            customer_id=customer_id,
            membership_number=membership_number_of(customer_id),
            earned=0,
            redeemed=0,
            bonus=0,
            savings=0,
            created_at=ctx.now,
            modified_at=ctx.now,
        )
        .on_conflict_do_nothing(index_elements=["customer_id"])
    )
    account: LoyaltyAccount = ctx.db.execute(
        select(LoyaltyAccount)
        .where(col(LoyaltyAccount.customer_id) == customer_id)
        .with_for_update()
    ).scalar_one()
    return account


def record_activity(
    ctx: Context,
    customer_id: str,
    *,
    activity_type: ActivityType,
    activity: Activity,
    loyalty_point: int,
    title: str,
    reference_number: str | None = None,
    remarks: str | None = None,
    spendable_at: datetime | None = None,
    savings: int = 0,
    savings_currency: str | None = None,
) -> LoyaltyActivity | None:
    """Write one movement and change the sums of the account with it.

    Args:
        ctx: the call whose transaction this is part of.
        customer_id: whose points; the account is made at first use.
        activity_type: earned or redeemed.
        activity: the cause.
        loyalty_point: hundredths of a point. More than the balance cannot be redeemed: what is
            there is taken, and the remarks say so.
        title: one line for the customer.
        reference_number: order number or other key of the cause.
        remarks: more for the customer.
        spendable_at: until then earned points can't be spent. On redeemed points: they are
            taken from those that wait until then.
        savings: minor units saved (or, negative, no longer saved) by spending points.
        savings_currency: what they are minor units of, the store's if left out. Savings in another
            currency are not counted: the account has one sum.

    Returns:
        The row, or nothing when no points moved.
    """
    account = lock_account(ctx, customer_id)
    moved = loyalty_point
    if activity_type is ActivityType.REDEEMED:
        moved = rules.points_taken(loyalty_point, account.earned - account.redeemed)
        if 0 < moved < loyalty_point:
            short = f"Only {_plain(moved)} of {_plain(loyalty_point)} points were there."
            remarks = f"{remarks} {short}" if remarks else short
    if moved <= 0:
        return None
    if activity_type is ActivityType.EARNED:
        account.earned += moved
        account.bonus += moved if activity == "bonus" else 0
    else:
        account.redeemed += moved
    if savings_currency in (None, ctx.settings.currency):
        account.savings = max(0, account.savings + savings)
    account.modified_at = ctx.now
    row = LoyaltyActivity(
        customer_id=customer_id,
        activity_type=activity_type,
        activity=activity,
        reference_number=reference_number,
        title=title,
        loyalty_point=moved,
        remarks=remarks[:500] if remarks else None,
        spendable_at=spendable_at,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.flush()
    mark_changed(ctx.db, [customer_id])
    return row


def _plain(hundredths: int) -> str:
    return f"{hundredths / 100:g}"


def give_back_points(
    ctx: Context,
    customer_id: str,
    *,
    activity: Activity,
    loyalty_point: int,
    reference_number: str,
    savings: int,
    savings_currency: str,
) -> LoyaltyActivity | None:
    """Give back points that were spent on an order which was cancelled or returned.

    Args:
        ctx: the call whose transaction this is part of.
        customer_id: whose points.
        activity: `order_cancelled` or `order_returned`.
        loyalty_point: hundredths of a point; none or less moves nothing.
        reference_number: the order.
        savings: minor units the points had paid.
        savings_currency: the order's.
    """
    if loyalty_point <= 0:
        return None
    return record_activity(
        ctx,
        customer_id,
        activity_type=ActivityType.EARNED,
        activity=activity,
        loyalty_point=loyalty_point,
        title=f"Points back for order {reference_number}",
        reference_number=reference_number,
        savings=-savings,
        savings_currency=savings_currency,
    )


def take_back_points(
    ctx: Context,
    customer_id: str,
    *,
    activity: Activity,
    loyalty_point: int,
    reference_number: str,
    spendable_at: datetime | None = None,
) -> LoyaltyActivity | None:
    """Take back points that were earned with an order which was cancelled or returned.

    Args:
        ctx: the call whose transaction this is part of.
        customer_id: whose points.
        activity: `order_cancelled` or `order_returned`.
        loyalty_point: hundredths of a point; if the balance holds less, what is there is taken.
        reference_number: the order.
        spendable_at: until when the taken points would have waited.
    """
    if loyalty_point <= 0:
        return None
    return record_activity(
        ctx,
        customer_id,
        activity_type=ActivityType.REDEEMED,
        activity=activity,
        loyalty_point=loyalty_point,
        title=f"Points of order {reference_number} taken back",
        reference_number=reference_number,
        spendable_at=spendable_at,
    )


def give_back_credit(
    ctx: Context, order: Order, amount: int, *, activity: Activity
) -> CreditActivity | None:
    """Give back store credit that was spent on an order; `amount` in its minor units."""
    if amount <= 0:
        return None
    row = CreditActivity(
        customer_id=order.customer_id,
        currency=order.currency,
        amount=amount,
        cause=activity,
        reference_number=order.order_number,
        created_at=ctx.now,
    )
    ctx.db.add(row)
    return row
