"""What only the shop does with points."""

from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.loyalty.schemas import Activity
from account_portal.loyalty.service.ledger import record_activity
from account_portal.models import LoyaltyActivity, User
from account_portal.states import ActivityType

_TITLES: dict[Activity, str] = {
    "bonus": "Bonus points",
    "signup": "Welcome points",
    "review": "Points for a review",
    "adjustment": "Points added by the store",
}


def _hundredths(points: Decimal) -> int:
    if not points.is_finite() or points <= 0 or points > 10_000_000:
        raise InvalidInput(points="must be more than 0 and at most 10000000")
    return money.round_half_up(points * money.POINT_SCALE)


def _customer(ctx: Context, customer: str) -> str:
    """The customer of an e-mail address or id."""
    is_them = (
        col(User.email) == customer.lower()
        if "@" in customer
        else col(User.customer_id) == customer
    )
    found: str | None = ctx.db.execute(
        select(col(User.customer_id)).where(is_them).limit(1)
    ).scalar()
    if found is None:
        raise NotFound(f"There is no customer {customer}.")
    return found


def grant_points(
    ctx: Context,
    customer: str,
    points: Decimal,
    *,
    remarks: str | None = None,
    activity: Activity = "bonus",
    reference_number: str | None = None,
) -> LoyaltyActivity | None:
    """Give points to a customer, to be spent at once.

    Args:
        ctx: the shop's call.
        customer: e-mail address or customer id.
        points: whole points with up to two decimals.
        remarks: a word to the customer.
        activity: `bonus`, `signup`, `review` or `adjustment`.
        reference_number: key of the cause, if there is one.

    Raises:
        Forbidden: the caller is not the shop.
        NotFound: no such customer.
        InvalidInput: the points are no amount.
    """
    ctx.require_shop()
    return record_activity(
        ctx,
        _customer(ctx, customer),
        activity_type=ActivityType.EARNED,
        activity=activity,
        loyalty_point=_hundredths(points),
        title=_TITLES.get(activity, "Points from the store"),
        reference_number=reference_number,
        remarks=remarks,
    )


def expire_points(
    ctx: Context, customer: str, points: Decimal, *, remarks: str | None = None
) -> LoyaltyActivity | None:
    """Let points of a customer lapse; if the balance holds fewer, those.

    Raises:
        Forbidden: the caller is not the shop.
        NotFound: no such customer.
        InvalidInput: the points are no amount.
    """
    ctx.require_shop()
    return record_activity(
        ctx,
        _customer(ctx, customer),
        activity_type=ActivityType.REDEEMED,
        activity="expiry",
        loyalty_point=_hundredths(points),
        title="Points expired",
        remarks=remarks,
    )
