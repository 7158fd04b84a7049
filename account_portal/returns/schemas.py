"""What return calls take and show; names are the contract's."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from account_portal.addresses.schemas import CustomerAddressCreate
from account_portal.core.ids import is_id
from account_portal.core.links import ShownPicture
from account_portal.core.schemas import (
    ABSENT,
    KEPT,
    Amount,
    Input,
    Moment,
    OrderNumber,
    Ulid,
    View,
    WholeNumber,
)
from account_portal.orders.schemas import (
    Digest,
    OrderAddress,
    OrderRefund,
    RefundPreview,
    ShownRefund,
)
from account_portal.states import ReturnResolution, ReturnStatus

ReturnRequestNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$"),
    Field(description="Readable key of a return request; it is the `{return_id}` path value."),
]


ReasonCode = Literal[
    "too_small",
    "too_large",
    "not_as_described",
    "damaged",
    "wrong_item",
    "changed_mind",
    "other",
]
"""Why something goes back, for programs."""
OTHER_REASON = "Something else"
REASON_CODES: dict[str, ReasonCode] = {
    "Too small": "too_small",
    "Too large": "too_large",
    "Not as described": "not_as_described",
    "Damaged or faulty": "damaged",
    "Wrong item sent": "wrong_item",
    "Changed my mind": "changed_mind",
    OTHER_REASON: "other",
}
"""The same by the words that customers choose from."""


class CreateOrderReturnItem(Input):
    """Units of one line to go back."""

    product_id: str = Field(min_length=1)
    sku: str = Field(min_length=1, description="Names the order line.")
    quantity: WholeNumber = Field(ge=1)
    resolution: ReturnResolution
    return_reason: str = Field(min_length=1, max_length=500)
    reason_code: ReasonCode = Field(
        default=ABSENT,
        description="The same for programs; where the store is to blame, it keeps no fee.",
    )


class SavedPickupAddress(Input):
    """A saved address of the same customer."""

    id: Ulid


def _kind_of_address(value: Any) -> str:
    # A saved address is named by its id; one that is spelt out may carry an id that is ignored.
    if isinstance(value, SavedPickupAddress):
        return "(saved)"
    if isinstance(value, dict) and "id" in value:
        return "(saved)" if is_id(value["id"]) or "address_line1" not in value else "(inline)"
    return "(inline)"


def _any_of(schema: dict[str, Any]) -> None:
    schema["anyOf"] = schema.pop("oneOf")
    schema.pop("default", None)


PickupAddress = Annotated[
    Annotated[CustomerAddressCreate, Tag("(inline)")]
    | Annotated[SavedPickupAddress, Tag("(saved)")],
    Discriminator(_kind_of_address),
]


class PreviewOrderReturn(Input):
    """What is to go back."""

    return_items: list[CreateOrderReturnItem] = Field(min_length=1, max_length=100)


class CreateOrderReturn(PreviewOrderReturn):
    """What goes back, and where to collect it."""

    shipping_address: PickupAddress = Field(
        default=KEPT,
        description="Where to collect the goods; the order's shipping address when left out.",
        json_schema_extra=_any_of,
    )
    preview: Digest = ABSENT


class OrderReturnItem(View):
    """Units of one line that go back."""

    product_id: str
    product_name: str
    product_image_url: ShownPicture
    sku: str
    selling_price: Amount
    tax_type: str
    tax_rate: Amount = Field(description="Per cent.")
    quantity: int = Field(ge=1)
    resolution: ReturnResolution
    return_reason: str
    reason_code: ReasonCode | None = Field(default=None, description="The same for programs.")
    fee: Amount = Field(default=Decimal(0), description="What the store keeps of its refund.")


class OrderReturn(View):
    """A return request. Amounts are what the goods cost, whatever comes back for them."""

    request_number: ReturnRequestNumber
    status: ReturnStatus
    return_items: list[OrderReturnItem] = Field(min_length=1)
    subtotal: Amount
    shipping_amount: Amount
    total_tax: Amount
    grand_total: Amount
    shipping_address: OrderAddress | None = Field(description="Pickup place.")
    created_at: Moment
    modified_at: Moment
    approved_at: Moment | None
    rejected_at: Moment | None
    rejection_reason: str | None
    shipped_at: Moment | None
    received_at: Moment | None
    original_order_number: OrderNumber
    original_order_delivered_at: Moment | None
    replacement_order_number: str | None
    replacement_order_date: Moment | None
    replacement_order_amount: Amount | None
    refund: list[OrderRefund]


class AskedRefund(View):
    """What comes back for a return that is not decided yet, if it is approved."""

    money: Amount = Field(description="Back the way the order was paid.")
    credit: Amount = Field(description="Back as store credit.")
    points: Amount = Field(description="Loyalty points that come back.")
    unpaid: Amount = Field(description="Was still to be paid, and is not asked for any more.")
    way: str = Field(description="Where the money goes, as in `to UPI`.")
    working_days: int = Field(description="Within how many, once the items are checked.")


class ReturnDetail(View):
    """A return request as its page shows it: also what the contract has no field for."""

    order_return: OrderReturn
    completed_at: Moment | None
    cancelled_at: Moment | None
    is_cancellation_allowed: bool
    can_ask_again: bool = Field(description="Whether the order lets something go back now.")
    wants: Literal["refund", "replacement", "both"]
    refunds: list[ShownRefund]
    asked: AskedRefund | None = Field(description="Of a return that waits for approval.")
    store_email: str = Field(description="Where customers get help; may be empty.")
    help_link: str = Field(description="Where they get help with its order; may be empty.")
    currency: str


class ReturnableItem(View):
    """A line of an order, and how many of its units can go back now."""

    product_id: str
    product_name: str
    product_image_url: ShownPicture
    variant_name: str | None
    sku: str
    selling_price: Amount
    quantity: int
    returnable_quantity: int = Field(ge=0)
    returnable_until: Moment | None = Field(description="When the last window closes or closed.")
    resolutions: list[ReturnResolution] = Field(description="What can be asked for.")
    reason: str | None = Field(
        description="Why nothing can go back, `{date}` for the day it closed; none: something can."
    )
    held_note: str = Field(
        description="How many of its units can go back, when others are in a return; else empty."
    )


class ReturnQuote(RefundPreview):
    """What would come back for a return, before it is asked for."""

    fee: Amount = Field(description="What the store keeps by its policy.")
    working_days: int = Field(description="Within how many, once the items are checked.")
    points_taken_back: Amount = Field(description="Points earned with the goods, taken back.")
    replaced_units: int = Field(ge=0)
