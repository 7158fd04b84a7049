"""Changing where an order goes, before anything of it is packed."""

from collections.abc import Mapping
from typing import Any

from account_portal.addresses.rules import MAX_ADDRESSES, AddressNotFound
from account_portal.addresses.schemas import CustomerAddress
from account_portal.addresses.service import list_addresses
from account_portal.context import Context
from account_portal.core.errors import NotFound
from account_portal.core.pagination import PageParams
from account_portal.core.schemas import EncodedView
from account_portal.events import EventType, Told, record
from account_portal.models import Address, AddressCopy, AddressFields, Order
from account_portal.notifications import enqueue
from account_portal.notifications.messages.orders import DeliveryChanged
from account_portal.orders import rules
from account_portal.orders.facts import can_change_delivery, facts_of
from account_portal.orders.schemas import ChangeDelivery, OrderDetail
from account_portal.orders.service.documents import refresh_orders
from account_portal.orders.service.reading import get_order

_COPIED = ("address_id", *AddressFields.model_fields)


def change_delivery(
    ctx: Context, order_number: str, data: ChangeDelivery
) -> EncodedView[OrderDetail]:
    """Send one of the caller's orders to another saved address, or with other instructions.

    Raises:
        DeliveryChangedMeanwhile: it goes elsewhere, or with other instructions, than was seen.
        NotFound: no such order of the caller.
        DeliveryNotChangeable: its state or the store's setting forbids it.
        AddressNotFound: no such saved address of the caller.
        DeliveryElsewhere: the address is in another state or country.
    """
    order = ctx.get_owned(Order, lock=True, order_number=order_number)
    if not can_change_delivery(facts_of(ctx.db, order)):
        raise rules.DeliveryNotChangeable
    known = ctx.db.get_one(AddressCopy, order.shipping_address_id)
    if any(_bare(getattr(known, name)) != _bare(data.seen[name]) for name in _known(data.seen)):
        raise rules.DeliveryChangedMeanwhile
    before = {name: getattr(known, name) for name in _COPIED}
    after = before if data.address_id is None else _saved(ctx, data.address_id)
    if rules.place_of(after) != rules.place_of(before):
        raise rules.DeliveryElsewhere
    after = {**after, "delivery_instructions": data.delivery_instructions}
    if after == before:
        return get_order(ctx, order_number)
    _write(ctx, order, known, after)
    order.modified_at = ctx.now
    refresh_orders(ctx.db, [order.id], ctx.now)
    told = {"order_number": order.order_number, "customer_id": order.customer_id}
    record(ctx.db, [Told(EventType.ORDER_DELIVERY_CHANGED, order.customer_id, told)])
    place = ", ".join(after[name] for name in ("address_line1", "city") if after[name])
    news = DeliveryChanged(
        order_number=order.order_number, store=ctx.settings.store_name, place=place
    )
    enqueue(ctx, news, customer_id=order.customer_id)
    return get_order(ctx, order_number)


def list_delivery_choices(ctx: Context, order_number: str) -> list[CustomerAddress]:
    """Saved addresses that an order can go to instead, newest change first.

    Raises:
        NotFound: no such order of the caller.
    """
    order = ctx.get_owned(Order, order_number=order_number)
    known = ctx.db.get(AddressCopy, order.shipping_address_id or "")
    if known is None:
        return []
    place, present = rules.place_of(known.model_dump()), _where(known)
    saved = list_addresses(ctx, PageParams(page=1, limit=MAX_ADDRESSES)).rows.view()
    # The address it came from is a choice again once its customer has corrected it there.
    return [
        one for one in saved if _where(one) != present and rules.place_of(one.model_dump()) == place
    ]


def _where(address: AddressCopy | CustomerAddress) -> dict[str, Any]:
    """What tells one place to deliver to from another: all but the instructions."""
    return address.model_dump(include=set(_COPIED) - {"address_id", "delivery_instructions"})


def _known(seen: Mapping[str, str | None] | None) -> set[str]:
    """What a customer saw of a place to deliver to, the instructions among it."""
    return set(seen or ()) & set(AddressFields.model_fields)


def _bare(text: str | None) -> str:
    return (text or "").strip()


def _saved(ctx: Context, address_id: str) -> dict[str, Any]:
    try:
        saved = ctx.get_owned(Address, id=address_id)
    except NotFound:
        raise AddressNotFound(address_id="is not one of your addresses") from None
    return {"address_id": saved.id} | {name: getattr(saved, name) for name in _COPIED[1:]}


def _write(ctx: Context, order: Order, known: AddressCopy, values: dict[str, Any]) -> None:
    """Into the order's own copy; the bill keeps the one it shares with the delivery."""
    if known.id == order.billing_address_id:
        known = AddressCopy(**values)
        ctx.db.add(known)
        ctx.db.flush()
        order.shipping_address_id = known.id
        return
    for name, value in values.items():
        setattr(known, name, value)
