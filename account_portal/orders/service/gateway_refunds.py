"""Refunds that the store's gateway sends back to the payment they came by.

A refund that is approved and can go back to one payment of the gateway's is due there; workers ask
for it, at least once, always by the refund's number, so that money goes once. What the gateway says
of it, at once or later, settles it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import SHOP, Caller, Context, enter
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.errors import GatewayUnavailable, NotFound
from account_portal.gateways.payments import RefundReport, RefundRequest
from account_portal.models import Order, Payment, Refund
from account_portal.orders.service.locking import lock_order
from account_portal.orders.service.new_refunds import add_refund
from account_portal.orders.service.paying_back import goes_back, sends_money_back
from account_portal.orders.service.refunds import refund_of_number, settle_refund
from account_portal.states import RefundMode, RefundPurpose, RefundStatus

log = logging.getLogger("account_portal.payments")

LEASE = timedelta(minutes=2)
"""How long a worker may take over one refund; the gateway answers sooner or not at all."""
ASKED_AGAIN = timedelta(hours=6)
"""When the gateway is asked what became of a refund that it still works on."""


def report_refund(ctx: Context, report: RefundReport) -> None:
    """Take over what the gateway says of a refund, in whatever order its messages come.

    What succeeded may fail later, when a bank sends it back; what failed stays failed. A refund
    that somebody made at the gateway itself is recorded, in place of one that waits for the same
    money if there is one.

    Raises:
        Forbidden: only the shop and its gateway may tell.
        NotFound: no payment of the portal's.
    """
    ctx.require_shop()
    payment, order = _payment_of(ctx, report)
    refund = _refund_of(ctx, report, payment, order)
    refund.payment_reference_number = report.reference or refund.payment_reference_number
    if report.reason or refund.status != RefundStatus.FAILED:  # an earlier message may come late
        refund.gateway_error = report.reason and report.reason[:300]
    if report.outcome == "pending":
        refund.due_at = ctx.now + ASKED_AGAIN
        return
    refund.due_at = None
    succeeded = report.outcome == "succeeded"
    has_ended = refund.status == RefundStatus.FAILED
    if has_ended or (succeeded and refund.status == RefundStatus.SUCCESS):
        return
    settle_refund(
        ctx,
        refund.request_number,
        succeeded=succeeded,
        reference=refund.payment_reference_number,
        by_gateway=True,
    )


def _payment_of(ctx: Context, report: RefundReport) -> tuple[Payment, Order]:
    """The payment a refund belongs to, its order locked."""
    found = ctx.db.execute(
        select(Payment, col(Order.order_number))
        .join(Order, col(Order.id) == col(Payment.order_id))
        .where(col(Payment.payment_reference_number) == report.payment_reference)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no payment {report.payment_reference}.")
    payment, order_number = found
    order = lock_order(ctx, order_number)
    if report.currency != order.currency:
        raise NotFound(f"Payment {report.payment_reference} is in another currency.")
    return payment, order


def _refund_of(ctx: Context, report: RefundReport, payment: Payment, order: Order) -> Refund:
    """The refund a report is about; one that was made at the gateway itself is recorded first."""
    refunds = (
        ctx.db.execute(
            select(Refund)
            .where(col(Refund.order_id) == order.id)
            .order_by(col(Refund.created_at), col(Refund.id))
            .execution_options(populate_existing=True)
        )
        .scalars()
        .all()
    )
    for refund in refunds:
        if report.request_number == refund.request_number or (
            report.reference and report.reference == refund.payment_reference_number
        ):
            return refund
    if report.request_number is not None:
        raise NotFound(f"There is no refund {report.request_number}.")
    for refund in refunds:
        is_untouched = refund.status == RefundStatus.PENDING or (
            refund.status == RefundStatus.APPROVED
            and (refund.handed_over_at is None or refund.payment_id is None)
        )
        if is_untouched and goes_back(refund) and refund.refund_amount == report.amount:
            break
    else:
        refund = add_refund(
            ctx,
            order,
            report.amount,
            mode=RefundMode.ORIGINAL_PAYMENT_MODE,
            purpose=RefundPurpose.GOODWILL,
            remarks="From the store",
        )
    refund.status, refund.payment_id = RefundStatus.APPROVED, payment.id
    refund.handed_over_at = refund.handed_over_at or ctx.now
    ctx.db.flush()
    return refund


@dataclass(frozen=True, slots=True)
class _Claimed:
    request: RefundRequest
    tries: int


def pay_back_next(database: Database | None = None, now: datetime | None = None) -> bool:
    """Ask the gateway for the next refund that is due; says whether there was one.

    It is asked outside any transaction: a gateway that takes its time holds up nobody.
    """
    claimed = _claim(database, now or utc_now())
    if claimed is None:
        return False
    with enter(Caller(now=now), writes=False, actor=SHOP, database=database) as ctx:
        gateway = ctx.gateways.payments
    assert gateway is not None
    try:
        report = gateway.refund(claimed.request)
    except GatewayUnavailable:
        _put_off(database, claimed, now or utc_now())
        return True
    with enter(Caller(now=now), writes=True, actor=SHOP, database=database) as ctx:
        report_refund(ctx, report)
    return True


def _claim(database: Database | None, now: datetime) -> _Claimed | None:
    with enter(Caller(now=now), writes=True, actor=SHOP, database=database) as ctx:
        if not sends_money_back(ctx):
            return None
        due = col(Refund.due_at) <= now
        number = ctx.db.execute(
            select(col(Refund.request_number))
            .where(due)
            .order_by(col(Refund.due_at), col(Refund.id))
            .limit(1)
        ).scalar_one_or_none()
        if number is None:
            return None
        refund, order = refund_of_number(ctx, number)
        if refund.due_at is None or refund.due_at > now:
            return None  # another worker was quicker
        payment = ctx.db.get(Payment, refund.payment_id or "")
        is_open = refund.status == RefundStatus.APPROVED
        if not is_open or payment is None or payment.payment_reference_number is None:
            refund.due_at = None
            return None
        is_repeat = refund.handed_over_at is not None
        refund.handed_over_at = refund.handed_over_at or now
        refund.tries = (refund.tries or 0) + 1
        # Twice as late each time: what kills its worker may not kill the next one at once.
        refund.due_at = now + max(LEASE, _pause(refund.tries))
        return _Claimed(
            RefundRequest(
                request_number=refund.request_number,
                payment_reference=payment.payment_reference_number,
                amount=refund.refund_amount,
                currency=order.currency,
                reference=refund.payment_reference_number,
                is_repeat=is_repeat,
            ),
            refund.tries,
        )


def _pause(tries: int) -> timedelta:
    """20 s, 40 s and so on, at most an hour."""
    return min(timedelta(seconds=10 * 2 ** min(tries, 9)), timedelta(hours=1))


def _put_off(database: Database | None, claimed: _Claimed, now: datetime) -> None:
    with enter(Caller(now=now), writes=True, actor=SHOP, database=database) as ctx:
        refund, _order = refund_of_number(ctx, claimed.request.request_number)
        if refund.due_at is not None and refund.tries == claimed.tries:
            refund.due_at = now + _pause(claimed.tries)
            refund.gateway_error = "The gateway did not answer."
