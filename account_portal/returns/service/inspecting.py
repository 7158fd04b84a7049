"""What the shop found in a return that it received: what of it is accepted, and what is not."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from sqlalchemy import select
from sqlmodel import col

from account_portal.context import Context
from account_portal.core.errors import InvalidInput
from account_portal.models import Order, OrderLine, ReturnItem
from account_portal.models import OrderReturn as Request
from account_portal.notifications import mark_changed
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import facts_of
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.cancel_plans import PlannedItem
from account_portal.orders.service.cancelling_items import cancel_planned_items
from account_portal.orders.service.coming_back import means_of, written_way_back
from account_portal.orders.service.goods import living_refunds, reduce_refunds
from account_portal.returns import rules
from account_portal.returns.schemas import REFUSALS, InspectedItem, InspectReturn
from account_portal.returns.service.delivery import settle_delivery
from account_portal.returns.service.steps import lock_request, notify, withdraw_replacement
from account_portal.states import OrderStatus, RefundStatus, ReturnResolution, ReturnStatus

_NOT_ACCEPTED = "What it replaces was not accepted"
Item = tuple[ReturnItem, OrderLine]


def inspect_return(ctx: Context, request_number: str, data: InspectReturn) -> None:
    """Say what of a received return is accepted; done once, before it is complete.

    Its refunds shrink to what the accepted units are worth, and so does its replacement, as far as
    it is in no parcel. Units that were refused stay delivered and can go back again only if that is
    said; those that did not come are still with the customer.

    Raises:
        Forbidden: only the shop may.
        NotFound: no such request.
        ReturnNotMovable: it was not received, is complete, or was inspected already.
        ItemNotInOrder: it has no such line.
        QuantityNotReturnable: more units than were asked for.
        InvalidInput: a line twice, or units refused without a reason.
    """
    request, order = lock_request(ctx, request_number)
    rules.require_inspectable(ReturnStatus(request.status), request.inspected_at)
    items = items_with_lines(ctx, request)
    require_sound(items, data.return_items)
    inspect_items(items, data.return_items)
    request.inspected_at = request.modified_at = ctx.now
    ctx.db.flush()
    reduce_refunds(ctx, request, order)
    settle_delivery(ctx, order)
    reduce_replacement(ctx, request, items)
    refresh_orders(ctx.db, [order.id], ctx.now)
    mark_changed(ctx.db, [request.customer_id])
    sentences = list(not_accepted_words(items))
    if sentences:
        waiting = [
            one for one in living_refunds(ctx, request) if one.status != RefundStatus.SUCCESS
        ]
        back = written_way_back(ctx, order, means_of(ctx, order, waiting))
        notify(ctx, request, order.order_number, "inspected", back=back, not_accepted=sentences)


def items_with_lines(ctx: Context, request: Request) -> list[Item]:
    """Items of a request with their lines, in order."""
    rows = ctx.db.execute(
        select(ReturnItem, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(ReturnItem.line_id))
        .where(col(ReturnItem.return_id) == request.id)
        .order_by(col(ReturnItem.position))
    )
    return [(item, line) for item, line in rows]


def require_sound(items: Sequence[Item], said: Sequence[InspectedItem]) -> None:
    """Refuse what does not fit what was asked for.

    Raises:
        ItemNotInOrder: it has no such line.
        QuantityNotReturnable: more units than were asked for.
        InvalidInput: a line twice, or units refused without a reason.
    """
    asked: dict[str, int] = {}
    for item, line in items:
        asked[line.sku] = asked.get(line.sku, 0) + item.quantity
    known: set[str] = set()
    for place, one in enumerate(said):
        here = f"return_items.{place}"
        if one.sku not in asked:
            raise rules.ItemNotInOrder(**{f"{here}.sku": "is not part of this return"})
        if one.sku in known:
            raise InvalidInput(**{f"{here}.sku": "is there twice"})
        known.add(one.sku)
        if one.refused and one.reason_code is None:
            raise InvalidInput(
                "Say why units are refused.",
                **{f"{here}.reason_code": "is needed where units are refused"},
            )
        received = (one.accepted or 0) + one.refused
        if received > asked[one.sku]:
            raise rules.QuantityNotReturnable(
                f"{one.sku}: {asked[one.sku]} to go back, but {received} accepted and refused."
            )


def inspect_items(items: Sequence[Item], said: Sequence[InspectedItem]) -> None:
    """Note what was found of all items of a return, and what they are worth by that."""
    known = {one.sku: one for one in said}
    for sku in {line.sku for _, line in items}:
        _inspect([item for item, line in items if line.sku == sku], known.get(sku))


def _inspect(items: Sequence[ReturnItem], said: InspectedItem | None) -> None:
    """Note what was found of items of one line; those that stand first are accepted first."""
    refused = said.refused if said else 0
    accepted = said.accepted if said else None
    if accepted is None:
        accepted = sum(item.quantity for item in items) - refused
    for item in items:
        item.asked_amount, item.asked_tax = item.refund_amount, item.tax_amount
        item.asked_fee = item.fee
        item.accepted_quantity = min(item.quantity, accepted)
        item.refused_quantity = min(item.quantity - item.accepted_quantity, refused)
        accepted -= item.accepted_quantity
        refused -= item.refused_quantity
        if said is not None and item.refused_quantity:
            item.refusal_code, item.refusal_note = said.reason_code, said.note
            item.refused_goods, item.can_ask_again = said.goods, said.can_ask_again
        item.refund_amount, item.tax_amount, item.fee = (
            order_rules.worth_of(item.accepted_quantity, item.quantity, amount)
            for amount in (item.refund_amount, item.tax_amount, item.fee)
        )


def reduce_replacement(ctx: Context, request: Request, items: Sequence[Item]) -> None:
    """Send only what was accepted again; what is in a parcel by now goes all the same."""
    replaced = [one for one in items if one[0].resolution == ReturnResolution.REPLACEMENT]
    missing: dict[str, int] = {}
    for item, line in replaced:
        missing[line.sku] = missing.get(line.sku, 0) + item.quantity - (item.accepted_quantity or 0)
    if request.replacement_order_id is None or not any(missing.values()):
        return
    if not any(item.accepted_quantity for item, _ in replaced):
        with suppress(rules.ReturnNotCancellable):
            withdraw_replacement(ctx, request, _NOT_ACCEPTED)
        return
    replacement: Order = ctx.db.execute(
        select(Order).where(col(Order.id) == request.replacement_order_id).with_for_update()
    ).scalar_one()
    if replacement.status == OrderStatus.CANCELLED:
        return
    facts = facts_of(ctx.db, replacement)
    left = {line.line_id: line.left for line in facts.line_units()}
    gone = facts.cancelled_units()
    units = {
        line["id"]: min(
            max(0, missing.get(line["sku"], 0) - gone[line["id"]].units), left[line["id"]]
        )
        for line in facts.lines
    }
    planned = [
        PlannedItem(line, units[line["id"]], units[line["id"]], amount=0, charge=0)
        for line in facts.lines
        if units[line["id"]]
    ]
    if planned:
        cancel_planned_items(ctx, replacement, planned, reason=_NOT_ACCEPTED)


def not_accepted_words(items: Sequence[Item]) -> Iterator[str]:
    """What the customer is told of units that were not accepted."""
    for item, line in items:
        refused = item.refused_quantity or 0
        if refused and item.refusal_code:
            why = REFUSALS[item.refusal_code]  # type: ignore[index]
            note = f": {item.refusal_note.rstrip('. ')}" if item.refusal_note else ""
            goods = "We keep it." if item.refused_goods == "kept" else "It is sent back to you."
            yield f"{refused} × {line.product_name}: {why}{note}. {goods}"
        missing = item.quantity - (item.accepted_quantity or 0) - refused
        if missing:
            yield f"{missing} × {line.product_name}: it was not in the parcel."
