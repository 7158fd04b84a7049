"""Words that tell one state of a thing from the next: `version` and `ETag` of the merchant API."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Any

import orjson
from pydantic import Field
from sqlmodel import SQLModel

from account_portal.core.bulk import table_of

Version = Annotated[
    str, Field(description="Another one after each change; send it back as `If-Match`.")
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ALWAYS = {"modified_at", "payment_status", "verification_status", "deactivated_at"}
"""Columns that count although views show them under other names."""


def of_moment(changed_at: datetime) -> str:
    """The version of something whose changes are dated strictly one after the other."""
    return f"{(changed_at - _EPOCH) // _MICROSECOND:x}"


def of_values(values: Sequence[Any]) -> str:
    """The version of a row: a digest of what it says, as two changes may bear the same date."""
    return blake2b(orjson.dumps(values), digest_size=8).hexdigest()


def columns_of(model: type[SQLModel], view: Any) -> list[Any]:
    """The columns of a row that its version depends on."""
    return [
        column
        for column in table_of(model).columns
        if column.name in view.model_fields or column.name in _ALWAYS
    ]


def of_row(row: SQLModel, view: Any) -> str:
    """The version of a row as it is in the session."""
    return of_values([getattr(row, column.name) for column in columns_of(type(row), view)])
