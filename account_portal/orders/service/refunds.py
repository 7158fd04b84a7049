"""What becomes of refunds: made, approved, redirected and settled by the shop."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import Conflict, NotFound, Unprocessable
from account_portal.core.written import written_amount
from account_portal.loyalty import rules as loyalty_rules
from account_portal.loyalty import service as loyalty
from account_portal.models import (
    BankAccount,
    LoyaltyActivity,
    Order,
    OrderReturn,
    Refund,
)
from account_portal.notifications import enqueue
from account_portal.notifications.messages.returns import RefundSettled
from account_portal.orders import rules
from account_portal.orders.facts import money_of
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.locking import lock_order
from account_portal.orders.service.new_refunds import add_refund
from account_portal.orders.service.paying_back import hand_to_gateway, is_sent_by_gateway
from account_portal.orders.service.refund_reading import arrived_payments
from account_portal.states import (
    ActivityType,
    RefundMode,
    RefundPurpose,
    RefundStatus,
    ReturnStatus,
    VerificationStatus,
)

_Part = tuple[int, str | None]
"""An amount, and what it is for, if that is known."""


class RefundNotMovable(Conflict):
    """The refund can't take that step from where it is."""

    code = "refund_not_movable"
    message = "This refund cannot take that step now."


def refund_of_number(ctx: Context, request_number: str) -> tuple[Refund, Order]:
    """A refund whose order is locked.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
    """
    ctx.require_shop()
    statement = select(Refund).where(col(Refund.request_number) == request_number)
    refund = ctx.db.execute(statement).scalar_one_or_none()
    if refund is None:
        raise NotFound(f"There is no refund {request_number}.")
    order = ctx.db.execute(
        select(Order).where(col(Order.id) == refund.order_id).with_for_update()
    ).scalar_one()
    ctx.db.refresh(refund)
    return refund, order


def approve_refund(ctx: Context, request_number: str) -> None:
    """Let a pending refund go out; approving it again changes nothing.

    The store's gateway sends back what it took; the rest the shop pays, and tells.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
        RefundNotMovable: it is settled.
    """
    refund, order = refund_of_number(ctx, request_number)
    if refund.status == RefundStatus.APPROVED:
        return
    if refund.status != RefundStatus.PENDING:
        raise RefundNotMovable(f"Refund {request_number} is {refund.status} already.")
    refund.status, refund.modified_at = RefundStatus.APPROVED, ctx.now
    hand_to_gateway(ctx, refund, order)
    refresh_orders(ctx.db, [order.id], ctx.now)


def settle_refund(
    ctx: Context,
    request_number: str,
    *,
    succeeded: bool,
    reference: str | None = None,
    by_gateway: bool = False,
) -> None:
    """Record whether an approved refund arrived; telling the same again changes nothing.

    Points and store credit are given back here; money has been moved by whoever calls. Of a refund
    that the store's gateway sends only the gateway tells, also that it came back later.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
        RefundNotMovable: it is not approved, or was settled the other way or by another transfer.
    """
    refund, order = refund_of_number(ctx, request_number)
    outcome = RefundStatus.SUCCESS if succeeded else RefundStatus.FAILED
    if refund.status == outcome:
        known = refund.payment_reference_number
        if succeeded and reference and known and reference != known:
            raise RefundNotMovable(f"Refund {request_number} arrived by {known} already.")
        return
    came_back = by_gateway and refund.status == RefundStatus.SUCCESS
    if refund.status != RefundStatus.APPROVED and not came_back:
        raise RefundNotMovable(f"Refund {request_number} is {refund.status}.")
    if is_sent_by_gateway(ctx, refund) and not by_gateway:
        raise RefundNotMovable(
            f"Refund {request_number} goes back through the payment gateway, which tells by itself."
        )
    if succeeded:
        give_back(ctx, refund, order)
    parts = [] if succeeded else _parts_of(ctx, refund, order)
    refund.status, refund.modified_at = outcome, ctx.now
    refund.refund_date = ctx.now if succeeded else None
    refund.payment_reference_number = reference
    if not succeeded:
        _try_again(ctx, refund, order, parts)
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    amount = money.to_major(refund.refund_amount, order.currency)
    way = rules.refund_way(refund.model_dump(), arrived_payments(ctx, order.id))
    enqueue(
        ctx,
        RefundSettled(
            order_number=order.order_number,
            store=ctx.settings.store_name,
            amount=written_amount(amount, order.currency, ctx.settings.store_country),
            succeeded=succeeded,
            way=way,
        ),
        customer_id=order.customer_id,
    )


class RefundTooHigh(Unprocessable):
    """More than what arrived and neither went back nor is promised."""

    code = "refund_too_high"
    message = "So much cannot be refunded."


def create_refund(
    ctx: Context, order_number: str, amount: Decimal, *, remarks: str | None = None
) -> str:
    """Promise money of an order back out of goodwill; returns the refund's number.

    Args:
        ctx: the call, as the shop.
        order_number: which order.
        amount: major units of the order's currency.
        remarks: what the customer reads.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such order.
        RefundTooHigh: not more than 0, or more than is here and promised to nobody.
    """
    order = lock_order(ctx, order_number)
    minor = money.to_minor(amount, order.currency)
    left = rules.account_of(money_of(ctx.db, order)).left
    if not 0 < minor <= left:
        most = money.to_major(left, order.currency)
        raise RefundTooHigh(f"At most {most} {order.currency} of order {order_number} can go back.")
    refund = add_refund(
        ctx,
        order,
        minor,
        mode=RefundMode.ORIGINAL_PAYMENT_MODE,
        purpose=RefundPurpose.GOODWILL,
        remarks=(remarks or "From the store")[:500],
    )
    order.modified_at = ctx.now
    number = refund.request_number
    refresh_orders(ctx.db, [order.id], ctx.now)
    return number


def redirect_refund(ctx: Context, request_number: str, bank_account_id: str) -> None:
    """Send a refund that waits another way: to a verified bank account of the customer.

    A refund that failed has a new one that waits, made when it failed.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
        RefundNotMovable: it does not wait, or is no money.
        BankAccountNotFound, BankAccountNotVerified: the account cannot take the money.
    """
    refund, order = refund_of_number(ctx, request_number)
    if refund.status != RefundStatus.PENDING or not _is_money(refund):
        raise RefundNotMovable(f"Refund {request_number} is {refund.status}.")
    account = ctx.db.get(BankAccount, bank_account_id)
    if account is None or account.customer_id != order.customer_id:
        raise rules.BankAccountNotFound
    if account.verification_status != VerificationStatus.VERIFIED:
        raise rules.BankAccountNotVerified
    refund.payment_mode, refund.payment_method = RefundMode.BANK_TRANSFER, "Bank transfer"
    refund.bank_account_id, refund.bank_name = account.id, account.bank_name
    refund.bank_account_number, refund.modified_at = account.number_masked, ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)


def retry_refund(ctx: Context, request_number: str, *, bank_account_id: str | None = None) -> str:
    """Try a refund that failed again: the one that was made in its place is approved.

    Args:
        ctx: the call, as the shop.
        request_number: of the refund that failed.
        bank_account_id: a verified account of the customer; none: the way it was paid.

    Returns:
        The number of the refund that takes its place; trying it again changes nothing.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such refund.
        RefundNotMovable: it did not fail, or nothing is owed in its place any more.
        BankAccountNotFound, BankAccountNotVerified: the account cannot take the money.
    """
    refund, _order = refund_of_number(ctx, request_number)
    if refund.status != RefundStatus.FAILED:
        raise RefundNotMovable(f"Refund {request_number} is {refund.status}.")
    again = ctx.db.execute(
        select(col(Refund.request_number), col(Refund.status))
        .where(col(Refund.order_id) == refund.order_id, col(Refund.retries_id) == refund.id)
        # The shop may have told that a part of it went: what waits is the rest.
        .order_by(
            case((col(Refund.status) == RefundStatus.PENDING, 0), else_=1),
            col(Refund.created_at),
            col(Refund.id),
        )
        .limit(1)
    ).one_or_none()
    if again is None:
        raise RefundNotMovable(f"Nothing is owed in the place of refund {request_number}.")
    if bank_account_id is not None and again.status == RefundStatus.PENDING:
        redirect_refund(ctx, again.request_number, bank_account_id)
    approve_refund(ctx, again.request_number)
    number: str = again.request_number
    return number


def _try_again(ctx: Context, failed: Refund, order: Order, parts: list[_Part]) -> None:
    """What a bank did not take is owed still: it waits in a refund of its own, the way it was paid.

    Unless the return it was for ended meanwhile.
    """
    request = ctx.db.get(OrderReturn, failed.return_id or "")
    if request is not None and ReturnStatus(request.status) in rules.ENDED:
        return
    for amount, purpose in parts:
        refund = add_refund(
            ctx,
            order,
            amount,
            mode=RefundMode.ORIGINAL_PAYMENT_MODE,
            purpose=purpose,
            remarks="The earlier refund did not arrive",
        )
        refund.retries_id, refund.return_id = failed.id, failed.return_id
        refund.shipment_id, refund.claim_id = failed.shipment_id, failed.claim_id
        if not _is_money(failed):
            refund.payment_mode = failed.payment_mode
            refund.payment_method = failed.payment_method


def _parts_of(ctx: Context, refund: Refund, order: Order) -> list[_Part]:
    """A refund that is on its way, by what it is for."""
    if refund.purpose is not None or not _is_money(refund):
        return [(refund.refund_amount, refund.purpose)]
    return [*rules.purposes_of(money_of(ctx.db, order), refund.id)]


def _is_money(refund: Refund) -> bool:
    return rules.is_money(refund.payment_mode, refund.payment_method)


def give_back(ctx: Context, refund: Refund, order: Order, *, later: Collection[str] = ()) -> None:
    """Give back the points or store credit of a refund that arrived; of money, nothing.

    Of points those that paid this part of the order: a share of those not given back yet. `later`
    are ids of refunds that arrived with it and give theirs after it.
    """
    if refund.payment_method == rules.STORE_CREDIT and refund.payment_mode != rules.POINTS:
        loyalty.give_back_credit(ctx, order, refund.refund_amount, activity="order_returned")
    if refund.payment_mode != rules.POINTS:
        return
    loyalty.give_back_points(
        ctx,
        order.customer_id,
        activity="order_returned",
        loyalty_point=points_back(ctx, order, refund.refund_amount, but=refund, later=later),
        reference_number=order.order_number,
        savings=refund.refund_amount,
        savings_currency=order.currency,
    )


def points_back(
    ctx: Context,
    order: Order,
    amount: int,
    *,
    but: Refund | None = None,
    later: Collection[str] = (),
) -> int:
    """The points, in hundredths, that come back when a refund of points pays this amount.

    What the quote shows and what the settlement gives. Refunds of points under way, without `but`
    itself and those `later`, are counted as if they were settled before. No more comes back than
    the ledger took; of a refund that the shop told without a return its word counts.
    """
    given_back = _points_given_back(ctx, order)
    points = max(0, order.loyalty_point_redeemed - given_back)
    if but is None or but.return_id is not None or but.purpose is not None:
        row = {"customer_id": order.customer_id, "order_number": order.order_number}
        spent = loyalty.points_spent_on(ctx.db, [row])
        points = min(points, spent.get(order.order_number, 0))
    refunds = ctx.db.execute(
        select(Refund)
        .where(col(Refund.order_id) == order.id, col(Refund.payment_mode) == rules.POINTS)
        .order_by(col(Refund.created_at), col(Refund.id))
    ).scalars()
    value = order.loyalty_amount
    waiting = []
    for refund in refunds:
        if refund.id in later or (but is not None and refund.id == but.id):
            continue
        if refund.status == RefundStatus.SUCCESS:
            value -= refund.refund_amount
        elif refund.status != RefundStatus.FAILED:
            waiting.append(refund.refund_amount)
    if but is None:
        for earlier in waiting:
            points -= loyalty_rules.points_given_back(points, earlier, max(earlier, value))
            value -= earlier
    return loyalty_rules.points_given_back(points, amount, max(amount, value))


def _points_given_back(ctx: Context, order: Order) -> int:
    given_back = ctx.db.execute(
        select(func.coalesce(func.sum(col(LoyaltyActivity.loyalty_point)), 0)).where(
            col(LoyaltyActivity.customer_id) == order.customer_id,
            col(LoyaltyActivity.reference_number) == order.order_number,
            col(LoyaltyActivity.activity).in_(loyalty_rules.UNDOING),
            col(LoyaltyActivity.activity_type) == ActivityType.EARNED,
        )
    ).scalar_one()
    return int(given_back)


def give_back_late_points(ctx: Context, order: Order) -> None:
    """Give back what refunds in points promised while the ledger did not say what it took.

    Call it when movements of the order's points are told late. Only refunds that were made here:
    those of the shop bring their own movements.
    """
    amount = ctx.db.execute(
        select(func.coalesce(func.sum(col(Refund.refund_amount)), 0)).where(
            col(Refund.order_id) == order.id,
            col(Refund.payment_mode) == rules.POINTS,
            col(Refund.status) == RefundStatus.SUCCESS,
            col(Refund.purpose).is_not(None),
        )
    ).scalar_one()
    if not amount:
        return
    given_back = _points_given_back(ctx, order)
    row = {"customer_id": order.customer_id, "order_number": order.order_number}
    spent = loyalty.points_spent_on(ctx.db, [row]).get(order.order_number, 0)
    points = min(order.loyalty_point_redeemed, spent + given_back)
    owed = loyalty_rules.points_given_back(points, int(amount), order.loyalty_amount)
    loyalty.give_back_points(
        ctx,
        order.customer_id,
        activity="order_returned",
        loyalty_point=max(0, owed - given_back),
        reference_number=order.order_number,
        savings=int(amount),
        savings_currency=order.currency,
    )
