"""Tells of changed rows, whoever changes them: a page, the API, the shop's command, an import.

Rows are written in three ways, and each ends here: by the session, which knows what it flushes; by
`core.bulk.insert`; and by the import's update, which calls `tell_of_updates`. Orders are told of
where they are derived anew, with all that hangs on them (`orders.service.documents.telling`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, SQLModel, col

from account_portal.core import bulk
from account_portal.core.money import POINT_SCALE
from account_portal.events.recording import SYSTEM, Told, record
from account_portal.events.types import EventType
from account_portal.models import (
    Address,
    BankAccount,
    Claim,
    LoyaltyAccount,
    LoyaltyActivity,
    NotificationPreference,
    Order,
    OrderLine,
    OrderReturn,
    OutboxMessage,
    ReturnItem,
    Review,
    User,
)
from account_portal.states import (
    ClaimStatus,
    MessageStatus,
    ReturnStatus,
    ReviewStatus,
    VerificationStatus,
)

_CHUNK = 500  # below the number of variables every database takes in one statement
_NEW_USERS, _MOVED = "customers made just now", "when points of members moved"


class Change(NamedTuple):
    """A row that was added, changed or removed."""

    db: Session
    model: type[SQLModel]
    row: Any
    """Its columns as attributes."""
    kind: Literal["new", "changed", "gone"]
    names: Collection[str] = ()
    """Columns that changed."""


def _of_return(change: Change) -> Iterator[Told]:
    row = change.row
    if change.kind == "gone":
        return
    is_moved = change.kind == "new" or "status" in change.names
    kind = _RETURN_TYPES.get(ReturnStatus(row.status)) if is_moved else None
    is_inspected = not {"inspected_at", "inspection_corrected_at"}.isdisjoint(change.names)
    is_edited = "changed_at" in change.names
    is_parcel = "parcel_told_at" in change.names
    is_other = is_inspected or is_edited or is_parcel
    if kind is None and not is_other and change.kind == "changed":
        return
    data = {
        "order_number": _number_of_order(change),
        "customer_id": row.customer_id,
        "request_number": row.request_number,
        "status": row.status,
    }
    if change.kind == "new":
        yield Told(EventType.RETURN_REQUESTED, row.customer_id, data)
    if is_edited:
        told = {**data, "lines": _lines_of(change, _ASKED)}
        yield Told(EventType.RETURN_CHANGED, row.customer_id, told)
    if is_parcel:
        yield Told(EventType.RETURN_PARCEL_TOLD, row.customer_id, data)
    if kind is not None:
        yield Told(kind, row.customer_id, data)
    if is_inspected:
        told = {**data, "lines": _lines_of(change, _INSPECTED)}
        yield Told(EventType.RETURN_INSPECTED, row.customer_id, told)


_UNITS = {"sku": col(OrderLine.sku), "quantity": col(ReturnItem.quantity)}
_ASKED = {
    **_UNITS,
    "resolution": col(ReturnItem.resolution),
    "reason_code": col(ReturnItem.reason_code),
}
_INSPECTED = {
    **_UNITS,
    "accepted_quantity": col(ReturnItem.accepted_quantity),
    "refused_quantity": col(ReturnItem.refused_quantity),
    "reason_code": col(ReturnItem.refusal_code),
    "goods": col(ReturnItem.refused_goods),
    "can_ask_again": col(ReturnItem.can_ask_again),
}


def _lines_of(change: Change, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    statement: Any = (
        select(*(column.label(name) for name, column in columns.items()))
        .join(OrderLine, col(OrderLine.id) == col(ReturnItem.line_id))
        .where(col(ReturnItem.return_id) == change.row.id)
        .order_by(col(ReturnItem.position))
    )
    return [dict(row) for row in change.db.connection().execute(statement).mappings()]


def _number_of_order(change: Change) -> str:
    number = select(col(Order.order_number)).where(col(Order.id) == change.row.order_id)
    return str(change.db.connection().execute(number).scalar_one())


_RETURN_TYPES = {
    ReturnStatus.CANCELLED: EventType.RETURN_WITHDRAWN,
    ReturnStatus.APPROVED: EventType.RETURN_DECIDED,
    ReturnStatus.REJECTED: EventType.RETURN_DECIDED,
    ReturnStatus.RECEIVED: EventType.RETURN_RECEIVED,
    ReturnStatus.COMPLETE: EventType.RETURN_COMPLETED,
}


def _of_claim(change: Change) -> Iterator[Told]:
    row = change.row
    if change.kind == "gone" or not (change.kind == "new" or "status" in change.names):
        return
    data = {
        "order_number": _number_of_order(change),
        "customer_id": row.customer_id,
        "claim_number": row.claim_number,
        "status": row.status,
        "resolution": row.resolution,
    }
    yield Told(_CLAIM_TYPES[ClaimStatus(row.status)], row.customer_id, data)


_CLAIM_TYPES = {
    ClaimStatus.OPEN: EventType.CLAIM_OPENED,
    ClaimStatus.WITHDRAWN: EventType.CLAIM_WITHDRAWN,
    ClaimStatus.ACCEPTED: EventType.CLAIM_DECIDED,
    ClaimStatus.REJECTED: EventType.CLAIM_DECIDED,
}


def _of_review(change: Change) -> Iterator[Told]:
    row = change.row
    data = {
        "review_id": row.id,
        "customer_id": row.customer_id,
        "product_id": row.product_id,
        "order_number": row.order_number,
        "rating": row.rating / 2,
        "status": row.status,
    }
    is_decided = row.status != ReviewStatus.PENDING
    if change.kind == "new" or (change.names and not is_decided):
        yield Told(EventType.REVIEW_SUBMITTED, row.customer_id, data, row.review_date)
    elif "status" in change.names:
        yield Told(EventType.REVIEW_DECIDED, row.customer_id, data)


def _of_address(change: Change) -> Iterator[Told]:
    row = change.row
    if change.kind == "new" and row.customer_id in change.db.info.get(_NEW_USERS, ()):
        return  # it came with its customer
    kinds = {
        "new": EventType.ADDRESS_CREATED,
        "changed": EventType.ADDRESS_UPDATED,
        "gone": EventType.ADDRESS_DELETED,
    }
    if change.kind != "changed" or set(change.names) - {"modified_at"}:
        data = {"customer_id": row.customer_id, "address_id": row.id}
        yield Told(kinds[change.kind], row.customer_id, data)


_CONTACTS = ("email", "country_code", "phone", "is_email_verified", "is_phone_verified")
_PROFILE = (
    "first_name",
    "last_name",
    "picture_id",
    "customer_group_id",
    "external_id",
)


def _of_user(change: Change) -> Iterator[Told]:
    row, names = change.row, change.names
    data = {"customer_id": row.customer_id, "external_id": row.external_id}
    if change.kind == "new":
        yield Told(EventType.CUSTOMER_CREATED, row.customer_id, data, row.created_at)
        return
    changed = [name for name in _PROFILE if name in names]
    if "deactivated_at" in names:
        is_open = row.deactivated_at is None
        kind = EventType.CUSTOMER_REACTIVATED if is_open else EventType.CUSTOMER_DEACTIVATED
        yield Told(kind, row.customer_id, data)
    contacts = [name for name in _CONTACTS if name in names]
    if contacts:
        told = {**data, "changed": contacts}
        yield Told(EventType.CUSTOMER_CONTACT_CHANGED, row.customer_id, told)
    if changed:
        yield Told(EventType.CUSTOMER_UPDATED, row.customer_id, {**data, "changed": changed})


def _of_bank_account(change: Change) -> Iterator[Told]:
    row = change.row
    data = {
        "bank_account_id": row.id,
        "customer_id": row.customer_id,
        "verification_status": row.verification_status,
    }
    if change.kind == "new" or "verification_status" in change.names:
        is_decided = change.kind == "changed" and row.verification_status in _DECIDED
        kind = EventType.BANK_ACCOUNT_DECIDED if is_decided else EventType.BANK_ACCOUNT_ADDED
        yield Told(kind, row.customer_id, data)


_DECIDED = (VerificationStatus.VERIFIED, VerificationStatus.REJECTED)


def _of_points(change: Change) -> Iterator[Told]:
    row = change.row
    if change.kind == "gone" or not {"earned", "redeemed"} & set(change.names):
        return
    data = {
        "customer_id": row.customer_id,
        "balance": (row.earned - row.redeemed) / POINT_SCALE,
        "earned": row.earned / POINT_SCALE,
        "redeemed": row.redeemed / POINT_SCALE,
    }
    happened_at = change.db.info.get(_MOVED, {}).get(row.customer_id)
    yield Told(EventType.POINTS_CHANGED, row.customer_id, data, happened_at)


def _of_preferences(change: Change) -> Iterator[Told]:
    if change.kind == "gone" or set(change.names) == {"modified_at"}:
        return
    statement = select(col(User.customer_id)).where(col(User.id) == change.row.user_id)
    customer_id = change.db.connection().execute(statement).scalar_one()
    if change.kind == "new" and customer_id in change.db.info.get(_NEW_USERS, ()):
        return
    yield Told(EventType.PREFERENCES_CHANGED, customer_id, {"customer_id": customer_id})


def _of_message(change: Change) -> Iterator[Told]:
    row = change.row
    if change.kind != "gone" and "status" in change.names and row.status == MessageStatus.FAILED:
        data = {"message_id": row.id, "kind": row.kind, "channel": row.channel}
        yield Told(EventType.MESSAGE_FAILED, None, data, source=SYSTEM)


_OF: dict[type[SQLModel], Callable[[Change], Iterator[Told]]] = {
    OrderReturn: _of_return,
    Claim: _of_claim,
    Review: _of_review,
    User: _of_user,
    Address: _of_address,
    BankAccount: _of_bank_account,
    LoyaltyAccount: _of_points,
    NotificationPreference: _of_preferences,
    OutboxMessage: _of_message,
}


def told_of() -> Collection[type[SQLModel]]:
    """The models whose rows are told of here."""
    return _OF.keys()


@event.listens_for(Session, "after_flush")
def _tell_of_flushed(db: Session, _flush: object) -> None:
    new = [row for row in db.new if isinstance(row, User)]
    if new:
        db.info.setdefault(_NEW_USERS, set()).update(row.customer_id for row in new)
    changes = [
        *(Change(db, type(row), row, "new") for row in db.new if type(row) in _OF),
        *(Change(db, type(row), row, "gone") for row in db.deleted if type(row) in _OF),
    ]
    for row in db.dirty:
        if type(row) in _OF:
            names = [one.key for one in inspect(row).attrs if one.history.has_changes()]
            if names:
                changes.append(Change(db, type(row), row, "changed", names))
    _tell(db, changes)


@event.listens_for(Session, "after_transaction_end")
def _forget(db: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        db.info.pop(_NEW_USERS, None)
        db.info.pop(_MOVED, None)


def _tell_of_inserted(db: Session, model: type[SQLModel], rows: list[bulk.Row]) -> None:
    if model is User:
        # Of the last ones only: a batch of an import adds addresses right after their customers.
        db.info[_NEW_USERS] = {row["customer_id"] for row in rows}
    if model is LoyaltyActivity:
        moved = db.info[_MOVED] = {}
        for row in rows:
            owner, at = row["customer_id"], row["created_at"]
            moved[owner] = max(at, moved.get(owner, at))
        return
    _tell(db, (Change(db, model, SimpleNamespace(**row), "new") for row in rows))


for _model in (User, Address, Review, LoyaltyActivity):
    bulk.listeners[_model] = _tell_of_inserted


def tell_of_updates(
    db: Session, model: type[SQLModel], key: str, changes: Iterable[tuple[Any, Mapping[str, Any]]]
) -> None:
    """Tell of rows that a statement changed: pairs of key and the values that differed."""
    if model not in _OF:
        return
    names = {value: row.keys() for value, row in changes}
    keys = list(names)
    table = bulk.table_of(model)
    for start in range(0, len(keys), _CHUNK):
        some = table.c[key].in_(keys[start : start + _CHUNK])
        rows = db.connection().execute(select(table).where(some)).mappings()
        _tell(
            db,
            [Change(db, model, SimpleNamespace(**row), "changed", names[row[key]]) for row in rows],
        )


def _tell(db: Session, changes: Iterable[Change]) -> None:
    record(db, [told for change in changes for told in _OF[change.model](change)])
