"""What an event is about, as it is now: for readers who don't want to ask again."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import col

from account_portal.addresses import service as addresses
from account_portal.auth.service import user_view
from account_portal.bank_accounts import service as bank_accounts
from account_portal.claims import service as claims
from account_portal.context import Actor, Context
from account_portal.core.errors import InsufficientScope, NotFound
from account_portal.events import Entry
from account_portal.models import OrderDocument, Review, User
from account_portal.orders import service as orders
from account_portal.returns import service as returns
from account_portal.security.api_keys import SCOPE_TO_READ, allows

Data = Mapping[str, Any]


def require_shown(scopes: Collection[str], types: Collection[str]) -> None:
    """Refuse to bring along what a key may not read.

    Args:
        scopes: of the key.
        types: of the events; none: all.

    Raises:
        InsufficientScope: one is missing; the text names them.
    """
    kinds = {name.partition(".")[0] for name in types} or set(_OF)
    needed = {SCOPE_TO_READ[_OF[kind][2]] for kind in kinds if kind in _OF}
    if missing := sorted(scope for scope in needed if not allows(scopes, scope)):
        raise InsufficientScope(f"With expand these scopes are needed too: {', '.join(missing)}.")


def expand(ctx: Context, entries: Iterable[Entry], scopes: Collection[str]) -> dict[str, bytes]:
    """JSON of what events are about, by their ids: as the customer's API shows it to its customer.

    It is `null` where that is gone; of events whose data say all there is none, nor of what the
    scopes do not let be read.
    """
    found: dict[str, bytes] = {}
    known: dict[tuple[str, ...], bytes] = {}
    for entry in entries:
        kind = entry.type.partition(".")[0]
        if kind not in _OF:
            continue
        names, read, shown = _OF[kind]
        if not allows(scopes, SCOPE_TO_READ[shown]):
            continue
        data = json.loads(entry.data)
        key = (read.__name__, *(str(data[name]) for name in names))
        if key not in known:
            known[key] = _read(ctx, entry.customer_id, read, data)
        found[entry.id] = known[key]
    return found


def _read(
    ctx: Context, customer_id: str | None, read: Callable[[Context, Data], bytes], data: Data
) -> bytes:
    # As the customer: the services show nobody else's.
    users = select(col(User.id)).where(col(User.customer_id) == customer_id).order_by(col(User.id))
    user_id = ctx.db.execute(users.limit(1)).scalar_one_or_none()
    if user_id is None:
        return b"null"
    customer = Actor(kind="customer", user_id=user_id, customer_id=customer_id)
    try:
        return read(replace(ctx, actor=customer), data)
    except NotFound:
        return b"null"


def _order(ctx: Context, data: Data) -> bytes:
    statement = select(col(OrderDocument.order_id), col(OrderDocument.detail)).where(
        col(OrderDocument.order_number) == data["order_number"],
        col(OrderDocument.customer_id) == ctx.customer_id,
    )
    found = ctx.db.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return orders.whole_details(ctx.db, {found.order_id: found.detail}, ctx.now)[found.order_id]


def _return(ctx: Context, data: Data) -> bytes:
    found = returns.get_return(ctx, data["order_number"], data["request_number"])
    return found.model_dump_json().encode()


def _claim(ctx: Context, data: Data) -> bytes:
    found = claims.get_claim(ctx, data["order_number"], data["claim_number"])
    return found.model_dump_json().encode()


def _review(ctx: Context, data: Data) -> bytes:
    review = ctx.get_owned(Review, id=data["review_id"])
    shown = {**data, "rating": review.rating / 2, "status": review.status}
    names = ("review_text", "review_date", "tags", "created_at", "modified_at")
    return orjson.dumps(
        {**shown, **{name: getattr(review, name) for name in names}}, option=orjson.OPT_UTC_Z
    )


def _address(ctx: Context, data: Data) -> bytes:
    return addresses.read_address(ctx, data["address_id"]).model_dump_json().encode()


def _bank_account(ctx: Context, data: Data) -> bytes:
    found = bank_accounts.read_bank_account(ctx, data["bank_account_id"])
    return found.model_dump_json().encode()


def _customer(ctx: Context, _data: Data) -> bytes:
    return user_view(ctx, ctx.get_user()).model_dump_json().encode()


_OF: dict[str, tuple[tuple[str, ...], Callable[[Context, Data], bytes], str]] = {
    "order": (("order_number",), _order, "order"),
    "shipment": (("order_number",), _order, "order"),
    "payment": (("order_number",), _order, "order"),
    "refund": (("order_number",), _order, "order"),
    "return": (("request_number",), _return, "return"),
    "claim": (("order_number", "claim_number"), _claim, "return"),
    "review": (("review_id",), _review, "review"),
    "address": (("address_id",), _address, "customer"),
    "bank_account": (("bank_account_id",), _bank_account, "bank_account"),
    "customer": (("customer_id",), _customer, "customer"),
    "preferences": (("customer_id",), _customer, "customer"),
}
"""By the first word of an event's type: what names the thing, what reads it, and as what it
is shown, for `SCOPE_TO_READ`: events of payments show the whole order."""
