"""What happened to the money of an order, read by one statement: for answers that need no more."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, literal, null, select, union_all
from sqlmodel import Session, col

from account_portal.models import (
    CancelledItem,
    Claim,
    ClaimItem,
    Order,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentItem,
)
from account_portal.orders import rules
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    RefundStatus,
    ReturnResolution,
    ReturnStatus,
    TransactionStatus,
)

NOT_AGREED = rules.ENDED | {ReturnStatus.CREATED}
"""Returns that nobody agreed to, so that nothing of them is owed."""


@cache
def _money_statement() -> Any:
    """Payments, refunds, agreed returns and claims, what does not come: rows of one shape."""
    nothing = null()
    payments: Any = select(
        literal("payment").label("kind"),
        col(Payment.amount).label("amount"),
        col(Payment.payment_status).label("status"),
        col(Payment.collection).label("way"),
        nothing.label("method"),
        nothing.label("return_id"),
        nothing.label("return_status"),
        nothing.label("retries_id"),
        nothing.label("purpose"),
        col(Payment.created_at).label("created_at"),
        col(Payment.id).label("id"),
    ).where(col(Payment.order_id) == bindparam("order_id"))
    refunds = (
        select(
            literal("refund"),
            col(Refund.refund_amount),
            col(Refund.status),
            col(Refund.payment_mode),
            col(Refund.payment_method),
            col(Refund.return_id),
            col(OrderReturn.status),
            col(Refund.retries_id),
            col(Refund.purpose),
            col(Refund.created_at),
            col(Refund.id),
        )
        .outerjoin(OrderReturn, col(OrderReturn.id) == col(Refund.return_id))
        .where(col(Refund.order_id) == bindparam("order_id"))
    )
    returned = (
        select(
            literal("returned"),
            col(ReturnItem.refund_amount) - col(ReturnItem.fee),
            *[nothing] * 7,
            col(OrderReturn.created_at),
            col(ReturnItem.id),
        )
        .join(OrderReturn, col(OrderReturn.id) == col(ReturnItem.return_id))
        .where(
            col(OrderReturn.order_id) == bindparam("order_id"),
            col(OrderReturn.status).not_in(sorted(NOT_AGREED)),
            col(ReturnItem.resolution) == ReturnResolution.REFUND,
        )
    )
    delivery = select(
        literal("returned"),
        col(OrderReturn.shipping_amount),
        *[nothing] * 7,
        col(OrderReturn.created_at),
        col(OrderReturn.id),
    ).where(
        col(OrderReturn.order_id) == bindparam("order_id"),
        col(OrderReturn.status).not_in(sorted(NOT_AGREED)),
        col(OrderReturn.shipping_amount) > 0,
    )
    claimed = (
        select(
            literal("returned"),
            col(ClaimItem.refunded),
            *[nothing] * 7,
            col(Claim.created_at),
            col(ClaimItem.id),
        )
        .join(Claim, col(Claim.id) == col(ClaimItem.claim_id))
        .where(col(Claim.order_id) == bindparam("order_id"), col(ClaimItem.refunded) > 0)
    )
    lost = (
        select(
            literal("lost"),
            col(ShipmentItem.written_off),
            *[nothing] * 7,
            col(Shipment.created_at),
            col(ShipmentItem.id),
        )
        .join(Shipment, col(Shipment.id) == col(ShipmentItem.shipment_id))
        .where(
            col(Shipment.order_id) == bindparam("order_id"),
            col(ShipmentItem.written_off).is_not(None),
        )
    )
    cancelled = select(
        literal("lost"),
        col(CancelledItem.amount) - col(CancelledItem.charge),
        *[nothing] * 7,
        col(CancelledItem.created_at),
        col(CancelledItem.id),
    ).where(col(CancelledItem.order_id) == bindparam("order_id"))
    parts = (payments, refunds, returned, delivery, claimed, lost, cancelled)
    return union_all(*parts).order_by("created_at", "id")


def money_of(db: Session, order: Order) -> rules.MoneyFacts:
    """What happened to the money of one order, by one statement; what is pending counts."""
    db.flush()
    rows = db.execute(_money_statement(), {"order_id": order.id}).all()
    return money_facts(
        order.model_dump(),
        [
            rules.Attempt(row.amount, TransactionStatus(row.status), row.created_at, row.way)
            for row in rows
            if row.kind == "payment"
        ],
        [
            rules.RefundFact(
                amount=row.amount,
                status=RefundStatus(row.status),
                payment_mode=row.way,
                payment_method=row.method,
                created_at=row.created_at,
                id=row.id,
                retries_id=row.retries_id,
                purpose=row.purpose,
                return_id=row.return_id,
                of_return=ReturnStatus(row.return_status) if row.return_status else None,
            )
            for row in rows
            if row.kind == "refund"
        ],
        returned=sum(row.amount for row in rows if row.kind == "returned"),
        lost=sum(row.amount for row in rows if row.kind == "lost"),
    )


def money_facts(
    order: Mapping[str, Any],
    attempts: Sequence[rules.Attempt],
    refunds: Sequence[rules.RefundFact],
    *,
    returned: int,
    lost: int,
) -> rules.MoneyFacts:
    """The facts of an order's money.

    `returned` is what is given back for such goods, `lost` what goods that do not come cost.
    """
    return rules.MoneyFacts(
        status=OrderStatus(order["status"]),
        stated=PaymentStatus(order["payment_status"]),
        grand_total=order["grand_total"],
        loyalty_amount=order["loyalty_amount"],
        credit_used=order["credit_balance_used"],
        attempts=attempts,
        refunds=refunds,
        returned=returned,
        lost=lost,
        charge=order["cancellation_charge"],
    )
