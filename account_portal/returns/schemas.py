"""What return calls take and show; names are the contract's."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag

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
from account_portal.evidence.schemas import AddEvidence, EvidenceFile, EvidenceIds
from account_portal.orders.schemas import (
    Digest,
    OrderAddress,
    OrderRefund,
    RefundPreview,
    ShownRefund,
)
from account_portal.orders.schemas.policies import ReasonCode
from account_portal.states import ReturnResolution, ReturnStatus

ReturnRequestNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$"),
    Field(description="Readable key of a return request; it is the `{return_id}` path value."),
]


OTHER_REASON = "Something else"
RefusalCode = Literal["worn", "damaged", "incomplete", "wrong_item", "other"]
"""Why something that went back is not accepted, for programs."""
REFUSALS: dict[RefusalCode, str] = {
    "worn": "It was worn or used",
    "damaged": "It came back damaged",
    "incomplete": "Parts of it are missing",
    "wrong_item": "It is not what was sold",
    "other": OTHER_REASON,
}
"""The same in words."""
RefusedGoods = Literal["sent_back", "kept"]
"""What becomes of what was refused: it goes to its customer again, or stays with the store."""
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
    evidence: EvidenceIds = Field(default_factory=list)


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


class ChangeOrderReturn(PreviewOrderReturn):
    """What is to go back instead; its evidence may be what the request has already."""

    preview: Digest = ABSENT


_TRACKING_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9 ./_-]*$"


def _tracking_number(text: str) -> str:
    if not re.fullmatch(_TRACKING_NUMBER, text):
        raise ValueError(
            "is not a tracking number: use letters from A to Z, digits, blanks and . / _ - only"
        )
    return text


TrackingNumber = Annotated[
    str,
    AfterValidator(_tracking_number),
    Field(
        min_length=4,
        max_length=64,
        description="Its tracking number.",
        json_schema_extra={"pattern": _TRACKING_NUMBER},
    ),
]


class TellReturnParcel(Input):
    """The parcel that its customer sent themselves."""

    awb_no: TrackingNumber
    courier_company_name: str = Field(
        default=ABSENT, min_length=1, max_length=100, description="Who carries it."
    )


class InspectedItem(Input):
    """What was received of one line."""

    sku: str = Field(min_length=1, max_length=64, description="Names the order line.")
    accepted: WholeNumber = Field(
        default=ABSENT, ge=0, description="All that are not refused when left out."
    )
    refused: WholeNumber = Field(default=0, ge=0, description="Besides those that are accepted.")
    reason_code: RefusalCode = Field(default=ABSENT, description="Needed if some are refused.")
    note: str = Field(
        default=ABSENT, min_length=1, max_length=500, description="What the customer reads."
    )
    goods: RefusedGoods = Field(
        default="sent_back", description="What becomes of those that are refused."
    )
    can_ask_again: bool = Field(
        default=False, description="Whether those that are refused may be asked for again."
    )


class InspectReturn(Input):
    """What was received, as the store found it."""

    return_items: list[InspectedItem] = Field(
        default_factory=list,
        max_length=100,
        description="Each line once; of those left out, everything is accepted.",
    )


class ShowFound(AddEvidence):
    """Photos and a video of what the store found of one line."""

    sku: str = Field(min_length=1, max_length=64, description="Names the order line.")


class Inspection(View):
    """What was received of units that were asked for, as the store found it."""

    accepted_quantity: int = Field(ge=0)
    refused_quantity: int = Field(ge=0, description="What is neither did not come.")
    reason_code: RefusalCode | None = Field(description="Why some are refused, for programs.")
    note: str | None = Field(description="The same in the store's words.")
    goods: RefusedGoods | None = Field(description="What becomes of those that are refused.")
    can_ask_again: bool = Field(
        description="Whether those that are refused may be asked for again."
    )
    evidence: list[EvidenceFile] = Field(description="Photos and videos by the store.")


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
    evidence: list[EvidenceFile] = Field(
        default_factory=list, description="Photos and videos by its customer."
    )
    inspection: Inspection | None = Field(
        default=None, description="What was received; none: everything, or nothing yet."
    )


class OrderReturn(View):
    """A return request. Amounts are what the goods cost, whatever comes back for them."""

    request_number: ReturnRequestNumber
    status: ReturnStatus
    return_items: list[OrderReturnItem] = Field(min_length=1)
    subtotal: Amount
    shipping_amount: Amount = Field(
        description="What of the order's delivery and charges comes back with the goods, tax "
        "included."
    )
    total_tax: Amount
    grand_total: Amount
    shipping_address: OrderAddress | None = Field(description="Pickup place.")
    created_at: Moment
    modified_at: Moment
    changed_at: Moment | None = Field(description="When its customer changed it last.")
    courier_company_name: str | None = Field(
        description="Who carries the parcel, if its customer sent it and said so."
    )
    awb_no: str | None = Field(description="Its tracking number.")
    parcel_told_at: Moment | None = Field(description="When its customer told that last.")
    approved_at: Moment | None
    rejected_at: Moment | None
    rejection_reason: str | None
    shipped_at: Moment | None
    received_at: Moment | None
    inspected_at: Moment | None
    inspection_corrected_at: Moment | None = Field(
        description="When the store said anew what it accepts."
    )
    original_order_number: OrderNumber
    original_order_delivered_at: Moment | None
    replacement_order_number: str | None
    replacement_order_date: Moment | None
    replacement_order_amount: Amount | None
    refund: list[OrderRefund]


class KeptFee(View):
    """What the store keeps of the refund of one line, and for which reason."""

    sku: str
    product_name: str
    amount: Amount = Field(description="What is kept of its refund.")
    return_reason: str = Field(description="Why it goes back: the store is not to blame for that.")
    reason_code: ReasonCode | None = Field(description="The same for programs.")


class ReturnQuote(RefundPreview):
    """What would come back for a return, before it is asked for."""

    fee: Amount = Field(description="What the store keeps by its policy.")
    fees: list[KeptFee] = Field(description="The same, line by line, with the reasons.")
    working_days: int = Field(description="Within how many, once the items are checked.")
    points_taken_back: Amount = Field(description="Points earned with the goods, taken back.")
    replaced_units: int = Field(ge=0)
    replaced_amount: Amount = Field(description="What these cost; it is not refunded.")
    evidence_required: list[str] = Field(
        description="SKUs of items for whose reason the store asks for a photo or video; the "
        "return is refused without."
    )


class ReturnDetail(View):
    """A return request as its page shows it: also what the contract has no field for."""

    order_return: OrderReturn
    completed_at: Moment | None
    cancelled_at: Moment | None
    is_cancellation_allowed: bool
    is_change_allowed: bool
    can_tell_parcel: bool = Field(description="Whether its customer may name the parcel they sent.")
    can_ask_again: bool = Field(description="Whether the order lets something go back now.")
    wants: Literal["refund", "replacement", "both"]
    refunds: list[ShownRefund]
    quote: ReturnQuote | None = Field(
        description="What comes back, as the preview said it; its points are those of a return "
        "that waits for approval. None: it ended, or nothing is refunded."
    )
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
    evidence_for: list[ReasonCode] = Field(
        description="Reasons for which the store asks for a photo or video."
    )
    fee_per_cent: Amount = Field(
        description="What of a refund the store keeps, unless the reason blames it."
    )
    held_note: str = Field(
        description="How many of its units can go back, when others are in a return; else empty."
    )


class ChangeableReturn(View):
    """A return request, and what it may be changed to."""

    order_return: OrderReturn
    lines: list[ReturnableItem] = Field(
        description="All lines of its order; what it holds itself can go back."
    )
