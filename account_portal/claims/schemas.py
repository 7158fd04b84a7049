"""What calls about claims take and show."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from account_portal.core.links import ShownPicture
from account_portal.core.schemas import (
    ABSENT,
    Amount,
    Input,
    Moment,
    OrderNumber,
    View,
    WholeNumber,
)
from account_portal.evidence.schemas import EvidenceFile, EvidenceIds
from account_portal.orders.schemas import (
    Digest,
    OrderRefund,
    Preview,
    PreviewedLine,
    ShownRefund,
)
from account_portal.orders.schemas.policies import ShownProblem
from account_portal.states import ClaimProblem, ClaimResolution, ClaimStatus, ReturnResolution

ClaimNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$"),
    Field(description="Readable key of a claim."),
]

LONGEST_WORDS = 500
"""Characters of what is said of one problem."""

Details = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_WORDS),
    Field(description="In the customer's words."),
]


class CreateClaimItem(Input):
    """Units of one line that something is wrong with."""

    sku: str = Field(min_length=1, max_length=64, description="Names the order line.")
    quantity: WholeNumber = Field(ge=1)
    problem: ClaimProblem
    details: Details = ABSENT
    evidence: EvidenceIds = Field(default_factory=list)


class PreviewClaim(Input):
    """What is wrong, and what the customer wishes for: with items, or with a whole parcel."""

    wish: ReturnResolution
    claim_items: list[CreateClaimItem] = Field(
        default_factory=list, max_length=100, description="Of what arrived, or should have."
    )
    reference_number: str = Field(
        default=ABSENT,
        min_length=1,
        max_length=64,
        description="Of a parcel that did not arrive and is not delivered; it is claimed whole, "
        "without `claim_items`.",
    )
    details: Details = Field(default=ABSENT, description="Of the parcel.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.claim_items) == bool(self.reference_number):
            raise ValueError("name either claim_items or the reference_number of a parcel")
        return self


class CreateClaim(PreviewClaim):
    """The same, as it is sent."""

    preview: Digest = ABSENT


class AcceptClaim(Input):
    """What the shop does about a claim."""

    resolution: ClaimResolution = Field(
        description="`refund`: money goes back and the goods stay; `replacement`: the same is sent "
        "again; `return`: the goods are to come back, for what was wished."
    )
    amount: Decimal = Field(
        default=ABSENT,
        gt=0,
        le=10**12,
        description="How much goes back, in major units; all that the units cost when left out.",
    )
    answer: Details = Field(default=ABSENT, description="What the customer reads.")


class ClaimItem(View):
    """Units of one line that something is wrong with."""

    product_id: str
    product_name: str
    product_image_url: ShownPicture
    sku: str
    quantity: int = Field(ge=1)
    problem: ClaimProblem
    details: str | None
    evidence: list[EvidenceFile] = Field(description="Photos and videos by its customer.")
    amount: Amount = Field(description="What these units cost, tax included.")


class Claim(View):
    """What went wrong with an order, and what became of it."""

    claim_number: ClaimNumber
    order_number: OrderNumber
    status: ClaimStatus
    wish: ReturnResolution
    reference_number: str | None = Field(
        description="The parcel that did not arrive, if it is about a whole one."
    )
    claim_items: list[ClaimItem] = Field(min_length=1)
    amount: Amount = Field(description="What all of it cost, tax included.")
    currency: str
    resolution: ClaimResolution | None = Field(description="What the store agreed to.")
    agreed_amount: Amount | None = Field(description="What goes back, once it was agreed to.")
    answer: str | None = Field(description="What the store says.")
    refund: list[OrderRefund]
    replacement_order_number: str | None
    resent_reference_number: str | None = Field(
        description="The parcel that is sent in the place of the one that did not arrive."
    )
    return_request_number: str | None = Field(
        description="The return by which the store asks for the goods."
    )
    created_at: Moment
    modified_at: Moment
    decided_at: Moment | None
    withdrawn_at: Moment | None


class ClaimQuote(Preview):
    """What a claim asks for, before it is sent."""

    wish: ReturnResolution
    lines: list[PreviewedLine]
    units: int = Field(ge=1)
    amount: Amount = Field(description="What they cost, tax included: the most that goes back.")
    currency: str
    evidence_required: list[str] = Field(
        description="SKUs of items for whose problem the store asks for a photo or video; the "
        "claim is refused without."
    )


class ClaimDetail(View):
    """A claim as its page shows it."""

    claim: Claim
    digital: list[str] = Field(description="SKUs of lines of the order that are downloaded.")
    refunds: list[ShownRefund]
    store_email: str = Field(description="Where customers get help; may be empty.")
    help_link: str = Field(description="Where the customer gets help; may be empty.")


class ClaimableItem(View):
    """A line of an order, and for how many of its units something can be wrong."""

    product_name: str
    product_image_url: ShownPicture
    variant_name: str | None
    sku: str
    is_digital: bool = Field(description="It is downloaded: no parcel brings it.")
    claimable_quantity: int = Field(ge=0)
    resolutions: list[ReturnResolution]
    evidence_for: list[ShownProblem] = Field(
        description="Problems for which the store asks for a photo or video."
    )
    reason: str | None = Field(description="Why nothing can be claimed; none: something can.")
    reason_at: Moment | None = Field(description="The day that `{date}` in it stands for.")


class ClaimableParcel(View):
    """A parcel that one can say of that it did not arrive."""

    reference_number: str
    label: str = Field(description="Such as Parcel 1 of 2.")
    summary: str = Field(description="First product in it, and how many more.")
    resolutions: list[ReturnResolution]


class Claimable(View):
    """What of an order something can be wrong with."""

    lines: list[ClaimableItem]
    parcels: list[ClaimableParcel]
    open_claims: list[str] = Field(description="Numbers of claims that are being looked into.")
    help_link: str = Field(description="Where the customer gets help; may be empty.")
