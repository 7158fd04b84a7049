"""How it is told which rows are of a customer, and what of them is handed out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, select
from sqlmodel import SQLModel, col

from account_portal import models as m
from account_portal.core import bulk

SECRET = "It is a secret, or made of one, and tells nothing about you."  # noqa: S105 - a sentence
ORDERING = "It only tells the portal's programs how rows belong together."

Found = Callable[[str], ColumnElement[bool]]
"""What the rows of a customer have in common, of the table itself."""


@dataclass(frozen=True, slots=True)
class Own:
    """A table in which rows of customers are."""

    model: type[SQLModel]
    heading: str
    found: Found
    shown: str
    """Columns that are handed out, with spaces between."""
    withheld: Mapping[str, str] = field(default_factory=dict)
    """The other columns, and why they are not."""
    scrubbed: str = ""
    """Of a table whose rows are kept for the books: columns that are emptied at a deletion."""
    kept: str = ""
    """Of such a table: the other columns that hold text."""
    order: Any = None
    """What names the order of a row: its amounts are in the order's currency."""

    @property
    def name(self) -> str:
        """The table's."""
        return str(bulk.table_of(self.model).name)

    @property
    def is_of_books(self) -> bool:
        """Whether its rows outlive the account; all others go with it."""
        return bool(self.scrubbed or self.kept)

    @property
    def columns(self) -> list[str]:
        """The columns that are handed out."""
        return self.shown.split()


def ordering(columns: str) -> dict[str, str]:
    """Withheld: columns, with spaces between, that say nothing to a person."""
    return dict.fromkeys(columns.split(), ORDERING)


def direct(model: type[SQLModel]) -> Found:
    """Rows that name the customer."""
    owner = col(model.customer_id)  # type: ignore[attr-defined]
    return lambda customer_id: owner == customer_id


def owned(column: Any, customer_id: str) -> Select[Any]:
    """A column of the rows that name the customer."""
    return select(col(column)).where(direct(column.class_)(customer_id))


def of_user(column: Any) -> Found:
    """Rows that name somebody who signs in for the customer: usually there is one."""
    return lambda customer_id: col(column).in_(owned(m.User.id, customer_id))


def by_order(column: Any) -> Found:
    """Rows that name one of the customer's orders."""
    return lambda customer_id: col(column).in_(owned(m.Order.id, customer_id))


def by_parcel(column: Any) -> Found:
    """Rows that name one of the customer's parcels."""
    parcels = select(col(m.Shipment.id))
    of = by_order(m.Shipment.order_id)
    return lambda customer_id: col(column).in_(parcels.where(of(customer_id)))


def contacts(customer_id: str) -> CompoundSelect[Any]:
    """Addresses and numbers of a customer, as messages and codes write them."""
    number, own = col(m.User.country_code), direct(m.User)(customer_id)
    return owned(m.User.email, customer_id).union(
        select(number + col(m.User.phone)).where(own),
        select(number + " " + col(m.User.phone)).where(own),
    )
