"""The records of an import, as `docs/importing.md` describes them.

The command `import` and the merchant API take the same.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from account_portal.core import money
from account_portal.merchant.importing.fields import (
    Amount,
    Count,
    CountOrNone,
    Currency,
    Key,
    Moment,
    OrderNumber,
    Record,
    Sku,
)
from account_portal.models.states import (
    ActivityType,
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ReviewStatus,
    ShipmentStatus,
    SubscriptionStatus,
    TransactionStatus,
)


class AddressRecord(Record):
    """An address as it stood; nothing in it is required."""

    CUT: ClassVar[Mapping[str, int]] = {
        "first_name": 200,
        "last_name": 100,
        "country_code": 5,
        "phone": 40,
        "email": 254,
        "address_line1": 255,
        "address_line2": 255,
        "landmark": 255,
        "pincode": 20,
        "city": 100,
        "state": 100,
        "country": 60,
        "tax_identification_number": 32,
        "business_name": 150,
        "nickname": 50,
    }

    first_name: str = ""
    last_name: str | None = None
    country_code: str | None = None
    phone: str | None = None
    email: str | None = None
    address_line1: str = ""
    address_line2: str | None = None
    landmark: str | None = None
    pincode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    tax_identification_number: str | None = None
    business_name: str | None = None


class SavedAddressRecord(AddressRecord):
    """An address of a customer's address book."""

    nickname: str | None = None
    is_default_billing: bool = False
    is_default_shipping: bool = False


class ProductRecord(Record):
    """A product; `product_id` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {"name": 255, "slug": 255, "image_url": 1000}

    type: Literal["product"] = "product"
    product_id: Key
    name: str = Field(min_length=1)
    slug: str | None = None
    image_url: str | None = None
    product_type: Literal["physical", "digital", "bundle"] = "physical"
    currency: Currency | None = None
    selling_price: Amount = Decimal(0)
    listing_price: Amount | None = None
    is_active: bool = True


Email = Annotated[
    str, StringConstraints(to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
]


class CustomerRecord(Record):
    """A customer; `external_id` is the natural key, or else the e-mail address."""

    CUT: ClassVar[Mapping[str, int]] = {"first_name": 100, "last_name": 100, "phone": 40}

    type: Literal["customer"] = "customer"
    external_id: Key | None = None
    email: Email | None = None
    is_email_verified: bool = False
    country_code: str | None = None
    phone: str | None = None
    is_phone_verified: bool = False
    first_name: str | None = None
    last_name: str | None = None
    customer_group_id: Key | None = None
    password_hash: str | None = Field(default=None, max_length=255)
    accepts_marketing: bool | None = None
    addresses: list[SavedAddressRecord] = Field(default_factory=list, max_length=50)
    created_at: Moment | None = None

    @model_validator(mode="after")
    def _has_key(self) -> "CustomerRecord":
        if self.external_id is None and self.email is None:
            raise ValueError("needs external_id or email")
        return self


class OfCustomer(Record):
    """Something of a customer, named by the shop's own id or by e-mail address."""

    customer_id: Key | None = None
    customer_email: Email | None = None

    @model_validator(mode="after")
    def _has_customer(self) -> "OfCustomer":
        if self.customer_id is None and self.customer_email is None:
            raise ValueError("needs customer_id or customer_email")
        return self


class LineRecord(Record):
    """One line of an order, as it was sold."""

    CUT: ClassVar[Mapping[str, int]] = {
        "product_name": 255,
        "product_image_url": 1000,
        "slug": 255,
        "variant_id": 64,
        "variant_name": 255,
        "subscription_plan": 100,
        "subscription_frequency": 20,
        "tax_type": 20,
    }

    FORMLESS: ClassVar[frozenset[str]] = frozenset({"associated_options"})

    sku: Sku | None = None
    product_id: Key | None = None
    product_name: str | None = None
    product_image_url: str | None = None
    product_type: Literal["physical", "digital", "bundle"] = "physical"
    slug: str = ""
    variant_id: str | None = None
    variant_name: str | None = None
    backorder: bool = False
    on_offer: bool = False
    on_promotion: bool = False
    on_subscription: bool = False
    subscription_plan: str | None = None
    subscription_interval: int | None = None
    subscription_frequency: str | None = None
    quantity: Count = 1
    free_quantity: CountOrNone = 0
    price_including_tax: bool = True
    selling_price: Amount
    listing_price: Amount | None = None
    promotion_discount_amount: Amount = Decimal(0)
    coupon_discount_amount: Amount = Decimal(0)
    tax_type: str = ""
    tax_rate: Amount = Decimal(0)
    tax_amount: Amount | None = None
    line_total: Amount | None = None
    shipping_additional_cost: Amount = Decimal(0)
    associated_options: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _has_name(self) -> "LineRecord":
        if self.sku is None and self.product_id is None and self.product_name is None:
            raise ValueError("needs sku, product_id or product_name")
        if self.free_quantity > self.quantity:
            raise ValueError("free_quantity must be at most quantity")
        return self


class UnitsRecord(Record):
    """Units of a line in a parcel."""

    sku: Sku
    quantity: Count
    free_quantity: CountOrNone = 0


class EventRecord(Record):
    """One step of a parcel's way."""

    CUT: ClassVar[Mapping[str, int]] = {"text": 300, "place": 150}

    status: ShipmentStatus
    text: str = ""
    place: str | None = None
    happened_at: Moment


class ShipmentPart(Record):
    """A parcel inside its order; `reference_number` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "courier_company_name": 100,
        "shipping_label_url": 1000,
        "awb_no": 64,
        "tracking_url": 1000,
        "eta_delivery": 40,
        "cancellation_reason": 500,
    }

    reference_number: Key
    status: ShipmentStatus = ShipmentStatus.SHIPPED
    items: list[UnitsRecord] | None = None
    events: list[EventRecord] = Field(default_factory=list)
    total_weight: Amount = Decimal(0)
    total_boxes: CountOrNone = 1
    shipping_amount: Amount = Decimal(0)
    shipping_tax_amount: Amount = Decimal(0)
    courier_company_name: str | None = None
    shipping_label_url: str | None = None
    awb_no: str | None = None
    tracking_url: str | None = None
    eta_delivery: str | None = None
    packed_at: Moment | None = None
    shipped_date: Moment | None = None
    delivered_date: Moment | None = None
    cancellation_reason: str | None = None
    created_at: Moment | None = None


class PaymentPart(Record):
    """An attempt to pay inside its order; `request_number` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "payment_reference_number": 100,
        "payment_method": 60,
        "payment_gateway": 32,
        "icon_url": 1000,
        "card_number": 40,
        "bank_name": 150,
        "upi_id": 100,
        "wallet_name": 60,
        "bank_account_number": 40,
    }

    request_number: Key
    amount: Amount
    payment_status: TransactionStatus = TransactionStatus.SUCCESS
    payment_date: Moment | None = None
    payment_reference_number: str | None = None
    payment_method: str | None = None
    payment_gateway: str | None = None
    icon_url: str | None = None
    card_number: str | None = None
    card_type: Literal["Visa", "Master Card", "Rupay", "American Express"] | None = None
    bank_name: str | None = None
    upi_id: str | None = None
    wallet_name: str | None = None
    bank_account_number: str | None = None
    created_at: Moment | None = None


class RefundPart(Record):
    """A refund inside its order; `request_number` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "payment_method": 60,
        "payment_reference_number": 100,
        "bank_account_number": 40,
        "bank_name": 150,
        "refund_remarks": 500,
    }

    request_number: Key
    refund_amount: Amount
    refund_date: Moment | None = None
    status: RefundStatus = RefundStatus.SUCCESS
    payment_mode: Literal["original_payment_mode", "bank_transfer", "loyalty_point"] = (
        "original_payment_mode"
    )
    payment_method: str | None = None
    payment_reference_number: str | None = None
    bank_account_number: str | None = None
    bank_name: str | None = None
    refund_remarks: str | None = None
    created_at: Moment | None = None


class OrderRecord(OfCustomer):
    """An order with its lines, and whatever else hangs on it; `order_number` is the key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "customer_phone": 40,
        "coupon_code": 100,
        "shipping_provider_id": 64,
        "courier_company_id": 64,
        "cancellation_reason": 500,
        "feedback": 1000,
    }

    FORMLESS: ClassVar[frozenset[str]] = frozenset(
        {"applied_promotions", "applied_coupons", "metadata"}
    )

    type: Literal["order"] = "order"
    order_number: OrderNumber
    order_date: Moment
    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    payment_success_date: Moment | None = None
    currency: Currency | None = None
    customer_phone: str | None = None
    customer_first_name: str | None = None
    customer_last_name: str | None = None
    customer_note: str | None = None
    coupon_code: str | None = None
    applied_promotions: list[dict[str, Any]] = Field(default_factory=list)
    applied_coupons: list[dict[str, Any]] = Field(default_factory=list)
    metadata: dict[str, str] | None = None
    discount_amount: Amount = Decimal(0)
    promotion_savings: Amount | None = None
    coupon_savings: Amount | None = None
    other_savings: Amount = Decimal(0)
    shipping_estimated_cost: Amount | None = None
    shipping_discount_amount: Amount = Decimal(0)
    shipping_amount: Amount = Decimal(0)
    shipping_tax_rate: Amount = Decimal(0)
    shipping_tax_amount: Amount = Decimal(0)
    handling_charge_excluding_tax: Amount = Decimal(0)
    handling_charge_tax_amount: Amount = Decimal(0)
    item_total_tax: Amount | None = None
    grand_total: Amount | None = None
    loyalty_point_earned: Amount = Decimal(0)
    loyalty_point_redeemed: Amount = Decimal(0)
    loyalty_amount: Amount = Decimal(0)
    credit_balance_used: Amount = Decimal(0)
    shipping_provider_id: str | None = None
    courier_company_id: str | None = None
    on_subscription: bool = False
    billing_address: AddressRecord | None = None
    shipping_address: AddressRecord | None = None
    cancellation_reason: str | None = None
    feedback: str | None = None
    cancelled_at: Moment | None = None
    delivered_at: Moment | None = None
    lines: list[LineRecord] = Field(min_length=1, max_length=1000)
    shipments: list[ShipmentPart] = Field(default_factory=list, max_length=1000)
    payments: list[PaymentPart] = Field(default_factory=list, max_length=1000)
    refunds: list[RefundPart] = Field(default_factory=list, max_length=1000)
    created_at: Moment | None = None

    @field_validator("currency")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and not money.is_currency(value):
            raise ValueError("is not a currency of ISO 4217")
        return value

    @property
    def made_at(self) -> datetime:
        """When the order came into being."""
        return self.created_at or self.order_date


class ShipmentRecord(ShipmentPart):
    """A parcel of an order that may come earlier or later."""

    type: Literal["shipment"] = "shipment"
    order_number: OrderNumber


class PaymentRecord(PaymentPart):
    """An attempt to pay an order that may come earlier or later."""

    type: Literal["payment"] = "payment"
    order_number: OrderNumber


class RefundRecord(RefundPart):
    """A refund for an order that may come earlier or later."""

    type: Literal["refund"] = "refund"
    order_number: OrderNumber


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


AnyRecord = Annotated[
    ProductRecord
    | CustomerRecord
    | OrderRecord
    | ShipmentRecord
    | PaymentRecord
    | RefundRecord
    | LoyaltyRecord
    | SubscriptionRecord
    | ReviewRecord,
    Field(discriminator="type"),
]
RECORDS: dict[str, type[Record]] = {
    "product": ProductRecord,
    "customer": CustomerRecord,
    "order": OrderRecord,
    "shipment": ShipmentRecord,
    "payment": PaymentRecord,
    "refund": RefundRecord,
    "loyalty_activity": LoyaltyRecord,
    "subscription": SubscriptionRecord,
    "review": ReviewRecord,
}
"""Record by type, in the order they are written: what others need comes first."""
