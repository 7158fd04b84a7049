"""Messages to customers of what an import tells, if it happened within the last day."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import SQLModel

from account_portal.context import Context
from account_portal.core import money
from account_portal.core.bulk import Stored
from account_portal.core.written import written_amount
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Order, Refund, Shipment
from account_portal.notifications import enqueue
from account_portal.notifications.messages.base import CustomerMessage
from account_portal.notifications.messages.orders import OrderDelivered, OrderShipped
from account_portal.notifications.messages.returns import RefundSettled
from account_portal.orders import rules
from account_portal.orders.service.arrivals import expected_day
from account_portal.orders.service.refund_reading import arrived_payments
from account_portal.states import RefundStatus, ShipmentStatus

RECENT = timedelta(days=1)
"""What happened longer ago is history, and nobody's news."""


def tell_customers(ctx: Context, batch: Batch) -> None:
    """Queue the messages that the shop's commands would have sent.

    Of orders that were here before this import, and only where the record says when it happened:
    an import may come late.
    """
    if not ctx.settings.import_messages:
        return
    shipments = _news(batch, Shipment)
    refunds = _news(batch, Refund)
    ids = {row["order_id"] for row in (*shipments, *refunds)}
    names = ("id", "order_number", "customer_id", "currency")
    orders = {row["id"]: row for row in fetch(batch.db, Order, "id", ids, names)}
    messages = [(row, _of_shipment(ctx, row, orders[row["order_id"]])) for row in shipments]
    messages += [(row, _of_refund(ctx, row, orders[row["order_id"]])) for row in refunds]
    for row, message in messages:
        if message is not None:
            enqueue(ctx, message, customer_id=orders[row["order_id"]]["customer_id"])


def _news(batch: Batch, model: type[SQLModel]) -> list[Stored]:
    ids = {one for kind, one in batch.news if kind is model}
    rows: Collection[Stored] = fetch(batch.db, model, "id", ids)
    return sorted(rows, key=lambda row: row["id"])


def _is_recent(ctx: Context, moment: datetime | None) -> bool:
    return moment is not None and ctx.now - RECENT <= moment <= ctx.now + RECENT


def _of_shipment(ctx: Context, row: Stored, order: Stored) -> CustomerMessage | None:
    number, store = order["order_number"], ctx.settings.store_name
    if row["status"] == ShipmentStatus.DELIVERED and _is_recent(ctx, row["delivered_date"]):
        return OrderDelivered(order_number=number, store=store)
    if row["status"] == ShipmentStatus.SHIPPED and _is_recent(ctx, row["shipped_date"]):
        return OrderShipped(
            order_number=number,
            store=store,
            courier=row["courier_company_name"],
            awb_no=row["awb_no"],
            tracking_url=row["tracking_url"],
            promised=expected_day(ctx, order["id"], row["reference_number"]),
        )
    return None


def _of_refund(ctx: Context, row: Stored, order: Stored) -> CustomerMessage | None:
    if row["status"] != RefundStatus.SUCCESS or not _is_recent(ctx, row["refund_date"]):
        return None
    amount = money.to_major(row["refund_amount"], order["currency"])
    return RefundSettled(
        order_number=order["order_number"],
        store=ctx.settings.store_name,
        amount=written_amount(amount, order["currency"], ctx.settings.store_country),
        succeeded=True,
        way=rules.refund_way(row, arrived_payments(ctx, order["id"])),
    )
