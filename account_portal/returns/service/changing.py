"""What a customer changes in a request that the shop has not decided yet."""

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.evidence import service as evidence
from account_portal.models import Order, ReturnItem
from account_portal.models import OrderReturn as Request
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.coming_back import written_way_back
from account_portal.orders.service.locking import lock_order_of
from account_portal.returns import rules
from account_portal.returns.schemas import (
    ChangeableReturn,
    ChangeOrderReturn,
    CreateOrderReturnItem,
    OrderReturn,
    ReturnQuote,
)
from account_portal.returns.service.delivery import settle_delivery
from account_portal.returns.service.lines import states_for_change
from account_portal.returns.service.planning import (
    add_items,
    plan_items,
    quote,
    returnable_items,
    set_worth,
    take_items,
)
from account_portal.returns.service.reading import asked_means, get_return
from account_portal.returns.service.steps import notify


def get_changeable_return(ctx: Context, request_number: str) -> ChangeableReturn:
    """A request of the caller, and what it may be changed to.

    Raises:
        NotFound: no such request of the caller.
        ReturnNotChangeable: it was decided, or a withdrawal asked for it.
    """
    request = ctx.get_owned(Request, request_number=request_number)
    order = ctx.get_owned(Order, id=request.order_id)
    rules.require_changeable(request.status, by_law=request.by_law)
    return ChangeableReturn(
        order_return=get_return(ctx, order.order_number, request_number),
        lines=returnable_items(order, states_for_change(ctx, order, request)),
    )


def quote_change(
    ctx: Context, order_number: str, request_number: str, items: list[CreateOrderReturnItem]
) -> ReturnQuote:
    """What would come back if a request were for these items instead; changes nothing.

    Raises:
        NotFound: no such request of the caller under that order.
        ReturnNotChangeable: it was decided, or a withdrawal asked for it.
        OrderNotReturnable, ReturnWindowClosed, ItemNotInOrder, ItemNotDelivered,
        ItemNotReturnable, ResolutionNotOffered, QuantityNotReturnable, EvidenceNotFound: as when
        it were changed; that evidence is needed, it says.
    """
    request, order = _owned(ctx, order_number, request_number)
    rules.require_changeable(request.status, by_law=request.by_law)
    lines = states_for_change(ctx, order, request)
    had = [item.id for item in _items(ctx, request)]
    return quote(ctx, order, lines, items, of=had, changed=request.id)


def change_return(
    ctx: Context, order_number: str, request_number: str, data: ChangeOrderReturn
) -> OrderReturn:
    """Let a request that waits for its approval be for other items, under the same number.

    What was asked for in time may still be asked for once the window has closed. Photos and videos
    that are not named again are removed.

    Args:
        ctx: the call.
        order_number: of the caller's order.
        request_number: of its return.
        data: what goes back now, whole.

    Raises:
        NotFound: no such request of the caller under that order.
        ReturnNotChangeable: it was decided, or a withdrawal asked for it.
        PreviewOutdated: it would do something else than the preview that the call names.
        OrderNotReturnable, ReturnWindowClosed, ItemNotInOrder, ItemNotDelivered,
        ItemNotReturnable, ResolutionNotOffered, QuantityNotReturnable, EvidenceRequired,
        EvidenceNotFound, InvalidInput: as of `create_return`.
    """
    request, _ = _owned(ctx, order_number, request_number)
    order = lock_order_of(ctx, request)
    rules.require_changeable(request.status, by_law=request.by_law)
    lines = states_for_change(ctx, order, request)
    planned = plan_items(order, lines, data.return_items)
    before = _items(ctx, request)
    had = [item.id for item in before]
    items, found = take_items(
        ctx, order, lines, planned, preview=data.preview, of=had, changed=request.id
    )
    add_items(ctx, request, items)
    evidence.attach_evidence(ctx, found, items)
    evidence.remove_evidence_of(ctx, had)
    for item in before:
        ctx.db.delete(item)
    ctx.db.flush()
    set_worth(request, items)
    request.changed_at = request.modified_at = ctx.now
    settle_delivery(ctx, order)
    refresh_orders(ctx.db, [order.id], ctx.now)
    back = written_way_back(ctx, order, asked_means(ctx, request, order))
    notify(ctx, request, order_number, "changed", back=back)
    return get_return(ctx, order_number, request_number)


def _owned(ctx: Context, order_number: str, request_number: str) -> tuple[Request, Order]:
    request = ctx.get_owned(Request, request_number=request_number)
    order = ctx.get_owned(Order, id=request.order_id)
    if order.order_number != order_number:
        raise NotFound
    return request, order


def _items(ctx: Context, request: Request) -> list[ReturnItem]:
    statement = select(ReturnItem).where(col(ReturnItem.return_id) == request.id)
    return list(ctx.db.execute(statement.order_by(col(ReturnItem.position))).scalars())
