"""Orders, their lines, and what hangs on them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PrivateAttr, field_validator, model_validator

from account_portal.core.links import Link, Picture
from account_portal.merchant.importing.fields import (
    Amount,
    Count,
    CountOrNone,
    Currency,
    Key,
    MaskedNumber,
    Moment,
    OrderNumber,
    Record,
    Sku,
)
from account_portal.merchant.importing.records.customers import AddressRecord, OfCustomer
from account_portal.merchant.importing.records.payment_methods import is_paid_at_the_door
from account_portal.merchant.importing.records.promotions import AppliedCoupon, AppliedPromotion
from account_portal.merchant.importing.records.spellings import (
    OrderState,
    ParcelState,
    PaymentState,
    RefundState,
    TransactionState,
    card_brand,
    is_reserved,
)
from account_portal.states import RefundStatus, ShipmentStatus, TransactionStatus

ID = "id"
"""The shop's own id of an order, in its metadata."""


class LineRecord(Record):
    """One line of an order, as it was sold."""

    CUT: ClassVar[Mapping[str, int]] = {
        "product_name": 255,
        "category": 64,
        "slug": 255,
        "variant_id": 64,
        "variant_name": 255,
        "subscription_plan": 100,
        "subscription_frequency": 20,
        "tax_type": 20,
    }

    FORMLESS: ClassVar[frozenset[str]] = frozenset({"associated_options"})

    sku: Sku | None = None
    twin_of: Sku | None = None
    product_id: Key | None = None
    product_name: str | None = None
    product_image_url: Picture | None = None
    product_type: Literal["physical", "digital", "bundle"] = "physical"
    download_url: Link | None = None
    category: str | None = None
    tags: list[Annotated[str, Field(max_length=64)]] = Field(default_factory=list, max_length=50)
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
    quantity: CountOrNone = 1
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

    @model_validator(mode="after")
    def _not_more_free(self) -> "UnitsRecord":
        if self.free_quantity > self.quantity:
            raise ValueError("free_quantity must be at most quantity")
        return self


class EventRecord(Record):
    """One step of a parcel's way."""

    CUT: ClassVar[Mapping[str, int]] = {"text": 300, "place": 150}

    status: ParcelState
    text: str = ""
    place: str | None = None
    happened_at: Moment


class ShipmentPart(Record):
    """A parcel inside its order; `reference_number` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "courier_company_name": 100,
        "awb_no": 64,
        "eta_delivery": 40,
        "cancellation_reason": 500,
    }

    reference_number: Key
    status: ParcelState = ShipmentStatus.SHIPPED
    items: list[UnitsRecord] | None = None
    events: list[EventRecord] = Field(default_factory=list)
    total_weight: Amount = Decimal(0)
    total_boxes: CountOrNone = 1
    shipping_amount: Amount = Decimal(0)
    shipping_tax_amount: Amount = Decimal(0)
    courier_company_name: str | None = None
    shipping_label_url: Link | None = None
    awb_no: str | None = None
    tracking_url: Link | None = None
    eta_delivery: str | None = None
    packed_at: Moment | None = None
    shipped_date: Moment | None = None
    delivered_date: Moment | None = None
    cancellation_reason: str | None = None
    created_at: Moment | None = None


class FulfilmentPart(Record):
    """What was sent of an order so far, where the shop does not know its parcels.

    Units that are in no parcel yet become one, sent at `fulfilled_at`; parcels sent before
    `arrived_before` count as delivered.
    """

    items: list[UnitsRecord]
    fulfilled_at: Moment
    arrived_before: Moment
    courier_company_name: str | None = None


class PaymentPart(Record):
    """An attempt to pay inside its order; `request_number` is its natural key."""

    CUT: ClassVar[Mapping[str, int]] = {
        "payment_reference_number": 100,
        "payment_method": 60,
        "payment_gateway": 32,
        "card_number": 40,
        "bank_name": 150,
        "upi_id": 100,
        "wallet_name": 60,
        "bank_account_number": 40,
    }

    request_number: Key
    amount: Amount
    payment_status: TransactionState = TransactionStatus.SUCCESS
    payment_date: Moment | None = None
    payment_reference_number: str | None = None
    payment_method: str | None = None
    payment_gateway: str | None = None
    collection: Literal["authorized", "on_delivery"] | None = None
    icon_url: Picture | None = None
    card_number: MaskedNumber | None = None
    card_type: str | None = None
    bank_name: str | None = None
    upi_id: str | None = None
    wallet_name: str | None = None
    bank_account_number: MaskedNumber | None = None
    created_at: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _reserved(cls, value: Any) -> Any:
        if isinstance(value, dict) and is_reserved(value.get("payment_status")):
            return {"collection": "authorized", **value}
        return value

    @model_validator(mode="after")
    def _known_brand(self) -> "PaymentPart":
        if self.card_type is not None:
            given, self.card_type = self.card_type, card_brand(self.card_type)
            if self.card_type is None and self.payment_method is None:
                self.payment_method = given[: self.CUT["payment_method"]]
        return self

    @model_validator(mode="after")
    def _collected_at_the_door(self) -> "PaymentPart":
        is_open = self.payment_status == TransactionStatus.PENDING and self.collection is None
        if is_open and self.payment_method and is_paid_at_the_door(self.payment_method):
            self.collection = "on_delivery"
        return self


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
    status: RefundState = RefundStatus.SUCCESS
    payment_mode: Literal["original_payment_mode", "bank_transfer", "loyalty_point"] = (
        "original_payment_mode"
    )
    payment_method: str | None = None
    payment_reference_number: str | None = None
    bank_account_number: MaskedNumber | None = None
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

    FORMLESS: ClassVar[frozenset[str]] = frozenset({"metadata"})

    type: Literal["order"] = "order"
    order_number: OrderNumber
    external_id: Key | None = None
    order_date: Moment
    status: OrderState | None = None
    payment_status: PaymentState | None = None
    payment_success_date: Moment | None = None
    currency: Currency | None = None
    customer_first_name: str | None = None
    customer_last_name: str | None = None
    customer_note: str | None = None
    customer_groups: list[Annotated[str, Field(max_length=64)]] = Field(
        default_factory=list, max_length=50
    )
    coupon_code: str | None = None
    applied_promotions: list[AppliedPromotion] = Field(default_factory=list)
    applied_coupons: list[AppliedCoupon] = Field(default_factory=list)
    metadata: dict[str, str] | None = None
    discount_amount: Amount = Decimal(0)
    promotion_savings: Amount | None = None
    coupon_savings: Amount | None = None
    other_savings: Amount = Decimal(0)
    shipping_estimated_cost: Amount | None = None
    shipping_discount_amount: Amount = Decimal(0)
    shipping_amount: Amount = Decimal(0)
    shipping_tax_rate: Amount = Decimal(0)
    shipping_tax_amount: Amount | None = None
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
    fulfilment: FulfilmentPart | None = None
    created_at: Moment | None = None
    collection: Literal["authorized", "on_delivery"] | None = None
    _packed: list[ShipmentPart] | None = PrivateAttr(None)

    @property
    def parcels(self) -> list[ShipmentPart]:
        """Those it tells, or those that were made of its `fulfilment`."""
        # Private attributes are slow to ask for, and asked for often.
        if self.fulfilment is None or self._packed is None:
            return self.shipments
        return self._packed

    def pack(self, parcels: list[ShipmentPart]) -> None:
        """Take the parcels that were made of its `fulfilment`."""
        self._packed = parcels

    @model_validator(mode="before")
    @classmethod
    def _reserved(cls, value: Any) -> Any:
        if isinstance(value, dict) and is_reserved(value.get("payment_status")):
            return {"collection": "authorized", **value}
        return value

    @field_validator("lines")
    @classmethod
    def _without_removed(cls, lines: list[LineRecord]) -> list[LineRecord]:
        """A line whose quantity is 0 was taken out of the order."""
        sold = [line for line in lines if line.quantity]
        if not sold:
            raise ValueError("must have a line whose quantity is at least 1")
        return sold

    @model_validator(mode="after")
    def _with_its_id(self) -> "OrderRecord":
        if self.external_id is not None:
            self.metadata = {**(self.metadata or {}), ID: self.external_id}
        if self.fulfilment is not None and self.shipments:
            raise ValueError("must not have both fulfilment and shipments")
        return self

    @model_validator(mode="after")
    def _each_part_once(self) -> "OrderRecord":
        parts = {
            "shipments": [one.reference_number for one in self.shipments],
            "payments": [one.request_number for one in self.payments],
            "refunds": [one.request_number for one in self.refunds],
        }
        for name, keys in parts.items():
            if len(set(keys)) < len(keys):
                twice = next(key for key in keys if keys.count(key) > 1)
                raise ValueError(f"{name} must not tell {twice} twice")
        return self

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
