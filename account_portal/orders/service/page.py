"""What the page of one order shows, put together from the other reads."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlmodel import col

from account_portal.bank_accounts.rules import short_number
from account_portal.bank_accounts.service import list_bank_accounts
from account_portal.context import Context
from account_portal.core.bulk import Stored
from account_portal.models import Claim, ClaimItem, OrderLine, OrderReturn, ReturnItem
from account_portal.orders import rules
from account_portal.orders.facts import OrderFacts, line_eligibility, parcel_claims
from account_portal.orders.schemas import (
    AftercareCard,
    Arrival,
    BillKind,
    LostParcel,
    OrderDetail,
    OrderOnTheWay,
    OrderPage,
    OrderShipment,
    Parcel,
    ReturnUntil,
    StrayParcel,
    UnpaidOrder,
)
from account_portal.orders.service.arrivals import (
    arrival_of,
    is_forgotten,
    urgency,
    zone_of_delivery,
)
from account_portal.orders.service.billing import is_invoiced
from account_portal.orders.service.history import card
from account_portal.orders.service.links import (
    cart_link,
    checkout_link,
    help_link,
    product_links,
    withdraw_link,
)
from account_portal.orders.service.payments import payment_moments, payment_status_of
from account_portal.orders.service.pricing import price_breakdown
from account_portal.orders.service.reading import (
    read_lost_orders,
    read_order,
    read_orders_in,
    read_unpaid_orders,
    shipment_events,
)
from account_portal.orders.service.refund_reading import shown_refunds
from account_portal.orders.service.statements import stated_withdrawals
from account_portal.states import OrderStatus, ShipmentStatus


def get_order_page(ctx: Context, order_number: str) -> OrderPage:
    """All the page of one order shows.

    Raises:
        NotFound: no such order of the caller.
    """
    detail, facts = read_order(ctx, order_number)
    order = detail.view()
    row = facts.order
    parcels = sorted(_parcels(ctx, order, row["id"]), key=lambda parcel: urgency(parcel.arrival))
    closed = _claims_closed(order)
    can_return = any(item.returnable_quantity for item in order.order_items)
    return OrderPage(
        order=order,
        arrival=next((parcel.arrival for parcel in parcels), None)
        if order.status != OrderStatus.CANCELLED
        else None,
        arrived=max((one.delivered_date for one in parcels if one.delivered_date), default=None)
        if order.status in rules.DELIVERED
        else None,
        is_digital=facts.is_digital,
        can_download=facts.is_digital and any(item.download_url for item in order.order_items),
        parcels=parcels,
        stray_parcels=[_stray(parcel) for parcel in parcels if parcel.status in _STRAY],
        payment_moments=payment_moments(facts),
        refunds=shown_refunds(ctx, order_number) if facts.refunds else [],
        returns=_aftercare(ctx, OrderReturn, row["id"]) if facts.returns else [],
        refund_days=ctx.settings.refund_days,
        bank_refund_days=ctx.settings.bank_refund_days,
        payment=payment_status_of(ctx, facts),
        is_waiting_for_money=rules.can_retry_payment(facts.money(), ctx.now),
        is_held_until_paid=rules.is_held_until_paid(
            order.status,
            (parcel.status for parcel in order.shipments),
            (item.product_type for item in order.order_items),
        ),
        are_files_held=_are_files_held(ctx, facts),
        checkout_link=checkout_link(ctx, order_number),
        price=price_breakdown(order, facts),
        money_note=rules.money_note(facts.money(), is_digital=facts.is_digital),
        cancel_note=next((one.message for one in order.cancel_eligibility.reasons), ""),
        can_cancel_items=any(line.cancellable_quantity for line in order.cancel_eligibility.lines),
        can_return=can_return,
        return_until=_return_until(order, facts, ctx.now),
        claims=_aftercare(ctx, Claim, row["id"]),
        withdrawals=stated_withdrawals(ctx, order_number, row["customer_id"]),
        missing_parcel=next((one.reference_number for one in parcels if one.can_claim), ""),
        claim_note=rules.WORDS[_OVER] if closed else "",
        claims_closed=closed,
        return_note="" if can_return else _why_not_returnable(order),
        can_review=order.status in rules.DELIVERED,
        bills=_bills(ctx, row, rules.account_of(facts.money()).arrived),
        store_email=ctx.settings.store_email,
        withdraw_link=withdraw_link(ctx, order, row),
        help_link=help_link(ctx, order_number),
        cart_link=cart_link(ctx, order.order_items),
        product_links=product_links(ctx, order.order_items),
        payout_accounts=_payout_accounts(ctx)
        if any(line.cancellable_quantity for line in order.cancel_eligibility.lines)
        else [],
    )


def _are_files_held(ctx: Context, facts: OrderFacts) -> bool:
    """Whether the order has files that open once it is paid."""
    order, files = facts.order, [line["id"] for line in facts.files]
    is_open = rules.may_download(order["status"], order["payment_status"])
    if not files or is_open or order["status"] == OrderStatus.CANCELLED:
        return False
    of_file = col(OrderLine.id).in_(files) & col(OrderLine.download_url).is_not(None)
    return ctx.db.execute(select(col(OrderLine.id)).where(of_file).limit(1)).first() is not None


def _return_until(order: OrderDetail, facts: OrderFacts, now: datetime) -> ReturnUntil | None:
    """When the windows close of what can go back; of an order of which nothing can, closed."""
    found = line_eligibility(facts, now).values()
    # Parcels of one line may arrive on different days.
    ends = [at for line in found if line.units for at in line.found.ends.values() if at >= now]
    ends = ends or [line.until for line in order.return_eligibility.lines if line.until]
    return ReturnUntil(first=min(ends), last=max(ends)) if ends else None


def _why_not_returnable(order: OrderDetail) -> str:
    """One sentence for the whole order: what its lines have in common, or what came last."""
    reasons = [line.reasons[0] for line in order.return_eligibility.lines if line.reasons]
    codes = {one.code for one in reasons}
    if len(codes) == 1 and codes & set(rules.NEVER_GOES_BACK):
        return reasons[0].message
    for code, words in _OF_ALL:
        if code in codes:
            return words
    return ""


_OF_ALL = (
    ("in_return", "All items that can be returned are in a return already."),
    ("all_returned", "All items that can be returned are in a return already."),
    ("return_refused", "What went back was not accepted, and cannot be returned again."),
    ("window_closed", rules.WORDS["window_closed"]),
    ("use_cancel", "Items can be returned once they arrive."),
    ("not_delivered", "Items can be returned once they arrive."),
    *((code, "Nothing of this order can be returned.") for code in rules.NEVER_GOES_BACK),
    ("free_item", rules.WORDS["free_item"]),
)


def _bills(ctx: Context, order: Stored, arrived: int) -> list[BillKind]:
    """What there is to download of an order of which so much was paid."""
    found: list[BillKind] = []
    if rules.can_have_receipt(order["status"], order["payment_status"], arrived):
        found.append("receipt")
    if is_invoiced(ctx, order):
        found.append("invoice")
    return found


def _payout_accounts(ctx: Context) -> list[list[str]]:
    return [
        [account.id, f"{account.bank_name} {short_number(account.account_number)}"]
        for account in list_bank_accounts(ctx)
        if account.is_verified
    ]


def _aftercare(ctx: Context, kind: type[OrderReturn | Claim], order_id: str) -> list[AftercareCard]:
    """Returns or claims of an order, newest first; it must be known to be the caller's."""
    item: Any = ReturnItem if kind is OrderReturn else ClaimItem
    of_id: Any = ReturnItem.return_id if kind is OrderReturn else ClaimItem.claim_id
    number: Any = OrderReturn.request_number if kind is OrderReturn else Claim.claim_number
    names = (
        select(
            of_id.label("of_id"),
            col(OrderLine.product_name),
            func.row_number().over(partition_by=of_id, order_by=col(item.position)).label("place"),
            func.count().over(partition_by=of_id).label("lines"),
        )
        .join(OrderLine, col(OrderLine.id) == col(item.line_id))
        .where(col(OrderLine.order_id) == order_id)
        .subquery()
    )
    rows = ctx.db.execute(
        select(number, col(kind.status), col(kind.created_at), names.c.product_name, names.c.lines)
        .join(names, and_(names.c.of_id == col(kind.id), names.c.place == 1))
        .where(col(kind.order_id) == order_id)
        .order_by(col(kind.created_at).desc(), col(kind.id).desc())
    )
    return [
        AftercareCard(
            number=number,
            status=status,
            created_at=created_at,
            summary=name + (f" and {lines - 1} more" if lines > 1 else ""),
        )
        for number, status, created_at, name, lines in rows
    ]


def _claims_closed(order: OrderDetail) -> datetime | None:
    """When the last time to report a problem was over; none: one can, or never could."""
    if order.is_claim_allowed:
        return None
    lines = order.claim_eligibility.lines
    closed = [why.at for line in lines for why in line.reasons if why.code == _OVER and why.at]
    return max(closed, default=None)


_OVER = "claim_window_closed"


def _parcels(ctx: Context, order: OrderDetail, order_id: str) -> list[Parcel]:
    events = shipment_events(ctx, order_id) if order.shipments else []
    document = order.model_dump(mode="json", include={"shipping_address", "billing_address"})
    zone = zone_of_delivery(document)
    count = len(order.shipments)
    labels = {
        one.reference_number: f"Parcel {place} of {count}" if count > 1 else "Parcel"
        for place, one in enumerate(order.shipments, start=1)
    }
    can_claim = {one.reference_number for one in order.claim_eligibility.parcels if one.is_allowed}
    return [
        Parcel(
            **shipment.model_dump(),
            steps=[
                event for event in events if event.reference_number == shipment.reference_number
            ],
            arrival=arrival_of(shipment.model_dump(mode="json"), zone, ctx.now),
            label=labels[shipment.reference_number],
            note=_note(shipment, labels),
            was_lost=shipment.status is ShipmentStatus.CANCELLED
            and (shipment.reference_number, ShipmentStatus.LOST)
            in {(one.reference_number, one.status) for one in events},
            can_claim=shipment.reference_number in can_claim,
        )
        for shipment in order.shipments
    ]


def _note(shipment: OrderShipment, labels: dict[str, str]) -> str:
    """Why a parcel goes nowhere any more, by the names that the page has for parcels."""
    if shipment.status is not ShipmentStatus.CANCELLED:
        return ""
    words = shipment.cancellation_reason or ""
    for number, label in labels.items():
        words = words.replace(number, label.lower())
    return words


def _stray(parcel: Parcel) -> StrayParcel:
    # An import may tell how a parcel ended and not when.
    told = [step.happened_at for step in parcel.steps if step.status == parcel.status]
    return StrayParcel(
        label=parcel.label,
        status=parcel.status,
        since=max(told, default=None),
        cause=parcel.cancellation_reason or "",
    )


_STRAY = frozenset(
    {ShipmentStatus.UNDELIVERED, ShipmentStatus.RETURN_TO_ORIGIN, ShipmentStatus.LOST}
)
_WITH_COURIER = frozenset(
    {
        ShipmentStatus.SHIPPED,
        ShipmentStatus.IN_TRANSIT,
        ShipmentStatus.OUT_FOR_DELIVERY,
        ShipmentStatus.DELIVERY_ATTEMPTED,
    }
)


LOOKED_AT = 20
"""Of so many of the latest orders the most urgent are found: what is late is seldom new."""


def list_on_the_way(ctx: Context) -> list[OrderOnTheWay]:
    """Orders with parcels on their way, the most urgent first; see `LOOKED_AT`."""
    found = []
    for order in read_orders_in(ctx, rules.ON_THE_WAY, LOOKED_AT):
        zone = zone_of_delivery(order)
        parcels = [
            _Coming(
                arrival_of(one, zone, ctx.now),
                one["courier_company_name"],
                one["shipment_items"],
            )
            for one in order["shipments"]
            if one["status"] in _WITH_COURIER
        ]
        if order["shipments"] and not parcels:
            continue  # lost or on their way back: nothing of it is coming
        first = min(parcels, key=lambda one: urgency(one.arrival), default=_Coming())
        if is_forgotten(first.arrival, zone, ctx.now):
            continue
        is_whole = order["status"] == OrderStatus.SHIPPED and len(parcels) == 1
        found.append(
            OrderOnTheWay(
                **card(order, first.items).model_dump(exclude={"arrival"}),
                arrival=first.arrival,
                courier=first.courier,
                is_part=not is_whole,
            )
        )
    return sorted(found, key=lambda one: urgency(one.arrival))


class _Coming(NamedTuple):
    """What is said of a parcel on its way; see `OrderOnTheWay`."""

    arrival: Arrival | None = None
    courier: str | None = None
    items: list[dict[str, Any]] | None = None
    """What is in it."""


def list_lost(ctx: Context, limit: int = 3) -> list[LostParcel]:
    """Parcels that got lost, and of which their customer has not said yet what they want."""
    found = []
    for order, facts in read_lost_orders(ctx, limit):
        can = parcel_claims(facts, ctx.now.astimezone(zone_of_delivery(order)))
        found += [
            LostParcel(
                order_number=order["order_number"],
                reference_number=parcel["reference_number"],
                summary=card(order).summary,
            )
            for parcel in facts.live_shipments
            if parcel["status"] == ShipmentStatus.LOST and can.get(parcel["id"], _NEVER) is None
        ]
    return found[:limit]


_NEVER = rules.Reason("order_cancelled")


def list_unpaid(ctx: Context, limit: int = 3) -> list[UnpaidOrder]:
    """Open orders whose money is awaited, latest first."""
    found = []
    for order, facts in read_unpaid_orders(ctx, rules.GROUPS["open"], limit):
        payment = payment_status_of(ctx, facts)
        found.append(
            UnpaidOrder(
                **card(order).model_dump(),
                is_under_way=payment.retry_available_at is not None,
                can_pay=payment.is_retry_available or payment.payment_under_way is not None,
            )
        )
    return found
