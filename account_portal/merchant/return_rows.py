"""Rows of return requests that the shop's systems read."""

from pydantic import Field

from account_portal.core.schemas import Amount, Moment, Ulid, View
from account_portal.core.versions import Version
from account_portal.evidence.schemas import EvidenceFile
from account_portal.merchant.rows import OfOrder
from account_portal.returns.schemas import Inspection
from account_portal.states import ReturnResolution, ReturnStatus


class ReturnUnits(View):
    """Units that go back."""

    sku: str
    product_id: str
    product_name: str
    quantity: int
    resolution: ReturnResolution
    return_reason: str
    evidence: list[EvidenceFile] = Field(description="Photos and videos by the customer.")
    found_evidence: list[EvidenceFile] = Field(
        description="Photos and videos by the store of what it found; its customer sees them with "
        "the inspection."
    )
    refund_amount: Amount = Field(
        description="What they cost, tax included; once inspected, those that are accepted."
    )
    fee: Amount = Field(description="What of it the store keeps by its policy.")
    inspection: Inspection | None = Field(description="What was received; none: nobody looked yet.")


class ReturnRow(OfOrder):
    """A return request."""

    request_number: str
    order_number: str
    customer_id: Ulid
    status: ReturnStatus
    items: list[ReturnUnits]
    grand_total: Amount = Field(
        description="What the goods cost, tax included, and delivery that comes back with them."
    )
    shipping_amount: Amount = Field(description="That delivery: of a whole order, withdrawn from.")
    currency: str
    rejection_reason: str | None
    replacement_order_number: str | None
    changed_at: Moment | None = Field(description="When its customer changed it last.")
    courier_company_name: str | None = Field(
        description="Who carries the parcel, if its customer sent it and said so."
    )
    awb_no: str | None = Field(description="Its tracking number.")
    parcel_told_at: Moment | None = Field(description="When its customer told that last.")
    approved_at: Moment | None
    rejected_at: Moment | None
    shipped_at: Moment | None
    received_at: Moment | None
    inspected_at: Moment | None
    inspection_corrected_at: Moment | None
    is_correction_allowed: bool = Field(
        description="Whether what is accepted of it may be said anew now."
    )
    completed_at: Moment | None
    cancelled_at: Moment | None
    created_at: Moment
    updated_at: Moment
    version: Version
