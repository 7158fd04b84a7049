"""What came of a statement is noted once, told to the shop's systems and to who stated it.

In the language of the statement, to the address its receipt went to. Nothing of it was typed by a
stranger, and of an order that was not proven it names no goods.
"""

from collections.abc import Sequence

from account_portal.auth.service.limits import personal
from account_portal.context import Context
from account_portal.core.errors import TooManyAttempts
from account_portal.events import EventType, Told, record
from account_portal.models import Withdrawal
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import WithdrawalSettled
from account_portal.orders.service.statements import state_of
from account_portal.security import rate_limit
from account_portal.security.rate_limit import Limit
from account_portal.states import WithdrawalStatus
from account_portal.withdrawals.rules import Texts, texts_in
from account_portal.withdrawals.service.carrying_out import CarriedOut

NEWS = Limit("withdrawal-news", times=5, seconds=3600)
"""Outcomes that one mailbox gets by e-mail."""


def settle(
    ctx: Context,
    row: Withdrawal,
    outcome: str,
    *,
    done: CarriedOut | None = None,
    left_out: Sequence[str] = (),
    nothing_left: bool = False,
    answer: str | None = None,
    by: str | None = None,
    is_mailed: bool = True,
) -> None:
    """Settle an open statement and tell of it.

    Args:
        ctx: the call.
        row: the statement, locked or new.
        outcome: for the shop's people.
        done: what was carried out; none: nothing was.
        left_out: goods that were stated and not carried out, each with its units.
        nothing_left: all of it was cancelled, went back or was refunded before.
        answer: the shop's word to the customer.
        by: who of the shop settles it; none: it settles by itself.
        is_mailed: whether an e-mail may go out.
    """
    row.status, row.outcome, row.answer = WithdrawalStatus.SETTLED, outcome[:500], answer
    row.is_carried_out, row.nothing_left = done is not None, nothing_left
    row.not_carried_out = list(left_out)
    row.settled_at, row.settled_by = ctx.now, by
    ctx.db.flush()
    told = {
        "reference": row.reference,
        "customer_id": row.customer_id,
        "order_number": row.order_number,
        "is_proven": row.is_proven,
        "state": state_of(row),
        "not_carried_out": row.not_carried_out,
    }
    record(ctx.db, [Told(EventType.WITHDRAWAL_SETTLED, row.customer_id, told)])
    if is_mailed:
        _mail(ctx, row, done)


def _mail(ctx: Context, row: Withdrawal, done: CarriedOut | None) -> None:
    if not row.contact or "email" not in ctx.gateways.messages.channels:
        return
    mailbox = personal(row.contact)
    try:
        rate_limit.require_below(ctx.db, NEWS, mailbox, ctx.now)
    except TooManyAttempts:
        return
    rate_limit.count(ctx.db, NEWS, mailbox, ctx.now)
    texts = texts_in(row.language, ctx.settings.withdrawal_texts)
    message = WithdrawalSettled(
        title=f"{texts['settled']} ({row.reference})",
        words="\n".join(_words(ctx, row, texts, done)),
        language=row.language,
    )
    enqueue(ctx, message, customer_id=row.customer_id, to=("email", row.contact))


def _words(ctx: Context, row: Withdrawal, texts: Texts, done: CarriedOut | None) -> list[str]:
    store = ctx.settings.store_name
    if row.nothing_left:
        told = [texts["nothing_left"].format(reference=row.reference)]
    elif done is None:
        told = [texts["dealt_with"].format(store=store, reference=row.reference)]
    else:
        how = "in_part" if row.not_carried_out else "carried_out"
        told = [texts[how].format(reference=row.reference)]
        parts = {
            "cancelled": done.cancelled,
            "goes_back": done.goes_back,
            "not_carried_out": row.not_carried_out,
        }
        told += [
            texts[name].format(goods=", ".join(goods))
            for name, goods in parts.items()
            if goods and row.is_proven
        ]
    if row.answer:
        told.append(texts["store_says"].format(store=store, answer=row.answer))
    return told
