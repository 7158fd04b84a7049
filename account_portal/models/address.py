"""The address book, and the copies that orders and returns keep."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from account_portal.core.db import UtcDateTime
from account_portal.models.base import Identified, Stamped


class AddressFields(SQLModel):
    """Columns of a saved address; the input and the view declare the same names."""

    first_name: str = Field(max_length=100)
    last_name: str | None = Field(default=None, max_length=100)
    country_code: str = Field(default="+91", max_length=5)
    phone: str = Field(max_length=14)
    email: str = Field(max_length=254)
    address_line1: str = Field(max_length=255)
    address_line2: str | None = Field(default=None, max_length=255)
    landmark: str | None = Field(default=None, max_length=255)
    delivery_instructions: str | None = Field(default=None, max_length=255)
    pincode: str = Field(default="", max_length=12)
    city: str = Field(max_length=100)
    state: str = Field(default="", max_length=100)
    country: str = Field(max_length=60)
    tax_identification_number: str | None = Field(default=None, max_length=32)
    business_name: str | None = Field(default=None, max_length=150)


class Address(AddressFields, Identified, Stamped, table=True):
    """An address a customer saved."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index("ix_addresses_customer_id_modified_at", "customer_id", "modified_at", "id"),
        # The database itself refuses a second default, however requests race.
        Index(
            "uq_addresses_default_billing",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default_billing"),
            postgresql_where=text("is_default_billing"),
        ),
        Index(
            "uq_addresses_default_shipping",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default_shipping"),
            postgresql_where=text("is_default_shipping"),
        ),
    )

    customer_id: str = Field(max_length=26)
    nickname: str | None = Field(default=None, max_length=50)
    is_default_billing: bool = False
    is_default_shipping: bool = False


class AddressCopy(Identified, table=True):
    """An address as it stood when an order or return was made; history is kept as it was."""

    __tablename__ = "address_copies"

    address_id: str | None = Field(
        default=None,
        max_length=26,
        description="Saved address it was copied from, if any.",
    )
    first_name: str = Field(max_length=200)
    last_name: str | None = Field(default=None, max_length=100)
    country_code: str | None = Field(default=None, max_length=5)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    address_line1: str = Field(max_length=255)
    address_line2: str | None = Field(default=None, max_length=255)
    landmark: str | None = Field(default=None, max_length=255)
    delivery_instructions: str | None = Field(default=None, max_length=255)
    pincode: str = Field(default="", max_length=20)
    city: str = Field(default="", max_length=100)
    state: str = Field(default="", max_length=100)
    country: str = Field(default="", max_length=60)
    tax_identification_number: str | None = Field(default=None, max_length=32)
    business_name: str | None = Field(default=None, max_length=150)


class Subscription(Identified, Stamped, table=True):
    """A repeating delivery; while it lives, its addresses can't be deleted."""

    __tablename__ = "subscriptions"

    customer_id: str = Field(max_length=26, index=True)
    subscription_number: str = Field(max_length=40, unique=True)
    product_id: str = Field(max_length=64)
    sku: str = Field(max_length=64)
    status: str = Field(max_length=12)
    plan: str = Field(max_length=100)
    interval: int = Field(description="How many units of `frequency` lie between deliveries.")
    frequency: str = Field(max_length=20, description="day, week, month, year")
    quantity: int = 1
    next_date: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shipping_address_id: str | None = Field(
        default=None, foreign_key="addresses.id", index=True, max_length=26
    )
    billing_address_id: str | None = Field(
        default=None, foreign_key="addresses.id", index=True, max_length=26
    )
