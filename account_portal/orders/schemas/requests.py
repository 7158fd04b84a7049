"""What orders take."""

from datetime import UTC, tzinfo
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, Tag, field_validator

from account_portal.core.clock import is_zone
from account_portal.core.errors import InvalidInput
from account_portal.core.pagination import Direction, PageParams, parse_sort
from account_portal.core.schemas import (
    ABSENT,
    Input,
    Ulid,
    WholeNumber,
)
from account_portal.states import (
    OrderStatus,
    RefundMode,
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
    status: list[OrderStatus] = Field(
        default_factory=list,
        alias="status[]",
        description="Keep orders in any of these states. Repeat the parameter per value.",
        json_schema_extra={"uniqueItems": True},
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
        return sorted(set(self.status))


class OrderSearch(PageParams):
    """What the order history page asks for."""

    text: str = Field(default="", max_length=100)
    group: Literal["all", "open", "delivered", "cancelled"] = "all"
    year: int | None = Field(default=None, ge=1970, le=9999)
    zone: str = Field(default="", max_length=64, description="In which the year is meant; or UTC.")
    sort: Literal["newest", "oldest", "total_high", "total_low"] = "newest"

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value and not is_zone(value):
            raise ValueError("is not a time zone")
        return value

    @property
    def year_begins_in(self) -> tzinfo:
        """The zone by which an order is of a year."""
        return ZoneInfo(self.zone) if self.zone else UTC


Digest = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{32}$",
        description="`digest` of the preview the customer saw; another outcome answers 409.",
    ),
]


class CancelItem(Input):
    """Units of one line to cancel."""

    sku: str = Field(min_length=1, description="Names the order line.")
    quantity: WholeNumber = Field(ge=1)


class CancelChoice(Input):
    """What is cancelled, and where the money goes."""

    cancel_items: list[CancelItem] = Field(
        default=ABSENT,
        min_length=1,
        max_length=100,
        description="Units to cancel while the rest goes on; left out, the whole order.",
    )
    refund_mode: RefundMode
    bank_account_id: Ulid = Field(
        default=ABSENT,
        description="Needed with `bank_transfer`: a verified account of the same customer.",
    )


class CancelOrder(CancelChoice):
    """Why an order is cancelled and where the money goes."""

    cancellation_reason: str = Field(min_length=1, max_length=500)
    feedback: str | None = Field(default=None, max_length=1000)
    preview: Digest = ABSENT


class ChangeDelivery(Input):
    """Where an order goes instead."""

    address_id: Ulid = Field(
        default=ABSENT,
        description="A saved address in the same state and country; left out, it stays.",
    )
    delivery_instructions: str | None = Field(
        default=None, max_length=255, description="For whoever brings it; null for none."
    )
    seen: dict[str, str | None] = Field(
        default=ABSENT,
        max_length=20,
        description="The order's `shipping_address` as it was last read: if it differs by now, "
        "nothing is changed and the answer is `delivery_changed`. [ours]",
    )


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
