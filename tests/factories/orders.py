"""Orders with lines, parcels and payments; keyword arguments override what matters to a test."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import (
    AddressCopy,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    Shipment,
    ShipmentItem,
    User,
)
from account_portal.orders.service import refresh_orders


def make_line(position: int = 0, **values: Any) -> dict[str, Any]:
    """One line of `make_order`: two units of ₹ 100.00, GST 18 % included."""
    price = values.pop("selling_price", 10000)
    quantity = values.get("quantity", 2)
    net = round(price * quantity / 1.18)
    return {
        "position": position,
        "product_id": f"product-{position}",
        "product_name": f"Product {position}",
        "sku": f"SKU-{position}",
        "quantity": quantity,
        "selling_price": price,
        "listing_price": price,
        "selling_price_excluding_tax": round(price / 1.18),
        "tax_type": "GST",
        "tax_rate": 1800,
        "tax_amount": price * quantity - net,
        "line_total": price * quantity,
        **values,
    }


def make_order(
    database: Database,
    user: User,
    *,
    lines: Sequence[dict[str, Any]] | None = None,
    parcels: Sequence[dict[str, Any]] = (),
    payments: Sequence[dict[str, Any]] | None = None,
    refunds: Sequence[dict[str, Any]] = (),
    at: datetime | None = None,
    place: dict[str, str] | None = None,
    **values: Any,
) -> Order:
    """An order in the database, confirmed and paid unless said otherwise.

    `place` is what of its addresses is not as usual, such as the country.
    `parcels` are values of `Shipment`, with `units` (sku to quantity; none: everything).
    `payments` are values of `Payment`; left out: one that paid everything.
    """
    now = at or datetime.now(UTC).replace(microsecond=0)
    with database.session(writes=True) as db:
        order = _add_order(db, user, list(lines or [make_line()]), now, values, place or {})
        _add_payments(db, order, payments, now)
        for refund in refunds:
            db.add(
                Refund(
                    **{
                        "order_id": order.id,
                        "request_number": f"RFD-{new_id()[-10:]}",
                        "refund_amount": order.grand_total,
                        "status": "pending",
                        "payment_mode": "original_payment_mode",
                        "created_at": now,
                        "modified_at": now,
                        **refund,
                    }
                )
            )
        _add_parcels(db, order, parcels, now)
        refresh_orders(db, [order.id], now)
        db.commit()
        db.refresh(order)
        return order


def _add_order(
    db: Session,
    user: User,
    lines: list[dict[str, Any]],
    now: datetime,
    values: dict[str, Any],
    place: dict[str, str],
) -> Order:
    usual = {
        "first_name": "Asha",
        "last_name": "Rao",
        "phone": "9876543210",
        "address_line1": "12 MG Road",
        "city": "Bengaluru",
        "state": "Karnataka",
        "pincode": "560001",
        "country": "India",
    }
    address = AddressCopy(**usual | place)
    db.add(address)
    db.flush()
    total = sum(line["line_total"] for line in lines)
    tax = sum(line["tax_amount"] for line in lines)
    order = Order(
        **{
            "customer_id": user.customer_id,
            "order_number": f"ORD-{new_id()[-10:]}",
            "order_date": now,
            "status": "confirmed",
            "payment_status": "pending",
            "currency": "INR",
            "subtotal": total - tax,
            "item_total_tax": tax,
            "grand_total": total,
            "billing_address_id": address.id,
            "shipping_address_id": address.id,
            "created_at": now,
            "modified_at": now,
            **values,
        }
    )
    db.add(order)
    db.flush()
    for line in lines:
        if db.get(Product, line["product_id"]) is None:
            db.add(
                Product(
                    id=line["product_id"],
                    name=line["product_name"],
                    slug=line["product_id"],
                    currency=order.currency,
                    selling_price=line["selling_price"],
                    listing_price=line["listing_price"],
                    created_at=now,
                    modified_at=now,
                )
            )
        db.add(OrderLine(order_id=order.id, **line))
    db.flush()
    return order


def _add_payments(
    db: Session, order: Order, payments: Sequence[dict[str, Any]] | None, now: datetime
) -> None:
    due = order.grand_total - order.loyalty_amount - order.credit_balance_used
    for number, payment in enumerate([{}] if payments is None else payments):
        status = payment.get("payment_status", "success")
        db.add(
            Payment(
                **{
                    "order_id": order.id,
                    "request_number": f"PAY-{new_id()[-10:]}",
                    "amount": due,
                    "payment_status": status,
                    "payment_date": now if status == "success" else None,
                    "payment_method": "UPI",
                    "upi_id": "asha@upi",
                    "created_at": now + timedelta(seconds=number),
                    "modified_at": now,
                    **payment,
                }
            )
        )
    db.flush()


def _add_parcels(
    db: Session, order: Order, parcels: Sequence[dict[str, Any]], now: datetime
) -> None:
    from sqlmodel import col, select

    lines = {
        line.sku: line
        for line in db.exec(select(OrderLine).where(col(OrderLine.order_id) == order.id))
    }
    for parcel in parcels:
        values = dict(parcel)
        units = values.pop("units", {sku: line.quantity for sku, line in lines.items()})
        status = values.setdefault("status", "delivered")
        if status == "delivered":
            values.setdefault("shipped_date", now)
            values.setdefault("delivered_date", now)
        shipment = Shipment(
            **{
                "order_id": order.id,
                "reference_number": f"SHP-{new_id()[-10:]}",
                "created_at": now,
                "modified_at": now,
                **values,
            }
        )
        db.add(shipment)
        db.flush()
        for sku, quantity in units.items():
            db.add(
                ShipmentItem(
                    shipment_id=shipment.id,
                    line_id=lines[sku].id,
                    quantity=quantity,
                    free_quantity=min(quantity, lines[sku].free_quantity),
                )
            )
    db.flush()
