"""What the store sells, as far as the account area needs it."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from account_portal.core.db import Minor, UtcDateTime
from account_portal.models.base import Stamped


class Product(Stamped, table=True):
    """A product that can be reviewed. Orders keep their own copy of what was sold."""

    __tablename__ = "products"

    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=255)
    slug: str = Field(max_length=255)
    image_url: str | None = Field(default=None, max_length=1000)
    product_type: str = Field(default="physical", max_length=10)
    currency: str = Field(max_length=3)
    selling_price: int = Field(sa_type=Minor, description="Minor units.")
    listing_price: int = Field(sa_type=Minor, description="Minor units.")
    is_active: bool = True
    rating_sum: int = Field(
        default=0, sa_type=Minor, description="Half stars over approved reviews."
    )
    rating_count: int = 0


class Purchase(SQLModel, table=True):
    """A product a customer received, with the latest such order: who may review what."""

    __tablename__ = "purchases"

    customer_id: str = Field(primary_key=True, max_length=26)
    product_id: str = Field(primary_key=True, max_length=64)
    order_id: str = Field(foreign_key="orders.id", max_length=26, index=True)
    order_number: str = Field(max_length=40)
    order_date: datetime = Field(sa_type=UtcDateTime)
    product_name: str = Field(max_length=255)
    product_image_url: str | None = Field(default=None, max_length=1000)
    currency: str = Field(max_length=3)
    selling_price: int = Field(sa_type=Minor)
    listing_price: int = Field(sa_type=Minor)
