"""What orders take and show; names are the contract's."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, field_validator

from account_portal.core.errors import InvalidInput
from account_portal.core.pagination import Direction, PageParams, parse_sort
from account_portal.core.schemas import (
    ABSENT,
    Amount,
    CurrencyView,
    Input,
    Moment,
    OrderNumber,
    Sometimes,
    Ulid,
    View,
)
from account_portal.models.states import (
    OrderStatus,
    PaymentStatus,
    RefundMode,
    RefundStatus,
    ShipmentStatus,
    TransactionStatus,
)

SORT_FIELDS = (
    "order_date",
    "order_number",
    "status",
    "payment_status",
    "grand_total",
    "created_at",
    "modified_at",
)
SORT_DESCRIPTION = (
    "JSON object as text, field to `asc` or `desc`, in order of weight. "
    f"Fields: {', '.join(SORT_FIELDS)}."
)


class OrderQuery(PageParams):
    """Which orders, in which order."""

    user_id: str = Field(
        description="User whose orders to list; must be the caller's own.",
        json_schema_extra={"pattern": "^[0-9A-HJKMNP-TV-Z]{26}$"},
    )
    sort_by: str = Field(
        default='{"order_date":"desc"}',
        max_length=500,
        description=SORT_DESCRIPTION,
        json_schema_extra={
            "contentMediaType": "application/json",
            "example": '{"order_date":"desc"}',
        },
    )
    status_in: list[OrderStatus] = Field(
        default_factory=list,
        alias="status[]",
        description="Keep orders in any of these states. Repeat the parameter per value.",
        json_schema_extra={"uniqueItems": True},
    )
    status: list[OrderStatus] = Field(
        default_factory=list,
        description="The same filter without brackets; values of both are joined.",
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

    @property
    def statuses(self) -> list[OrderStatus]:
        """States to keep; empty: all."""
        return sorted({*self.status_in, *self.status})


class OrderSearch(PageParams):
    """What the order history page asks for."""

    text: str = Field(default="", max_length=100)
    group: Literal["all", "open", "delivered", "cancelled"] = "all"
    year: int | None = Field(default=None, ge=1970, le=9999)
    sort: Literal["newest", "oldest", "total_high", "total_low"] = "newest"


class OrderItem(View):
    """One line, as it was sold."""

    product_id: str
    product_name: str
    product_image_url: str | None
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


class OrderList(View):
    """One row of the order history."""

    order_number: OrderNumber
    order_date: Moment
    status: OrderStatus
    payment_status: PaymentStatus
    payment_success_date: Moment | None
    has_refund: bool
    on_subscription: bool
    grand_total: Amount
    loyalty_point_redeemed: Amount
    loyalty_point_earned: Amount
    credit_balance_used: Amount
    to_be_paid: Amount = Field(description="Grand total less points and credit used.")
    order_items_count: int = Field(ge=0)
    order_items: list[OrderItem]
    customer_note: str | None
    currency: CurrencyView
    created_at: Moment
    modified_at: Moment


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
    product_image_url: str | None
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
    shipping_label_url: str | None
    awb_no: str | None = Field(description="Tracking number of the courier.")
    tracking_url: str | None
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
    icon_url: str | None = None
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
    status: RefundStatus
    payment_mode: Literal["original_payment_mode", "bank_transfer", "loyalty_point"]
    payment_method: str | None
    payment_reference_number: str | None
    bank_account_number: str | None = Field(description="Masked.")
    bank_name: str | None
    refund_remarks: str | None


class OrderDetail(View):
    """The whole order."""

    order_number: OrderNumber
    order_date: Moment
    status: OrderStatus
    payment_status: PaymentStatus
    payment_success_date: Moment | None
    customer_email: str | None
    customer_phone: str | None
    customer_note: str | None
    is_promotion_applied: bool
    promotion_discount_amount: Amount
    is_coupon_applied: bool
    coupon_code: str | None
    coupon_discount_amount: Amount
    applied_promotions: list[AppliedPromotion]
    applied_coupons: list[AppliedCoupon]
    promotion_savings: Amount
    coupon_savings: Amount
    other_savings: Amount
    total_savings: Amount
    on_subscription: bool
    subtotal: Amount
    item_total_tax: Amount
    subtotal_including_tax: Amount
    shipping_estimated_cost: Amount
    shipping_discount_amount: Amount
    shipping_amount: Amount
    shipping_tax_rate: Amount
    shipping_tax_amount: Amount
    shipping_amount_including_tax: Amount
    shipping_provider_id: str | None
    courier_company_id: str | None
    handling_charge_excluding_tax: Amount
    handling_charge_tax_amount: Amount
    handling_charge_including_tax: Amount
    total_tax: Amount
    grand_total: Amount
    loyalty_point_earned: Amount
    loyalty_point_redeemed: Amount
    credit_balance_used: Amount
    to_be_paid: Amount = Field(description="Grand total less points and credit used.")
    has_refund: bool
    order_items_count: int = Field(ge=0)
    order_items: list[OrderDetailItem]
    billing_address: OrderAddress | None
    shipping_address: OrderAddress | None
    currency: CurrencyView
    metadata: dict[str, str] | None = None
    is_cancellation_allowed: bool = Field(description="True while the customer may still cancel.")
    cancellation_refund_details: CancellationRefundDetails | None = Field(
        description="Null unless cancellation is allowed."
    )
    cancellation_reason: str | None = None
    feedback: str | None = Field(default=None, description="Comment left with the cancellation.")
    cancelled_at: Moment | None = None
    payments: list[OrderPayment]
    shipments: list[OrderShipment]
    created_at: Moment
    modified_at: Moment


class OrderPaymentStatus(View):
    """How far an order is paid, and whether the customer may try again."""

    status: PaymentStatus
    amount_paid: Amount
    amount_unpaid: Amount
    is_retry_available: bool


class CancelOrder(Input):
    """Why an order is cancelled and where the money goes."""

    cancellation_reason: str = Field(min_length=1, max_length=500)
    refund_mode: RefundMode
    bank_account_id: Ulid = Field(
        default=ABSENT,
        description="Needed with `bank_transfer`: a verified account of the same customer.",
    )
    feedback: str | None = Field(default=None, max_length=1000)


Address = Annotated[
    str, Field(pattern=r"^https?://", max_length=1000, json_schema_extra={"format": "uri"})
]


class GatewayParams(Input):
    """Which gateway to pay through, and where the browser comes back to."""

    payment_gateway: str

    @property
    def success_url(self) -> str | None:
        """Where the browser goes after success."""
        return getattr(self, "surl", None) or getattr(self, "return_url", None)

    @property
    def failure_url(self) -> str | None:
        """Where the browser goes after a failure."""
        return getattr(self, "furl", None) or getattr(self, "return_url", None)


class PayuPaymentGatewayParams(GatewayParams):
    """PayU, and where the browser comes back to."""

    payment_gateway: Literal["PAYU"]
    furl: Address = Field(description="Where the browser goes after a failure.")
    surl: Address = Field(description="Where the browser goes after success.")


class JuspayPaymentGatewayParams(GatewayParams):
    """Juspay, and where the browser comes back to."""

    payment_gateway: Literal["JUSPAY"]
    action: Literal["paymentPage", "paymentManagement"] = ABSENT
    integration_type: str = Field(default=ABSENT, examples=["hyper-checkout"])
    return_url: Address
    gateway_reference_id: str = ABSENT


class OtherPaymentGatewayParams(GatewayParams):
    """Another gateway which the store has enabled."""

    payment_gateway: str = Field(
        pattern=r"^[A-Z][A-Z0-9_]{1,31}$",
        json_schema_extra={"not": {"enum": ["PAYU", "JUSPAY"]}},
    )
    return_url: Address = ABSENT


def _gateway_kind(value: Any) -> str:
    name = (
        value.get("payment_gateway")
        if isinstance(value, dict)
        else getattr(value, "payment_gateway", None)
    )
    return name if name in ("PAYU", "JUSPAY") else "other"


PaymentGatewayParams = Annotated[
    Annotated[PayuPaymentGatewayParams, Tag("PAYU")]
    | Annotated[JuspayPaymentGatewayParams, Tag("JUSPAY")]
    | Annotated[OtherPaymentGatewayParams, Tag("other")],
    Discriminator(_gateway_kind),
]


class RetryPayment(Input):
    """A new attempt to pay."""

    payment_gateway_params: PaymentGatewayParams


class PaymentInfo(View):
    """What the browser needs to start the new attempt."""

    payment_gateway: str
    transaction_id: str = Field(description="Also the `request_number` of the new payment row.")
    amount: Amount
    redirect_url: str | None
    expires_at: Moment | None


class RetryPaymentResult(View):
    """Whether something has to be paid, and how."""

    payment_required: bool
    payment_info: PaymentInfo | None


class OrderCard(View):
    """One order in the history page: what its card shows."""

    order_number: str
    order_date: Moment
    status: OrderStatus
    payment_status: PaymentStatus
    grand_total: Amount
    currency: str
    pictures: list[str | None]
    more_pictures: int
    summary: str = Field(description="First product, and how many more.")
    units: int


class Parcel(OrderShipment):
    """A parcel with the steps of its way, latest first."""

    steps: list[ShipmentEventView]
    label: str = Field(description="Such as Parcel 1 of 2.")


class PriceBreakdown(View):
    """Amounts that add up to the total of the same page, whatever the order's source."""

    items_amount: Amount
    promotion: Amount
    coupon: Amount
    tax: Amount = Field(description="Tax that prices don't include.")
    shipping: Amount
    handling: Amount
    surcharge: Amount = Field(description="What an imported order costs beyond its lines.")
    reduction: Amount = Field(description="What an imported order costs less than its lines.")
    total: Amount
    points: Amount
    credit: Amount
    to_pay: Amount


class OrderPage(View):
    """All an order's page shows."""

    order: OrderDetail
    parcels: list[Parcel]
    refunds: list[OrderRefund]
    payment: OrderPaymentStatus
    price: PriceBreakdown
    cancel_note: str = Field(description="Why it cannot be cancelled; empty when it can.")
    can_return: bool
    return_until: Moment | None = Field(description="When the last open return window closes.")
    return_note: str = Field(description="Why nothing can be returned; empty when something can.")
    can_review: bool
    payout_accounts: list[list[str]] = Field(
        description="Verified bank accounts to refund to, as id and label, while cancelling is "
        "possible."
    )


class OrderOnTheWay(OrderCard):
    """An order whose parcels are with the courier."""

    eta: str | None = Field(description="Earliest promised day of the parcels on their way.")
    courier: str | None
    tracking_url: str | None
    is_out_for_delivery: bool
