"""What an order is made of: lines, addresses, parcels, payments, refunds."""

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from account_portal.core.links import ShownLink, ShownPicture
from account_portal.core.schemas import (
    Amount,
    Moment,
    Sometimes,
    Ulid,
    View,
)
from account_portal.orders.schemas.policies import ReasonCode, ShownProblem
from account_portal.states import (
    RefundMode,
    RefundStatus,
    ReturnResolution,
    ShipmentStatus,
    TransactionStatus,
)


class OrderItem(View):
    """One line, as it was sold."""

    product_id: str
    product_name: str
    product_image_url: ShownPicture
    product_type: Literal["physical", "digital", "bundle"] = "physical"
    sku: str = Field(description="Names the line inside its order.")
    slug: str = ""
    variant_id: str | None
    variant_name: str | None
    backorder: bool = False
    on_offer: bool
    on_promotion: bool
    on_subscription: bool
    subscription_plan: str | None
    subscription_interval: int | None
    subscription_frequency: str | None
    quantity: int = Field(ge=1)
    free_quantity: int = Field(ge=0)
    is_free_item: bool
    price_including_tax: bool = True
    selling_price: Amount = Field(description="Per unit.")
    listing_price: Amount = Field(description="Per unit.")
    selling_price_excluding_tax: Amount
    promotion_discount_amount: Amount
    coupon_discount_amount: Amount
    tax_type: str = Field(description="Name of the tax, such as GST.")
    tax_rate: Amount = Field(description="Per cent.")
    tax_amount: Amount
    shipping_additional_cost: Amount
    associated_options: dict[str, Any] | None = Field(
        default=None, description="Chosen variant options by option key."
    )


class OrderDetailItem(OrderItem):
    """One line of an order that is looked at closely."""

    returnable_quantity: int = Field(
        ge=0, description="Units that could be put into a new return request now."
    )
    cancelled_quantity: int = Field(
        ge=0, description="Units that were cancelled while the order goes on."
    )
    download_url: ShownLink = Field(
        default=None, description="File of the line at the shop, once it is paid or delivered."
    )


class EligibilityReason(View):
    """Why something cannot be done."""

    code: str = Field(description="For programs, such as `window_closed` or `final_sale`.")
    message: str = Field(description="For customers; `{date}` stands for the day of `at`.")
    at: Moment | None = Field(description="The moment it tells of, such as when a window closed.")


class LineCancelEligibility(View):
    """What of a line can be cancelled while the rest of the order goes on, and if nothing, why."""

    sku: str
    cancellable_quantity: int = Field(ge=0)
    reasons: list[EligibilityReason]


class CancelEligibility(View):
    """Whether the whole order can be cancelled, and which items alone; if not, why."""

    is_allowed: bool = Field(description="Of the whole order.")
    reasons: list[EligibilityReason]
    lines: list[LineCancelEligibility]


class LineReturnEligibility(View):
    """What of a line can go back now, and if nothing, why."""

    sku: str
    returnable_quantity: int = Field(ge=0)
    until: Moment | None = Field(description="When the last window closes or closed.")
    resolutions: list[ReturnResolution] = Field(description="What can be asked for.")
    evidence_for: list[ReasonCode] = Field(
        description="Reasons, as `reason_code`, for which the store asks for a photo or video."
    )
    reasons: list[EligibilityReason]


class ReturnEligibility(View):
    """What of an order can go back now, line by line."""

    is_allowed: bool
    zone: str = Field(description="Time zone of the place it goes to, as `Europe/Berlin`.")
    lines: list[LineReturnEligibility]


class LineClaimEligibility(View):
    """Of how many units of a line one can say that something is wrong, and if of none, why."""

    sku: str
    claimable_quantity: int = Field(ge=0)
    until: Moment | None = Field(description="When the last window closes or closed.")
    resolutions: list[ReturnResolution] = Field(description="What can be wished for.")
    evidence_for: list[ShownProblem] = Field(
        description="Problems for which the store asks for a photo or video."
    )
    reasons: list[EligibilityReason]


class ParcelClaimEligibility(View):
    """Whether one can say of a parcel that is not delivered that it did not arrive."""

    reference_number: str
    is_allowed: bool
    reasons: list[EligibilityReason]


class ClaimEligibility(View):
    """Of what of an order one can say that something is wrong."""

    is_allowed: bool
    zone: str = Field(description="Time zone of the place it goes to, as `Europe/Berlin`.")
    lines: list[LineClaimEligibility]
    parcels: list[ParcelClaimEligibility] = Field(description="Those that are not delivered.")


class AppliedPromotion(View):
    """A promotion of the store that lowered the price.

    Kept as the store told it: what it left out is left out.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    promotion_id: str
    promotion_type: Literal[
        "discount", "free-goods", "free-shipping", "buy-x-get-y", "volume-based"
    ]
    savings: Amount
    product_id: str | None = None
    variant_id: str | None = None
    product_name: str | None = None
    variant_name: str | None = None
    applied_sequence: int = 0
    scope: str = ""


class AppliedCoupon(View):
    """A coupon the customer entered.

    Kept as the store told it: what it left out is left out.
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    coupon_id: str
    coupon_type: Literal[
        "discount",
        "free-goods",
        "fixed-price",
        "free-shipping",
        "buy-x-get-y",
        "volume-based",
        "accelerated-rewards",
    ]
    savings: Amount
    product_id: str | None = None
    variant_id: str | None = None
    product_name: str | None = None
    variant_name: str | None = None


class OrderAddress(View):
    """Copy of an address as it stood when the order or return was made."""

    id: Ulid | None = Field(description="Saved address it was copied from, if any.")
    first_name: str
    last_name: str | None
    country_code: str | None
    phone: str | None
    email: str | None
    address_line1: str
    address_line2: str | None
    landmark: str | None
    delivery_instructions: str | None = None
    pincode: str
    city: str
    state: str
    country: str
    tax_identification_number: str | None
    business_name: str | None


class CancellationRefundDetails(View):
    """What a cancellation would give back right now."""

    loyalty_point: Amount = Field(description="Points that would go back to the customer.")
    refundable_amount: Amount
    cancellation_charges: Amount
    cancellation_charges_reason: str | None = None
    payment_mode: RefundMode


class ShipmentItem(View):
    """Units of a line in a parcel."""

    product_id: str
    product_name: str
    product_image_url: ShownPicture
    sku: str
    variant_id: str | None
    variant_name: str | None
    quantity: int = Field(ge=1)
    free_quantity: int = Field(ge=0)
    is_free_item: bool


class OrderShipment(View):
    """A parcel."""

    reference_number: str
    status: ShipmentStatus
    total_weight: float = Field(ge=0, description="Kilograms.")
    total_boxes: int = Field(ge=0)
    shipment_items_count: int = Field(ge=0)
    shipment_items: list[ShipmentItem]
    shipping_amount: Amount
    shipping_tax_amount: Amount
    shipping_amount_including_tax: Amount
    courier_company_name: str | None
    shipping_label_url: ShownLink
    awb_no: str | None = Field(description="Tracking number of the courier.")
    tracking_url: ShownLink
    eta_delivery: str | None = Field(description="Expected day, as the courier states it.")
    shipped_date: Moment | None
    delivered_date: Moment | None
    is_return_allowed: bool = Field(description="Whether something in it can still be returned.")
    cancellation_reason: str | None
    created_at: Moment
    modified_at: Moment


class ShipmentEventView(View):
    """One step of a parcel's way; shown on the page."""

    reference_number: str
    status: ShipmentStatus
    text: str
    place: str | None
    happened_at: Moment


class OrderPayment(View):
    """One transaction. The method-specific fields appear only for their method."""

    transaction_type: Literal["payment", "refund"]
    request_number: str
    amount: Amount
    payment_status: TransactionStatus
    payment_date: Moment | None
    payment_reference_number: str | None = Field(
        description="Reference given by the gateway or bank."
    )
    payment_method: str | None = Field(description="Readable name, such as Credit Card or UPI.")
    icon_url: ShownPicture = None
    card_number: Sometimes[str] = Field(description="Masked. Cards only.")
    card_type: Sometimes[Literal["Visa", "Master Card", "Rupay", "American Express"]] = Field(
        description="Cards only."
    )
    bank_name: Sometimes[str] = Field(description="Net banking and bank transfer.")
    upi_id: Sometimes[str] = Field(description="UPI only.")
    wallet_name: Sometimes[str] = Field(description="Wallets only.")
    bank_account_number: Sometimes[str] = Field(description="Masked. Bank transfer only.")


class OrderRefund(View):
    """Money or points on the way back."""

    request_number: str
    refund_amount: Amount
    refund_date: Moment | None = Field(description="When the money moved; null until then.")
    expected_date: date | None = Field(
        description="By which day it should be there, in working days of the store's country; null "
        "once it ended, and while goods of its return are not checked. [ours]"
    )
    status: RefundStatus
    payment_mode: Literal["original_payment_mode", "bank_transfer", "loyalty_point"]
    payment_method: str | None
    payment_reference_number: str | None
    bank_account_number: str | None = Field(description="Masked.")
    bank_name: str | None
    refund_remarks: str | None
    return_request_number: str | None = Field(
        description="The return request it is for, if it is for one. [ours]"
    )
