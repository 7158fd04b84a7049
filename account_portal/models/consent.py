"""What customers agreed to, and when."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from account_portal.core.db import UtcDateTime
from account_portal.models.base import Identified


class ConsentChange(Identified, table=True):
    """A switch of the opt-ins that was turned; written with it, never changed."""

    __tablename__ = "consent_changes"
    __table_args__ = (
        Index("ix_consent_changes_user_id_created_at", "user_id", "created_at", "id"),
    )

    user_id: str = Field(foreign_key="users.id", max_length=26)
    name: str = Field(max_length=30, description="Kind and channel, such as promotional_email.")
    is_on: bool
    source: str = Field(max_length=10, description="customer, shop, import or system.")
    created_at: datetime = Field(sa_type=UtcDateTime)
