"""Promotions and coupons of an order; what the API answers always has what the contract asks."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from account_portal.merchant.importing.fields import Amount, Record


def _hyphened(value: Any) -> Any:
    """`Buy X Get Y` and `buy_x_get_y` are `buy-x-get-y`."""
    return re.sub(r"[\s_-]+", "-", value.strip().lower()) if isinstance(value, str) else value


class _Applied(Record):
    savings: Amount
    product_id: str | None = None
    variant_id: str | None = None
    product_name: str | None = None
    variant_name: str | None = None


class PromotionRecord(_Applied):
    """A promotion that lowered the price of an order."""

    promotion_id: str = Field(min_length=1)
    promotion_type: Annotated[
        Literal["discount", "free-goods", "free-shipping", "buy-x-get-y", "volume-based"],
        BeforeValidator(_hyphened),
    ]
    applied_sequence: int = 0
    scope: str = ""


class CouponRecord(_Applied):
    """A coupon the customer entered."""

    coupon_id: str = Field(min_length=1)
    coupon_type: Annotated[
        Literal[
            "discount",
            "free-goods",
            "fixed-price",
            "free-shipping",
            "buy-x-get-y",
            "volume-based",
            "accelerated-rewards",
        ],
        BeforeValidator(_hyphened),
    ]


def _as_told(record: _Applied) -> dict[str, Any]:
    """What is kept of it: a JSON object without what was left out."""
    return {**record.model_dump(exclude_unset=True), "savings": float(record.savings)}


def _as_it_is(value: Any) -> Any:
    return value


AppliedPromotion = Annotated[
    PromotionRecord, AfterValidator(_as_told), PlainSerializer(_as_it_is, return_type=Any)
]
AppliedCoupon = Annotated[
    CouponRecord, AfterValidator(_as_told), PlainSerializer(_as_it_is, return_type=Any)
]
