"""The address book of the caller."""

from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Select, and_, bindparam, func, select
from sqlmodel import col

from account_portal.addresses import rules
from account_portal.addresses.schemas import (
    AddressForm,
    CustomerAddress,
    CustomerAddressCreate,
    CustomerAddressUpdate,
)
from account_portal.context import Context
from account_portal.core.countries import dialling_code
from account_portal.core.errors import Conflict, NotFound, Unprocessable
from account_portal.core.pagination import Page, PageParams, paginate
from account_portal.core.reading import PreparedSelect
from account_portal.core.schemas import EncodedView
from account_portal.models import Address, Subscription, User
from account_portal.states import SubscriptionStatus

DEFAULTS = ("is_default_billing", "is_default_shipping")


class AddressInUse(Conflict):
    """A subscription that is not over delivers to the address or bills it."""

    code = "address_in_use"
    message = "A subscription uses this address. Change the subscription first."


class AddressLimitReached(Unprocessable):
    """The customer has as many addresses as the book holds."""

    code = "address_limit_reached"
    message = f"An address book holds {rules.MAX_ADDRESSES} addresses. Delete one first."


# The hot reads ask plain tables and are built once: a statement on mapped classes, or one made anew
# for every call, costs more than running it. A contact counts as verified when it equals the
# caller's.
_BOOK, _USER = Address.__table__.c, User.__table__.c  # type: ignore[attr-defined]
_IS_PHONE_VERIFIED = func.coalesce(
    and_(
        _USER.is_phone_verified,
        _USER.phone == _BOOK.phone,
        _USER.country_code == _BOOK.country_code,
    ),
    False,
).label("is_phone_verified")
_IS_EMAIL_VERIFIED = func.coalesce(
    and_(_USER.is_email_verified, _USER.email == _BOOK.email), False
).label("is_email_verified")
_VERIFIED = {
    "is_phone_verified": _IS_PHONE_VERIFIED,
    "is_email_verified": _IS_EMAIL_VERIFIED,
}
_VIEWS = TypeAdapter(list[CustomerAddress])
_NAMES = tuple(CustomerAddress.model_fields)
_COLUMNS = [_VERIFIED[name] if name in _VERIFIED else _BOOK[name] for name in _NAMES]


def _reading(*more: Any) -> Select[Any]:
    return (
        select(*_COLUMNS, *more)
        .join(User.__table__, _USER.id == bindparam("user_id"))  # type: ignore[attr-defined]
        .where(_BOOK.customer_id == bindparam("customer_id"))
    )


_ONE = PreparedSelect(_reading().where(_BOOK.id == bindparam("address_id")))
_COUNT = (
    select(func.count())
    .select_from(Address)
    .where(col(Address.customer_id) == bindparam("customer_id"))
)
_SOME = PreparedSelect(
    _reading(_COUNT.scalar_subquery())  # a window over the whole book takes longer
    .order_by(_BOOK.modified_at.desc(), _BOOK.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)


def _whose(ctx: Context) -> dict[str, str]:
    return {"user_id": ctx.user_id, "customer_id": ctx.customer_id}


def _values(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_NAMES, row, strict=False))  # a list has its total behind them


def list_addresses(ctx: Context, page: PageParams) -> Page[EncodedView[list[CustomerAddress]]]:
    """The caller's addresses, newest change first."""
    rows = ctx.read(_SOME, **_whose(ctx), limit=page.limit, offset=page.offset)
    total = rows[0][-1] if rows else _count(ctx)
    json = orjson.dumps([_values(row) for row in rows], option=orjson.OPT_UTC_Z)
    return Page(rows=EncodedView(_VIEWS, json), pagination=paginate(total, page))


def _count(ctx: Context) -> int:
    return int(ctx.db.execute(_COUNT, {"customer_id": ctx.customer_id}).scalar_one())


def read_address(ctx: Context, address_id: str) -> CustomerAddress:
    """One address of the caller.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    rows = ctx.read(_ONE, **_whose(ctx), address_id=address_id)
    if not rows:
        raise NotFound
    return CustomerAddress.model_validate(_values(rows[0]))


def read_address_form(_ctx: Context, country: str) -> AddressForm:
    """Which fields an address of a country has, how they are called and which it needs.

    Raises:
        InvalidInput: the country is unknown.
    """
    return rules.address_form(country)


def begin_address(ctx: Context) -> dict[str, str]:
    """What a new address of the caller begins with: what is known, else the shop's country."""
    user, shop = ctx.get_user(), ctx.settings.store_country
    known = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "country_code": user.country_code or dialling_code(shop),
        "phone": user.phone,
        "email": user.email,
        "country": rules.country_of_prefix(user.country_code or "") or rules.country_name_of(shop),
    }
    return {name: value or "" for name, value in known.items()}


def list_countries(_ctx: Context) -> list[str]:
    """All countries as the store spells them, in alphabetical order."""
    return rules.country_names()


def _lock_book(ctx: Context) -> None:
    """Let one writer at a time at the customer's book, so that limit and defaults hold in races."""
    ctx.db.execute(
        select(col(User.id))
        .where(col(User.customer_id) == ctx.customer_id)
        .order_by(col(User.id))
        .with_for_update()
    ).all()


def _take_defaults(ctx: Context, address_id: str, flags: dict[str, bool]) -> None:
    """Clear elsewhere each flag that this address is about to get."""
    for name, value in flags.items():
        if value:
            others = ctx.owned(Address).where(getattr(Address, name), col(Address.id) != address_id)
            for other in ctx.db.execute(others).scalars():
                setattr(other, name, False)
    ctx.db.flush()  # before the flag is set here: the database itself allows one


def create_address(ctx: Context, data: CustomerAddressCreate) -> CustomerAddress:
    """Save an address; the first one becomes both defaults unless a flag was sent as false.

    Raises:
        InvalidInput: the country, its postcode or state, or the phone is not in order.
        AddressLimitReached: the book is full.
    """
    values = rules.tidied(data.model_dump())
    rules.require_deliverable(values)
    values["country"] = rules.country_name_of(data.country)
    _lock_book(ctx)
    count = _count(ctx)
    if count >= rules.MAX_ADDRESSES:
        raise AddressLimitReached
    if count == 0:
        sent = data.sent(*DEFAULTS)
        values.update({name: sent.get(name, True) for name in DEFAULTS})
    address = Address(
        customer_id=ctx.customer_id, created_at=ctx.now, modified_at=ctx.now, **values
    )
    _take_defaults(ctx, address.id, {name: values[name] for name in DEFAULTS})
    ctx.db.add(address)
    ctx.db.flush()
    return read_address(ctx, address.id)


def update_address(ctx: Context, address_id: str, data: CustomerAddressUpdate) -> CustomerAddress:
    """Change what was sent of an address, and keep the rest.

    Clearing a default promotes no other address.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
        InvalidInput: a changed field is not in order.
    """
    _lock_book(ctx)
    address = ctx.get_owned(Address, lock=True, id=address_id)
    sent = {name: value for name, value in data.sent().items() if getattr(address, name) != value}
    tidied = rules.tidied({**address.model_dump(), **sent})
    changes = {name: tidied[name] for name in sent if getattr(address, name) != tidied[name]}
    if changes:
        values = {**address.model_dump(), **changes}
        rules.require_deliverable(values, changed=changes)
        if "country" in changes:
            changes["country"] = rules.country_name_of(changes["country"])
        _take_defaults(
            ctx, address_id, {name: changes[name] for name in DEFAULTS if name in changes}
        )
        address.sqlmodel_update({**changes, "modified_at": ctx.now})
        ctx.db.flush()
    return read_address(ctx, address_id)


def delete_address(ctx: Context, address_id: str) -> None:
    """Remove an address; orders and returns keep their copies, no other becomes a default.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
        AddressInUse: an active or paused subscription uses it.
    """
    _lock_book(ctx)
    address = ctx.get_owned(Address, lock=True, id=address_id)
    uses = ctx.db.execute(
        ctx.owned(Subscription)
        .where(
            (col(Subscription.shipping_address_id) == address_id)
            | (col(Subscription.billing_address_id) == address_id)
        )
        .with_for_update()
    ).scalars()
    for subscription in uses:
        if subscription.status != SubscriptionStatus.CANCELLED:
            raise AddressInUse
        if subscription.shipping_address_id == address_id:
            subscription.shipping_address_id = None
        if subscription.billing_address_id == address_id:
            subscription.billing_address_id = None
    ctx.db.flush()
    ctx.db.delete(address)
    ctx.db.flush()
