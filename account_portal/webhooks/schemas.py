"""What the shop's systems say and see of events, endpoints and deliveries."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, field_validator

from account_portal.core.schemas import (
    KEPT,
    Changes,
    Input,
    Moment,
    Sometimes,
    Ulid,
    View,
    WholeNumber,
)
from account_portal.events import EventType
from account_portal.states import DeliveryStatus

ALL = "*"
_TYPES = frozenset(EventType)

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        description="An `https://` address, or `sink:NAME` for an installed event sink.",
    ),
]
Types = Annotated[
    list[str],
    Field(min_length=1, max_length=50, description='Types of events; `["*"]` for all.'),
]
Description = Annotated[str, Field(max_length=200, description="For people.")]
Expand = Annotated[
    StrictBool, Field(description="Whether events bring what they are about along, as `object`.")
]


def _known(types: list[str]) -> list[str]:
    for name in types:
        if name != ALL and name not in _TYPES:
            raise ValueError(f"{name[:40]} is no type of event")
    return [ALL] if ALL in types else sorted(set(types))


class CreateWebhook(Input):
    """A new endpoint."""

    url: Url
    types: Types = Field(default_factory=lambda: [ALL])
    description: Description = ""
    expand: Expand = False
    version: int = Field(default=1, ge=1, le=1, description="Of the form events are told in.")

    _types = field_validator("types")(_known)


class ChangeWebhook(Changes):
    """What changes of an endpoint; what is left out stays."""

    url: Url = KEPT
    types: Types = KEPT
    description: Description = KEPT
    expand: Expand = KEPT

    _types = field_validator("types")(_known)


class RotateSecret(Input):
    """How a secret is replaced."""

    overlap_hours: WholeNumber = Field(
        default=24,
        ge=0,
        le=720,
        description="Hours in which the old secret signs too, so that receivers can change over.",
    )

    @property
    def overlap(self) -> timedelta:
        """The same as a duration."""
        return timedelta(hours=self.overlap_hours)


class Webhook(View):
    """An endpoint."""

    id: Ulid
    url: str
    types: list[str]
    description: str
    expand: bool
    version: int
    status: Literal["enabled", "disabled"]
    failing_since: Moment | None = Field(description="First failure that no success followed.")
    disabled_at: Moment | None
    disabled_reason: str | None
    old_secret_until: Moment | None = Field(description="Until when the replaced secret signs too.")
    created_at: Moment
    modified_at: Moment


class WebhookWithSecret(Webhook):
    """An endpoint, and the secret that is shown this once only."""

    secret: str = Field(description="`whsec_…`; shown this once.")


class Delivery(View):
    """One event on its way to one endpoint."""

    id: Ulid
    webhook_id: Ulid
    event_id: Ulid = Field(description="`webhook-id` of every try.")
    event_type: str
    status: DeliveryStatus
    attempts: int = Field(description="Tries that came to an end.")
    next_attempt_at: Moment | None
    response_status: int | None = Field(description="HTTP status of the last answer, if any came.")
    error: str | None = Field(description="Why the last try was no success.")
    created_at: Moment
    updated_at: Moment
    settled_at: Moment | None


class EventView(View):
    """Something that happened."""

    id: Ulid
    type: EventType
    created_at: Moment
    source: Literal["customer", "shop", "import", "history", "system"] = Field(
        description="Who caused it. `history`: an import brought what was long over."
    )
    version: int
    data: dict[str, Any] = Field(description="What it concerns, by the keys of the other calls.")
    object: Sometimes[dict[str, Any]] = Field(
        default=None, description="With `expand`: what it is about, as it is now; null: gone."
    )


class EventList(View):
    """Some events, oldest first."""

    events: list[EventView]
    next_cursor: str | None = Field(
        description="Send it as `after` the next time, whether or not events were found: it moves "
        "on with the log. Null: the log is empty."
    )
    has_more: bool = Field(description="Whether more are there already.")
