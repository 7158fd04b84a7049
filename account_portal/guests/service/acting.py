"""What whoever proved an order's contact may do: that one order, for an hour, and nothing else.

The key is of its own kind: no other call takes it, and these calls take no other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import col

from account_portal.addresses.rules import AddressNotFound
from account_portal.claims import service as claims
from account_portal.claims.schemas import Claim, ClaimQuote, CreateClaim, PreviewClaim
from account_portal.context import Actor, Context
from account_portal.core.errors import NotAuthenticated
from account_portal.core.schemas import EncodedView
from account_portal.evidence import service as evidence
from account_portal.evidence.schemas import AddEvidence, EvidenceFile
from account_portal.guests import schemas
from account_portal.guests.service.contacts import still_proven
from account_portal.models import Order, OtpChallenge, User, UserSession
from account_portal.orders import service as orders
from account_portal.orders.schemas import (
    CancelChoice,
    CancelItem,
    CancelOrder,
    CancelPreview,
    OrderDetail,
    StatedWithdrawal,
)
from account_portal.returns import service as returns
from account_portal.returns.schemas import (
    CreateOrderReturn,
    OrderReturn,
    PreviewOrderReturn,
    ReturnableItem,
    ReturnQuote,
    SavedPickupAddress,
)
from account_portal.security import otp, tokens
from account_portal.states import RefundMode, ReturnResolution

LIFE = timedelta(hours=1)
SEE_ORDER = "see-order"
"""Action of the key that opens one order."""


class OrderNotOpen(NotAuthenticated):
    """No order is open to the caller, or not any more."""

    message = "Find your order again to go on."


class AnotherOrderOpen(OrderNotOpen):
    """Another order is open to the caller than the one that their page shows."""

    message = "This order was opened meanwhile. Nothing was done for the one that stood here."


def order_key(ctx: Context, order: Any, proven: OtpChallenge) -> tuple[str, datetime]:
    """A key that opens the order, and until when.

    It is as old as the code: what ends that one while it is entered ends the key.
    """
    ends_at = ctx.now + LIFE
    sent_to = proven.contact.rpartition(" ")[2]
    key = otp.issue_key(
        ctx.db,
        proven.created_at,
        action=SEE_ORDER,
        channel=proven.channel,
        contact=f"{order.customer_id} {order.id} {sent_to}",
        life=ends_at - proven.created_at,
        user_id=proven.user_id,
    )
    return key, ends_at


def _opened(ctx: Context) -> tuple[OtpChallenge, Any]:
    """The row of the caller's key, and the order that it opens.

    What writes waits for whoever leaves the order, or they for this.

    Raises:
        OrderNotOpen: no such key, it is over, its contact is not the customer's any more, the
            order is somebody else's by now, or its browser was signed out since.
    """
    key = ctx.caller.bearer or ctx.caller.order_proof or ""
    try:
        found = otp.find(ctx.db, key, lock=ctx.transaction.writes)
        otp.require_open(found, ctx.now)
    except (otp.OtpNotFound, otp.OtpExpired):
        raise OrderNotOpen from None
    if found.action != SEE_ORDER or _is_signed_out(ctx, found.created_at):
        raise OrderNotOpen
    customer_id, _, rest = found.contact.partition(" ")
    order_id, _, sent_to = rest.partition(" ")
    which = and_(col(Order.id) == order_id, col(Order.customer_id) == customer_id)
    order = still_proven(ctx, sent_to, found.created_at, which)
    if order is None:
        raise OrderNotOpen
    return found, order


def _is_signed_out(ctx: Context, since: datetime) -> bool:
    """Whether the session of the caller's browser was ended since, from wherever.

    A storefront's frame signs its browser's pages out, but cannot take their cookies away.
    """
    if ctx.caller.cookie is None:
        return False
    ended = select(col(UserSession.id)).where(
        col(UserSession.cookie_hash) == tokens.digest(ctx.caller.cookie),
        col(UserSession.revoked_at) >= since,
    )
    return ctx.db.execute(ended).scalar() is not None


def repeats_of(ctx: Context) -> tuple[str, str]:
    """Whose order the caller's key opens, and which: what keys of repeats are kept with.

    Raises:
        OrderNotOpen: it opens none.
    """
    _, order = _opened(ctx)
    return order.customer_id, order.id


@contextmanager
def _acting(ctx: Context) -> Iterator[str]:
    """Act as the customer of the order that the caller's key opens; gives its number.

    Only services that take this number are called meanwhile.

    Raises:
        OrderNotOpen: it opens none.
    """
    _, order = _opened(ctx)
    actor = Actor(kind="customer", customer_id=order.customer_id)
    before, ctx.actor = ctx.actor, actor
    try:
        yield str(order.order_number)
    finally:
        ctx.actor = before


def found_order_number(ctx: Context) -> str | None:
    """Number of the order that the caller's key opens; None: it opens none."""
    try:
        with _acting(ctx) as number:
            return number
    except OrderNotOpen:
        return None


def require_open(ctx: Context, order_number: str) -> None:
    """Refuse what is meant for an order that a page shows, while the key opens another.

    A browser keeps one key for all its tabs; each goes on showing what it opened.

    Raises:
        AnotherOrderOpen: it opens another.
        OrderNotOpen: it opens none.
    """
    with _acting(ctx) as number:
        if number != order_number:
            raise AnotherOrderOpen


def leave_order(ctx: Context) -> None:
    """End the caller's key.

    Raises:
        OrderNotOpen: it opens nothing.
    """
    key, _ = _opened(ctx)
    key.used_at = ctx.now


def read_found_order(ctx: Context) -> EncodedView[OrderDetail]:
    """The order.

    Raises:
        OrderNotOpen: the key does not open one.
    """
    with _acting(ctx) as number:
        return orders.get_order(ctx, number)


def list_found_withdrawals(ctx: Context) -> list[StatedWithdrawal]:
    """The withdrawals from its contract that were stated with proof of it, newest first.

    Raises:
        OrderNotOpen: the key does not open one.
    """
    with _acting(ctx) as number:
        return orders.list_withdrawals(ctx, number)


def read_found_page(ctx: Context) -> schemas.FoundPage:
    """The order with what it cost, what comes back, and what can be done with its lines.

    Raises:
        OrderNotOpen: the key does not open one.
    """
    with _acting(ctx) as number:
        page = orders.get_order_page(ctx, number)
        items = returns.list_returnable_items(ctx, number)
        claimable = claims.list_claimable(ctx, number)
        is_closed = _is_closed(ctx)
    reports = {line.sku: line for line in claimable.lines}
    cancels = {line.sku: line for line in page.order.cancel_eligibility.lines}
    to_cancel = []
    for item in items:
        line = cancels[item.sku]
        reason = line.reasons[0].message if line.reasons else ""
        to_cancel.append(_choosable(item, line.cancellable_quantity, reason))
    return schemas.FoundPage(
        order=page.order,
        price=page.price,
        payment=page.payment,
        is_waiting_for_money=page.is_waiting_for_money,
        checkout_link=page.checkout_link,
        refunds=page.refunds,
        to_cancel=to_cancel,
        to_return=[
            _choosable(item, item.returnable_quantity, item.reason or "", item.returnable_until)
            for item in items
        ],
        to_report=[
            _choosable(
                item,
                line.claimable_quantity,
                line.reason or "",
                line.reason_at,
                is_digital=line.is_digital,
            )
            for item in items
            for line in (reports[item.sku],)
        ],
        missing_parcels=claimable.parcels,
        parcels=page.parcels,
        is_digital=page.is_digital,
        can_download=page.can_download,
        returns=page.returns,
        claims=page.claims,
        withdrawals=page.withdrawals,
        return_until=page.return_until,
        return_note=page.return_note,
        is_closed=is_closed,
        withdraw_link=page.withdraw_link,
        help_link=page.help_link,
    )


def _is_closed(ctx: Context) -> bool:
    """Whether the customer closed the account; asked of whoever has proven a contact of theirs."""
    theirs = col(User.customer_id) == ctx.customer_id
    closed = select(col(User.id)).where(theirs, col(User.deactivated_at).is_not(None)).limit(1)
    return ctx.db.execute(closed).scalar() is not None


def _choosable(
    item: ReturnableItem,
    units: int,
    reason: str,
    closed: datetime | None = None,
    *,
    is_digital: bool = False,
) -> schemas.ChoosableLine:
    known = {"sku", "product_id", "product_name", "product_image_url", "variant_name"}
    return schemas.ChoosableLine(
        **item.model_dump(include=known),
        is_digital=is_digital,
        counts=[[str(count)] * 2 for count in range(units + 1)] if units else [],
        resolution=next(iter(sorted(item.resolutions)), ReturnResolution.REFUND),
        reason="" if units else reason,
        closed=closed,
    )


def preview_found_cancel(ctx: Context, data: schemas.FoundCancelChoice) -> CancelPreview:
    """What cancelling the order, or items of it, would do; changes nothing.

    Raises:
        As `cancel_found_order`.
    """
    with _acting(ctx) as number:
        return orders.preview_cancel(ctx, number, CancelChoice(**_way(data.cancel_items)))


def cancel_found_order(ctx: Context, data: schemas.CancelFoundOrder) -> EncodedView[OrderDetail]:
    """Cancel the order, or items of it; the money goes back the way it was paid.

    Raises:
        OrderNotOpen: the key does not open one.
        OrderAlreadyCancelled, OrderNotCancellable: its state or the policy forbids it.
        UnknownSku, QuantityNotCancellable: such items cannot be cancelled.
        PreviewOutdated: it would do something else than the preview that the call names.
    """
    wanted = CancelOrder(
        cancellation_reason=data.cancellation_reason,
        **_way(data.cancel_items),
        **({"preview": data.preview} if data.preview else {}),
    )
    with _acting(ctx) as number:
        return orders.cancel_order(ctx, number, wanted)


def _way(items: list[CancelItem] | None) -> dict[str, object]:
    """Never to an account: those that are saved are for who signs in."""
    some = {"cancel_items": items} if items else {}
    return {"refund_mode": RefundMode.ORIGINAL_PAYMENT_MODE, **some}


def preview_found_return(ctx: Context, data: PreviewOrderReturn) -> ReturnQuote:
    """What would come back for these items; changes nothing.

    Raises:
        As `return_found_items`.
    """
    with _acting(ctx) as number:
        return returns.quote_return(ctx, number, data.return_items)


def return_found_items(ctx: Context, data: CreateOrderReturn) -> OrderReturn:
    """Ask to send items back; they are collected where the order went, or at an address given.

    Raises:
        OrderNotOpen: the key does not open one.
        and what `returns.service.create_return` raises. Saved addresses are the account's: as if
        there were none.
    """
    with _acting(ctx) as number:
        if isinstance(data.shipping_address, SavedPickupAddress):
            raise AddressNotFound(**{"shipping_address.id": "is not one of your addresses"})
        return returns.create_return(ctx, number, data)


def quote_found_claim(ctx: Context, data: PreviewClaim) -> ClaimQuote:
    """What a report would ask for; changes nothing.

    Raises:
        As `claim_found_items`.
    """
    with _acting(ctx) as number:
        return claims.quote_claim(ctx, number, data)


def claim_found_items(ctx: Context, data: CreateClaim) -> Claim:
    """Say that something is wrong with the order.

    Raises:
        OrderNotOpen: the key does not open one.
        and what `claims.service.create_claim` raises.
    """
    with _acting(ctx) as number:
        return claims.create_claim(ctx, number, data)


def add_found_evidence(ctx: Context, data: AddEvidence) -> list[EvidenceFile]:
    """Keep photos and videos for a return or claim of the order.

    Raises:
        OrderNotOpen: the key does not open one.
        and what `evidence.service.add_evidence` raises.
    """
    with _acting(ctx):
        pass  # who may not send them, need not wait
    files = evidence.prepare_evidence(data)
    ctx.begin_writing()
    with _acting(ctx) as number:
        return evidence.keep_evidence(ctx, number, files)


def delete_found_evidence(ctx: Context, evidence_id: str) -> None:
    """Remove a file that no request has named yet.

    Raises:
        OrderNotOpen: the key does not open one.
        NotFound: no such file of the order, or a request names it.
    """
    with _acting(ctx) as number:
        evidence.delete_evidence(ctx, number, evidence_id)
