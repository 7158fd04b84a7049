"""Withdrawals from an order's contract, as its customer sees them."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Order, Withdrawal
from account_portal.orders.schemas import StatedWithdrawal
from account_portal.states import WithdrawalStatus

SHOWN = 10
"""Newest statements of one order that its page has."""


def list_withdrawals(ctx: Context, order_number: str) -> list[StatedWithdrawal]:
    """Those of one of the caller's orders, newest first, the latest ten.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    return stated_withdrawals(ctx, order_number, order.customer_id)


def stated_withdrawals(ctx: Context, order_number: str, customer_id: str) -> list[StatedWithdrawal]:
    """Those of an order, newest first.

    Only what was stated by who had proven the order: signed in, or by a code to its own contact.
    Anybody can name an order's number; what they say must not look as if its customer had said it,
    not even once the shop's people took it for theirs. The e-mail address of a statement proves
    nothing either: who states it types it.
    """
    rows = ctx.db.execute(
        select(Withdrawal)
        .where(
            col(Withdrawal.order_number) == order_number,
            col(Withdrawal.customer_id) == customer_id,
            col(Withdrawal.is_proven),
        )
        .order_by(col(Withdrawal.id).desc())
        .limit(SHOWN)
    ).scalars()
    return [
        StatedWithdrawal(
            reference=row.reference,
            received_at=row.received_at,
            goods=row.items_text.splitlines(),
            state=state_of(row),
            not_carried_out=row.not_carried_out,
            answer=row.answer,
        )
        for row in rows
    ]


def state_of(row: Withdrawal) -> str:
    """What became of a statement, as its customer and events read it."""
    if row.status == WithdrawalStatus.OPEN:
        return "open"
    if row.nothing_left:
        return "nothing_left"
    return "carried_out" if row.is_carried_out else "settled"
