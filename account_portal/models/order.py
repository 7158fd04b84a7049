"""Orders and what follows them. Amounts are minor units of the order's currency, points 1/100."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from account_portal.core.db import JsonType, Minor, UtcDateTime
from account_portal.models.base import Identified, Stamped


class Order(Identified, Stamped, table=True):
    """An order. `orders.service.store_order` is the only place that writes one."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_customer_date", "customer_id", "order_date", "order_number"),
        Index(
            "ix_orders_customer_status_date",
            "customer_id",
            "status",
            "order_date",
            "order_number",
        ),
        Index("ix_orders_status_completes_at", "status", "completes_at"),
        Index(
            "ix_orders_customer_id_credit",
            "customer_id",
            sqlite_where=text("credit_balance_used > 0"),
            postgresql_where=text("credit_balance_used > 0"),
        ),
        Index(
            "ix_orders_delivered_at",
            "delivered_at",
            "id",
            sqlite_where=text("delivered_at IS NOT NULL"),
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
        CheckConstraint("grand_total >= 0", name="grand_total_not_negative"),
    )

    customer_id: str = Field(max_length=26)
    order_number: str = Field(max_length=40, unique=True)
    order_date: datetime = Field(sa_type=UtcDateTime)
    status: str = Field(max_length=30)
    payment_status: str = Field(max_length=20)
    payment_success_date: datetime | None = Field(default=None, sa_type=UtcDateTime)
    currency: str = Field(max_length=3)

    customer_email: str | None = Field(default=None, max_length=254)
    customer_phone: str | None = Field(default=None, max_length=40)
    customer_note: str | None = Field(default=None, sa_type=Text)
    customer_groups: list[str] = Field(
        default_factory=list,
        sa_type=JsonType,
        description="Of the shop's groups, those the customer was in when it was ordered.",
    )
    coupon_code: str | None = Field(default=None, max_length=100)
    applied_promotions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonType)
    applied_coupons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonType)
    extra: dict[str, str] | None = Field(
        default=None, sa_type=JsonType, description="`metadata` of the contract."
    )

    promotion_discount_amount: int = Field(default=0, sa_type=Minor)
    coupon_discount_amount: int = Field(default=0, sa_type=Minor)
    promotion_savings: int = Field(default=0, sa_type=Minor)
    coupon_savings: int = Field(default=0, sa_type=Minor)
    other_savings: int = Field(default=0, sa_type=Minor)
    subtotal: int = Field(
        default=0, sa_type=Minor, description="Items less discounts, without tax."
    )
    item_total_tax: int = Field(default=0, sa_type=Minor)
    shipping_estimated_cost: int = Field(default=0, sa_type=Minor)
    shipping_discount_amount: int = Field(default=0, sa_type=Minor)
    shipping_amount: int = Field(default=0, sa_type=Minor)
    shipping_tax_rate: int = Field(default=0, description="Hundredths of a per cent.")
    shipping_tax_amount: int = Field(default=0, sa_type=Minor)
    handling_charge_excluding_tax: int = Field(default=0, sa_type=Minor)
    handling_charge_tax_amount: int = Field(default=0, sa_type=Minor)
    grand_total: int = Field(default=0, sa_type=Minor)
    loyalty_point_earned: int = Field(
        default=0, sa_type=Minor, description="Hundredths of a point."
    )
    loyalty_point_redeemed: int = Field(
        default=0, sa_type=Minor, description="Hundredths of a point."
    )
    loyalty_amount: int = Field(
        default=0, sa_type=Minor, description="What the redeemed points paid."
    )
    credit_balance_used: int = Field(default=0, sa_type=Minor)

    shipping_provider_id: str | None = Field(default=None, max_length=64)
    courier_company_id: str | None = Field(default=None, max_length=64)
    on_subscription: bool = False
    billing_address_id: str | None = Field(
        default=None, foreign_key="address_copies.id", max_length=26
    )
    shipping_address_id: str | None = Field(
        default=None, foreign_key="address_copies.id", max_length=26
    )
    replaces_return_id: str | None = Field(
        default=None,
        max_length=26,
        description="Return request this order replaces goods of.",
    )
    replaces_claim_id: str | None = Field(
        default=None, max_length=26, description="Claim this order replaces goods of."
    )

    cancellation_reason: str | None = Field(default=None, max_length=500)
    feedback: str | None = Field(default=None, max_length=1000)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancellation_charge: int = Field(
        default=0, sa_type=Minor, description="What the shop keeps of it by its policy."
    )
    delivered_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When the last parcel arrived."
    )
    completes_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="When the return window closes."
    )


class OrderLine(Identified, table=True):
    """One line; a copy of the product as it was sold."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "sku"),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
    )

    order_id: str = Field(foreign_key="orders.id", max_length=26)
    position: int
    product_id: str = Field(max_length=64)
    product_name: str = Field(max_length=255)
    product_image_url: str | None = Field(default=None, max_length=1000)
    product_type: str = Field(default="physical", max_length=10)
    download_url: str | None = Field(
        default=None, max_length=1000, description="Where the shop keeps the file of the line."
    )
    category: str | None = Field(default=None, max_length=64)
    tags: list[str] = Field(default_factory=list, sa_type=JsonType)
    sku: str = Field(max_length=64)
    twin_of: str | None = Field(
        default=None,
        max_length=64,
        description="Sku it was sold under, when an earlier line of the order has that one.",
    )
    slug: str = Field(default="", max_length=255)
    variant_id: str | None = Field(default=None, max_length=64)
    variant_name: str | None = Field(default=None, max_length=255)
    backorder: bool = False
    on_offer: bool = False
    on_promotion: bool = False
    on_subscription: bool = False
    subscription_plan: str | None = Field(default=None, max_length=100)
    subscription_interval: int | None = None
    subscription_frequency: str | None = Field(default=None, max_length=20)
    quantity: int
    free_quantity: int = Field(default=0, description="Units of `quantity` that cost nothing.")
    is_free_item: bool = False
    price_including_tax: bool = True
    selling_price: int = Field(sa_type=Minor, description="Per unit.")
    listing_price: int = Field(sa_type=Minor, description="Per unit.")
    selling_price_excluding_tax: int = Field(default=0, sa_type=Minor, description="Per unit.")
    promotion_discount_amount: int = Field(default=0, sa_type=Minor, description="For the line.")
    coupon_discount_amount: int = Field(default=0, sa_type=Minor, description="For the line.")
    tax_type: str = Field(default="", max_length=20)
    tax_rate: int = Field(default=0, description="Hundredths of a per cent.")
    tax_amount: int = Field(default=0, sa_type=Minor, description="For the line.")
    line_total: int = Field(
        sa_type=Minor, default=0, description="What the line cost after discounts, tax included."
    )
    shipping_additional_cost: int = Field(default=0, sa_type=Minor)
    associated_options: dict[str, Any] | None = Field(default=None, sa_type=JsonType)


class Shipment(Identified, Stamped, table=True):
    """A parcel of an order."""

    __tablename__ = "shipments"
    __table_args__ = (
        Index("ix_shipments_modified_at", "modified_at", "id"),
        Index("ix_shipments_status", "status", "id"),
        Index("ix_shipments_status_modified_at", "status", "modified_at", "id"),
        Index("ix_shipments_order_id_created_at", "order_id", "created_at", "id"),
        Index(
            "ix_shipments_eta_delivery",
            "eta_delivery",
            "id",
            sqlite_where=text("delivered_date IS NULL"),
            postgresql_where=text("delivered_date IS NULL"),
        ),
    )

    order_id: str = Field(foreign_key="orders.id", max_length=26)
    reference_number: str = Field(max_length=64, unique=True)
    status: str = Field(max_length=30)
    total_weight: int = Field(default=0, sa_type=Minor, description="Grams.")
    total_boxes: int = 1
    shipping_amount: int = Field(default=0, sa_type=Minor)
    shipping_tax_amount: int = Field(default=0, sa_type=Minor)
    courier_company_name: str | None = Field(default=None, max_length=100)
    shipping_label_url: str | None = Field(default=None, max_length=1000)
    awb_no: str | None = Field(default=None, max_length=64)
    tracking_url: str | None = Field(default=None, max_length=1000)
    eta_delivery: str | None = Field(default=None, max_length=40)
    packed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shipped_date: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_date: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancellation_reason: str | None = Field(default=None, max_length=500)


class ShipmentItem(Identified, table=True):
    """How many units of a line are in a parcel."""

    __tablename__ = "shipment_items"
    __table_args__ = (
        UniqueConstraint("shipment_id", "line_id"),
        CheckConstraint(
            "quantity >= 1 AND free_quantity BETWEEN 0 AND quantity", name="units_add_up"
        ),
    )

    shipment_id: str = Field(foreign_key="shipments.id", max_length=26)
    line_id: str = Field(foreign_key="order_lines.id", max_length=26, index=True)
    quantity: int
    free_quantity: int = 0
    written_off: int | None = Field(
        default=None,
        sa_type=Minor,
        description="What the units cost, tax included, once they are refunded because they never "
        "came; none: they arrived, are on their way or may be sent again.",
    )


class ShipmentEvent(Identified, table=True):
    """One step of a parcel's way."""

    __tablename__ = "shipment_events"
    __table_args__ = (
        Index(
            "ix_shipment_events_shipment_id_happened_at",
            "shipment_id",
            "happened_at",
            "id",
        ),
    )

    shipment_id: str = Field(foreign_key="shipments.id", max_length=26)
    status: str = Field(max_length=30)
    text: str = Field(max_length=300)
    place: str | None = Field(default=None, max_length=150)
    happened_at: datetime = Field(sa_type=UtcDateTime)


class OrderDocument(SQLModel, table=True):
    """An order in the contract's shape, written with it: what lists and details are served from.

    `orders.service.documents` is the only place that writes one. What may be done with the order is
    added when it is read. Its state holds until `valid_until`, when the last return window closes;
    whoever reads it later derives it anew first.
    """

    __tablename__ = "order_documents"
    __table_args__ = (
        Index("ix_order_documents_changed_at", "changed_at", "order_id"),
        Index("ix_order_documents_status", "status", "order_id"),
        Index("ix_order_documents_status_changed_at", "status", "changed_at", "order_id"),
        Index(
            "ix_order_documents_customer_id_valid_until",
            "customer_id",
            "valid_until",
            sqlite_where=text("valid_until IS NOT NULL"),
            postgresql_where=text("valid_until IS NOT NULL"),
        ),
    )

    order_id: str = Field(primary_key=True, foreign_key="orders.id", max_length=26)
    customer_id: str = Field(max_length=26)
    order_number: str = Field(max_length=40, unique=True)
    status: str = Field(max_length=30, description="State the order is counted under.")
    summary: str = Field(sa_type=Text, description="`OrderList` as JSON.")
    detail: str = Field(
        sa_type=Text, description="`OrderDetail` as JSON, without what may be done with it now."
    )
    facts: str | None = Field(
        default=None,
        sa_type=Text,
        description="What the order's tables say, as far as what may be done with it is worked out "
        "from it, as JSON; none: it was not kept yet.",
    )
    changed_at: datetime = Field(
        sa_type=UtcDateTime,
        description="When anything of the order changed last: what whoever follows orders goes by.",
    )
    valid_until: datetime | None = Field(
        default=None,
        sa_type=UtcDateTime,
        index=True,
        description="When its state may end: whoever reads it later derives it anew first.",
    )
    search: str = Field(default="", sa_type=Text, description="Number and names, folded.")
    awaits_payment: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="Whether money is to come before goods are sent.",
    )
    refunds: str | None = Field(
        default=None,
        sa_type=Text,
        description="State and amount of its refunds by number, as JSON: what was last told of "
        "them, as no customer reads them in the documents.",
    )


class OrderCount(SQLModel, table=True):
    """How many orders of a state a customer has, so that a list never counts rows."""

    __tablename__ = "order_counts"

    customer_id: str = Field(primary_key=True, max_length=26)
    status: str = Field(primary_key=True, max_length=30)
    count: int
