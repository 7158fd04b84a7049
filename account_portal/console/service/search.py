"""Finding a customer or an order by what somebody on the phone says."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CompoundSelect, func, or_, select, union
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.text import full_name, plain, without_number_sign
from account_portal.core.validation import readable_phone
from account_portal.models import Order, OrderReturn, User

MOST_FOUND = 20
FEWEST_DIGITS = 6
"""From which on a number may be a phone's."""
LONGEST = 100


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer, as far as one has to know which it is."""

    customer_id: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order, as far as one has to know which it is."""

    order_number: str
    status: str
    customer_id: str


@dataclass(slots=True)
class Found:
    """What was found; `more` says that only the first ones are shown."""

    text: str
    orders: list[FoundOrder] = field(default_factory=list)
    customers: list[FoundCustomer] = field(default_factory=list)
    more: bool = False


def search(ctx: Context, text: str) -> Found:
    """Orders of that number, and customers of that e-mail address, phone, id or name.

    Names are found by the beginning of the first or the last one, or by both in either order; an
    order by the tracking number of a parcel that comes back, too.
    """
    ctx.require_shop()
    said, text = text, plain(text.strip())[:LONGEST]
    found = Found(text)
    if not text:
        return found
    number = plain(without_number_sign(said))[:LONGEST]
    orders = select(Order).where(col(Order.id).in_(_orders_named(number, text)))
    found.orders = [
        FoundOrder(row.order_number, row.status, row.customer_id)
        for row in ctx.db.execute(orders.limit(MOST_FOUND)).scalars()
    ]
    statement = select(User).where(_named(ctx, text)).order_by(col(User.id).desc())
    rows = ctx.db.execute(statement.limit(MOST_FOUND + 1)).scalars().all()
    found.more = len(rows) > MOST_FOUND
    found.customers = [_customer(row) for row in rows[:MOST_FOUND]]
    return found


def _orders_named(number: str, parcel: str) -> CompoundSelect[Any]:
    """Ids of the order of a number, and of those to which a parcel comes back: each by an index."""
    coming = col(OrderReturn.awb_no).in_({parcel, parcel.upper()})
    return union(
        select(col(Order.id)).where(col(Order.order_number).in_({number, number.upper()})),
        select(col(OrderReturn.order_id)).where(coming),
    )


def _customer(row: User) -> FoundCustomer:
    return FoundCustomer(
        customer_id=row.customer_id,
        name=full_name(row.first_name, row.last_name),
        email=row.email or "",
        phone=readable_phone(row.country_code, row.phone) if row.phone else "",
    )


def _named(ctx: Context, text: str) -> Any:
    if "@" in text:
        return col(User.email) == text.lower()
    digits = "".join(sign for sign in text if sign.isdecimal())
    ids = [col(User.customer_id) == text.upper(), col(User.external_id) == text]
    if len(digits) >= FEWEST_DIGITS and not any(sign.isalpha() for sign in text):
        return or_(col(User.phone).in_(_phones(text, digits)), *ids)
    first, *rest = text.split()
    if not rest:
        names = (_begins(ctx, column, first) for column in (User.first_name, User.last_name))
        return or_(*names, *ids)
    last = " ".join(rest)
    return or_(
        _begins(ctx, User.first_name, first) & _is_like(User.last_name, last),
        _begins(ctx, User.last_name, first) & _is_like(User.first_name, last),
        *ids,
    )


def _phones(text: str, digits: str) -> set[str]:
    """The national numbers it may be: with the country's code before it or without, or a zero."""
    if not text.startswith(("+", "00")):
        return {digits, digits.lstrip("0")}
    digits = digits.removeprefix("00")
    return {digits[length:] for length in (1, 2, 3)}


def _is_like(column: Any, text: str) -> Any:
    """Whether a name begins so, whatever the capitals; of the few rows that are left to look at."""
    return func.lower(col(column)).startswith(text.lower(), autoescape=True)


def _begins(ctx: Context, column: Any, text: str) -> Any:
    """Whether a name begins so, in the ways it may be written; an index knows each of them."""
    # Keyboards differ less in accents than in capitals: those are taken as they are typed.
    ways = sorted({text, text.lower(), text.upper(), text.title(), text.capitalize()})
    if ctx.db.get_bind().dialect.name == "postgresql":
        return or_(*(col(column).startswith(way, autoescape=True) for way in ways))
    return or_(*(col(column).between(way, way + "\U0010ffff") for way in ways))
