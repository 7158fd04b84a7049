"""What the law asks for is done without the shop's people, at once or as soon as it can be."""

import logging
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.countries import EEA
from account_portal.guests.service import order_named
from account_portal.models import Order, Withdrawal
from account_portal.orders.facts import OrderFacts, charges_of, facts_of, gone_for_good
from account_portal.orders.schemas import CancelItem
from account_portal.orders.service.arrivals import place_of_delivery
from account_portal.returns import service as returns
from account_portal.states import OrderStatus, WithdrawalStatus
from account_portal.withdrawals.rules import NotCarriedOut
from account_portal.withdrawals.schemas import CoveredLine
from account_portal.withdrawals.service.carrying_out import carry_out, lines_of
from account_portal.withdrawals.service.settling import settle

logger = logging.getLogger(__name__)

AT_ONCE = 50
"""Statements that are tried again in one round."""


def named_units(row: Withdrawal) -> list[CancelItem] | None:
    """Units that a statement names, none for all of the order; None: it names goods in words."""
    named = [CancelItem.model_validate(one) for one in row.withdraw_items]
    return None if len(row.items_text.splitlines()) > len(named) else named


def carry_out_by_law(
    ctx: Context,
    row: Withdrawal,
    order: Order,
    lines: Sequence[CoveredLine],
    *,
    is_mailed: bool = True,
) -> bool:
    """Carry out a statement of who had proven the order, or say that nothing is left of it.

    What cannot be done as it stands waits for the shop's people, and so do words of the customer,
    goods that the law exempts, and what no law asks for: there, the shop's policy is not to be got
    round by this form.

    Returns:
        Whether it is settled.
    """
    if _settle_if_nothing_is_left(ctx, row, order, is_mailed=is_mailed):
        return True
    if place_of_delivery(ctx, facts_of(ctx.db, order).order).country not in EEA:
        return False
    wanted = named_units(row)
    exempt = {line.sku for line in lines if line.exempt}
    if wanted is None or any(item.sku in exempt for item in wanted):
        return False
    try:
        done = carry_out(ctx, order, wanted, row)
    except NotCarriedOut:
        return False
    except DBAPIError:
        raise  # nothing is kept; it is tried again
    except Exception:
        # Whatever is wrong with what follows, a statement must not get lost by it.
        logger.exception("A withdrawal could not be carried out and waits")
        return False
    settle(ctx, row, done.outcome, done=done, is_mailed=is_mailed)
    return True


def _settle_if_nothing_is_left(
    ctx: Context, row: Withdrawal, order: Order, *, is_mailed: bool
) -> bool:
    """Settle a statement of whose goods none can come back to their customer.

    What an ordinary return holds may: the shop may decline it, and the withdrawal stands.
    """
    facts = facts_of(ctx.db, order)
    if not _is_nothing_left(ctx, row, order, facts):
        return False
    outcome = "Nothing of it was left"
    is_over = order.status == OrderStatus.CANCELLED or row.received_at == ctx.now
    is_given = any(one["shipping_amount"] for one in facts.delivery_back)
    if charges_of(facts) > 0 and not is_over and not is_given:
        outcome += "; look whether its delivery is to be refunded"
    settle(ctx, row, outcome, nothing_left=True, is_mailed=is_mailed)
    return True


def _is_nothing_left(ctx: Context, row: Withdrawal, order: Order, facts: OrderFacts) -> bool:
    if order.status == OrderStatus.CANCELLED:
        return True
    named = {item.sku for item in named_units(row) or ()}
    paid = {
        line["sku"]: (line["id"], units)
        for line in facts.lines
        if (units := line["quantity"] - line["free_quantity"])
    }
    if not paid or named - paid.keys():
        return False  # gifts, or goods that the shop's systems call otherwise by now
    gone = gone_for_good(facts, returns.by_law_of(ctx, order))
    return all(
        units <= gone[line_id]
        for sku, (line_id, units) in paid.items()
        if not named or sku in named
    )


def waiting_statements(ctx: Context) -> list[str]:
    """References of those that may be carried out now, of the orders that changed last."""
    statement = (
        select(col(Withdrawal.reference))
        .join(Order, col(Order.order_number) == col(Withdrawal.order_number))
        .where(col(Withdrawal.status) == WithdrawalStatus.OPEN, col(Withdrawal.is_proven))
        .order_by(col(Order.modified_at).desc(), col(Withdrawal.id))
        .limit(AT_ONCE)
    )
    return list(ctx.db.execute(statement).scalars())


def try_again(ctx: Context, reference: str) -> bool:
    """Carry out a statement that waited, as when goods that were on their way have arrived."""
    statement = select(Withdrawal).where(
        col(Withdrawal.reference) == reference, col(Withdrawal.status) == WithdrawalStatus.OPEN
    )
    row = ctx.db.execute(statement.with_for_update(skip_locked=True)).scalar_one_or_none()
    order = order_named(ctx, row.order_number) if row and row.order_number else None
    if row is None or order is None:
        return False  # somebody was quicker
    return carry_out_by_law(ctx, row, order, lines_of(ctx, order))
