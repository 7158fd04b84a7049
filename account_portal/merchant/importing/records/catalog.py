"""Products, and what customers say of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from account_portal.core.links import Picture
from account_portal.merchant.importing.fields import (
    Amount,
    Currency,
    Key,
    Moment,
    OrderNumber,
    Record,
)
from account_portal.merchant.importing.records.customers import OfCustomer
from account_portal.states import (
    ReviewStatus,
)


class ProductRecord(Record):
    """A product; `product_id` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {"name": 255, "slug": 255}

    type: Literal["product"] = "product"
    product_id: Key
    name: str = Field(min_length=1)
    slug: str | None = None
    image_url: Picture | None = None
    product_type: Literal["physical", "digital", "bundle"] = "physical"
    currency: Currency | None = None
    selling_price: Amount = Decimal(0)
    listing_price: Amount | None = None
    is_active: bool = True


class ReviewRecord(OfCustomer):
    """A review; customer and product are its natural key."""

    FORMLESS: ClassVar[frozenset[str]] = frozenset({"tags"})

    type: Literal["review"] = "review"
    product_id: Key
    order_number: OrderNumber | None = None
    status: ReviewStatus = ReviewStatus.APPROVED
    rating: Annotated[Decimal, Field(ge=1, le=5, multiple_of=Decimal("0.5"))]
    review_text: str = Field(default="", max_length=10_000)
    review_date: Moment
    tags: list[Annotated[str, StringConstraints(max_length=50)]] = Field(
        default_factory=list, max_length=20
    )
