"""What follows a withdrawal: units that are not sent are cancelled, those that arrived go back.

By the functions by which customers do so, but nothing is kept of the money.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from account_portal import routes
from account_portal.context import Actor, Context
from account_portal.core.errors import PortalError
from account_portal.guests.service import found_order_number, order_named
from account_portal.models import Order, Withdrawal
from account_portal.orders import service as orders
from account_portal.orders.facts import Withdrawable
from account_portal.orders.schemas import CancelItem, OrderDetail
from account_portal.returns import service as returns
from account_portal.returns.schemas import (
    CreateOrderReturn,
    CreateOrderReturnItem,
    ReturnableItem,
)
from account_portal.states import ReturnResolution
from account_portal.withdrawals.rules import EXEMPT, NotCarriedOut
from account_portal.withdrawals.schemas import CoveredLine


class CarriedOut(NamedTuple):
    """What was done."""

    outcome: str
    """For the shop's people."""
    units: Mapping[str, int]
    """That were cancelled or go back, by sku."""
    cancelled: Sequence[str]
    """Goods with their units, as their customer knows them."""
    goes_back: Sequence[str]


@contextmanager
def acting_as_its_customer(ctx: Context, order: Order) -> Iterator[None]:
    """Act as the customer of an order; only services that take its number are called meanwhile."""
    before, ctx.actor = ctx.actor, Actor(kind="customer", customer_id=order.customer_id)
    try:
        yield
    finally:
        ctx.actor = before


def proven_order(ctx: Context, typed: str) -> Order | None:
    """The order that is meant, if the caller has proven that it is theirs; else None."""
    order = order_named(ctx, typed)
    if order is None:
        return None
    is_open = _is_own(ctx, order) or found_order_number(ctx) == order.order_number
    return order if is_open else None


def _is_own(ctx: Context, order: Order) -> bool:
    return ctx.actor.is_customer and ctx.actor.customer_id == order.customer_id


class OpenedOrder(NamedTuple):
    """An order that is open to the caller."""

    page: str
    """Where they see it."""
    lines: list[CoveredLine]
    """With the units that are left."""


def open_order(ctx: Context, typed: str) -> OpenedOrder | None:
    """The order that is meant, if it is open to the caller; else None."""
    order = proven_order(ctx, typed)
    if order is None:
        return None
    page = routes.order(order.order_number) if _is_own(ctx, order) else routes.FOUND_ORDER
    return OpenedOrder(page, lines_of(ctx, order))


def lines_of(ctx: Context, order: Order) -> list[CoveredLine]:
    """Lines of an order, with the units that are left and why the law exempts them."""
    with acting_as_its_customer(ctx, order):
        shown = orders.get_order(ctx, order.order_number).view()
        why = _exemptions(shown)
        found = orders.withdrawable_of(ctx, order.order_number, why.keys())
    return [
        CoveredLine(
            sku=item.sku,
            product_name=item.product_name,
            units=found[item.sku].left,
            exempt=why.get(item.sku, ""),
        )
        for item in shown.order_items
    ]


def _exemptions(order: OrderDetail) -> dict[str, str]:
    """Code by sku of what the law exempts."""
    return {
        line.sku: code
        for line in order.return_eligibility.lines
        if (code := next((one.code for one in line.reasons if one.code in EXEMPT), ""))
    }


def carry_out(
    ctx: Context, order: Order, wanted: Sequence[CancelItem], statement: Withdrawal
) -> CarriedOut:
    """Cancel and return the units, or all that are covered; all of it or nothing.

    Whether it was in time, the moment of the statement says.

    Raises:
        NotCarriedOut: some are on their way, in a return or past the window.
    """
    try:
        with ctx.db.begin_nested(), acting_as_its_customer(ctx, order):
            return _carry_out(ctx, order.order_number, wanted, statement)
    except NotCarriedOut:
        raise
    except PortalError as error:
        raise NotCarriedOut(error.message) from None


def _carry_out(
    ctx: Context, number: str, wanted: Sequence[CancelItem], statement: Withdrawal
) -> CarriedOut:
    reference, at = statement.reference, statement.received_at
    shown = orders.get_order(ctx, number).view()
    found = returns.list_returnable_items(ctx, number, withdrawn_at=at)
    can_return = {line.sku: line for line in found}
    units: Counter[str] = Counter()
    for item in wanted:
        units[item.sku] += item.quantity
    exempt = _exemptions(shown).keys()
    can = orders.withdrawable_of(ctx, number, exempt)
    whole = {sku: line.left for sku, line in can.items() if line.left and sku not in exempt}
    back, gone = _planned(shown, units or whole, can_return, can)
    if not back and not gone:
        raise NotCarriedOut
    done = []
    if gone:
        items = [CancelItem(sku=sku, quantity=count) for sku, count in gone.items()]
        orders.cancel_withdrawn(ctx, number, items, f"Withdrawal {reference}")
        done.append("cancelled " + ", ".join(f"{count} x {sku}" for sku, count in gone.items()))
    if back:
        wish_back = CreateOrderReturn.model_construct(
            return_items=[
                CreateOrderReturnItem(
                    sku=sku,
                    product_id=can_return[sku].product_id,
                    quantity=count,
                    resolution=ReturnResolution.REFUND,
                    return_reason=f"Withdrawal {reference}",
                )
                for sku, count in back.items()
            ]
        )
        request = returns.create_return(ctx, number, wish_back, withdrawn_at=at)
        done.append(request.request_number)
    elif not returns.give_back_delivery_of(ctx, number):
        done.append("its delivery is to be refunded by hand")
    names = {item.sku: item.product_name for item in shown.order_items}
    return CarriedOut(
        outcome="; ".join(done),
        units=Counter(gone) + Counter(back),
        cancelled=[f"{count} x {names[sku]}" for sku, count in gone.items()],
        goes_back=[f"{count} x {names[sku]}" for sku, count in back.items()],
    )


def _planned(
    order: OrderDetail,
    units: Mapping[str, int],
    can_return: Mapping[str, ReturnableItem],
    can: Mapping[str, Withdrawable],
) -> tuple[dict[str, int], dict[str, int]]:
    """Of units by sku, those that go back and those that are cancelled; of a line maybe both.

    Free units of a line that is withdrawn from as a whole come and go with those that were paid:
    they are cancelled with them, or stay out of a return, which gives nothing back for them.

    Raises:
        NotCarriedOut: some can do neither.
    """
    lines = {item.sku: item for item in order.order_items}
    back, gone = {}, {}
    for sku, count in units.items():
        can_go_back = can_return[sku].returnable_quantity if sku in can_return else 0
        left, unsent = can.get(sku, Withdrawable(0, 0))
        free = min(lines[sku].free_quantity, left) if sku in lines and count == left else 0
        going = min(count - free, can_go_back)
        rest = count - free - going
        if free and not going and unsent >= rest + free:
            rest += free
        if count > left > 0:
            name = lines[sku].product_name
            raise NotCarriedOut(f"{name}: {left} are left to withdraw from, not {count}.")
        if count > left or rest > unsent:
            raise NotCarriedOut(_why_not(can_return.get(sku)))
        if going:
            back[sku] = going
        if rest:
            gone[sku] = rest
    return back, gone


def _why_not(line: ReturnableItem | None) -> str:
    """For the shop's people, which line stands in the way."""
    if line is None:
        return "The order has no such item."
    day = f"{line.returnable_until:%Y-%m-%d}" if line.returnable_until else ""
    why = line.reason or f"{line.returnable_quantity} can go back."
    return f"{line.product_name}: {why.replace('{date}', day)}"
