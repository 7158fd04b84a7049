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

NO_ID = {"id": ORDERING}
NO_OWNER = {"customer_id": ORDERING}

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


def direct(model: type[SQLModel]) -> Found:
    """Rows that name the customer."""
    owner = col(model.customer_id)  # type: ignore[attr-defined]
    return lambda customer_id: owner == customer_id


def users(customer_id: str, column: Any = m.User.id) -> Select[Any]:
    """Of everybody who signs in for a customer: usually one."""
    return select(col(column)).where(col(m.User.customer_id) == customer_id)


def orders(customer_id: str, column: Any = m.Order.id) -> Select[Any]:
    """Of a customer's orders."""
    return select(col(column)).where(col(m.Order.customer_id) == customer_id)


def of_user(column: Any) -> Found:
    """Rows that name somebody who signs in for the customer."""
    return lambda customer_id: col(column).in_(users(customer_id))


def of_orders(column: Any) -> Found:
    """Rows that name one of the customer's orders."""
    return lambda customer_id: col(column).in_(orders(customer_id))


def parcels(customer_id: str) -> Select[Any]:
    """Ids of the parcels of a customer."""
    return select(col(m.Shipment.id)).where(col(m.Shipment.order_id).in_(orders(customer_id)))


def returns(customer_id: str) -> Select[Any]:
    """Ids of the return requests of a customer."""
    return select(col(m.OrderReturn.id)).where(col(m.OrderReturn.customer_id) == customer_id)


def contacts(customer_id: str) -> CompoundSelect[Any]:
    """Addresses and numbers of a customer, as messages and codes write them."""
    number = col(m.User.country_code)
    return users(customer_id, m.User.email).union(
        select(number + col(m.User.phone)).where(col(m.User.customer_id) == customer_id),
        select(number + " " + col(m.User.phone)).where(col(m.User.customer_id) == customer_id),
    )
