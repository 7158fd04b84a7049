"""Order documents: what lists and details are served from, written with the order.

`refresh_orders` is called in the same transaction by everything that changes an order or what hangs
on it. It derives the order's state, writes its document, and keeps the counts and purchases right.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import RowMapping, bindparam, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from account_portal.core import money
from account_portal.core.settings import get_settings
from account_portal.models import (
    AddressCopy,
    Order,
    OrderDocument,
    OrderLine,
    OrderReturn,
    Payment,
    Purchase,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentItem,
)
from account_portal.models.states import (
    OrderStatus,
    RefundStatus,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
)
from account_portal.orders import rules

Rows = Sequence[RowMapping]
BATCH = 400
"""Orders refreshed at once; below the number of variables every database takes in one statement."""

_RELEASED = (ReturnStatus.REJECTED, ReturnStatus.CANCELLED)


def return_window() -> timedelta:
    """How long after delivery items can be returned."""
    return timedelta(days=get_settings().return_window_days)


def refresh_orders(db: Session, order_ids: Collection[str], now: datetime) -> None:
    """Derive state and documents of these orders anew; call it after every change to them."""
    db.flush()
    wanted = sorted(set(order_ids))
    for start in range(0, len(wanted), BATCH):
        _refresh_batch(db, wanted[start : start + BATCH], now)
    # Statements changed rows behind the session's back.
    for instance in db.identity_map.values():
        if isinstance(instance, Order) and instance.id in wanted:
            db.expire(instance)


def _load(db: Session, model: type[SQLModel], column: Any, values: Collection[str]) -> Rows:
    if not values:
        return []
    table = model.__table__  # type: ignore[attr-defined]
    return (
        db.execute(select(table).where(column.in_(values)).order_by(*_order(table)))
        .mappings()
        .all()
    )


def _order(table: Any) -> list[Any]:
    names = ("position", "created_at", "id")
    return [table.c[name] for name in names if name in table.c]


def _by(rows: Rows, name: str) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def _refresh_batch(db: Session, ids: list[str], now: datetime) -> None:
    orders = _load(db, Order, col(Order.id), ids)
    lines = _by(_load(db, OrderLine, col(OrderLine.order_id), ids), "order_id")
    shipments = _by(_load(db, Shipment, col(Shipment.order_id), ids), "order_id")
    shipment_ids = [shipment["id"] for found in shipments.values() for shipment in found]
    items = _by(_load(db, ShipmentItem, col(ShipmentItem.shipment_id), shipment_ids), "shipment_id")
    payments = _by(_load(db, Payment, col(Payment.order_id), ids), "order_id")
    refunds = _by(_load(db, Refund, col(Refund.order_id), ids), "order_id")
    address_ids = {
        address_id
        for order in orders
        for address_id in (order["billing_address_id"], order["shipping_address_id"])
        if address_id
    }
    addresses = {row["id"]: row for row in _load(db, AddressCopy, col(AddressCopy.id), address_ids)}
    requested = _requested_units(db, ids)

    state_changes: list[dict[str, Any]] = []
    documents: list[dict[str, Any]] = []
    purchases: list[dict[str, Any]] = []
    for row in orders:
        order = dict(row)
        document = _document(
            order,
            lines[order["id"]],
            [(shipment, items[shipment["id"]]) for shipment in shipments[order["id"]]],
            payments[order["id"]],
            refunds[order["id"]],
            addresses,
            requested,
            now,
        )
        documents.append(document)
        if any(row[name] != order[name] for name in _DERIVED):
            state_changes.append({"order": order["id"], **{name: order[name] for name in _DERIVED}})
        if order["status"] in rules.DELIVERED:
            purchases += _purchases(order, lines[order["id"]])
    if state_changes:
        db.execute(_UPDATE_STATE, state_changes, execution_options={"synchronize_session": False})
    _recount(db, documents)
    _upsert(db, OrderDocument, ("order_id",), documents)
    _store_purchases(db, purchases)


_DERIVED = ("status", "payment_status", "payment_success_date", "delivered_at", "completes_at")
_UPDATE_STATE = (
    update(Order.__table__)  # type: ignore[attr-defined]
    .where(col(Order.id) == bindparam("order"))
    .values({name: bindparam(name) for name in _DERIVED})
)


def _requested_units(db: Session, order_ids: list[str]) -> dict[str, int]:
    """Units by line that return requests hold."""
    rows = db.execute(
        select(col(ReturnItem.line_id), col(ReturnItem.quantity))
        .join(OrderReturn, col(OrderReturn.id) == col(ReturnItem.return_id))
        .where(col(OrderReturn.order_id).in_(order_ids), col(OrderReturn.status).not_in(_RELEASED))
    )
    held: dict[str, int] = defaultdict(int)
    for line_id, quantity in rows:
        held[line_id] += quantity
    return held


def _attempts(payments: Iterable[RowMapping]) -> list[rules.Attempt]:
    return [
        rules.Attempt(row["amount"], TransactionStatus(row["payment_status"]), row["created_at"])
        for row in payments
    ]


def _derive_states(
    order: dict[str, Any],
    lines: Rows,
    shipments: list[tuple[RowMapping, list[RowMapping]]],
    payments: Rows,
    now: datetime,
) -> None:
    live = [
        (shipment, items)
        for shipment, items in shipments
        if shipment["status"] != ShipmentStatus.CANCELLED
    ]
    sent = sum(item["quantity"] for _, items in live for item in items)
    status = rules.derive_status(
        OrderStatus(order["status"]),
        [ShipmentStatus(shipment["status"]) for shipment, _ in live],
        covers_all_units=sent >= sum(line["quantity"] for line in lines),
    )
    delivered = [row["delivered_date"] for row, _ in live if row["delivered_date"]]
    if status in rules.DELIVERED and delivered:
        order["delivered_at"] = max(delivered)
    if status in rules.DELIVERED and order["delivered_at"]:
        order["completes_at"] = rules.window_end(order["delivered_at"], return_window())
        if now > order["completes_at"]:
            status = OrderStatus.COMPLETE
    order["status"] = status
    if payments:
        payable = rules.net_payable(
            order["grand_total"], order["loyalty_amount"], order["credit_balance_used"]
        )
        order["payment_status"] = rules.derive_payment_status(payable, _attempts(payments))
        paid = [row["payment_date"] for row in payments if row["payment_status"] in rules.PAID]
        if order["payment_status"] == "success":
            order["payment_success_date"] = max(filter(None, paid), default=None)
        else:
            order["payment_success_date"] = None


def _document(
    order: dict[str, Any],
    lines: Rows,
    shipments: list[tuple[RowMapping, list[RowMapping]]],
    payments: Rows,
    refunds: Rows,
    addresses: dict[str, RowMapping],
    requested: dict[str, int],
    now: datetime,
) -> dict[str, Any]:
    _derive_states(order, lines, shipments, payments, now)
    scale = 10 ** money.exponent(order["currency"])
    by_line = {line["id"]: line for line in lines}
    remaining = _remaining_units(by_line, shipments, requested)
    items = [_item(line, scale) for line in lines]
    summary = _summary(order, items, refunds, scale)
    detail = _detail(order, items, refunds, scale)
    detail["billing_address"] = _address(addresses.get(order["billing_address_id"]))
    detail["shipping_address"] = _address(addresses.get(order["shipping_address_id"]))
    detail["payments"] = [_payment(payment, scale) for payment in payments]
    detail["shipments"] = [
        _shipment(shipment, found, by_line, scale) for shipment, found in shipments
    ]
    _add_cancellation(detail, order, shipments, payments, scale)
    valid_until = apply_moment(detail, remaining, now)
    return {
        "order_id": order["id"],
        "customer_id": order["customer_id"],
        "order_number": order["order_number"],
        "status": order["status"],
        "summary": orjson.dumps(summary, option=orjson.OPT_UTC_Z).decode(),
        "detail": orjson.dumps(detail, option=orjson.OPT_UTC_Z).decode(),
        "remaining": remaining,
        "valid_until": valid_until,
        "search": _search_text(order, lines),
    }


def apply_moment(
    detail: dict[str, Any], remaining: dict[str, int], now: datetime
) -> datetime | None:
    """Set what depends on the clock, and tell until when it holds.

    Which units can be returned, which parcels still have some, and whether a delivered order is
    complete: at writing for the moment of writing, at reading once that no longer holds.
    """
    window = return_window()
    parcels = [
        rules.DeliveredParcel(
            reference_number=shipment["reference_number"],
            delivered_at=_moment(shipment["delivered_date"]),
            units={
                item["sku"]: item["quantity"] - item["free_quantity"]
                for item in shipment["shipment_items"]
            },
        )
        for shipment in detail["shipments"]
        if shipment["status"] == ShipmentStatus.DELIVERED and shipment["delivered_date"]
    ]
    units = rules.returnable_units(parcels, remaining, window, now)
    for item in detail["order_items"]:
        item["returnable_quantity"] = units.get(item["sku"], 0)
    still_open = {
        parcel.reference_number
        for parcel in parcels
        if now <= rules.window_end(parcel.delivered_at, window)
        and any(units.get(sku, 0) for sku in parcel.units)
    }
    for shipment in detail["shipments"]:
        shipment["is_return_allowed"] = shipment["reference_number"] in still_open
    ends = [rules.window_end(parcel.delivered_at, window) for parcel in parcels]
    upcoming = [end for end in ends if end >= now]
    if detail["status"] == OrderStatus.DELIVERED and ends and not upcoming:
        detail["status"] = OrderStatus.COMPLETE
    return min(upcoming, default=None)


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _remaining_units(
    by_line: dict[str, RowMapping],
    shipments: list[tuple[RowMapping, list[RowMapping]]],
    requested: dict[str, int],
) -> dict[str, int]:
    delivered: dict[str, int] = defaultdict(int)
    for shipment, items in shipments:
        if shipment["status"] == ShipmentStatus.DELIVERED:
            for item in items:
                delivered[item["line_id"]] += item["quantity"] - item["free_quantity"]
    return {
        by_line[line_id]["sku"]: units - requested.get(line_id, 0)
        for line_id, units in delivered.items()
        if units > requested.get(line_id, 0)
    }


def _item(line: RowMapping, scale: int) -> dict[str, Any]:
    return {
        "product_id": line["product_id"],
        "product_name": line["product_name"],
        "product_image_url": line["product_image_url"],
        "product_type": line["product_type"],
        "sku": line["sku"],
        "slug": line["slug"],
        "variant_id": line["variant_id"],
        "variant_name": line["variant_name"],
        "backorder": line["backorder"],
        "on_offer": line["on_offer"],
        "on_promotion": line["on_promotion"],
        "on_subscription": line["on_subscription"],
        "subscription_plan": line["subscription_plan"],
        "subscription_interval": line["subscription_interval"],
        "subscription_frequency": line["subscription_frequency"],
        "quantity": line["quantity"],
        "free_quantity": line["free_quantity"],
        "is_free_item": line["is_free_item"],
        "price_including_tax": line["price_including_tax"],
        "selling_price": line["selling_price"] / scale,
        "listing_price": line["listing_price"] / scale,
        "selling_price_excluding_tax": line["selling_price_excluding_tax"] / scale,
        "promotion_discount_amount": line["promotion_discount_amount"] / scale,
        "coupon_discount_amount": line["coupon_discount_amount"] / scale,
        "tax_type": line["tax_type"],
        "tax_rate": line["tax_rate"] / 100,
        "tax_amount": line["tax_amount"] / scale,
        "shipping_additional_cost": line["shipping_additional_cost"] / scale,
        "associated_options": line["associated_options"],
    }


def _head(order: dict[str, Any], refunds: Rows, scale: int) -> dict[str, Any]:
    """What the row of the list and the detail both begin with."""
    payable = rules.net_payable(
        order["grand_total"], order["loyalty_amount"], order["credit_balance_used"]
    )
    return {
        "order_number": order["order_number"],
        "order_date": order["order_date"],
        "status": order["status"],
        "payment_status": order["payment_status"],
        "payment_success_date": order["payment_success_date"],
        "has_refund": any(refund["status"] != RefundStatus.FAILED for refund in refunds),
        "on_subscription": order["on_subscription"],
        "grand_total": order["grand_total"] / scale,
        "loyalty_point_redeemed": order["loyalty_point_redeemed"] / money.POINT_SCALE,
        "loyalty_point_earned": order["loyalty_point_earned"] / money.POINT_SCALE,
        "credit_balance_used": order["credit_balance_used"] / scale,
        "to_be_paid": payable / scale,
        "customer_note": order["customer_note"],
        "currency": {
            "name": money.currency_name(order["currency"]),
            "code": order["currency"],
            "symbol": money.currency_symbol(order["currency"]),
        },
        "created_at": order["created_at"],
        "modified_at": order["modified_at"],
    }


def _summary(
    order: dict[str, Any], items: list[dict[str, Any]], refunds: Rows, scale: int
) -> dict[str, Any]:
    return {
        **_head(order, refunds, scale),
        "order_items_count": len(items),
        "order_items": items,
    }


_AMOUNTS = (
    "promotion_discount_amount",
    "coupon_discount_amount",
    "promotion_savings",
    "coupon_savings",
    "other_savings",
    "subtotal",
    "item_total_tax",
    "shipping_estimated_cost",
    "shipping_discount_amount",
    "shipping_amount",
    "shipping_tax_amount",
    "handling_charge_excluding_tax",
    "handling_charge_tax_amount",
)
_TEXTS = (
    "customer_email",
    "customer_phone",
    "coupon_code",
    "applied_promotions",
    "applied_coupons",
    "shipping_provider_id",
    "courier_company_id",
    "cancellation_reason",
    "feedback",
    "cancelled_at",
)


def _detail(
    order: dict[str, Any], items: list[dict[str, Any]], refunds: Rows, scale: int
) -> dict[str, Any]:
    savings = order["promotion_savings"] + order["coupon_savings"] + order["other_savings"]
    shipping = order["shipping_amount"] + order["shipping_tax_amount"]
    handling = order["handling_charge_excluding_tax"] + order["handling_charge_tax_amount"]
    tax = (
        order["item_total_tax"] + order["shipping_tax_amount"] + order["handling_charge_tax_amount"]
    )
    return {
        **_head(order, refunds, scale),
        **{name: order[name] / scale for name in _AMOUNTS},
        **{name: order[name] for name in _TEXTS},
        "is_promotion_applied": bool(order["applied_promotions"] or order["promotion_savings"]),
        "is_coupon_applied": bool(order["coupon_code"]),
        "total_savings": savings / scale,
        "subtotal_including_tax": (order["subtotal"] + order["item_total_tax"]) / scale,
        "shipping_tax_rate": order["shipping_tax_rate"] / 100,
        "shipping_amount_including_tax": shipping / scale,
        "handling_charge_including_tax": handling / scale,
        "total_tax": tax / scale,
        "order_items_count": len(items),
        "order_items": [dict(item) for item in items],
        "metadata": order["extra"],
    }


_ADDRESS_FIELDS = (
    "first_name",
    "last_name",
    "country_code",
    "phone",
    "email",
    "address_line1",
    "address_line2",
    "landmark",
    "pincode",
    "city",
    "state",
    "country",
    "tax_identification_number",
    "business_name",
)


def _address(row: RowMapping | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"id": row["address_id"], **{name: row[name] for name in _ADDRESS_FIELDS}}


_PAYMENT_FIELDS = (
    "request_number",
    "payment_status",
    "payment_date",
    "payment_reference_number",
    "payment_method",
    "icon_url",
)
_METHOD_FIELDS = (
    "card_number",
    "card_type",
    "bank_name",
    "upi_id",
    "wallet_name",
    "bank_account_number",
)


def _payment(row: RowMapping, scale: int) -> dict[str, Any]:
    return {
        "transaction_type": "payment",
        "amount": row["amount"] / scale,
        **{name: row[name] for name in _PAYMENT_FIELDS},
        **{name: row[name] for name in _METHOD_FIELDS if row[name] is not None},
    }


_SHIPMENT_FIELDS = (
    "reference_number",
    "status",
    "total_boxes",
    "courier_company_name",
    "shipping_label_url",
    "awb_no",
    "tracking_url",
    "eta_delivery",
    "shipped_date",
    "delivered_date",
    "cancellation_reason",
    "created_at",
    "modified_at",
)


def _shipment(
    row: RowMapping, items: list[RowMapping], by_line: dict[str, RowMapping], scale: int
) -> dict[str, Any]:
    return {
        **{name: row[name] for name in _SHIPMENT_FIELDS},
        "total_weight": row["total_weight"] / 1000,
        "shipping_amount": row["shipping_amount"] / scale,
        "shipping_tax_amount": row["shipping_tax_amount"] / scale,
        "shipping_amount_including_tax": (row["shipping_amount"] + row["shipping_tax_amount"])
        / scale,
        "shipment_items_count": len(items),
        "shipment_items": [
            _shipment_item(item, by_line[item["line_id"]])
            for item in sorted(items, key=lambda item: by_line[item["line_id"]]["position"])
        ],
        "is_return_allowed": False,
    }


def _shipment_item(item: RowMapping, line: RowMapping) -> dict[str, Any]:
    return {
        "product_id": line["product_id"],
        "product_name": line["product_name"],
        "product_image_url": line["product_image_url"],
        "sku": line["sku"],
        "variant_id": line["variant_id"],
        "variant_name": line["variant_name"],
        "quantity": item["quantity"],
        "free_quantity": item["free_quantity"],
        "is_free_item": line["is_free_item"],
    }


def _add_cancellation(
    detail: dict[str, Any],
    order: dict[str, Any],
    shipments: list[tuple[RowMapping, list[RowMapping]]],
    payments: Rows,
    scale: int,
) -> None:
    allowed = rules.can_cancel(
        OrderStatus(order["status"]),
        [ShipmentStatus(shipment["status"]) for shipment, _ in shipments],
        store_allows_scheduled=get_settings().cancel_scheduled,
    )
    detail["is_cancellation_allowed"] = allowed
    detail["cancellation_refund_details"] = (
        {
            "loyalty_point": order["loyalty_point_redeemed"] / money.POINT_SCALE,
            "refundable_amount": rules.amount_paid(_attempts(payments)) / scale,
            "cancellation_charges": 0,
            "cancellation_charges_reason": None,
            "payment_mode": "original_payment_mode",
        }
        if allowed
        else None
    )


def _search_text(order: dict[str, Any], lines: Rows) -> str:
    names = [order["order_number"], *(line["product_name"] for line in lines)]
    return "\n".join(name.casefold() for name in names)


def _insert(db: Session, model: type[SQLModel]) -> Any:
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model.__table__)  # type: ignore[attr-defined]


def _upsert(
    db: Session, model: type[SQLModel], key: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    if not rows:
        return
    statement = _insert(db, model)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    db.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


_COUNT = text(
    "INSERT INTO order_counts (customer_id, status, count) VALUES (:customer_id, :status, :count) "
    "ON CONFLICT (customer_id, status) DO UPDATE SET count = order_counts.count + excluded.count"
)


def _recount(db: Session, documents: list[dict[str, Any]]) -> None:
    """Move orders between the counts of their old and new states."""
    known = db.execute(
        select(
            col(OrderDocument.order_id), col(OrderDocument.customer_id), col(OrderDocument.status)
        ).where(col(OrderDocument.order_id).in_([row["order_id"] for row in documents]))
    )
    before = {row.order_id: (row.customer_id, row.status) for row in known}
    change: dict[tuple[str, str], int] = defaultdict(int)
    for row in documents:
        if row["order_id"] in before:
            change[before[row["order_id"]]] -= 1
        change[row["customer_id"], row["status"]] += 1
    rows = [
        {"customer_id": customer_id, "status": str(status), "count": count}
        for (customer_id, status), count in sorted(change.items())
        if count
    ]
    if rows:
        db.execute(_COUNT, rows)


def _purchases(order: dict[str, Any], lines: Rows) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": order["customer_id"],
            "product_id": line["product_id"],
            "order_id": order["id"],
            "order_number": order["order_number"],
            "order_date": order["order_date"],
            "product_name": line["product_name"],
            "product_image_url": line["product_image_url"],
            "currency": order["currency"],
            "selling_price": line["selling_price"],
            "listing_price": line["listing_price"],
        }
        for line in lines
    ]


def _store_purchases(db: Session, rows: list[dict[str, Any]]) -> None:
    """Remember who received what; the latest order of a product wins."""
    latest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["order_date"]):
        latest[row["customer_id"], row["product_id"]] = row
    if not latest:
        return
    statement = _insert(db, Purchase)
    changed = {
        name: statement.excluded[name]
        for name in next(iter(latest.values()))
        if name not in ("customer_id", "product_id")
    }
    db.execute(
        statement.on_conflict_do_update(
            index_elements=("customer_id", "product_id"),
            set_=changed,
            where=col(Purchase.order_date) <= statement.excluded.order_date,
        ),
        [latest[key] for key in sorted(latest)],
    )


def forget_documents(db: Session, order_ids: Collection[str]) -> None:
    """Remove documents and counts of orders that are about to be deleted (demo data only)."""
    for order_id in order_ids:
        row = db.get(OrderDocument, order_id)
        if row is not None:
            db.execute(_COUNT, {"customer_id": row.customer_id, "status": row.status, "count": -1})
    db.execute(delete(OrderDocument).where(col(OrderDocument.order_id).in_(order_ids)))


def refresh_due(db: Session, now: datetime, limit: int = BATCH) -> int:
    """Refresh orders whose document stopped holding; returns how many there were."""
    due = db.execute(
        select(col(OrderDocument.order_id))
        .where(col(OrderDocument.valid_until) < now)
        .order_by(col(OrderDocument.valid_until))
        .limit(limit)
    )
    ids = [row.order_id for row in due]
    refresh_orders(db, ids, now)
    return len(ids)
