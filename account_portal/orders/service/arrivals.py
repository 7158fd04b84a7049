"""When parcels arrive, in days of the place they go to."""

from collections.abc import Container, Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import bindparam, func, select
from sqlmodel import col

from account_portal.addresses.rules import country_code_of, zone_of, zone_of_store
from account_portal.context import Context
from account_portal.core.reading import PreparedSelect
from account_portal.core.written import written_day
from account_portal.models import Address, AddressCopy, Order, OrderDocument
from account_portal.orders import rules
from account_portal.orders.schemas import Arrival, OrderCard
from account_portal.states import OrderStatus, PaymentStatus, ShipmentStatus


def zone_of_delivery(order: Mapping[str, Any]) -> tzinfo:
    """The time zone an order goes to, from its document."""
    address = order["shipping_address"] or order["billing_address"] or {}
    return zone_of(address.get("country"), address.get("state"))


def place_of_delivery(ctx: Context, order: Mapping[str, Any]) -> rules.Place:
    """The same before there is a document, from the row; of nowhere, the store's country."""
    address = ctx.db.get(
        AddressCopy, order["shipping_address_id"] or order["billing_address_id"] or ""
    )
    zone = zone_of(address.country if address else None, address.state if address else None)
    country = country_code_of(address.country) if address and address.country else None
    return rules.Place(zone, country or ctx.settings.store_country)


def zone_of_customer(ctx: Context) -> ZoneInfo:
    """The zone the caller probably is in: that of where their parcels go, else the store's."""
    at_home = select(col(Address.country), col(Address.state)).where(
        col(Address.customer_id) == ctx.customer_id, col(Address.is_default_shipping)
    )
    of_last_order = (
        select(col(AddressCopy.country), col(AddressCopy.state))
        .join(
            Order,
            col(AddressCopy.id)
            == func.coalesce(col(Order.shipping_address_id), col(Order.billing_address_id)),
        )
        .where(col(Order.customer_id) == ctx.customer_id)
        .order_by(col(Order.order_date).desc())
        .limit(1)
    )
    for asked in (at_home, of_last_order):
        place = ctx.db.execute(asked).first()
        if place and place.country and country_code_of(place.country):
            return zone_of(place.country, place.state)
    return zone_of_store(ctx.settings)


def arrival_of(parcel: Mapping[str, Any], zone: tzinfo, now: datetime) -> Arrival | None:
    """When a parcel arrives, if somebody waits for it and knows.

    Args:
        parcel: from the document of its order.
        zone: of the place it goes to.
        now: the time.
    """
    promise = rules.promise_of(
        ShipmentStatus(parcel["status"]),
        parcel["eta_delivery"],
        datetime.fromisoformat(parcel["modified_at"]),
        now.astimezone(zone),
    )
    return Arrival(when=promise.when, day=promise.day) if promise else None


def expected_day(ctx: Context, order_id: str, reference_number: str) -> str | None:
    """When a parcel that was just sent arrives, as messages write it: a day, or a courier's words.

    None: nobody said, or that day is over.
    """
    [(detail,)] = ctx.read(_DETAIL, order_id=order_id)
    order = orjson.loads(detail)
    zone = zone_of_delivery(order)
    for parcel in order["shipments"]:
        if parcel["reference_number"] == reference_number:
            arrival = arrival_of(parcel, zone, ctx.now)
            if arrival is None or arrival.when == "late":
                return None
            return written_arrival(ctx, arrival)
    return None


_DETAIL = PreparedSelect(
    select(col(OrderDocument.detail)).where(col(OrderDocument.order_id) == bindparam("order_id"))
)


def written_arrival(ctx: Context, arrival: Arrival) -> str:
    """The day of an arrival, as messages write it; a courier's own words as they are."""
    if arrival.when == "said":
        return arrival.day
    return written_day(date.fromisoformat(arrival.day), ctx.settings.store_country)


def urgency(arrival: Arrival | None) -> tuple[int, str]:
    """What is to be looked at first sorts first."""
    if arrival is None:
        return (9, "")
    return _promise(arrival).urgency


def is_forgotten(arrival: Arrival | None, zone: tzinfo, now: datetime) -> bool:
    """Whether nobody waits for it any more, though nothing was told of it."""
    return arrival is not None and _promise(arrival).is_forgotten(now.astimezone(zone))


def _promise(arrival: Arrival) -> rules.Promise:
    return rules.Promise(arrival.when, arrival.day)


def first_arrival(order: Mapping[str, Any], now: datetime) -> Arrival | None:
    """Of an order's document: the arrival to be expected first."""
    if order["status"] in _OVER:
        return None
    zone = zone_of_delivery(order)
    found = [arrival_of(parcel, zone, now) for parcel in order["shipments"]]
    return min((one for one in found if one), key=urgency, default=None)


_OVER = frozenset({OrderStatus.DRAFT, OrderStatus.CANCELLED, *rules.DELIVERED})


def is_download(order: Mapping[str, Any]) -> bool:
    """Whether an order, by its document, is one of files that are open, and nothing is sent."""
    to_come = [one for one in order["order_items"] if one["quantity"] > one["cancelled_quantity"]]
    types = (one["product_type"] for one in to_come)
    parcels = (parcel["status"] for parcel in order["shipments"])
    return rules.is_digital(types, parcels) and any(one["download_url"] for one in to_come)


def add_awaited(ctx: Context, cards: Iterable[OrderCard], digital: Container[str]) -> None:
    """Say on cards of the caller's orders what they wait for: parcels, money, a download.

    Args:
        ctx: of the call.
        cards: of the orders.
        digital: numbers of those that have digital lines.
    """
    waiting = {
        card.order_number: card
        for card in cards
        if card.status not in _OVER
        or card.payment_status != PaymentStatus.SUCCESS
        or card.order_number in digital
    }
    if not waiting:
        return
    rows = ctx.db.execute(
        select(col(OrderDocument.detail), col(OrderDocument.awaits_payment)).where(
            col(OrderDocument.customer_id) == ctx.customer_id,
            col(OrderDocument.order_number).in_(sorted(waiting)),
        )
    )
    for detail, awaits_payment in rows:
        order = orjson.loads(detail)
        card = waiting[order["order_number"]]
        card.arrival, card.awaits_payment = first_arrival(order, ctx.now), awaits_payment
        card.can_download = is_download(order)
