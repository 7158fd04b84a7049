"""Copies of one's own data, as their owner sees them."""

from datetime import datetime
from typing import Annotated

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


class OwnData(View):
    """What the page about one's own data shows."""

    export: DataExport | None
    """The last copy that was asked for."""
