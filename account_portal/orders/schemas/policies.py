"""What a shop lets customers do after the purchase, as data."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from account_portal.core.schemas import Input, Moment, View
from account_portal.states import ReturnResolution

CancelUntil = Literal["never", "scheduled", "packed"]
"""Until when an order can be cancelled: never, until it is scheduled, or until it is packed."""

NeverReturned = Literal[
    "final_sale", "digital", "made_to_order", "perishable", "hygiene", "unsealed_media"
]
"""Why something never goes back, as the law of consumer contracts and shops name it."""

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

ShownProblem = Literal["damaged", "wrong_item", "missing_item"]
"""Problems of claims that a photo can show."""

PolicySource = Literal["file", "command", "api", "console"]
"""How a policy was set: by the file of a setting, a command, a call, or the console."""

_Word = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
_Words = Annotated[tuple[_Word, ...], Field(max_length=500)]
_Days = Annotated[int, Field(ge=0, le=3650)]


class _Strict(Input):
    """A misspelt word of a policy is a fault, not a rule that never applies."""

    model_config = ConfigDict(extra="forbid")


class AppliesTo(_Strict):
    """Which lines a rule is for: all conditions that it names must hold, one of each list."""

    skus: _Words = ()
    products: _Words = Field(default=(), description="Ids of products.")
    tags: _Words = ()
    categories: _Words = ()
    types: tuple[Literal["physical", "digital", "bundle"], ...] = ()
    customer_groups: _Words = Field(
        default=(), description="Groups that the order's record says its customer was in."
    )
    countries: tuple[Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")], ...] = Field(
        default=(),
        max_length=250,
        description="Countries of delivery, as ISO 3166 codes.",
        examples=[["AT", "DE"]],
    )
    price_from: Decimal | None = Field(
        default=None, ge=0, description="What a unit costs at least, in `currency`."
    )
    price_below: Decimal | None = Field(default=None, gt=0, description="What it costs less than.")
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = None
    age_days_from: _Days | None = Field(
        default=None, description="Days since the order was placed, at least."
    )
    age_days_below: _Days | None = Field(default=None, description="Fewer days than these.")
    ordered_from: date | None = Field(default=None, description="First day of orders, in UTC.")
    ordered_until: date | None = Field(default=None, description="Last day of orders, in UTC.")

    @model_validator(mode="after")
    def _not_empty(self) -> "AppliesTo":
        pairs = (
            (self.price_from, self.price_below),
            (self.age_days_from, self.age_days_below),
        )
        if any(low is not None and high is not None and low >= high for low, high in pairs):
            raise ValueError("holds for nothing: a range ends before it begins")
        if self.ordered_from and self.ordered_until and self.ordered_from > self.ordered_until:
            raise ValueError("holds for nothing: ordered_until is before ordered_from")
        if (self.price_from is None and self.price_below is None) != (self.currency is None):
            raise ValueError("a price needs its currency, and a currency a price")
        return self


_PerCent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]


class CancelTerms(_Strict):
    """What a rule says of cancelling; what it leaves out, a more general rule says."""

    until: CancelUntil | None = None
    charge_per_cent: _PerCent | None = Field(
        default=None, description="What the store keeps of what the line cost."
    )


class ReturnTerms(_Strict):
    """What a rule says of returns; what it leaves out, a more general rule says."""

    window_days: _Days | None = Field(default=None, description="Days in which items can go back.")
    counted_from: Literal["delivery", "order"] | None = None
    resolutions: tuple[ReturnResolution, ...] | None = Field(default=None, min_length=1)
    fee_per_cent: _PerCent | None = Field(
        default=None,
        description="What the store keeps of a refund for restocking, unless it is to blame.",
    )
    never: NeverReturned | None = Field(default=None, description="Why it never goes back.")
    evidence_for: tuple[ReasonCode, ...] | None = Field(
        default=None, description="Reasons for which a photo or video is needed."
    )

    @model_validator(mode="after")
    def _no_contradiction(self) -> "ReturnTerms":
        if self.never and (self.window_days is not None or self.resolutions is not None):
            raise ValueError("contradicts itself: what never goes back has no window and no way")
        return self


class ClaimTerms(_Strict):
    """What a rule says of claims: goods that came damaged, wrong, not at all."""

    window_days: _Days | None = Field(
        default=None, description="Days after delivery in which something can be said to be wrong."
    )
    evidence_for: tuple[ShownProblem, ...] | None = Field(
        default=None, description="Problems for which a photo or video is needed."
    )


class PolicyRule(_Strict):
    """One rule: what it is for, and what it says."""

    name: str = Field(min_length=1, max_length=80, description="For the shop's people.")
    applies_to: AppliesTo = AppliesTo()
    cancel: CancelTerms | None = None
    returns: ReturnTerms | None = None
    claims: ClaimTerms | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "PolicyRule":
        said = [
            terms.model_fields_set for terms in (self.cancel, self.returns, self.claims) if terms
        ]
        if not any(said):
            raise ValueError("says nothing")
        return self


class Policy(_Strict):
    """The rules of a shop. What none of them says, the settings say."""

    rules: tuple[PolicyRule, ...] = Field(max_length=500)


class PolicyVersionView(View):
    """A policy as it was set."""

    number: int
    in_force_from: Moment
    source: PolicySource = Field(description="How it was set.")
    policy: Policy


class PolicyChange(View):
    """What a policy would change for a line of an order that is there."""

    order_number: str
    sku: str
    now: str = Field(description="What can be done today.")
    then: str = Field(description="What could be done.")


class PolicyTrial(View):
    """What a policy would change for the latest orders."""

    orders: int = Field(description="How many were looked at.")
    changes: list[PolicyChange] = Field(
        description="What gets kinder for orders that are there: nothing of them gets worse."
    )
    new_orders: list[PolicyChange] = Field(
        description="What would be otherwise had they been placed under it."
    )
