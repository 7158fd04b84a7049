"""What belongs to orders: parcels, payments, refunds, returns."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col

from account_portal.context import Context
from account_portal.core import money, versions
from account_portal.core.errors import NotFound
from account_portal.core.pagination import CursorPage
from account_portal.evidence.service import FOUND_KINDS, evidence_of
from account_portal.merchant.lists.expanding import bring_along
from account_portal.merchant.lists.orders import awaiting
from account_portal.merchant.lists.paging import Keys, find_page
from account_portal.merchant.lists.people import of_customer
from account_portal.merchant.return_rows import ReturnRow, ReturnUnits
from account_portal.merchant.rows import (
    ParcelUnits,
    PaymentRow,
    PaymentsQuery,
    RefundRow,
    RefundsQuery,
    ReturnsQuery,
    ShipmentRow,
    ShipmentsQuery,
    WithOrder,
)
from account_portal.models import (
    Order,
    OrderLine,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentItem,
)
from account_portal.orders import service as orders
from account_portal.orders.rules import is_money
from account_portal.returns import service as returns


def of_order(ctx: Context, column: Any, order_number: str | None) -> list[ColumnElement[bool]]:
    """The condition that a row hangs on an order, if one is named."""
    if order_number is None:
        return []
    statement = select(col(Order.id)).where(col(Order.order_number) == order_number)
    return [column == (ctx.db.execute(statement).scalar() or "")]


def with_order(ctx: Context, model: type[SQLModel], ids: Sequence[str]) -> list[Any]:
    """Rows with number, currency and customer of their orders, in the order of their ids."""
    table: Any = model
    rows = ctx.db.execute(
        select(model, col(Order.order_number), col(Order.currency), col(Order.customer_id))
        .join(Order, col(Order.id) == table.order_id)
        .where(table.id.in_(ids))
    )
    found = {row[0].id: row for row in rows}
    return [found[one] for one in ids if one in found]


def id_of(ctx: Context, model: type[SQLModel], key: Any, number: str) -> list[str]:
    """The id of a row, by its number.

    Raises:
        NotFound: there is none.
    """
    table: Any = model
    found = ctx.db.execute(select(table.id).where(key == number)).scalar()
    if found is None:
        raise NotFound
    return [found]


def plain(row: Any, view: Any) -> dict[str, Any]:
    """What a view shows as it is in the row, with its version."""
    return {
        **row.model_dump(include=set(view.model_fields)),
        "updated_at": row.modified_at,
        "version": versions.of_row(row, view),
    }


_SHIPMENTS = Keys(col(Shipment.id), col(Shipment.status), col(Shipment.modified_at))


def list_shipments(ctx: Context, query: ShipmentsQuery) -> CursorPage[list[ShipmentRow]]:
    """Parcels of any order."""
    ctx.require_shop()
    where = of_order(ctx, col(Shipment.order_id), query.order_number)
    where += awaiting(query.awaits_payment, col(Shipment.order_id))
    ids, cursor = find_page(ctx, _SHIPMENTS, query, statuses=query.status, where=where)
    return CursorPage(bring_along(ctx, _shipments(ctx, ids), query.expand), cursor)


def get_shipment(ctx: Context, number: str, expand: Sequence[WithOrder] = ()) -> ShipmentRow:
    """One parcel, by its reference number.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    ids = id_of(ctx, Shipment, col(Shipment.reference_number), number)
    return bring_along(ctx, _shipments(ctx, ids), expand)[0]


def _shipments(ctx: Context, ids: Sequence[str]) -> list[ShipmentRow]:
    units: dict[str, list[ParcelUnits]] = defaultdict(list)
    for shipment_id, sku, quantity in ctx.db.execute(
        select(col(ShipmentItem.shipment_id), col(OrderLine.sku), col(ShipmentItem.quantity))
        .join(OrderLine, col(OrderLine.id) == col(ShipmentItem.line_id))
        .where(col(ShipmentItem.shipment_id).in_(ids))
        .order_by(col(OrderLine.position))
    ):
        units[shipment_id].append(ParcelUnits(sku=sku, quantity=quantity))
    return [
        ShipmentRow(
            **plain(row, ShipmentRow),
            order_number=number,
            customer_id=customer_id,
            items=units[row.id],
        )
        for row, number, _, customer_id in with_order(ctx, Shipment, ids)
    ]


_PAYMENTS = Keys(col(Payment.id), col(Payment.payment_status), col(Payment.modified_at))


def list_payments(ctx: Context, query: PaymentsQuery) -> CursorPage[list[PaymentRow]]:
    """Payments of any order."""
    ctx.require_shop()
    where = of_order(ctx, col(Payment.order_id), query.order_number)
    ids, cursor = find_page(ctx, _PAYMENTS, query, statuses=query.status, where=where)
    return CursorPage(bring_along(ctx, _payments(ctx, ids), query.expand), cursor)


def get_payment(ctx: Context, number: str, expand: Sequence[WithOrder] = ()) -> PaymentRow:
    """One payment, by its request number.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    ids = id_of(ctx, Payment, col(Payment.request_number), number)
    return bring_along(ctx, _payments(ctx, ids), expand)[0]


def _payments(ctx: Context, ids: Sequence[str]) -> list[PaymentRow]:
    return [
        PaymentRow(
            **{**plain(row, PaymentRow), "amount": money.to_major(row.amount, currency)},
            status=row.payment_status,
            order_number=number,
            customer_id=customer_id,
            currency=currency,
        )
        for row, number, currency, customer_id in with_order(ctx, Payment, ids)
    ]


_REFUNDS = Keys(col(Refund.id), col(Refund.status), col(Refund.modified_at))


def list_refunds(ctx: Context, query: RefundsQuery) -> CursorPage[list[RefundRow]]:
    """Refunds of any order."""
    ctx.require_shop()
    where = of_order(ctx, col(Refund.order_id), query.order_number)
    ids, cursor = find_page(ctx, _REFUNDS, query, statuses=query.status, where=where)
    return CursorPage(bring_along(ctx, _refunds(ctx, ids), query.expand), cursor)


def get_refund(ctx: Context, number: str, expand: Sequence[WithOrder] = ()) -> RefundRow:
    """One refund, by its request number.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    ids = id_of(ctx, Refund, col(Refund.request_number), number)
    return bring_along(ctx, _refunds(ctx, ids), expand)[0]


def _refunds(ctx: Context, ids: Sequence[str]) -> list[RefundRow]:
    rows = with_order(ctx, Refund, ids)
    returns: dict[str | None, str] = {}
    if return_ids := {row.return_id for row, *_ in rows} - {None}:
        statement = select(col(OrderReturn.id), col(OrderReturn.request_number))
        found = ctx.db.execute(statement.where(col(OrderReturn.id).in_(return_ids)))
        returns = {row.id: row.request_number for row in found}
    retried = orders.waiting_retries(ctx, [row for row, *_ in rows])
    return [
        RefundRow(
            **{
                **plain(row, RefundRow),
                "refund_amount": money.to_major(row.refund_amount, currency),
            },
            order_number=number,
            currency=currency,
            customer_id=customer_id,
            return_request_number=returns.get(row.return_id),
            is_money=is_money(row.payment_mode, row.payment_method),
            by_gateway=orders.is_sent_by_gateway(ctx, row),
            is_retry_available=row.id in retried,
        )
        for row, number, currency, customer_id in rows
    ]


_RETURNS = Keys(col(OrderReturn.id), col(OrderReturn.status), col(OrderReturn.modified_at))


def list_returns(ctx: Context, query: ReturnsQuery) -> CursorPage[list[ReturnRow]]:
    """Return requests of any customer."""
    ctx.require_shop()
    where = of_order(ctx, col(OrderReturn.order_id), query.order_number)
    where += of_customer(ctx, col(OrderReturn.customer_id), query.customer)
    ids, cursor = find_page(ctx, _RETURNS, query, statuses=query.status, where=where)
    return CursorPage(bring_along(ctx, _returns(ctx, ids), query.expand), cursor)


def get_return(ctx: Context, number: str, expand: Sequence[WithOrder] = ()) -> ReturnRow:
    """One return request, by its number.

    Raises:
        NotFound: there is none.
    """
    ctx.require_shop()
    ids = id_of(ctx, OrderReturn, col(OrderReturn.request_number), number)
    return bring_along(ctx, _returns(ctx, ids), expand)[0]


def _returns(ctx: Context, ids: Sequence[str]) -> list[ReturnRow]:
    units: dict[str, list[ReturnUnits]] = defaultdict(list)
    requests = with_order(ctx, OrderReturn, ids)
    currencies = {row.id: currency for row, _, currency, _ in requests}
    items = ctx.db.execute(
        select(
            ReturnItem,
            col(OrderLine.sku),
            col(OrderLine.product_id),
            col(OrderLine.product_name),
        )
        .join(OrderLine, col(OrderLine.id) == col(ReturnItem.line_id))
        .where(col(ReturnItem.return_id).in_(ids))
        .order_by(col(ReturnItem.position))
    ).all()
    item_ids = [row[0].id for row in items]
    shown = evidence_of(ctx, ReturnItem, item_ids)
    found = evidence_of(ctx, ReturnItem, item_ids, kinds=FOUND_KINDS)
    for item, sku, product_id, product_name in items:
        units[item.return_id].append(
            ReturnUnits(
                sku=sku,
                product_id=product_id,
                product_name=product_name,
                quantity=item.quantity,
                resolution=item.resolution,
                return_reason=item.return_reason,
                evidence=shown[item.id],
                found_evidence=found[item.id],
                refund_amount=money.to_major(item.refund_amount, currencies[item.return_id]),
                fee=money.to_major(item.fee, currencies[item.return_id]),
                inspection=returns.inspection_of(item.model_dump(), found[item.id]),
            )
        )
    replacement = aliased(Order)
    replaced = ctx.db.execute(
        select(col(OrderReturn.id), col(replacement.order_number))
        .join(replacement, col(replacement.id) == col(OrderReturn.replacement_order_id))
        .where(col(OrderReturn.id).in_(ids))
    )
    replacements = {row[0]: row[1] for row in replaced}
    correctable = returns.correctable_returns(ctx, [row for row, *_ in requests])
    return [
        ReturnRow(
            **{
                **plain(row, ReturnRow),
                "grand_total": money.to_major(row.grand_total, currency),
                "shipping_amount": money.to_major(row.shipping_amount, currency),
            },
            order_number=number,
            currency=currency,
            items=units[row.id],
            replacement_order_number=replacements.get(row.id),
            is_correction_allowed=row.id in correctable,
        )
        for row, number, currency, _ in requests
    ]
