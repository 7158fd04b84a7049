"""Paying again, and what the gateway reports of an attempt."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import col

from account_portal import routes
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import GatewayUnavailable, InvalidInput, NotFound
from account_portal.core.ids import new_number
from account_portal.core.links import is_link
from account_portal.gateways.payments import PaymentGateway, PaymentReport, PaymentRequest
from account_portal.loyalty import service as loyalty
from account_portal.models import Order, Payment
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import PaymentFailed, PaymentReceived
from account_portal.orders import rules
from account_portal.orders.facts import money_of
from account_portal.orders.schemas import (
    GatewayParams,
    OtherPaymentGatewayParams,
    RetryPayment,
    RetryPaymentResult,
)
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.payments import payment_info, payment_under_way
from account_portal.orders.service.telling import tell_placed, written
from account_portal.security import tokens
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    TransactionStatus,
)

log = logging.getLogger("account_portal.payments")

_SIGNATURE = "sign payment attempts"


def retry_payment(ctx: Context, order_number: str, data: RetryPayment) -> RetryPaymentResult:
    """Start a new attempt to pay what is unpaid, or lead back to the one that is under way.

    The attempt is recorded and committed before the gateway is asked, so that nothing the gateway
    takes can be unknown here. A repeat by the same Idempotency-Key goes on with that attempt.

    Raises:
        NotFound: no such order of the caller.
        PaymentGatewayNotEnabled: the store takes no payments through it.
        InvalidInput: a return address on an origin that is not allowed.
        PaymentRetryNotAvailable: nothing to pay, or the last attempt may still succeed.
        GatewayUnavailable: the gateway did not answer; the attempt is recorded as failed.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    asked = data.payment_gateway_params
    begun = _begun_before(ctx, order)
    if begun is not None:
        return _ask_gateway(ctx, order, begun)
    if asked.payment_gateway not in _gateway(ctx).names:
        raise rules.PaymentGatewayNotEnabled
    _require_allowed_addresses(ctx, asked)
    facts = money_of(ctx.db, order)
    under_way = payment_under_way(ctx, order.id, facts)
    if under_way is not None and under_way.payment_gateway == asked.payment_gateway:
        return _result(under_way, order.currency)
    rules.require_payment_retry(facts, ctx.now)
    payment = Payment(
        order_id=order.id,
        request_number=new_number("PAY", ctx.now.year),
        amount=rules.account_of(facts).unpaid,
        payment_status=TransactionStatus.PENDING,
        payment_gateway=asked.payment_gateway,
        success_url=asked.success_url,
        failure_url=asked.failure_url,
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(payment)
    refresh_orders(ctx.db, [order.id], ctx.now)
    return _ask_gateway(ctx, order, payment)


def _gateway(ctx: Context) -> PaymentGateway:
    """The store's gateway.

    Raises:
        PaymentGatewayNotEnabled: it has none.
    """
    if ctx.gateways.payments is None:
        raise rules.PaymentGatewayNotEnabled
    return ctx.gateways.payments


def is_paid_somewhere(ctx: Context) -> bool:
    """Whether customers find a way to pay: a gateway here, or the shop's own checkout."""
    return ctx.gateways.payments is not None or bool(ctx.settings.checkout_url)


def _begun_before(ctx: Context, order: Order) -> Payment | None:
    """The attempt that an earlier run of this very call recorded.

    None if it ended before the gateway answered (it failed, or the order was cancelled) or another
    one was begun since: then this call is judged like a new one.
    """
    if ctx.attempt is None:
        return None
    payment = ctx.db.execute(
        select(Payment).where(
            col(Payment.order_id) == order.id, col(Payment.request_number) == ctx.attempt
        )
    ).scalar_one_or_none()
    if payment is None or payment.redirect_url is not None:
        return payment  # nothing is known of it, or the gateway answered it
    newest = ctx.db.execute(
        select(col(Payment.id))
        .where(col(Payment.order_id) == order.id)
        .order_by(col(Payment.created_at).desc(), col(Payment.id).desc())
        .limit(1)
    ).scalar_one()
    is_open = payment.payment_status == TransactionStatus.PENDING and payment.id == newest
    return payment if is_open else None


def _ask_gateway(ctx: Context, order: Order, payment: Payment) -> RetryPaymentResult:
    """Ask the gateway for an attempt that is recorded, unless it answered already.

    It is asked by the attempt's number, so that asking again, after a crash or by a twin in another
    process, begins no second one there.

    Raises:
        GatewayUnavailable: it did not answer, or too late: the attempt ended meanwhile.
    """
    if payment.redirect_url is not None:
        return _result(payment, order.currency)
    back = ctx.settings.origin + routes.order(order.order_number)
    request = PaymentRequest(
        request_number=payment.request_number,
        order_number=order.order_number,
        amount=payment.amount,
        currency=order.currency,
        customer_email=order.customer_email,
        customer_phone=order.customer_phone,
        now=ctx.now,
        begun_at=payment.created_at,
        success_url=_allowed_address(ctx, payment.success_url) or back,
        failure_url=_allowed_address(ctx, payment.failure_url) or back,
        replaces=_given_up(ctx, payment),
    )
    gateway = _gateway(ctx)
    ctx.checkpoint(attempt=request.request_number)
    try:
        start = gateway.start(request, attempt_signature(request.request_number))
        if not is_link(start.redirect_url):  # nowhere a browser may be sent to
            log.error("payment %s: the gateway's link is not https", request.request_number)
            raise GatewayUnavailable
    except GatewayUnavailable:
        payment = _locked_payment(ctx, request.request_number)
        if payment.redirect_url is not None:
            return _result(payment, request.currency)  # a twin was answered: its link is in use
        if payment.payment_status == TransactionStatus.PENDING:
            payment.payment_status, payment.modified_at = TransactionStatus.FAILED, ctx.now
            refresh_orders(ctx.db, [payment.order_id], ctx.now)
            ctx.checkpoint()
        raise
    payment = _locked_payment(ctx, request.request_number)
    if payment.redirect_url is None:
        if payment.payment_status != TransactionStatus.PENDING:
            raise GatewayUnavailable  # it ended meanwhile: nobody may be sent to pay it
        payment.redirect_url, payment.expires_at = start.redirect_url, start.expires_at
        payment.payment_reference_number = start.reference
    return _result(payment, request.currency)


def _given_up(ctx: Context, payment: Payment) -> tuple[str, ...]:
    """What the gateway calls earlier attempts to pay the same order that nobody ended."""
    found = ctx.db.execute(
        select(col(Payment.payment_reference_number)).where(
            col(Payment.order_id) == payment.order_id,
            col(Payment.id) != payment.id,
            col(Payment.payment_gateway) == payment.payment_gateway,
            col(Payment.payment_status) == TransactionStatus.PENDING,
            col(Payment.payment_reference_number).is_not(None),
            col(Payment.redirect_url).is_not(None),
        )
    ).scalars()
    return tuple(str(reference) for reference in found)


def _result(payment: Payment, currency: str) -> RetryPaymentResult:
    return RetryPaymentResult(payment_required=True, payment_info=payment_info(payment, currency))


def pay_again(ctx: Context, order_number: str, *, back_to: str = "") -> RetryPaymentResult:
    """`retry_payment` as the page does it: through the store's gateway.

    Args:
        ctx: the call.
        order_number: what to pay.
        back_to: path of ours the browser comes back to; empty: the order's page.

    Raises as `retry_payment` does.
    """
    gateway = min(_gateway(ctx).names)
    asked = OtherPaymentGatewayParams(payment_gateway=gateway)
    if back_to:
        asked = asked.model_copy(update={"return_url": ctx.settings.origin + back_to})
    return retry_payment(ctx, order_number, RetryPayment(payment_gateway_params=asked))


def _allowed_origins(ctx: Context) -> set[str]:
    settings = ctx.settings
    return {settings.origin, *settings.cors_origins, *settings.framing_origins}


def _allowed_address(ctx: Context, address: str | None) -> str | None:
    """An address that was kept, unless the store would not take it any more."""
    return address if address and _origin(address) in _allowed_origins(ctx) else None


def _require_allowed_addresses(ctx: Context, asked: GatewayParams) -> None:
    allowed = _allowed_origins(ctx)
    faults = {
        f"payment_gateway_params.{name}": "must be on an origin of this store"
        for name in ("return_url", "surl", "furl")
        if (address := getattr(asked, name, None)) and _origin(address) not in allowed
    }
    if faults:
        raise InvalidInput(**faults)


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # A name and password before the host would make it look like another's.
    return "" if "@" in parts.netloc else f"{parts.scheme}://{parts.netloc}".lower()


def attempt_signature(request_number: str) -> str:
    """What proves that an answer belongs to an attempt we started."""
    return tokens.keyed_digest(_SIGNATURE, request_number)


def _locked_payment(ctx: Context, request_number: str) -> Payment:
    """A payment whose order is locked, so that answers and cancelling are serialised.

    Raises:
        NotFound: there is none.
    """
    statement = select(Payment).where(col(Payment.request_number) == request_number)
    payment = ctx.db.execute(statement).scalar_one_or_none()
    if payment is None:
        raise NotFound
    order = select(Order).where(col(Order.id) == payment.order_id).with_for_update()
    ctx.db.execute(order).scalar_one()
    ctx.db.refresh(payment)
    return payment


@dataclass(frozen=True, slots=True)
class HostedPayment:
    """What the page of the demo's gateway shows."""

    request_number: str
    order_number: str
    amount: str
    is_open: bool
    success_url: str | None
    failure_url: str | None


def get_hosted_payment(ctx: Context, request_number: str, signature: str) -> HostedPayment:
    """An attempt, for the one who holds its signature.

    Raises:
        NotFound: no such attempt, or the signature is not its own.
    """
    if not tokens.same_as_one(signature, tokens.keyed_digests(_SIGNATURE, request_number)):
        raise NotFound
    row = ctx.db.execute(
        select(Payment, Order)
        .join(Order, col(Order.id) == col(Payment.order_id))
        .where(col(Payment.request_number) == request_number)
    ).one_or_none()
    if row is None:
        raise NotFound
    payment, order = row
    return HostedPayment(
        request_number=request_number,
        order_number=order.order_number,
        amount=f"{money.currency_symbol(order.currency)}"
        f"{money.to_major(payment.amount, order.currency):,}",
        is_open=payment.payment_status == TransactionStatus.PENDING,
        success_url=_allowed_address(ctx, payment.success_url),
        failure_url=_allowed_address(ctx, payment.failure_url),
    )


def settle_payment(
    ctx: Context,
    request_number: str,
    *,
    succeeded: bool,
    reference: str | None = None,
    method: str | None = None,
    amount: int | None = None,
) -> None:
    """Record what became of an attempt; only the first answer counts.

    Args:
        ctx: the call, as the shop or its gateway.
        request_number: of the attempt.
        succeeded: whether the money arrived.
        reference: what the gateway or bank calls the payment.
        method: how it was paid.
        amount: what arrived, in minor units, if that is not what was asked for.

    Money that arrives for an order cancelled meanwhile, or beyond what was due, goes back by the
    refund that `refresh_orders` makes; an order that waited for nothing but its payment is placed
    by it.

    Raises:
        Forbidden: only the shop and its gateway may tell.
        NotFound: no such attempt.
    """
    ctx.require_shop()
    payment = _locked_payment(ctx, request_number)
    order = ctx.db.get_one(Order, payment.order_id)
    late = payment.payment_status == TransactionStatus.FAILED and succeeded
    if payment.payment_status != TransactionStatus.PENDING and not late:
        return
    status = TransactionStatus.SUCCESS if succeeded else TransactionStatus.FAILED
    payment.payment_status, payment.modified_at = status, ctx.now
    payment.payment_date = ctx.now if succeeded else None
    payment.payment_reference_number = reference
    if succeeded and amount is not None:
        payment.amount = amount
    payment.payment_method = method or payment.payment_method
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    of = {
        "order_number": order.order_number,
        "store": ctx.settings.store_name,
        "amount": written(ctx, order, payment.amount),
    }
    if succeeded:
        enqueue(ctx, PaymentReceived(**of), customer_id=order.customer_id)
    elif rules.account_of(money_of(ctx.db, order)).unpaid:
        enqueue(ctx, PaymentFailed(**of), customer_id=order.customer_id)
    if order.status == OrderStatus.DRAFT and order.payment_status == PaymentStatus.SUCCESS:
        order.status = OrderStatus.CONFIRMED
        refresh_orders(ctx.db, [order.id], ctx.now)
        tell_placed(ctx, order)
    if order.status in rules.DELIVERED:
        loyalty.earn_for_order(ctx, order)  # it is there now that it is paid


def report_payment(ctx: Context, report: PaymentReport) -> None:
    """Take over what the gateway says of an attempt, in whatever order its messages come.

    Raises:
        Forbidden: only the shop and its gateway may tell.
        NotFound: no such attempt, or it is in another currency.
    """
    ctx.require_shop()
    payment = _locked_payment(ctx, report.request_number)
    currency = ctx.db.get_one(Order, payment.order_id).currency
    if report.succeeded and report.currency != currency:
        raise NotFound(f"Attempt {report.request_number} is in another currency.")
    settle_payment(
        ctx,
        report.request_number,
        succeeded=report.succeeded,
        reference=report.reference,
        method=report.method if report.succeeded else None,
        amount=report.amount,
    )
