"""What a shop lets customers do after the purchase."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from account_portal.core.db import UtcDateTime
from account_portal.models.base import Identified


class OrderPolicy(SQLModel, table=True):
    """The window that states of orders were derived with; one row.

    A process that starts with another marks the documents whose state it can change, so that these
    are derived anew before they are read.
    """

    __tablename__ = "order_policies"

    id: int = Field(primary_key=True)
    return_window_days: int


class PolicyVersion(Identified, table=True):
    """What the shop lets customers do after the purchase, as it was set at a moment."""

    __tablename__ = "policy_versions"

    number: int = Field(unique=True)
    in_force_from: datetime = Field(sa_type=UtcDateTime)
    source: str = Field(max_length=10, description="`file`, `command`, `api` or `console`.")
    body: str = Field(sa_type=Text, description="`orders.schemas.Policy` as JSON.")
