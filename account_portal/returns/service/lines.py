"""Lines of an order, and how far each arrived and went back."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from account_portal.context import Context
from account_portal.models import Order, OrderLine
from account_portal.models import OrderReturn as Request
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import OrderFacts, facts_of, line_eligibility
from account_portal.orders.service.arrivals import place_of_delivery
from account_portal.returns.rules import LineState


def line_states(
    ctx: Context, order: Order, *, withdrawn_at: datetime | None = None
) -> list[tuple[OrderLine, LineState]]:
    """Each line of an order, in its order, with what can go back of it now.

    Or, for who withdrew from the contract at a moment, what could then.
    """
    facts = facts_of(ctx.db, order)
    if withdrawn_at is None:
        return states_of(facts, ctx.now)
    return states_of(facts, withdrawn_at, withdrawn_in=place_of_delivery(ctx, facts.order))


def states_for_change(
    ctx: Context, order: Order, request: Request
) -> list[tuple[OrderLine, LineState]]:
    """Each line with what a request may hold of it, its own units included.

    Units that were asked for in time can still be when the window has closed meanwhile.
    """
    facts = facts_of(ctx.db, order)
    asked: Counter[str] = Counter()
    others = []
    for row in facts.return_items:
        if row["return_id"] == request.id:
            asked[row["line_id"]] += row["quantity"]
        else:
            others.append(row)
    facts = replace(facts, return_items=others)
    then = {line.id: state for line, state in states_of(facts, request.created_at)}
    found = []
    for line, state in states_of(facts, ctx.now):
        kept = min(asked[line.id], then[line.id].returnable_units)
        if kept > state.returnable_units:
            state = replace(then[line.id], returnable_units=kept, reason=None)  # noqa: PLW2901
        found.append((line, state))
    return found


def states_of(
    facts: OrderFacts, now: datetime, *, withdrawn_in: order_rules.Place | None = None
) -> list[tuple[OrderLine, LineState]]:
    """The same from the facts of the order."""
    delivered = facts.delivered_units()
    held = facts.held()
    lost = facts.lost()
    eligible = line_eligibility(facts, now, withdrawn_in=withdrawn_in)
    found = []
    for row in facts.lines:
        line, other, gone = OrderLine(**row), held[row["id"]], lost[row["id"]]
        can = eligible[line.id]
        state = LineState(
            paid_units=line.quantity - line.free_quantity,
            line_total=line.line_total,
            tax_amount=line.tax_amount,
            delivered_units=delivered.get(line.id, 0),
            returnable_units=can.units,
            reason=can.reason,
            resolutions=can.found.resolutions,
            fee=can.found.fee,
            held_units=other.units + gone.units,
            refused_units=other.refused,
            held_total=other.total + gone.total,
            held_tax=other.tax
            + order_rules.worth_of(gone.units, line.quantity - line.free_quantity, line.tax_amount),
            closes_at=can.found.closes_at,
            evidence_for=can.found.evidence_for,
        )
        found.append((line, state))
    return found
