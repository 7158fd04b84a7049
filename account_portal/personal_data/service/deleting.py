"""The end of an account: the person goes everywhere, the books stay for their time.

What goes with the account is told by one event, so rows are removed by statements here, which tell
of nothing else.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import orjson
from sqlalchemy import JSON, bindparam, delete, func, select, update
from sqlmodel import SQLModel, col

from account_portal.auth.service import require_fresh_proof
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.context import Context
from account_portal.core import bulk, money
from account_portal.core.errors import NotFound
from account_portal.events import EventType, Told, record
from account_portal.loyalty import service as loyalty
from account_portal.models import (
    DataExport,
    DeletedAccount,
    DeletedName,
    Event,
    IdempotencyRecord,
    LoyaltyAccount,
    Media,
    Order,
    OrderReturn,
    OutboxMessage,
    Review,
    User,
    WaitingEvent,
    WebhookDelivery,
)
from account_portal.notifications import enqueue
from account_portal.notifications.messages.personal_data import AccountDeleted
from account_portal.orders.service import refresh_orders
from account_portal.personal_data import rules, schemas
from account_portal.personal_data.service.exporting import remove_export
from account_portal.personal_data.service.names import names_of
from account_portal.personal_data.service.obstacles import obstacles_of
from account_portal.personal_data.service.tables import OWN, Own
from account_portal.personal_data.service.tables.base import owned
from account_portal.personal_data.service.tables.statements import statement_keys
from account_portal.reviews.service.rating import count_in_rating
from account_portal.states import (
    OrderStatus,
    ReviewStatus,
)

_AT_ONCE = 500
"""Rows, or values of a statement."""
_NAMED = 10
"""Things of a kind that are named."""
_GONE_IN_ORDER = [
    own
    for table in reversed(SQLModel.metadata.sorted_tables)
    for own in OWN
    if own.name == table.name and not own.is_of_books
]
"""Each before what it refers to."""


def read_deletion(ctx: Context) -> schemas.Deletion:
    """Whether the caller's account can be deleted, what goes with it, and what is kept."""
    customer_id = ctx.customer_id
    obstacles = list(obstacles_of(ctx, customer_id))
    settings = ctx.settings
    return schemas.Deletion(
        can_be_deleted=not obstacles,
        obstacles=obstacles,
        forfeits=list(_forfeits(ctx, customer_id)),
        books_until=rules.books_until(ctx.now, settings.store_country, settings.books_years),
    )


def delete_account(ctx: Context) -> None:
    """Delete the caller's account.

    Raises:
        TopLevelRequired: the caller is signed in inside a storefront's frame only.
        FreshProofRequired: the caller proved too long ago who they are.
        AccountNotDeletable: something is under way.
    """
    ctx.require_top_level()
    require_fresh_proof(ctx)
    _delete(ctx, ctx.customer_id, "customer")


def delete_customer(ctx: Context, customer: str) -> str:
    """Delete a customer's account as the shop, as when they wrote a letter; returns their id.

    Args:
        ctx: the call, as the shop.
        customer: e-mail address or id.

    Raises:
        Forbidden: only the shop may.
        NotFound: nobody is named so.
        AccountNotDeletable: something is under way.
    """
    ctx.require_shop()
    named = col(User.email) == customer.lower()
    if "@" not in customer:
        named = (col(User.customer_id) == customer.upper()) | (col(User.external_id) == customer)
    found = ctx.db.execute(select(col(User.customer_id)).where(named).limit(1)).scalar()
    if found is None:
        raise NotFound(f"There is no customer {customer}.")
    _delete(ctx, found, "shop")
    return str(found)


def _delete(ctx: Context, customer_id: str, by: str) -> None:
    locked = select(User).where(col(User.customer_id) == customer_id).order_by(col(User.id))
    people = ctx.db.execute(locked.with_for_update()).scalars().all()
    if ctx.db.get(DeletedAccount, customer_id) is not None:
        raise NotFound
    if obstacles := list(obstacles_of(ctx, customer_id)):
        raise rules.AccountNotDeletable(obstacles)
    external_id = next((user.external_id for user in people if user.external_id), None)
    _remember(ctx, customer_id, people, by)
    for user in people:
        end_sessions_of(ctx, user.id)
        user.deactivated_at = user.deactivated_at or ctx.now
        user.modified_at = ctx.now
    ctx.db.flush()
    _remove_files(ctx, customer_id)
    _count_out_of_ratings(ctx, customer_id)
    _remove_rows(ctx, customer_id, people)
    settings = ctx.settings
    goodbye = AccountDeleted(store=settings.store_name, help_email=settings.store_email)
    enqueue(ctx, goodbye, customer_id=customer_id)
    ctx.db.flush()
    _scrub_people(ctx, people)
    _scrub_what_was_told(ctx, customer_id)
    refresh_orders(ctx.db, list(ctx.db.execute(owned(Order.id, customer_id)).scalars()), ctx.now)
    told = {"customer_id": customer_id, "external_id": external_id}
    record(ctx.db, [Told(EventType.CUSTOMER_DELETED, customer_id, told)])


def _remember(ctx: Context, customer_id: str, people: Any, by: str) -> None:
    settings = ctx.settings
    until = rules.books_until(ctx.now, settings.store_country, settings.books_years)
    ctx.db.add(
        DeletedAccount(
            customer_id=customer_id, deleted_at=ctx.now, deleted_by=by, books_until=until
        )
    )
    ctx.db.flush()
    digests = {digest for user in people for digest in names_of(user)}
    # Deleted before under the same name: the last time counts.
    ctx.db.execute(delete(DeletedName).where(col(DeletedName.digest).in_(digests)))
    ctx.db.add_all(
        DeletedName(digest=digest, customer_id=customer_id, deleted_at=ctx.now)
        for digest in sorted(digests)
    )


def _remove_files(ctx: Context, customer_id: str) -> None:
    storage = ctx.gateways.storage
    owned = select(Media).where(col(Media.customer_id) == customer_id)
    keys = [
        f"{media.id}/{name}"
        for media in ctx.db.execute(owned).scalars()
        for name in media.sizes.split(",")
    ]
    ctx.after_commit += [partial(storage.delete, key) for key in keys]
    exports = select(DataExport).where(col(DataExport.customer_id) == customer_id)
    for row in ctx.db.execute(exports).scalars().all():
        remove_export(ctx, row)
    ctx.db.flush()


def _count_out_of_ratings(ctx: Context, customer_id: str) -> None:
    approved = select(Review).where(
        col(Review.customer_id) == customer_id, col(Review.status) == ReviewStatus.APPROVED
    )
    for review in ctx.db.execute(approved).scalars():
        count_in_rating(ctx, review, -1)


def _remove_rows(ctx: Context, customer_id: str, people: Any) -> None:
    """Remove what goes; empty what stays, except what the rows are found by."""
    statements = bulk.table_of(_model("import_statements"))
    keys = list(ctx.db.execute(statement_keys(customer_id)).scalars())
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        ctx.db.execute(statements.delete().where(statements.c.key.in_(some)))
    for own in OWN:
        if own.is_of_books and own.scrubbed and own.model is not User:
            table = bulk.table_of(own.model)
            emptied = {name: _empty(own, name, customer_id) for name in own.scrubbed.split()}
            ctx.db.execute(table.update().where(own.found(customer_id)).values(emptied))
    for user in people:
        user.picture_id = None
    ctx.db.flush()
    for own in _GONE_IN_ORDER:
        ctx.db.execute(bulk.table_of(own.model).delete().where(own.found(customer_id)))
    ctx.db.execute(
        delete(IdempotencyRecord).where(col(IdempotencyRecord.customer_id) == customer_id)
    )
    ctx.db.expire_all()


def _empty(own: Own, name: str, customer_id: str) -> Any:
    column = bulk.table_of(own.model).c[name]
    if own.model is LoyaltyAccount:
        return customer_id  # a membership number has to be one
    if column.nullable:
        return None
    return [] if isinstance(column.type, JSON) else ""


def _model(name: str) -> type[SQLModel]:
    return next(own.model for own in OWN if own.name == name)


def _scrub_people(ctx: Context, people: Any) -> None:
    own = next(one for one in OWN if one.model is User)
    for user in people:
        for name in own.scrubbed.split():
            setattr(user, name, _empty(own, name, user.customer_id))
        user.is_email_verified = user.is_phone_verified = user.is_unproven = False
    ctx.db.flush()


def _scrub_what_was_told(ctx: Context, customer_id: str) -> None:
    """Events name the customer by number only, but for the shop's own id; deliveries may hold more.

    Nothing is sent any more of what a delivery held besides.
    """
    for model in (WaitingEvent, Event):
        named = col(model.customer_id) == customer_id, col(model.type).like("customer.%")
        _rewrite(ctx, model, "data", named, lambda text: _without_name(orjson.loads(text)))
    of_customer = col(WebhookDelivery.customer_id) == customer_id
    _rewrite(ctx, WebhookDelivery, "body", (of_customer,), _without_object)


def _rewrite(ctx: Context, model: Any, name: str, which: Any, anew: Callable[[str], str]) -> None:
    """Write a text of many rows anew, some at a time."""
    table, last = bulk.table_of(model), ""
    some = select(table.c.id, table.c[name]).where(*which).order_by(table.c.id).limit(_AT_ONCE)
    change = table.update().where(table.c.id == bindparam("its_id"))
    while rows := ctx.db.execute(some.where(table.c.id > last)).all():
        last = rows[-1].id
        values = [{"its_id": row[0], "anew": anew(row[1])} for row in rows]
        ctx.db.connection().execute(change.values({name: bindparam("anew")}), values)


def _without_object(text: str) -> str:
    body = orjson.loads(text)
    body.pop("object", None)
    body["data"] = orjson.loads(_without_name(body.get("data") or {}))
    return orjson.dumps(body).decode()


def _without_name(data: dict[str, Any]) -> str:
    if "external_id" in data:
        data["external_id"] = None
    return orjson.dumps(data).decode()


def _forfeits(ctx: Context, customer_id: str) -> Iterator[schemas.Forfeit]:
    account = ctx.db.get(LoyaltyAccount, customer_id)
    if account is not None and account.earned > account.redeemed:
        points = money.to_points(account.earned - account.redeemed)
        yield schemas.Forfeit(code="points", message=f"Your {points:,f} points lapse.")
    for credit in loyalty.list_store_credit(ctx):
        if credit.balance > 0:
            words = f"Your store credit of {credit.balance:,} {credit.currency} lapses."
            yield schemas.Forfeit(code="store_credit", message=words)
    written = select(func.count()).where(col(Review.customer_id) == customer_id)
    if count := ctx.db.execute(written.select_from(Review)).scalar_one():
        words = f"Your reviews are removed: {count}."
        yield schemas.Forfeit(code="reviews", message=words)
    returnable = select(col(Order.order_number)).where(
        col(Order.customer_id) == customer_id,
        col(Order.status) == OrderStatus.DELIVERED,
        col(Order.completes_at) > ctx.now,
    )
    for number in ctx.db.execute(
        returnable.order_by(col(Order.order_number)).limit(_NAMED)
    ).scalars():
        words = f"Order {number} could still be returned; afterwards it can't."
        yield schemas.Forfeit(code="return_windows", message=words)


def remove_last_messages(ctx: Context) -> None:
    """Remove what deleted customers were told last, once it is sent or given up."""
    ctx.db.execute(
        bulk.table_of(OutboxMessage)
        .delete()
        .where(
            col(OutboxMessage.kind) == AccountDeleted.kind,
            col(OutboxMessage.status).not_in(("queued", "sending")),
        )
    )


def end_books(ctx: Context) -> int:
    """Remove the orders of a customer who was deleted so long ago; returns how many customers."""
    over = select(DeletedAccount).where(col(DeletedAccount.books_until) < ctx.now).limit(1)
    row = ctx.db.execute(over.with_for_update(skip_locked=True)).scalar_one_or_none()
    if row is None:
        return 0
    customer_id = row.customer_id
    books = {own.name: own for own in OWN if own.is_of_books and own.name != "audit_entries"}
    copies = bulk.table_of(_model("address_copies"))
    addresses = select(copies.c.id).where(books["address_copies"].found(customer_id))
    unused = list(ctx.db.execute(addresses).scalars())
    documents = SQLModel.metadata.tables["order_documents"]
    counts = SQLModel.metadata.tables["order_counts"]
    for table in (documents, counts):
        ctx.db.execute(table.delete().where(table.c.customer_id == customer_id))
    # Orders and returns refer to each other by the replacement.
    ctx.db.execute(
        update(bulk.table_of(OrderReturn))
        .where(books["returns"].found(customer_id))
        .values(replacement_order_id=None)
    )
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name in books and table.name != "address_copies":
            ctx.db.execute(table.delete().where(books[table.name].found(customer_id)))
    for start in range(0, len(unused), _AT_ONCE):
        some = unused[start : start + _AT_ONCE]
        ctx.db.execute(copies.delete().where(copies.c.id.in_(some)))
    ctx.db.execute(delete(DeletedName).where(col(DeletedName.customer_id) == customer_id))
    ctx.db.delete(row)
    return 1
