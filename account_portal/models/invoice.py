"""Invoices of the store, as they were issued."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from account_portal.core.db import JsonType, UtcDateTime
from account_portal.models.base import Identified


class Invoice(Identified, table=True):
    """An invoice; it never changes, whatever becomes of its order."""

    __tablename__ = "invoices"
    __table_args__ = (UniqueConstraint("year", "sequence"),)

    order_id: str = Field(foreign_key="orders.id", max_length=26, unique=True)
    number: str = Field(max_length=16, unique=True)
    year: str = Field(max_length=4, description="Year of its series, as the number has it.")
    sequence: int = Field(description="Its place in that series, from 1, without gaps.")
    issued_at: datetime = Field(sa_type=UtcDateTime)
    content: dict[str, Any] = Field(sa_type=JsonType, description="`Bill` as JSON.")


class InvoiceSeries(SQLModel, table=True):
    """The last invoice number of a year; locked while the next one is given."""

    __tablename__ = "invoice_series"

    year: str = Field(primary_key=True, max_length=4)
    last: int
