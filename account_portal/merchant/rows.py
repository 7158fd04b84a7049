"""Rows of the lists that the shop's systems read."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from account_portal.core.schemas import Amount, Input, Moment, OrderNumber, Sometimes, Ulid, View
from account_portal.core.versions import Version
from account_portal.orders.schemas import OrderDetail, OrderList
from account_portal.states import (
    Channel,
    DeliveryStatus,
    MessageStatus,
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ReviewStatus,
    ShipmentStatus,
    TransactionStatus,
    VerificationStatus,
    WithdrawalStatus,
)


def _written_out(value: object) -> object:
    """Refuse what pydantic would take for seconds since 1970."""
    if isinstance(value, str) and value[4:5] != "-":
        raise ValueError("must be a time such as 2026-03-01T09:30:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    """The moment in UTC, which may be a day off the first or the last year there is."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a time such as 2026-03-01T09:30:00Z") from None


class ListQuery(Input):
    """Which page of a list, in which order."""

    limit: int = Field(default=50, ge=1, le=200, description="Rows of a page.")
    cursor: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="`next_cursor` of the page before."
    )
    sort: Literal["newest", "oldest", "updated"] | None = Field(
        default=None,
        description="`newest`: what came last is first. `oldest`: what came first is first, as a "
        "queue is worked through. `updated`: by change, the earliest first, so that who follows "
        "misses nothing. The usual is `newest`, with `updated_since` `updated`.",
    )


class SinceQuery(Input):
    """What changed lately."""

    updated_since: (
        Annotated[Moment, BeforeValidator(_written_out), AfterValidator(_in_utc)] | None
    ) = Field(
        default=None,
        description="Only what changed at this moment or later. Ask with a minute of overlap.",
    )


class ChangesQuery(ListQuery, SinceQuery):
    """A list that can be followed."""

    @property
    def by_change(self) -> bool:
        """Whether rows come by change."""
        return self.sort == "updated" or (self.sort is None and self.updated_since is not None)


WithCustomer = Literal["customer"]
WithOrder = Literal["order", "customer"]
WithDetails = Literal["details", "customer"]


def _expanded(kinds: str) -> Any:
    return Field(
        default_factory=list,
        description=f"Bring {kinds} along, for which the key needs the scope to read them. May be "
        "repeated.",
    )


class CustomerExpanded(Input):
    """What comes along with what belongs to a customer."""

    expand: list[WithCustomer] = _expanded("the customer (`customer`)")


class OrderExpanded(Input):
    """What comes along with what belongs to an order."""

    expand: list[WithOrder] = _expanded("the whole order (`order`) or the customer (`customer`)")


def _states(words: str) -> str:
    return f"Only {words} in one of these states. May be repeated."


AwaitsPayment = Annotated[
    bool | None,
    Field(
        description="`false`: only what may be sent, as its order is paid, or money is reserved "
        "or due on delivery. `true`: only what waits until its order is paid."
    ),
]


class OrdersQuery(ChangesQuery):
    """Which orders."""

    awaits_payment: AwaitsPayment = None
    status: list[OrderStatus] = Field(default_factory=list, description=_states("orders"))
    customer: str | None = Field(
        default=None, max_length=64, description="`customer_id`, or the shop's own `external_id`."
    )
    expand: list[WithDetails] = _expanded("the whole order (`details`) or the customer")


class _OfOrderQuery(ChangesQuery, OrderExpanded):
    order_number: OrderNumber | None = Field(default=None, description="Only of this order.")


class ShipmentsQuery(_OfOrderQuery):
    """Which parcels."""

    awaits_payment: AwaitsPayment = None
    status: list[ShipmentStatus] = Field(default_factory=list, description=_states("parcels"))


class PaymentsQuery(_OfOrderQuery):
    """Which payments."""

    status: list[TransactionStatus] = Field(default_factory=list, description=_states("payments"))


class RefundsQuery(_OfOrderQuery):
    """Which refunds."""

    status: list[RefundStatus] = Field(default_factory=list, description=_states("refunds"))


class ReturnsQuery(_OfOrderQuery):
    """Which return requests."""

    status: list[ReturnStatus] = Field(default_factory=list, description=_states("returns"))
    customer: str | None = Field(
        default=None, max_length=64, description="`customer_id`, or the shop's own `external_id`."
    )


class ReviewsQuery(ChangesQuery, CustomerExpanded):
    """Which reviews."""

    status: list[ReviewStatus] = Field(default_factory=list, description=_states("reviews"))
    customer: str | None = Field(
        default=None, max_length=64, description="`customer_id`, or the shop's own `external_id`."
    )


class WithdrawalsQuery(ListQuery):
    """Which withdrawals."""

    status: list[WithdrawalStatus] = Field(default_factory=list, description=_states("withdrawals"))


class BankAccountsQuery(ChangesQuery, CustomerExpanded):
    """Which bank accounts."""

    status: list[VerificationStatus] = Field(default_factory=list, description=_states("accounts"))
    customer: str | None = Field(
        default=None, max_length=64, description="`customer_id`, or the shop's own `external_id`."
    )


class CustomersQuery(ChangesQuery):
    """Which customers."""

    email: str | None = Field(default=None, max_length=254, description="Exactly this one.")


class MessagesQuery(ChangesQuery):
    """Which messages."""

    status: list[MessageStatus] = Field(default_factory=list, description=_states("messages"))


class CustomerRow(View):
    """A customer."""

    customer_id: Ulid
    external_id: str | None = Field(description="The shop's own id.")
    email: str | None
    is_email_verified: bool
    country_code: str | None
    phone: str | None
    is_phone_verified: bool
    first_name: str | None
    last_name: str | None
    customer_group_id: str | None
    is_active: bool = Field(description="False once the customer closed the account.")
    created_at: Moment
    updated_at: Moment
    version: Version


class DeliveriesQuery(ChangesQuery):
    """Which deliveries."""

    status: list[DeliveryStatus] = Field(default_factory=list, description=_states("deliveries"))
    webhook_id: Ulid | None = Field(default=None, description="Only to this endpoint.")


class OfCustomer(View):
    """Something that belongs to a customer."""

    customer: Sometimes[CustomerRow] = Field(
        default=None, description="With `expand=customer` only."
    )


class OneOrder(OrderDetail, OfCustomer):
    """A whole order, and whose it is."""

    customer_id: Ulid
    awaits_payment: bool = Field(description="Whether money is to come before goods are sent.")
    updated_at: Moment
    version: Version


class OrderRow(OrderList, OfCustomer):
    """An order, as its customer's list shows it, and whose it is."""

    customer_id: Ulid
    awaits_payment: bool = Field(description="Whether money is to come before goods are sent.")
    updated_at: Moment
    version: Version
    details: Sometimes[OrderDetail] = Field(default=None, description="With `expand=details` only.")


class OfOrder(OfCustomer):
    """Something that belongs to an order."""

    order: Sometimes[OneOrder] = Field(default=None, description="With `expand=order` only.")


class ParcelUnits(View):
    """What is in a parcel."""

    sku: str
    quantity: int


class ShipmentRow(OfOrder):
    """A parcel."""

    reference_number: str
    order_number: str
    customer_id: Ulid
    status: ShipmentStatus
    items: list[ParcelUnits]
    courier_company_name: str | None
    awb_no: str | None
    tracking_url: str | None
    eta_delivery: str | None
    packed_at: Moment | None
    shipped_date: Moment | None
    delivered_date: Moment | None
    created_at: Moment
    updated_at: Moment
    version: Version


class PaymentRow(OfOrder):
    """A payment."""

    request_number: str
    order_number: str
    customer_id: Ulid
    status: TransactionStatus
    amount: Amount
    currency: str
    payment_date: Moment | None
    payment_reference_number: str | None
    payment_method: str | None
    payment_gateway: str | None
    collection: str | None = Field(
        description="`authorized`: reserved; `on_delivery`: paid at the door; `stated`: by the "
        "shop's word alone."
    )
    created_at: Moment
    updated_at: Moment
    version: Version


class RefundRow(OfOrder):
    """A refund."""

    request_number: str
    order_number: str
    customer_id: Ulid
    status: RefundStatus
    refund_amount: Amount
    currency: str
    payment_mode: str
    payment_method: str | None
    is_money: bool = Field(
        description="Whether there is money to pay: points and store credit are given back here, "
        "once the refund is settled."
    )
    payment_reference_number: str | None
    bank_account_id: Ulid | None
    bank_account_number: str | None = Field(description="Masked.")
    bank_name: str | None
    refund_remarks: str | None
    refund_date: Moment | None
    return_request_number: str | None = Field(description="The return it is for, if any.")
    by_gateway: bool = Field(
        description="Whether the store's payment gateway sends it back once it is approved, and "
        "tells what became of it; else whoever pays it tells."
    )
    gateway_error: str | None = Field(description="Why the gateway did not send it, as it says.")
    is_retry_available: bool = Field(
        description="Whether it failed, and what is owed in its place waits to be tried again."
    )
    created_at: Moment
    updated_at: Moment
    version: Version


class ReviewRow(OfCustomer):
    """A review."""

    id: Ulid
    product_id: str
    customer_id: Ulid
    order_number: str
    status: ReviewStatus
    rating: Amount = Field(description="1 to 5, in halves.")
    review_text: str
    tags: list[str]
    review_date: Moment
    created_at: Moment
    updated_at: Moment
    version: Version


class BankAccountRow(OfCustomer):
    """A bank account for refunds."""

    id: Ulid
    customer_id: Ulid
    account_name: str
    account_number: str = Field(description="Masked.")
    ifsc_code: str
    bank_name: str
    is_default: bool
    status: VerificationStatus
    created_at: Moment
    updated_at: Moment
    version: Version


class MessageRow(View):
    """A message to a customer. What it says is not told: it may be a code."""

    id: Ulid
    channel: Channel
    recipient: str
    kind: str
    status: MessageStatus
    attempts: int
    last_error: str | None
    created_at: Moment
    updated_at: Moment
    sent_at: Moment | None
