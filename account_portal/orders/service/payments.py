"""How far an order is paid: its state, its attempts, and the way back to one that is under way."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.models import Payment
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts
from account_portal.orders.schemas import OrderPaymentStatus, PaymentInfo
from account_portal.orders.service.reading import read_facts
from account_portal.states import TransactionStatus


def get_payment_status(ctx: Context, order_number: str) -> OrderPaymentStatus:
    """How far an order is paid, and whether the customer may try again.

    Raises:
        NotFound: no such order of the caller.
    """
    return payment_status_of(ctx, read_facts(ctx, order_number))


def payment_status_of(ctx: Context, order: OrderFacts) -> OrderPaymentStatus:
    """How far an order of the caller is paid, and whether they may try again."""
    currency, facts = order.order["currency"], order.money()
    account = rules.account_of(facts)
    again_at = rules.retry_available_at(facts)
    under_way = payment_under_way(ctx, order.order["id"], facts)
    return OrderPaymentStatus(
        status=rules.derive_payment_status(facts),
        amount_paid=money.to_major(account.paid, currency),
        amount_payable=money.to_major(rules.payable(facts), currency),
        amount_unpaid=money.to_major(account.unpaid, currency),
        is_retry_available=bool(ctx.gateways.payments) and rules.can_retry_payment(facts, ctx.now),
        payment_under_way=payment_info(under_way, currency) if under_way else None,
        retry_available_at=again_at if again_at and again_at >= ctx.now else None,
    )


def payment_under_way(ctx: Context, order_id: str, facts: rules.MoneyFacts) -> Payment | None:
    """The latest attempt to pay, as long as the customer can go on with it at its gateway."""
    again_at = rules.retry_available_at(facts)
    if again_at is None or again_at < ctx.now or ctx.gateways.payments is None:
        return None
    payment = ctx.db.execute(
        select(Payment)
        .where(col(Payment.order_id) == order_id)
        .order_by(col(Payment.created_at).desc(), col(Payment.id).desc())
        .limit(1)
    ).scalar_one()
    has_ended = payment.expires_at is not None and payment.expires_at <= ctx.now
    is_right = payment.amount == rules.account_of(facts).unpaid
    return payment if payment.redirect_url and is_right and not has_ended else None


def payment_info(payment: Payment, currency: str) -> PaymentInfo:
    """What a browser needs to get to an attempt."""
    return PaymentInfo(
        payment_gateway=payment.payment_gateway or "",
        transaction_id=payment.request_number,
        amount=money.to_major(payment.amount, currency),
        redirect_url=payment.redirect_url,
        expires_at=payment.expires_at,
    )


def payment_moments(facts: OrderFacts) -> dict[str, datetime]:
    """When each payment of an order was made, or failed, by its request number.

    One that is pending has no moment: a day beside its amount reads as the day it was paid.
    """
    return {
        row["request_number"]: row["payment_date"] or row["created_at"]
        for row in facts.payments
        if row["payment_status"] != TransactionStatus.PENDING
    }
