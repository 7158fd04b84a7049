"""Records of the shop's systems: the import, one call at a time or as a stream."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from account_portal.context import SHOP, Context, enter
from account_portal.core.bulk import table_of
from account_portal.core.db import get_database
from account_portal.core.errors import InvalidInput, Unprocessable
from account_portal.core.reading import PreparedSelect, is_among, read_among
from account_portal.core.versions import of_moment
from account_portal.merchant import versions
from account_portal.merchant.importing.outcomes import NATURAL_KEYS, Outcome
from account_portal.merchant.importing.run import import_into, import_stream
from account_portal.merchant.importing.sources import Found, Lines, read_ndjson
from account_portal.merchant.schemas import RecordCounts, RecordOutcome, RecordOutcomes
from account_portal.models import Order, OrderDocument

MOST_NAMED = 1000
"""Refused records that the answer to a strict call names."""

MOST_UNKNOWN = 20
"""Fields nobody knows that the answer for a record names."""

VERSIONED = frozenset({"order", "shipment", "payment", "refund", "customer"})
"""Records of things that the shop's systems read with their versions."""

OnLines = Callable[[bytes], None]

_STATES = PreparedSelect(
    select(
        col(Order.order_number),
        col(Order.status),
        col(Order.payment_status),
        col(OrderDocument.changed_at),
    )
    .join(OrderDocument, col(OrderDocument.order_id) == col(Order.id))
    .where(is_among(table_of(Order).c.order_number))
)


class RecordsRefused(Unprocessable):
    """One of the records is refused, and so nothing was written."""

    code = "records_refused"
    message = "Nothing was written: records were refused."


class RecordRefused(Unprocessable):
    """The record is refused; its fields are named."""

    code = "record_refused"
    message = "The record was refused."


def put_records(ctx: Context, records: Sequence[Any], *, strict: bool) -> RecordOutcomes:
    """Bring records in, in the call's transaction.

    Raises:
        RecordsRefused: one was, and the call is strict.
    """
    ctx.require_shop()
    outcomes: list[Outcome] = []
    import_into(ctx.db, map(_found, range(1, len(records) + 1), records), outcomes.extend)
    outcomes.sort(key=lambda outcome: outcome.line)
    refused = [outcome for outcome in outcomes if outcome.outcome == "refused"]
    if strict and refused:
        raise _refusal(ctx, refused)
    counts: Counter[str] = Counter(outcome.outcome for outcome in outcomes)
    shown = [RecordOutcome.model_validate(row) for row in _rows(ctx.db, outcomes)]
    return RecordOutcomes(records=shown, counts=RecordCounts(**counts))


def _found(place: int, data: Any) -> Found:
    if isinstance(data, dict):
        return Found(place, data, "", 0)
    return Found(place, None, "is no object", 0)


def _refusal(ctx: Context, refused: Sequence[Outcome]) -> RecordsRefused:
    ctx.db.rollback()
    error = RecordsRefused()
    error.state = {"records": _rows(ctx.db, refused[:MOST_NAMED])}
    return error


def put_record(ctx: Context, kind: str, key: str, data: dict[str, Any]) -> RecordOutcome:
    """Bring one record in, in the call's transaction.

    Args:
        ctx: the shop's call.
        kind: type of the record.
        key: its natural key.
        data: everything else it says.

    Raises:
        InvalidInput: it names another type or key than the address does.
        RecordRefused: it is wrong, or contradicts what is here.
    """
    ctx.require_shop()
    name = NATURAL_KEYS[kind][0]
    told = {"type": kind, name: key}
    other = {
        field: f"is another than in the address: {told[field]}"
        for field in told
        if field in data and str(data[field]) != told[field]
    }
    if other:
        raise InvalidInput(**other)
    outcomes: list[Outcome] = []
    import_into(ctx.db, [Found(1, {**data, **told}, "", 0)], outcomes.extend)
    [outcome] = outcomes
    if outcome.outcome == "refused":
        ctx.db.rollback()
        error = RecordRefused(outcome.reason, **(outcome.fields or {}))
        error.state = _rows(ctx.db, [outcome])[0]
        raise error
    shown = RecordOutcome.model_validate(_rows(ctx.db, [outcome])[0])
    if kind == "order" and shown.order is not None:
        shown.version = shown.order.version
    elif kind in VERSIONED:
        shown.version = versions.current(ctx, kind, key)
    return shown


def stream_records(lines: Lines, on_lines: OnLines) -> None:
    """Bring in records as they come, a transaction for every batch of them.

    Args:
        lines: one record each, as JSON.
        on_lines: told what became of each record of a batch, once that is committed: lines of JSON.
    """

    def tell(outcomes: list[Outcome]) -> None:
        with enter(writes=False, actor=SHOP) as ctx:
            on_lines(_as_lines(ctx.db, outcomes))

    database = get_database()
    with database.errors_for_callers():
        import_stream(database, read_ndjson(lines), tell)


def put_all_records(lines: Lines, on_lines: OnLines) -> None:
    """Bring in all records or none; `on_lines` is told as by `stream_records`, before the end.

    Raises:
        RecordsRefused: one was refused.
    """
    refused: list[Outcome] = []
    with enter(writes=True, actor=SHOP) as ctx:

        def tell(outcomes: list[Outcome]) -> None:
            bad = [outcome for outcome in outcomes if outcome.outcome == "refused"]
            refused.extend(bad[: MOST_NAMED - len(refused)])
            on_lines(_as_lines(ctx.db, outcomes))

        import_into(ctx.db, read_ndjson(lines), tell)
        if refused:
            raise _refusal(ctx, refused)


def _as_lines(db: Session, outcomes: Sequence[Outcome]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in _rows(db, outcomes))


def _rows(db: Session, outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """What became of records, with the states of the orders they are about."""
    told = list(outcomes)
    numbers = {outcome.order_number for outcome in told if outcome.order_number is not None}
    orders: dict[str, dict[str, str]] = {}
    if numbers:
        db.flush()
        for number, status, paid, changed_at in read_among(db, _STATES, numbers):
            orders[number] = {
                "order_number": number,
                "status": status,
                "payment_status": paid,
                "version": of_moment(changed_at),
            }
    rows = []
    for outcome in told:
        row: dict[str, Any] = {
            "line": outcome.line,
            "type": outcome.type,
            "key": _as_text(outcome.key),
            "outcome": outcome.outcome,
        }
        if outcome.reason is not None:
            row["reason"] = outcome.reason
        if outcome.fields:
            row["fields"] = outcome.fields
        if outcome.unknown:
            row["unknown_fields"] = [
                _as_text(name[:100]) for name in outcome.unknown[:MOST_UNKNOWN]
            ]
        if outcome.order_number in orders:
            row["order"] = orders[outcome.order_number]
        rows.append(row)
    return rows


def _as_text(said: str | None) -> str | None:
    """What a record said of itself, without halves of characters, which no answer can hold."""
    return said if said is None else said.encode(errors="replace").decode()
