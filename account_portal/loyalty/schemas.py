"""What the loyalty calls take and show; names are the contract's."""

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from account_portal.core.errors import InvalidInput
from account_portal.core.pagination import Direction, PageParams, parse_sort
from account_portal.core.schemas import Amount, Moment, View

SORT_FIELDS = ("created_at", "loyalty_point", "activity_type")

Activity = Literal[
    "order",
    "cart",
    "order_cancelled",
    "order_returned",
    "signup",
    "review",
    "bonus",
    "expiry",
    "adjustment",
]
"""Causes of a movement that this code writes; an import may bring others."""


class LoyaltyQuery(PageParams):
    """Which movements, in which order."""

    sort_by: str = Field(
        default='{"created_at":"desc"}',
        max_length=500,
        description="JSON object as text, field to `asc` or `desc`. "
        f"Fields: {', '.join(SORT_FIELDS)}.",
        json_schema_extra={
            "contentMediaType": "application/json",
            "example": '{"created_at":"desc"}',
        },
    )

    @field_validator("sort_by")
    @classmethod
    def _sortable(cls, value: str) -> str:
        try:
            parse_sort(value, SORT_FIELDS)
        except InvalidInput as error:
            raise ValueError(error.fields["sort_by"][0]) from None
        return value

    @property
    def sort(self) -> list[tuple[str, Direction]]:
        """Fields to sort by, heaviest first."""
        return parse_sort(self.sort_by, SORT_FIELDS)


class CustomerLoyalty(View):
    """Where a member stands. All points are whole points with up to two decimals."""

    membership_number: str
    loyalty_tier: str | None
    loyalty_point_earned: Amount = Field(description="Sum of all earned rows.")
    loyalty_point_redeemed: Amount = Field(description="Sum of all redeemed rows, lapses included.")
    loyalty_point_balance: Amount = Field(description="Earned less redeemed.")
    loyalty_point_redeemable: Amount = Field(
        description="Part of the balance that may be spent today."
    )
    loyalty_point_bonus_accrued: Amount
    date_of_reset: Moment | None = None
    total_savings: Amount


class LoyaltyDetails(View):
    """The loyalty state, and its balance once more."""

    loyalty: CustomerLoyalty
    loyalty_point_balance: Amount = Field(description="Same figure as inside `loyalty`.")


class LoyaltyPointActivity(View):
    """One movement of points."""

    activity_type: Literal["earned", "redeemed"]
    activity: str = Field(
        description="Cause. Known values: order, cart, order_cancelled, order_returned, signup, "
        "review, bonus, expiry, adjustment.",
        examples=["order"],
    )
    reference_number: str | None = Field(description="Order number or other key of the cause.")
    title: str
    loyalty_point: Amount = Field(
        description="Always positive; `activity_type` gives the sign.",
        json_schema_extra={"exclusiveMinimum": 0},
    )
    remarks: str | None
    created_at: Moment
    modified_at: Moment


class TierProgress(View):
    """The way to the next tier."""

    tier: str | None = Field(description="None: below the first tier, or the store has none.")
    tier_points: Amount = Field(description="Points that count for the tier.")
    tier_begins_at: Amount
    next_tier: str | None = Field(description="None: already in the highest.")
    next_tier_begins_at: Amount | None
    points_missing: Amount = Field(description="Zero in the highest tier.")
    percent: int = Field(ge=0, le=100, description="How far between this tier and the next.")
    benefits: list[str] = Field(description="What the tier brings, in the store's words.")
    next_benefits: list[str] = Field(description="What the next tier brings.")


class WaitingPoints(View):
    """Points that belong to the balance and can be spent from a moment on."""

    points: Amount
    spendable_at: Moment


class PointSums(View):
    """What a balance is made of: earned and given back, less the other three."""

    earned: Amount
    given_back: Amount = Field(description="Of orders that were cancelled or came back.")
    spent: Amount
    taken_back: Amount = Field(description="Of orders that were cancelled or came back.")
    lapsed: Amount
    balance: Amount
    point_value: Amount = Field(description="What one point is worth, in major units.")
    worth: Amount = Field(description="What the balance is worth, in major units.")
    currency: str


class MonthOfPoints(View):
    """Movements of a month, and how high their columns stand beside the highest one."""

    month: date = Field(description="Its first day.")
    earned: Amount
    spent: Amount
    lapsed: Amount
    earned_height: int = Field(ge=0, le=100, description="Per cent of the highest column.")
    spent_height: int = Field(ge=0, le=100)
    lapsed_height: int = Field(ge=0, le=100)


class CreditMovement(View):
    """One movement of store credit."""

    amount: Amount = Field(description="Negative when it was used.")
    currency: str
    cause: str = Field(description="`order`, `order_cancelled`, `order_returned`, `gift_card`.")
    reference_number: str | None
    created_at: Moment


class StoreCredit(View):
    """Store credit in one currency. Movements shown and `before` add up to the balance."""

    currency: str
    balance: Amount
    movements: list[CreditMovement] = Field(description="The latest, newest first.")
    before: Amount = Field(
        description="What there was before the movements shown. An order that used credit nobody "
        "had told us of had it before."
    )
