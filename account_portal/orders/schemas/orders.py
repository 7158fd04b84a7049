"""Orders as the contract shows them."""

from pydantic import Field

from account_portal.core.links import ShownLink
from account_portal.core.schemas import (
    Amount,
    CurrencyView,
    Moment,
    OrderNumber,
    View,
)
from account_portal.orders.schemas.parts import (
    AppliedCoupon,
    AppliedPromotion,
    CancelEligibility,
    CancellationRefundDetails,
    ClaimEligibility,
    OrderAddress,
    OrderDetailItem,
    OrderItem,
    OrderPayment,
    OrderShipment,
    ReturnEligibility,
)
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
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
    is_delivery_change_allowed: bool = Field(
        description="True while the customer may still change where it goes."
    )
    is_claim_allowed: bool = Field(
        description="True while the customer may say that something is wrong with it."
    )
    cancel_eligibility: CancelEligibility
    return_eligibility: ReturnEligibility
    claim_eligibility: ClaimEligibility
    cancellation_reason: str | None = None
    feedback: str | None = Field(default=None, description="Comment left with the cancellation.")
    cancelled_at: Moment | None = None
    payments: list[OrderPayment]
    shipments: list[OrderShipment]
    created_at: Moment
    modified_at: Moment


class PaymentInfo(View):
    """What the browser needs to start the new attempt."""

    payment_gateway: str
    transaction_id: str = Field(description="Also the `request_number` of the new payment row.")
    amount: Amount
    redirect_url: ShownLink
    expires_at: Moment | None


class OrderPaymentStatus(View):
    """How far an order is paid, and whether the customer may try again."""

    status: PaymentStatus
    amount_paid: Amount
    amount_unpaid: Amount
    amount_payable: Amount = Field(
        description="What is to be paid in money in all: `to_be_paid` of the order less what "
        "items that were cancelled or lost cost in money."
    )
    is_retry_available: bool
    payment_under_way: PaymentInfo | None = Field(
        default=None,
        description="An attempt that may still succeed: its address leads back to it.",
    )
    retry_available_at: Moment | None = Field(
        default=None, description="When it counts as given up, and can be tried again."
    )


class RetryPaymentResult(View):
    """Whether something has to be paid, and how."""

    payment_required: bool
    payment_info: PaymentInfo | None
