"""What the shop's people do: find the order a statement is about, or settle it otherwise."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.guests.service import order_named
from account_portal.models import Withdrawal
from account_portal.orders.schemas import CancelItem
from account_portal.states import WithdrawalStatus
from account_portal.withdrawals.rules import AlreadySettled
from account_portal.withdrawals.schemas import CoveredLine, MatchWithdrawal, SettleWithdrawal
from account_portal.withdrawals.service.automatic import named_units
from account_portal.withdrawals.service.carrying_out import carry_out, lines_of
from account_portal.withdrawals.service.settling import settle


def _locked(ctx: Context, reference: str) -> Withdrawal:
    ctx.require_shop()
    statement = select(Withdrawal).where(col(Withdrawal.reference) == reference)
    row = ctx.db.execute(statement.with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound
    if row.status != WithdrawalStatus.OPEN:
        raise AlreadySettled
    return row


def carry_out_for_shop(ctx: Context, reference: str, data: MatchWithdrawal) -> str:
    """Cancel and return what a statement is about; says what was done.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such statement.
        AlreadySettled: somebody was quicker.
        NotCarriedOut: it has to be done by hand, then settled.
        InvalidInput: no such order; no units, and the statement names goods in words; or less
            than was stated, and no answer that tells the customer why.
    """
    row = _locked(ctx, reference)
    order = order_named(ctx, data.order_number)
    if order is None:
        raise InvalidInput(order_number="is no order of this store")
    lines = lines_of(ctx, order)
    done = carry_out(ctx, order, data.withdraw_items or _stated(row), row)
    left_out = _left_out(row, lines, done.units)
    if left_out and not data.answer:
        raise InvalidInput(
            f"Not carried out of what was stated: {', '.join(left_out)}. Tell the customer why.",
            answer="is needed where less is carried out than was stated",
        )
    row.customer_id, row.order_number = order.customer_id, order.order_number
    settle(
        ctx,
        row,
        done.outcome,
        done=done,
        left_out=left_out,
        answer=data.answer or None,
        by=_name_of(ctx),
    )
    return done.outcome


def _left_out(row: Withdrawal, lines: Sequence[CoveredLine], done: Mapping[str, int]) -> list[str]:
    """What was stated and not done, with its units; of goods in words people alone can tell."""
    named = named_units(row)
    if named is None:
        return []
    stated: Counter[str] = Counter()
    for item in named:
        stated[item.sku] += item.quantity
    if not named:
        stated.update({line.sku: line.units for line in lines if not line.exempt})
    names = {line.sku: line.product_name for line in lines}
    missing = stated - Counter(done)
    return [f"{units} x {names.get(sku, sku)}" for sku, units in missing.items()]


def _stated(row: Withdrawal) -> list[CancelItem]:
    """Units that a statement names; none: it is of all of the order.

    Raises:
        InvalidInput: it names goods in words, which people have to find in the order.
    """
    named = named_units(row)
    if named is None:
        raise InvalidInput(
            "The statement names goods in words: say which units they are.",
            withdraw_items="are needed where goods are named in words",
        )
    return named


def lines_for_shop(ctx: Context, order_number: str) -> list[CoveredLine]:
    """Lines of an order that a statement may be about, with the units that are left.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such order.
    """
    ctx.require_shop()
    order = order_named(ctx, order_number)
    if order is None:
        raise NotFound(f"There is no order {order_number}.")
    return lines_of(ctx, order)


def settle_for_shop(ctx: Context, reference: str, data: SettleWithdrawal) -> None:
    """Say what came of a statement that was settled by hand, or was refused.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such statement.
        AlreadySettled: somebody was quicker.
    """
    row = _locked(ctx, reference)
    settle(ctx, row, data.outcome, answer=data.answer or None, by=_name_of(ctx))


def _name_of(ctx: Context) -> str:
    return ctx.actor.name or "command"
