"""Points and subscriptions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator

from account_portal.merchant.importing.fields import (
    Count,
    Key,
    Moment,
    Sku,
    is_order_number,
)
from account_portal.merchant.importing.records.customers import OfCustomer, SavedAddressRecord
from account_portal.states import (
    ActivityType,
    SubscriptionStatus,
)


class LoyaltyRecord(OfCustomer):
    """A movement of points; `external_id` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "activity": 30,
        "reference_number": 64,
        "title": 150,
        "remarks": 500,
    }

    type: Literal["loyalty_activity"] = "loyalty_activity"
    external_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    activity_type: ActivityType
    activity: str = "adjustment"
    reference_number: str | None = None
    title: str | None = None
    loyalty_point: Annotated[Decimal, Field(gt=0, le=10**9)]
    remarks: str | None = None
    spendable_at: Moment | None = None
    created_at: Moment

    @field_validator("reference_number")
    @classmethod
    def _as_order_number(cls, text: str | None) -> str | None:
        """An order is named as its record names it, without a leading ``#``."""
        number = text.removeprefix("#") if text else ""
        return number if is_order_number(number) else text


class SubscriptionRecord(OfCustomer):
    """A repeating delivery; `subscription_number` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {"plan": 100, "frequency": 20}

    type: Literal["subscription"] = "subscription"
    subscription_number: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    product_id: Key
    sku: Sku | None = None
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    plan: str = ""
    interval: Annotated[int, Field(ge=1, le=1000)] = 1
    frequency: Literal["day", "week", "month", "year"] = "month"
    quantity: Count = 1
    next_date: Moment | None = None
    shipping_address: SavedAddressRecord | None = None
    billing_address: SavedAddressRecord | None = None
    created_at: Moment | None = None
