"""Lines of an order, and how far each arrived and went back."""

from account_portal.context import Context
from account_portal.models import Order, OrderLine
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import facts_of
from account_portal.orders.service.documents import return_window, returnable_by_line
from account_portal.returns.rules import LineState


def line_states(ctx: Context, order: Order) -> list[tuple[OrderLine, LineState]]:
    """Each line of an order, in its order, with what can go back of it now."""
    facts = facts_of(ctx.db, order)
    arrivals = facts.arrivals()
    delivered = facts.delivered_units()
    held = facts.held()
    lost = facts.lost()
    window = return_window()
    in_time = order_rules.returnable_units(arrivals, delivered, window, ctx.now)
    returnable = returnable_by_line(facts, ctx.now)
    found = []
    for row in facts.lines:
        line, other, gone = OrderLine(**row), held[row["id"]], lost[row["id"]]
        dates = [one.delivered_at for one in arrivals if line.id in one.units]
        latest = max(dates, default=None)
        state = LineState(
            paid_units=line.quantity - line.free_quantity,
            line_total=line.line_total,
            tax_amount=line.tax_amount,
            delivered_units=delivered.get(line.id, 0),
            open_units=in_time.get(line.id, 0),
            returnable_units=returnable.get(line.id, 0),
            held_units=other.units + gone.units,
            held_total=other.total + gone.total,
            held_tax=other.tax
            + order_rules.worth_of(gone.units, line.quantity - line.free_quantity, line.tax_amount),
            closes_at=None if latest is None else order_rules.window_end(latest, window),
        )
        found.append((line, state))
    return found
