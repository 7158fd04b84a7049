"""What the shop says anew of a return that it inspected, as long as no money went."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.models import Order, Refund, ReturnItem
from account_portal.models import OrderReturn as Request
from account_portal.notifications import mark_changed
from account_portal.orders.facts import OrderFacts, facts_of
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.coming_back import means_of, written_way_back
from account_portal.orders.service.goods import correct_refunds, living_refunds
from account_portal.returns import rules
from account_portal.returns.schemas import InspectReturn
from account_portal.returns.service.delivery import settle_delivery
from account_portal.returns.service.inspecting import (
    Item,
    inspect_items,
    items_with_lines,
    not_accepted_words,
    reduce_replacement,
    require_sound,
)
from account_portal.returns.service.steps import lock_request, notify
from account_portal.states import OrderStatus, RefundStatus, ReturnResolution, ReturnStatus

_WENT = (RefundStatus.APPROVED, RefundStatus.SUCCESS)


def correct_inspection(ctx: Context, request_number: str, data: InspectReturn) -> None:
    """Say anew, and whole, what of a return is accepted, until money went or it is complete.

    Its refunds become what the accepted units are worth. The moment of the inspection stays, and
    with it the day by which the money is expected.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: it was not inspected yet.
        InspectionFinal: it is complete, a refund of it was agreed to, what replaces it was cut
            down, or its customer asked for the units again meanwhile.
        ItemNotInOrder, QuantityNotReturnable, InvalidInput: as of `inspect_return`.
    """
    request, order = lock_request(ctx, request_number)
    if (refusal := _refusals(ctx, [request])[request.id]) is not None:
        raise refusal
    items = items_with_lines(ctx, request)
    require_sound(items, data.return_items)
    before = facts_of(ctx.db, order)
    others = replace(
        before, return_items=[row for row in before.return_items if row["return_id"] != request.id]
    )
    _say_anew(items, data)
    ctx.db.flush()
    _require_free(before, facts_of(ctx.db, order), items)
    _require_replaceable(ctx, request, items)
    _keep_below(others, items)
    request.inspection_corrected_at = request.modified_at = ctx.now
    ctx.db.flush()
    correct_refunds(ctx, request, order)
    settle_delivery(ctx, order)
    reduce_replacement(ctx, request, items)
    refresh_orders(ctx.db, [order.id], ctx.now)
    mark_changed(ctx.db, [request.customer_id])
    waiting = living_refunds(ctx, request)
    back = written_way_back(ctx, order, means_of(ctx, order, waiting))
    sentences = list(not_accepted_words(items))
    notify(ctx, request, order.order_number, "corrected", back=back, not_accepted=sentences)


def correctable_returns(ctx: Context, requests: Sequence[Request]) -> set[str]:
    """Ids of those of these requests whose inspection may be corrected now."""
    return {one for one, refusal in _refusals(ctx, requests).items() if refusal is None}


def _refusals(
    ctx: Context, requests: Sequence[Request]
) -> dict[str, rules.ReturnNotMovable | rules.InspectionFinal | None]:
    """By id of a request why its inspection cannot be corrected now; none: it can."""
    ids = [one.id for one in requests if one.inspected_at]
    went: set[str | None] = set()
    forgotten: set[str] = set()
    if ids:
        refunds = select(col(Refund.return_id)).where(
            col(Refund.return_id).in_(ids), col(Refund.status).in_(_WENT)
        )
        went = set(ctx.db.execute(refunds).scalars())
        items = select(col(ReturnItem.return_id)).where(
            col(ReturnItem.return_id).in_(ids), col(ReturnItem.asked_amount).is_(None)
        )
        forgotten = set(ctx.db.execute(items).scalars())
    return {
        one.id: rules.why_not_corrected(
            ReturnStatus(one.status),
            one.inspected_at,
            money_went=one.id in went,
            is_remembered=one.id not in forgotten,
        )
        for one in requests
    }


def _say_anew(items: Sequence[Item], data: InspectReturn) -> None:
    for item, _ in items:
        assert item.asked_amount is not None  # `why_not_corrected` saw to it
        assert item.asked_tax is not None
        assert item.asked_fee is not None
        item.refund_amount, item.tax_amount = item.asked_amount, item.asked_tax
        item.fee = item.asked_fee
        item.refusal_code = item.refusal_note = item.refused_goods = None
        item.can_ask_again = False
    inspect_items(items, data.return_items)


def _require_free(before: OrderFacts, after: OrderFacts, items: Sequence[Item]) -> None:
    """Refuse units that another request holds by now, since they could be asked for again."""
    delivered, had, has = before.delivered_units(), before.held(), after.held()
    for _, line in items:
        is_more = has[line.id].units > had[line.id].units
        if is_more and has[line.id].units > delivered.get(line.id, 0):
            raise rules.InspectionFinal(
                f"{line.product_name}: its customer asked for what was not accepted again."
            )


def _require_replaceable(ctx: Context, request: Request, items: Sequence[Item]) -> None:
    """Refuse to send more again than is left of the order that replaces it."""
    if request.replacement_order_id is None:
        return
    replacement = ctx.db.get_one(Order, request.replacement_order_id)
    facts = facts_of(ctx.db, replacement)
    gone = facts.cancelled_units()
    is_off = replacement.status == OrderStatus.CANCELLED
    left: dict[str, int] = {}
    for row in facts.lines:
        there = 0 if is_off else row["quantity"] - gone[row["id"]].units
        left[row["sku"]] = left.get(row["sku"], 0) + there
    wanted: dict[str, int] = {}
    for item, line in items:
        if item.resolution == ReturnResolution.REPLACEMENT:
            wanted[line.sku] = wanted.get(line.sku, 0) + (item.accepted_quantity or 0)
    if any(units > left.get(sku, 0) for sku, units in wanted.items()):
        raise rules.InspectionFinal(
            "What replaces it was cut down already, and cannot be made more: send what is missing "
            "by an order of its own, or refund it out of goodwill."
        )


def _keep_below(others: OrderFacts, items: Sequence[Item]) -> None:
    """Let no line give back more than it cost, whatever requests that came later hold of it."""
    held, lost = others.held(), others.lost()
    room = {
        line.id: max(0, line.line_total - held[line.id].total - lost[line.id].total)
        for _, line in items
    }
    for item, line in items:
        item.refund_amount = min(item.refund_amount, room[line.id])
        item.tax_amount = min(item.tax_amount, item.refund_amount)
        item.fee = min(item.fee, item.refund_amount)
        room[line.id] -= item.refund_amount
