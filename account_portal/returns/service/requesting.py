"""What a customer does: see what can go back, ask for it, think better of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from account_portal.addresses import rules as address_rules
from account_portal.addresses.schemas import CustomerAddressCreate
from account_portal.context import Context
from account_portal.core import money
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.ids import new_number
from account_portal.loyalty import rules as loyalty_rules
from account_portal.models import Address, AddressCopy, AddressFields, Order, OrderLine, ReturnItem
from account_portal.models import OrderReturn as Request
from account_portal.orders import rules as order_rules
from account_portal.orders.facts import money_of
from account_portal.orders.schemas import PreviewedLine
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.coming_back import written_back
from account_portal.orders.service.locking import lock_order_of
from account_portal.orders.service.refund_reading import latest_payment, working_days
from account_portal.orders.service.refunds import points_back
from account_portal.returns import rules
from account_portal.returns.rules import Worth
from account_portal.returns.schemas import (
    CreateOrderReturn,
    CreateOrderReturnItem,
    OrderReturn,
    PickupAddress,
    ReturnableItem,
    ReturnQuote,
)
from account_portal.returns.service.lines import line_states
from account_portal.returns.service.reading import asked_means, get_return
from account_portal.returns.service.steps import (
    notify,
    withdraw_refunds,
    withdraw_replacement,
)
from account_portal.states import OrderStatus, RefundMode, ReturnResolution, ReturnStatus


@dataclass(frozen=True, slots=True)
class _Planned:
    """One item of a request, found and valued."""

    line: OrderLine
    data: CreateOrderReturnItem
    worth: Worth
    fee: int


def list_returnable_items(ctx: Context, order_number: str) -> list[ReturnableItem]:
    """Lines of an order, each with the units that can go back now or the reason why none can.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    return [
        ReturnableItem(
            product_id=line.product_id,
            product_name=line.product_name,
            product_image_url=line.product_image_url,
            variant_name=line.variant_name,
            sku=line.sku,
            selling_price=money.to_major(line.selling_price, order.currency),
            quantity=line.quantity,
            returnable_quantity=state.returnable_units,
            returnable_until=state.closes_at,
            resolutions=list(state.resolutions) if state.returnable_units else [],
            reason=order_rules.WORDS[state.reason.code] if state.reason else None,
            held_note=rules.held_note(line.quantity, state),
        )
        for line, state in line_states(ctx, order)
    ]


def _plan(ctx: Context, order: Order, items: list[CreateOrderReturnItem]) -> list[_Planned]:
    """Find each item and value it; the same line twice counts together."""
    if OrderStatus(order.status) in order_rules.NOT_RETURNABLE:
        raise rules.OrderNotReturnable
    known = {line.sku: (line, state) for line, state in line_states(ctx, order)}
    for place, item in enumerate(items):
        if item.sku not in known or known[item.sku][0].product_id != item.product_id:
            raise rules.ItemNotInOrder(**{f"return_items.{place}.sku": "is not part of this order"})
    asked: dict[str, int] = {}
    for item in items:
        asked[item.sku] = asked.get(item.sku, 0) + item.quantity
    for sku, units in asked.items():
        rules.require_returnable(known[sku][1], units)
    for item in items:
        rules.require_resolution(known[item.sku][1], item.resolution)
    planned: list[_Planned] = []
    counted: dict[str, tuple[int, Worth]] = {}
    for item in items:
        line, state = known[item.sku]
        units, taken = counted.get(item.sku, (0, Worth(0, 0)))
        worth = rules.worth(state, item.quantity, after=units, taken=taken)
        counted[item.sku] = (
            units + item.quantity,
            Worth(taken.total + worth.total, taken.tax + worth.tax),
        )
        fee = rules.fee_of(state, worth, item.resolution, item.reason_code)
        planned.append(_Planned(line, item, worth, fee))
    return planned


def quote_return(
    ctx: Context, order_number: str, items: list[CreateOrderReturnItem]
) -> ReturnQuote:
    """What would come back for these items; asks for nothing and changes nothing.

    Raises:
        NotFound: no such order of the caller.
        OrderNotReturnable, ReturnWindowClosed, ItemNotInOrder, ItemNotDelivered,
        ItemNotReturnable, ResolutionNotOffered, QuantityNotReturnable: as when it were asked for.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    return _quote(ctx, order, _plan(ctx, order, items))


def _quote(ctx: Context, order: Order, planned: list[_Planned]) -> ReturnQuote:
    to_refund = [item for item in planned if item.data.resolution is ReturnResolution.REFUND]
    value = sum(item.worth.total for item in to_refund)
    fee = sum(item.fee for item in to_refund)
    back = order_rules.planned_refund(money_of(ctx.db, order), value - fee)
    points = points_back(ctx, order, back.points)
    total = sum(line.line_total for line, _ in line_states(ctx, order))
    kept = loyalty_rules.points_kept(order.loyalty_point_earned, total, value)
    way = {"payment_mode": RefundMode.ORIGINAL_PAYMENT_MODE, "payment_method": None}
    return ReturnQuote(
        lines=[
            PreviewedLine(
                sku=item.line.sku,
                product_name=item.line.product_name,
                quantity=item.data.quantity,
                amount=money.to_major(item.worth.total, order.currency),
            )
            for item in planned
        ],
        fee=money.to_major(fee, order.currency),
        way=order_rules.refund_way(way, latest_payment(ctx, order.id)),
        working_days=working_days(ctx, RefundMode.ORIGINAL_PAYMENT_MODE, None),
        goods=money.to_major(sum(item.worth.total for item in planned), order.currency),
        money=money.to_major(back.money, order.currency),
        credit=money.to_major(back.credit, order.currency),
        points=money.to_points(points),
        unpaid=money.to_major(back.unpaid, order.currency),
        points_taken_back=money.to_points(order.loyalty_point_earned - kept)
        if ctx.settings.loyalty
        else Decimal(0),
        replaced_units=sum(
            item.data.quantity
            for item in planned
            if item.data.resolution is ReturnResolution.REPLACEMENT
        ),
        currency=order.currency,
    ).sealed()


def create_return(
    ctx: Context, order_number: str, data: CreateOrderReturn, *, by_law: bool = False
) -> OrderReturn:
    """Ask to send items of an order back; the store decides.

    Args:
        ctx: the call.
        order_number: of the caller's order.
        data: what goes back.
        by_law: the contract is withdrawn from, for which no fee may be kept.

    Raises:
        NotFound: no such order of the caller.
        OrderNotReturnable: draft, waiting for approval or cancelled.
        ItemNotInOrder: a sku the order doesn't have, or of another product.
        ItemNotDelivered: no unit of it arrived.
        ItemNotReturnable, ResolutionNotOffered: the policy says so.
        ReturnWindowClosed: all units of it arrived too long ago.
        QuantityNotReturnable: more units than can go back.
        AddressNotFound: no such saved address of the caller.
        PreviewOutdated: it would do something else than the preview that the call names.
        InvalidInput: the address that is spelt out is not in order.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    planned = _plan(ctx, order, data.return_items)
    if by_law:
        planned = [replace(item, fee=0) for item in planned]
    if data.preview is not None:
        order_rules.require_preview(_quote(ctx, order, planned).digest, data.preview)
    items = [
        ReturnItem(
            return_id="",
            line_id=item.line.id,
            position=position,
            quantity=item.data.quantity,
            resolution=item.data.resolution,
            return_reason=item.data.return_reason,
            refund_amount=item.worth.total,
            tax_amount=item.worth.tax,
            fee=item.fee,
            reason_code=item.data.reason_code,
        )
        for position, item in enumerate(planned)
    ]
    request = _add_request(ctx, order, items, data.shipping_address)
    refresh_orders(ctx.db, [order.id], ctx.now)
    back = written_back(ctx, order.currency, asked_means(ctx, request, order))
    notify(ctx, request, order_number, "created", back=back)
    return get_return(ctx, order_number, request.request_number)


def _add_request(
    ctx: Context, order: Order, items: Sequence[ReturnItem], pickup: PickupAddress | None
) -> Request:
    """A new request for these items, valued; their return is named here."""
    total = sum(item.refund_amount for item in items)
    tax = sum(item.tax_amount for item in items)
    request = Request(
        customer_id=order.customer_id,
        order_id=order.id,
        request_number=new_number("RET", ctx.now.year),
        status=ReturnStatus.CREATED,
        subtotal=total - tax,
        total_tax=tax,
        grand_total=total,
        pickup_address_id=_pickup_copy(ctx, order, pickup),
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    ctx.db.add(request)
    ctx.db.flush()
    for item in items:
        item.return_id = request.id
        ctx.db.add(item)
    ctx.db.flush()
    return request


def _pickup_copy(ctx: Context, order: Order, wanted: PickupAddress | None) -> str | None:
    """Copy the pickup address, so that later changes elsewhere don't touch the request."""
    if wanted is None:
        kept = ctx.db.get(AddressCopy, order.shipping_address_id or "")
        if kept is None:
            return None
        copy = AddressCopy(**kept.model_dump(exclude={"id"}))
    elif isinstance(wanted, CustomerAddressCreate):
        values = address_rules.tidied(
            {name: getattr(wanted, name) for name in AddressFields.model_fields}
        )
        try:
            address_rules.require_deliverable(values)
        except InvalidInput as error:
            faults: dict[str, Any] = {
                f"shipping_address.{name}": text for name, text in error.fields.items()
            }
            raise InvalidInput(**faults) from None
        values["country"] = address_rules.country_name_of(wanted.country)
        copy = AddressCopy(**values)
    else:
        try:
            saved = ctx.get_owned(Address, id=wanted.id)
        except NotFound:
            raise address_rules.AddressNotFound(
                **{"shipping_address.id": "is not one of your addresses"}
            ) from None
        values = {name: getattr(saved, name) for name in AddressFields.model_fields}
        copy = AddressCopy(address_id=saved.id, **values)
    ctx.db.add(copy)
    ctx.db.flush()
    return copy.id


def cancel_return(ctx: Context, request_number: str) -> None:
    """Withdraw a request of the caller that is not on its way yet.

    Its pending refunds and its replacement order are withdrawn with it.

    Raises:
        NotFound: no such request of the caller.
        ReturnNotCancellable: goods, money or the replacement are on their way.
    """
    request = ctx.get_owned(Request, request_number=request_number)
    order = lock_order_of(ctx, request)
    if not rules.can_move(ReturnStatus(request.status), ReturnStatus.CANCELLED):
        raise rules.ReturnNotCancellable
    withdraw_refunds(ctx, request)
    withdraw_replacement(ctx, request)
    request.status = ReturnStatus.CANCELLED
    request.cancelled_at = request.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    notify(ctx, request, order.order_number, "cancelled")


def ask_back(ctx: Context, order: Order, items: Sequence[ReturnItem], *, for_claim: str) -> Request:
    """A return that the shop asks for, so that it can look at goods; it is agreed to already.

    Args:
        ctx: the call, as the shop.
        order: locked.
        items: what goes back, valued; their return is named here.
        for_claim: the number of the claim that they were named in.
    """
    for item in items:
        item.return_reason = f"{item.return_reason} (claim {for_claim})"[:500]
    return _add_request(ctx, order, items, None)
