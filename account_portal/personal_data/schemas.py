"""Copies of one's own data, as their owner sees them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from account_portal.core.schemas import View
from account_portal.states import ExportStatus


class DataExport(View):
    """A copy that was asked for."""

    id: str
    status: ExportStatus
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None = Field(description="When the archive is removed.")
    byte_count: int | None = Field(description="Size of the archive.")


class DataExportAddress(View):
    """Where an archive is fetched."""

    download_url: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})] = Field(
        description="Relative to the portal. Whoever has it can open it, until it expires."
    )
    expires_at: datetime


ObstacleCode = Literal[
    "open_order",
    "open_return",
    "open_claim",
    "open_withdrawal",
    "open_refund",
    "active_subscription",
]


class Obstacle(View):
    """Why an account cannot be deleted yet."""

    code: ObstacleCode
    number: str = Field(
        description="Of the order, return, report, withdrawal, refund or subscription."
    )
    order_number: str | None = Field(
        description="Of the order that it is, or belongs to; null for subscriptions."
    )
    message: str


class Forfeit(View):
    """What goes with the account, and is said before."""

    code: Literal["points", "store_credit", "reviews", "return_windows"]
    message: str


class Deletion(View):
    """What deleting the account would mean."""

    can_be_deleted: bool
    obstacles: list[Obstacle] = Field(description="What has to be settled first.")
    forfeits: list[Forfeit] = Field(description="What goes with the account.")
    books_until: datetime = Field(
        description="Until when amounts, dates and numbers of orders are kept, without the person."
    )


class OwnData(View):
    """What the page about one's own data shows."""

    export: DataExport | None
    """The last copy that was asked for."""
    deletion: Deletion
