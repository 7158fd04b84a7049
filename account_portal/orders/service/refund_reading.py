"""Reading refunds: how much, which way, and by which day."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from account_portal.addresses.rules import zone_of_store
from account_portal.context import Context
from account_portal.core import money
from account_portal.models import Order, OrderReturn, Payment, Refund
from account_portal.orders import rules
from account_portal.orders.schemas import Arrival, OrderRefund, ShownRefund
from account_portal.orders.service.reading import order_id_of
from account_portal.states import RefundMode, RefundStatus, ReturnStatus

_REFUNDS: Any = (
    select(
        Refund.__table__,  # type: ignore[attr-defined]
        col(Order.currency),
        col(Order.order_date),
        col(Order.created_at).label("order_created_at"),
        col(OrderReturn.status).label("return_status"),
        col(OrderReturn.request_number).label("return_request_number"),
        col(OrderReturn.completed_at).label("return_completed_at"),
    )
    .join(Order, col(Order.id) == col(Refund.order_id))
    .outerjoin(OrderReturn, col(OrderReturn.id) == col(Refund.return_id))
    .order_by(col(Refund.created_at), col(Refund.id))
)


def waiting_retries(ctx: Context, refunds: Sequence[Refund]) -> set[str]:
    """Ids of those refunds that failed and can be tried again: what takes their place waits."""
    failed = [refund for refund in refunds if refund.status == RefundStatus.FAILED]
    if not failed:
        return set()
    found = ctx.db.execute(
        select(col(Refund.retries_id)).where(
            col(Refund.order_id).in_({refund.order_id for refund in failed}),
            col(Refund.retries_id).in_([refund.id for refund in failed]),
            col(Refund.status) == RefundStatus.PENDING,
        )
    )
    return {str(number) for number in found.scalars()}


def is_sent_again() -> ColumnElement[bool]:
    """The condition that another refund takes the place of one that failed, as its page says.

    An import does not tell which one is for which: a later one for the same is.
    """
    again = aliased(Refund)
    same = [
        col(getattr(again, name)).is_not_distinct_from(col(getattr(Refund, name)))
        for name in ("order_id", "return_id", "claim_id")
    ]
    is_later = and_(*same, col(again.id) > col(Refund.id), col(again.status) != RefundStatus.FAILED)
    return exists().where((col(again.retries_id) == col(Refund.id)) | is_later).correlate(Refund)


def refunds_by_return(ctx: Context, return_ids: list[str]) -> dict[str, list[OrderRefund]]:
    """Refunds of return requests, oldest first; the requests must be known to be the caller's."""
    found: dict[str, list[OrderRefund]] = {return_id: [] for return_id in return_ids}
    if return_ids:
        statement = _REFUNDS.where(col(Refund.return_id).in_(return_ids))
        for row in ctx.db.execute(statement).mappings():
            found[row["return_id"]].append(_view(ctx, row, row["created_at"]))
    return found


def refunds_by_claim(ctx: Context, claim_ids: list[str]) -> dict[str, list[OrderRefund]]:
    """Refunds that answer claims, oldest first; the claims must be known to be the caller's."""
    found: dict[str, list[OrderRefund]] = {claim_id: [] for claim_id in claim_ids}
    if claim_ids:
        statement = _REFUNDS.where(col(Refund.claim_id).in_(claim_ids))
        for row in ctx.db.execute(statement).mappings():
            found[row["claim_id"]].append(_view(ctx, row, row["created_at"]))
    return found


def list_refunds(ctx: Context, order_number: str) -> list[OrderRefund]:
    """Refunds of an order, oldest first.

    Raises:
        NotFound: no such order of the caller.
    """
    order_id = order_id_of(ctx, order_number)
    rows = ctx.db.execute(_REFUNDS.where(col(Refund.order_id) == order_id)).mappings().all()
    paid_at = _moments_of_payments(ctx, order_id) if rows else set()
    return [_view(ctx, row, _began_at(row, paid_at)) for row in rows]


def shown_refunds(
    ctx: Context,
    order_number: str,
    *,
    return_id: str | None = None,
    claim_id: str | None = None,
) -> list[ShownRefund]:
    """Refunds of an order, or of one of its returns or claims, as pages show them; oldest first.

    Raises:
        NotFound: no such order of the caller.
    """
    order_id = order_id_of(ctx, order_number)
    statement = _REFUNDS.where(col(Refund.order_id) == order_id)
    if return_id is not None:
        statement = statement.where(col(Refund.return_id) == return_id)
    if claim_id is not None:
        statement = statement.where(col(Refund.claim_id) == claim_id)
    rows = ctx.db.execute(statement).mappings().all()
    paid_by = arrived_payments(ctx, order_id) if rows else []
    paid_at = _moments_of_payments(ctx, order_id) if rows else set()
    found = []
    for place, row in enumerate(rows):
        has_successor = any(
            (later["return_id"], later["claim_id"]) == (row["return_id"], row["claim_id"])
            and later["status"] != RefundStatus.FAILED
            for later in rows[place + 1 :]
        )
        began = _began_at(row, paid_at)
        view = _view(ctx, row, began)
        found.append(
            ShownRefund(
                **view.model_dump() | {"refund_remarks": _remarks(row)},
                stage=_stage(row, has_successor=has_successor),
                created_at=began,
                way=rules.refund_way(dict(row), paid_by),
                due=_due(ctx, view.expected_date),
                working_days=working_days(ctx, row["payment_mode"], row["payment_method"]),
            )
        )
    return found


def _remarks(row: RowMapping) -> str | None:
    """What is noted of a refund, in the words of pages: a claim is a report to its customer."""
    words: str | None = row["refund_remarks"]
    if words and row["claim_id"] and words.startswith("Claim "):
        return "Report " + words.removeprefix("Claim ")
    return words


def way_back(ctx: Context, order_id: str) -> str:
    """The way that money takes which goes back where it came from, in words."""
    where_it_came_from = {
        "payment_mode": RefundMode.ORIGINAL_PAYMENT_MODE,
        "payment_method": None,
    }
    return rules.refund_way(where_it_came_from, arrived_payments(ctx, order_id))


def _began_at(row: Any, paid_at: Collection[datetime]) -> datetime | None:
    """When a refund began; none: an import did not tell, and another moment stands for it.

    That is a moment of its order or payments, or when it arrived. A refund that says what it is
    for began here.
    """
    created_at: datetime = row["created_at"]
    known = {row["order_date"], row["order_created_at"], row["refund_date"], *paid_at}
    return None if row["purpose"] is None and created_at in known else created_at


def _moments_of_payments(ctx: Context, order_id: str) -> set[datetime]:
    rows = ctx.db.execute(
        select(col(Payment.payment_date), col(Payment.created_at)).where(
            col(Payment.order_id) == order_id
        )
    )
    return {moment for row in rows for moment in row if moment is not None}


def arrived_payments(ctx: Context, order_id: str) -> list[dict[str, Any]]:
    """How an order was paid: its payments that arrived, for `rules.refund_way`."""
    rows = ctx.db.execute(
        select(
            col(Payment.id),
            col(Payment.payment_method),
            col(Payment.card_type),
            col(Payment.card_number),
            col(Payment.collection),
        ).where(
            col(Payment.order_id) == order_id,
            col(Payment.payment_status).in_(sorted(rules.ARRIVED)),
        )
    )
    return [dict(row) for row in rows.mappings()]


def working_days(ctx: Context, mode: str, method: str | None) -> int:
    """Working days until a refund of that mode and method is there."""
    if not rules.is_money(mode, method):
        return 0
    is_transfer = mode == RefundMode.BANK_TRANSFER
    return ctx.settings.bank_refund_days if is_transfer else ctx.settings.refund_days


def expected_date(
    ctx: Context, begun: datetime, mode: str, method: str | None = None
) -> date | None:
    """By which day a refund begun at a time should be there; None for one that moves no money."""
    if not rules.is_money(mode, method):
        return None
    return rules.nth_working_day(
        begun.astimezone(zone_of_store(ctx.settings)).date(),
        working_days(ctx, mode, method),
        ctx.settings.store_country,
    )


def _stage(row: RowMapping, *, has_successor: bool) -> Any:
    of_return = None if row["return_id"] is None else ReturnStatus(row["return_status"])
    return rules.refund_stage(RefundStatus(row["status"]), of_return, has_successor=has_successor)


def _view(ctx: Context, row: RowMapping, began: datetime | None) -> OrderRefund:
    """A refund; of one that nobody knows the beginning of, no day is promised."""
    is_open = row["status"] in {RefundStatus.PENDING, RefundStatus.APPROVED}
    day = None
    known = [moment for moment in (began, row["return_completed_at"]) if moment is not None]
    if is_open and known and _stage(row, has_successor=False) == "as_is":
        day = expected_date(ctx, max(known), row["payment_mode"], row["payment_method"])
    return OrderRefund(
        request_number=row["request_number"],
        refund_amount=money.to_major(row["refund_amount"], row["currency"]),
        refund_date=row["refund_date"],
        expected_date=day,
        status=row["status"],
        payment_mode=row["payment_mode"],
        payment_method=row["payment_method"],
        payment_reference_number=row["payment_reference_number"],
        bank_account_number=row["bank_account_number"],
        bank_name=row["bank_name"],
        refund_remarks=row["refund_remarks"],
        return_request_number=row["return_request_number"],
    )


def _due(ctx: Context, day: date | None) -> Arrival | None:
    if day is None:
        return None
    today = ctx.now.astimezone(zone_of_store(ctx.settings)).date()
    promise = rules.refund_promise(day, today)
    return Arrival(when=promise.when, day=promise.day)
