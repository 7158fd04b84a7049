"""What follows when a record takes an order further, as when the shop's command does."""

from account_portal.context import SHOP, Context
from account_portal.core.db import Transaction, get_database
from account_portal.core.settings import get_settings
from account_portal.gateways import get_gateways
from account_portal.loyalty import service as loyalty
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Order
from account_portal.models.states import OrderStatus
from account_portal.orders import rules


def apply_effects(batch: Batch) -> None:
    """Give points for orders that arrived since, and back those of orders cancelled since.

    Only orders that were here before: a history brings its own movements of points. Call it when
    the orders are derived anew.
    """
    moved = [
        (row["id"], row["status"])
        for row in fetch(batch.db, Order, "id", batch.before, ("id", "status"))
        if row["status"] != batch.before[row["id"]]
    ]
    if not moved:
        return
    transaction = Transaction(get_database(), writes=True)
    transaction.begun = batch.db
    ctx = Context(
        transaction=transaction,
        now=batch.now,
        settings=get_settings(),
        gateways=get_gateways(),
        actor=SHOP,
    )
    for order_id, status in sorted(moved):
        if status in rules.DELIVERED and batch.before[order_id] not in rules.DELIVERED:
            loyalty.earn_for_order(ctx, ctx.db.get_one(Order, order_id))
        elif status == OrderStatus.CANCELLED:
            loyalty.settle_cancelled_order(ctx, ctx.db.get_one(Order, order_id))
