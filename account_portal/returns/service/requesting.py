"""What a customer does: see what can go back, ask for it, think better of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from account_portal.addresses import rules as address_rules
from account_portal.addresses.schemas import CustomerAddressCreate
from account_portal.context import Context
from account_portal.core.errors import InvalidInput, NotFound
from account_portal.core.ids import new_number
from account_portal.evidence import service as evidence
from account_portal.models import (
    Address,
    AddressCopy,
    AddressFields,
    Order,
    ReturnItem,
)
from account_portal.models import OrderReturn as Request
from account_portal.orders.service import refresh_orders
from account_portal.orders.service.coming_back import written_way_back
from account_portal.orders.service.locking import lock_order_of
from account_portal.returns import rules
from account_portal.returns.schemas import (
    CreateOrderReturn,
    CreateOrderReturnItem,
    OrderReturn,
    PickupAddress,
    ReturnableItem,
    ReturnQuote,
)
from account_portal.returns.service.delivery import give_back_delivery, settle_delivery
from account_portal.returns.service.lines import line_states
from account_portal.returns.service.planning import (
    add_items,
    plan_items,
    quote,
    returnable_items,
    set_worth,
    take_items,
)
from account_portal.returns.service.reading import asked_means, get_return
from account_portal.returns.service.steps import (
    notify,
    withdraw_refunds,
    withdraw_replacement,
)
from account_portal.states import ReturnStatus


def list_returnable_items(
    ctx: Context, order_number: str, *, withdrawn_at: datetime | None = None
) -> list[ReturnableItem]:
    """Lines of an order, each with the units that can go back now or the reason why none can.

    Args:
        ctx: the call.
        order_number: of the caller's order.
        withdrawn_at: when the contract was withdrawn from, if it was; the law lets more go back.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    return returnable_items(order, line_states(ctx, order, withdrawn_at=withdrawn_at))


def quote_return(
    ctx: Context, order_number: str, items: list[CreateOrderReturnItem]
) -> ReturnQuote:
    """What would come back for these items; asks for nothing and changes nothing.

    Raises:
        NotFound: no such order of the caller.
        OrderNotReturnable, ReturnWindowClosed, ItemNotInOrder, ItemNotDelivered,
        ItemNotReturnable, ResolutionNotOffered, QuantityNotReturnable, EvidenceNotFound: as when
        it were asked for; that evidence is needed, it says.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    return quote(ctx, order, line_states(ctx, order), items)


def create_return(
    ctx: Context,
    order_number: str,
    data: CreateOrderReturn,
    *,
    withdrawn_at: datetime | None = None,
) -> OrderReturn:
    """Ask to send items of an order back; the store decides.

    Args:
        ctx: the call.
        order_number: of the caller's order.
        data: what goes back.
        withdrawn_at: when the contract was withdrawn from, for which no fee may be kept and nothing
            asked for; none: it was not.

    Raises:
        NotFound: no such order of the caller.
        OrderNotReturnable: draft, waiting for approval or cancelled.
        ItemNotInOrder: a sku the order doesn't have, or of another product.
        ItemNotDelivered: no unit of it arrived.
        ItemNotReturnable, ResolutionNotOffered: the policy says so.
        ReturnWindowClosed: all units of it arrived too long ago.
        QuantityNotReturnable: more units than can go back.
        AddressNotFound: no such saved address of the caller.
        EvidenceRequired: the policy asks for evidence for a reason, and none is named.
        EvidenceNotFound: evidence that was not uploaded to this order, or is another request's.
        PreviewOutdated: it would do something else than the preview that the call names.
        InvalidInput: the address that is spelt out is not in order, or too many files of an item.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    by_law = withdrawn_at is not None
    lines = line_states(ctx, order, withdrawn_at=withdrawn_at)
    planned = plan_items(order, lines, data.return_items)
    if by_law:
        planned = [replace(item, fee=0, needs_evidence=False) for item in planned]
    items, found = take_items(ctx, order, lines, planned, preview=data.preview)
    request = _add_request(ctx, order, items, data.shipping_address, by_law=by_law)
    evidence.attach_evidence(ctx, found, items)
    if by_law:
        give_back_delivery(ctx, order, telling=request)
    refresh_orders(ctx.db, [order.id], ctx.now)
    back = written_way_back(ctx, order, asked_means(ctx, request, order))
    notify(ctx, request, order_number, "withdrawn" if by_law else "created", back=back)
    return get_return(ctx, order_number, request.request_number)


def _add_request(
    ctx: Context,
    order: Order,
    items: Sequence[ReturnItem],
    pickup: PickupAddress | None,
    *,
    by_law: bool = False,
) -> Request:
    """A new request for these items, valued; their return is named here."""
    request = Request(
        customer_id=order.customer_id,
        order_id=order.id,
        request_number=new_number("RET", ctx.now.year),
        status=ReturnStatus.CREATED,
        by_law=by_law,
        pickup_address_id=_pickup_copy(ctx, order, pickup),
        created_at=ctx.now,
        modified_at=ctx.now,
    )
    set_worth(request, items)
    ctx.db.add(request)
    ctx.db.flush()
    add_items(ctx, request, items)
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
    settle_delivery(ctx, order)
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
