"""What the shop's systems send, and what they are answered."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from account_portal.core.schemas import Amount, Input, Sometimes, Ulid, View
from account_portal.core.versions import Version
from account_portal.orders.schemas import CancelItem
from account_portal.states import (
    ClaimStatus,
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ReturnStatus,
    ReviewStatus,
    ShipmentStatus,
    TransactionStatus,
    VerificationStatus,
)

RecordType = Literal[
    "product",
    "customer",
    "order",
    "shipment",
    "payment",
    "refund",
    "loyalty_activity",
    "subscription",
    "review",
]
RecordWord = Literal["created", "updated", "unchanged", "kept", "refused"]

MOST_POINTS = 10_000_000
MOST_AT_ONCE = 1000
"""Entries of a call that does the same to many things."""

Number = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
OnlyVersion = Annotated[str, Field(min_length=1, max_length=64)]
_ONLY = Field(
    default=None, description="Only if it has this version still, as `If-Match` says of one."
)
Sku = Annotated[str, Field(min_length=1, max_length=64)]
Remarks = Annotated[str, Field(max_length=500)]
Reference = Annotated[str, Field(max_length=100)]


class OrderState(View):
    """Where an order stands."""

    order_number: str
    status: OrderStatus
    payment_status: PaymentStatus
    version: Version


class OfOrder(View):
    """Something that belongs to an order."""

    order: OrderState = Field(description="The order, as it is after the call.")


class ShipmentState(OfOrder):
    """Where a parcel stands."""

    reference_number: str
    status: ShipmentStatus
    version: Version


class PaymentState(OfOrder):
    """Where a payment stands."""

    request_number: str
    status: TransactionStatus
    version: Version


class RefundState(OfOrder):
    """Where a refund stands."""

    request_number: str
    status: RefundStatus
    by_gateway: bool = Field(
        description="The payment gateway moves the money, once it is approved, and tells; the shop "
        "must not."
    )
    version: Version


class RefundStates(OfOrder):
    """Refunds that a deed made."""

    refunds: list[str] = Field(description="Their request numbers.")


class ReturnState(OfOrder):
    """Where a return request stands."""

    request_number: str
    status: ReturnStatus
    version: Version


class ClaimState(OfOrder):
    """Where a claim stands."""

    claim_number: str
    status: ClaimStatus
    version: Version


class ReviewState(View):
    """Where a review stands."""

    id: Ulid
    status: ReviewStatus
    version: Version


class BankAccountState(View):
    """Whether refunds may go to an account."""

    id: Ulid
    verification_status: VerificationStatus
    version: Version


class PointsState(View):
    """What a customer's points are now."""

    customer_id: Ulid
    balance: Amount


class Outcome(View):
    """What became of one of many."""

    number: str = Field(description="Its reference or request number.")
    outcome: Literal["done", "refused"]
    code: Sometimes[str] = Field(default=None, description="Why it was refused, for programs.")
    reason: Sometimes[str] = Field(default=None, description="Why it was refused, for people.")
    fields: Sometimes[dict[str, list[str]]] = None
    content: Sometimes[dict[str, Any]] = Field(
        default=None, description="Where it and its order stand now, as the single call answers."
    )


class RecordOutcome(View):
    """What became of a record."""

    line: int = Field(ge=0, description="Where it stood, counted from 1.")
    type: RecordType | None
    key: str | None = Field(description="Its natural key.")
    outcome: RecordWord = Field(
        description="`kept`: a part of it was not applied, as it contradicts what happened here "
        "since, or cannot be used, such as a phone that is none."
    )
    reason: Sometimes[str] = Field(
        default=None, description="Why it was refused, or what was kept."
    )
    fields: Sometimes[dict[str, list[str]]] = Field(
        default=None, description="Reasons by field, of a record that is wrong in itself."
    )
    unknown_fields: Sometimes[list[str]] = Field(
        default=None, description="Fields that no record of its type has; they were left out."
    )
    order: Sometimes[OrderState] = Field(
        default=None, description="The order it is about, as it is now."
    )
    version: Sometimes[Version] = Field(
        default=None, description="Of what one record made or changed, if it can be read here."
    )


class RecordCounts(View):
    """How many records had which outcome."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    refused: int = 0


class RecordOutcomes(View):
    """What became of the records of a call, in the order they were sent."""

    records: list[RecordOutcome]
    counts: RecordCounts


class RecordsQuery(Input):
    """How records go in."""

    strict: bool = Field(
        default=False, description="All or nothing: one record that is refused undoes all."
    )


class Units(Input):
    """Units of a line."""

    sku: Sku
    quantity: int = Field(default=1, ge=1, le=1_000_000)


class CancelItems(Input):
    """Units to cancel while the rest of their order goes on, and why."""

    items: list[CancelItem] = Field(min_length=1, max_length=MOST_AT_ONCE)
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class CreateShipment(Input):
    """What goes into a new parcel."""

    items: list[Units] = Field(
        default_factory=list,
        max_length=MOST_AT_ONCE,
        description="Left out: everything that is in no parcel yet.",
    )


class MoveShipment(Input):
    """A step of a parcel."""

    status: ShipmentStatus
    place: Annotated[str, Field(max_length=150)] | None = Field(
        default=None, description="Where that happened."
    )
    text: Annotated[str, Field(max_length=300)] | None = Field(
        default=None, description="What the customer reads; the usual words if left out."
    )
    courier_company_name: Annotated[str, Field(max_length=100)] | None = None
    awb_no: Annotated[str, Field(max_length=64)] | None = None
    tracking_url: Annotated[str, Field(max_length=1000)] | None = None
    eta_delivery: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="Expected day, YYYY-MM-DD."
    )


class MoveOneShipment(MoveShipment):
    """A step of one of many parcels."""

    reference_number: Number
    version: OnlyVersion | None = _ONLY


class Reason(Input):
    """Why; the customer reads it."""

    reason: str = Field(min_length=1, max_length=500)


class CreateRefund(Input):
    """Money of an order that goes back out of goodwill."""

    amount: Annotated[
        Decimal,
        Field(gt=0, le=10**12),
        WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 10**12}),
    ] = Field(description="In the order's currency.")
    remarks: Remarks | None = Field(default=None, description="A word to the customer.")


class Settlement(Input):
    """What became of money on its way."""

    status: Literal["success", "failed"]
    reference: Reference | None = Field(
        default=None, description="What the gateway or the bank calls it."
    )


class SettleOne(Settlement):
    """What became of one of many."""

    request_number: Number
    version: OnlyVersion | None = _ONLY


class Redirection(Input):
    """Where a refund is to go instead."""

    bank_account_id: Ulid = Field(description="A verified account of the customer.")


class RetryRefund(Input):
    """Which way a refund that failed is tried again."""

    bank_account_id: Ulid | None = Field(
        default=None, description="A verified account of the customer; else the way it was paid."
    )


class ChangePoints(Input):
    """Points that come or lapse."""

    points: Annotated[
        Decimal,
        Field(ge=-MOST_POINTS, le=MOST_POINTS),
        WithJsonSchema({"type": "number", "minimum": -MOST_POINTS, "maximum": MOST_POINTS}),
    ] = Field(
        description="Above zero they are given; below zero so many lapse, at most what is there."
    )
    remarks: Remarks | None = Field(default=None, description="A word to the customer.")
