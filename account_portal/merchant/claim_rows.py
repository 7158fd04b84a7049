"""Rows of claims that the shop's systems read."""

from pydantic import Field

from account_portal.core.schemas import Amount, Moment, OrderNumber, Ulid, View
from account_portal.core.versions import Version
from account_portal.evidence.schemas import EvidenceFile
from account_portal.merchant.rows import ChangesQuery, OfOrder, OrderExpanded
from account_portal.states import ClaimProblem, ClaimResolution, ClaimStatus, ReturnResolution


class ClaimsQuery(ChangesQuery, OrderExpanded):
    """Which claims."""

    order_number: OrderNumber | None = Field(default=None, description="Only of this order.")
    status: list[ClaimStatus] = Field(
        default_factory=list, description="Only claims in one of these states. May be repeated."
    )
    customer: str | None = Field(
        default=None, max_length=64, description="`customer_id`, or the shop's own `external_id`."
    )


class ClaimUnits(View):
    """Units that something is wrong with."""

    sku: str
    product_id: str
    product_name: str
    quantity: int
    problem: ClaimProblem
    details: str | None = Field(description="In the customer's words.")
    evidence: list[EvidenceFile] = Field(description="Photos and videos by the customer.")
    amount: Amount = Field(description="What they cost, tax included.")


class ClaimRow(OfOrder):
    """What a customer says went wrong with an order."""

    claim_number: str
    order_number: str
    customer_id: Ulid
    status: ClaimStatus
    wish: ReturnResolution
    reference_number: str | None = Field(
        description="The parcel that did not arrive, if it is about a whole one."
    )
    items: list[ClaimUnits]
    amount: Amount = Field(description="What all of it cost: the most that can be refunded.")
    currency: str
    resolution: ClaimResolution | None
    answer: str | None = Field(description="What the customer was told.")
    replacement_order_number: str | None
    resent_reference_number: str | None
    return_request_number: str | None
    decided_at: Moment | None
    withdrawn_at: Moment | None
    created_at: Moment
    updated_at: Moment
    version: Version
