"""What all tables share: ids, time stamps, naming of constraints."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from account_portal.core.db import UtcDateTime
from account_portal.core.ids import new_id

# One naming scheme, so that migrations name the same constraint alike on every database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Identified(SQLModel):
    """A row with a ULID."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=26)


class Stamped(SQLModel):
    """When a row was made and last changed; services set both from `Context.now`."""

    created_at: datetime = Field(sa_type=UtcDateTime)
    modified_at: datetime = Field(sa_type=UtcDateTime)
