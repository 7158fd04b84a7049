"""What follows when a record takes an order further, as when the shop's command does."""

from collections.abc import Collection
from datetime import timedelta
from operator import itemgetter

from account_portal.context import SHOP, Context
from account_portal.core.db import Transaction, get_database
from account_portal.core.ids import made_at
from account_portal.core.settings import get_settings
from account_portal.gateways import get_gateways
from account_portal.loyalty import service as loyalty
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.messages import tell_customers
from account_portal.merchant.importing.promises import kind_of
from account_portal.merchant.importing.tables import fetch, update
from account_portal.models import Order, OrderReturn, Refund
from account_portal.orders import rules
from account_portal.orders.facts import load_facts, money_of
from account_portal.orders.service import give_back, give_back_late_points, refresh_orders
from account_portal.orders.service.claim_news import close_arrived_claims
from account_portal.states import OrderStatus, PaymentStatus, RefundStatus, ReturnStatus


def apply_effects(batch: Batch) -> None:
    """Give points for orders that arrived since, and back those of orders cancelled since.

    A draft whose payment arrived is placed. Only orders that were here before this import: a
    history brings its own movements of points. Call it when the orders are derived anew.
    """
    _place_drafts(batch)
    _hand_over_gifts(batch)
    known = [order_id for order_id in batch.before if not batch.is_new(order_id)]
    if known:
        _close_claims(batch, known)
    if batch.news:
        tell_customers(_context(batch), batch)
    _earn_for_downloads(batch)
    moved = [
        (row["id"], row["status"])
        for row in fetch(batch.db, Order, "id", known, ("id", "status"))
        if row["status"] != batch.before[row["id"]]
    ]
    if not moved:
        return
    ctx = _context(batch)
    for order_id, status in sorted(moved):
        if status in rules.DELIVERED and batch.before[order_id] not in rules.DELIVERED:
            loyalty.earn_for_order(ctx, ctx.db.get_one(Order, order_id))
        elif status == OrderStatus.CANCELLED:
            order = ctx.db.get_one(Order, order_id)
            credit = rules.credit_left(money_of(ctx.db, order))
            loyalty.settle_cancelled_order(ctx, order, credit=credit)


def _earn_for_downloads(batch: Batch) -> None:
    """Give points for orders that came paid, of which nothing is sent: no record follows.

    Only of those that were placed within the last day: older ones are history.
    """
    new = [one for one in batch.changed_orders if batch.is_new(one) and one not in batch.before]
    names = ("id", "status", "order_date", "loyalty_point_earned")
    placed = sorted(
        row["id"]
        for row in fetch(batch.db, Order, "id", new, names)
        if row["status"] in rules.DELIVERED
        and row["loyalty_point_earned"]
        and row["order_date"] > batch.now - _JUST_PLACED
    )
    if not placed:
        return
    ctx = _context(batch)
    for facts in load_facts(batch.db, placed):
        if facts.is_digital:
            loyalty.earn_for_order(ctx, ctx.db.get_one(Order, facts.order["id"]))


_JUST_PLACED = timedelta(days=1)


def _close_claims(batch: Batch, order_ids: Collection[str]) -> None:
    """End claims about parcels that arrived, as when the shop's command says so."""
    refresh_orders(batch.db, close_arrived_claims(_context(batch), order_ids), batch.now)


def _context(batch: Batch) -> Context:
    transaction = Transaction(get_database(), writes=True)
    transaction.begun = batch.db
    return Context(
        transaction=transaction,
        now=batch.now,
        settings=get_settings(),
        gateways=get_gateways(),
        actor=SHOP,
    )


def _place_drafts(batch: Batch) -> None:
    """Place orders that waited for nothing but their payment, which arrived."""
    waited = [
        row["id"]
        for row in batch.orders.values()
        if row["status"] == OrderStatus.DRAFT
        and row["payment_status"] != PaymentStatus.SUCCESS
        and not batch.is_new(row["id"])
    ]
    placed = [
        (row["id"], {"status": str(OrderStatus.CONFIRMED)})
        for row in fetch(batch.db, Order, "id", waited, ("id", "status", "payment_status"))
        if row["status"] == OrderStatus.DRAFT and row["payment_status"] == PaymentStatus.SUCCESS
    ]
    update(batch.db, Order, "id", placed)
    refresh_orders(batch.db, [order_id for order_id, _ in placed], batch.now)


def note_gifts(batch: Batch, order_ids: Collection[str]) -> None:
    """Remember which refunds in points or store credit have not arrived, before parts are written.

    Only those of orders that were here before this import: a history brings its own movements.
    """
    known = [one for one in order_ids if one in batch.before and not batch.is_new(one)]
    names = ("id", "status", "payment_mode", "payment_method")
    batch.gifts.update(
        row["id"]
        for row in fetch(batch.db, Refund, "order_id", known, names)
        if row["status"] != RefundStatus.SUCCESS and kind_of(row) != "money"
    )


def _hand_over_gifts(batch: Batch) -> None:
    """Give back the points and credit of refunds that arrived, as the shop tells."""
    names = ("id", "order_id", "status")
    arrived = [
        (row["order_id"], row["id"])
        for row in fetch(batch.db, Refund, "id", batch.gifts, names)
        if row["status"] == RefundStatus.SUCCESS
    ]
    if not arrived:
        return
    ctx = _context(batch)
    arrived.sort()
    for place, (order_id, refund_id) in enumerate(arrived):
        refund = ctx.db.get_one(Refund, refund_id, populate_existing=True)
        later = {other for _, other in arrived[place + 1 :]}
        give_back(ctx, refund, ctx.db.get_one(Order, order_id), later=later)
    refresh_orders(batch.db, [order_id for order_id, _ in arrived], batch.now)


def settle_late_points(batch: Batch, order_numbers: Collection[str]) -> None:
    """Do what happened here to points of orders that nobody knew of then, as they are told now.

    Points that the ledger took come back of orders that were cancelled or returned, and points that
    were earned are taken back. A history that was cancelled before it came here brings its own
    movements.
    """
    names = (
        "id",
        "customer_id",
        "order_number",
        "status",
        "cancelled_at",
        "loyalty_point_redeemed",
    )
    known = [
        row
        for row in fetch(batch.db, Order, "order_number", order_numbers, names)
        if not batch.is_new(row["id"])
    ]
    if not known:
        return
    ctx = _context(batch)
    returned = {
        row["order_id"]
        for row in fetch(batch.db, OrderReturn, "order_id", [row["id"] for row in known])
        if row["status"] == ReturnStatus.COMPLETE
    }
    spent = loyalty.points_spent_on(ctx.db, known)
    for row in sorted(known, key=itemgetter("customer_id", "id")):
        order = ctx.db.get_one(Order, row["id"])
        if row["status"] != OrderStatus.CANCELLED:
            give_back_late_points(ctx, order)
        elif row["cancelled_at"] and row["cancelled_at"].date() >= made_at(row["id"]).date():
            loyalty.give_back_points(
                ctx,
                order.customer_id,
                activity="order_cancelled",
                loyalty_point=min(order.loyalty_point_redeemed, spent.get(order.order_number, 0)),
                reference_number=order.order_number,
                savings=order.loyalty_amount,
                savings_currency=order.currency,
            )
        else:
            continue
        if row["status"] == OrderStatus.CANCELLED or order.id in returned:
            loyalty.take_back_for_order(ctx, order)
