"""A shop of a size: customers, orders with three lines each, payments, parcels, addresses."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.migrations import upgrade
from account_portal.models import (
    Address,
    AddressCopy,
    NotificationPreference,
    Order,
    OrderLine,
    Payment,
    Product,
    Shipment,
    ShipmentItem,
    User,
)
from account_portal.orders.service import refresh_orders

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CUSTOMERS = 2000
REGULARS = 20
ORDERS_OF_A_REGULAR = 40
CHUNK = 2000
PARTS = (AddressCopy, Order, OrderLine, Payment, Shipment, ShipmentItem)
"""What an order is made of; those first that others refer to."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shop:
    """Who can be asked for."""

    collector: str
    """The customer with the longest history: 500 orders, a tenth of a very large shop."""
    collected: int
    regulars: tuple[str, ...]
    order_numbers: tuple[str, ...]
    """An order of each regular."""
    orders_per_second: float


def build_shop(database: Database, orders: int) -> Shop:
    """Write the shop the way the import does: rows in bulk, documents by `refresh_orders`."""
    upgrade(database)
    random.seed(7)
    users = [new_id() for _ in range(CUSTOMERS)]
    with database.session(writes=True) as db:
        _insert(db, User, [_user(user, number) for number, user in enumerate(users)])
        _insert(db, NotificationPreference, [{"user_id": u, "modified_at": NOW} for u in users])
        _insert(db, Address, [_address(user, place) for user in users for place in range(5)])
        db.commit()
    write_products(database)
    collector, regulars = users[0], users[1 : REGULARS + 1]
    collected = max(500, orders // 10 if orders >= 1_000_000 else 0)
    began = time.monotonic()
    shown = write_orders(database, _owners(users, collected, orders))
    seconds = time.monotonic() - began
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return Shop(
        collector=collector,
        collected=collected,
        regulars=tuple(regulars),
        order_numbers=tuple(shown[user] for user in regulars),
        orders_per_second=orders / seconds,
    )


def write_products(database: Database) -> None:
    """Write the products that orders are made of."""
    with database.session(writes=True) as db:
        _insert(db, Product, [_product(number) for number in range(200)])
        db.commit()


def write_orders(database: Database, owners: Iterator[str]) -> dict[str, str]:
    """Write one order for each owner; returns the number of the first by owner."""
    shown: dict[str, str] = {}
    number = 0
    while some := list(islice(owners, CHUNK)):
        with database.session(writes=True) as db:
            rows: dict[type[SQLModel], list[Row]] = {model: [] for model in PARTS}
            for owner in some:
                _add_order(rows, owner, number)
                shown.setdefault(owner, rows[Order][-1]["order_number"])
                number += 1
            for model in PARTS:
                _insert(db, model, rows[model])
            refresh_orders(db, [order["id"] for order in rows[Order]], NOW)
            db.commit()
    return shown


def _owners(users: list[str], collected: int, orders: int) -> Iterator[str]:
    """Whose order is the next, mixed, as orders come in."""
    fixed = [users[0]] * collected
    fixed += [user for user in users[1 : REGULARS + 1] for _ in range(ORDERS_OF_A_REGULAR)]
    others = users[REGULARS + 1 :]
    rest = [others[place % len(others)] for place in range(max(0, orders - len(fixed)))]
    mixed = [*fixed, *rest][:orders]
    random.shuffle(mixed)
    return iter(mixed)


def _insert(db: Session, model: type[SQLModel], rows: list[Row]) -> None:
    db.execute(model.__table__.insert(), rows)  # type: ignore[attr-defined]


def _user(identity: str, number: int) -> Row:
    return {
        "id": identity,
        "customer_id": identity,
        "email": f"customer{number}@example.com",
        "is_email_verified": True,
        "first_name": "Asha",
        "last_name": f"Rao {number}",
        "created_at": NOW,
        "modified_at": NOW,
    }


PLACE: Row = {
    "first_name": "Asha",
    "last_name": "Rao",
    "country_code": "+91",
    "phone": "9876543210",
    "email": "asha@example.com",
    "address_line1": "14 Lake View Road",
    "address_line2": "2nd floor",
    "city": "Bengaluru",
    "state": "Karnataka",
    "pincode": "560001",
    "country": "India",
}


def _address(user: str, place: int) -> Row:
    return {
        **PLACE,
        "id": new_id(),
        "customer_id": user,
        "is_default_billing": place == 0,
        "is_default_shipping": place == 0,
        "created_at": NOW,
        "modified_at": NOW + timedelta(minutes=place),
    }


def _product(number: int) -> Row:
    return {
        "id": f"product-{number}",
        "name": f"Stoneware mug number {number}",
        "slug": f"product-{number}",
        "image_url": f"/products/{number}.webp",
        "currency": "INR",
        "selling_price": 59000,
        "listing_price": 65000,
        "created_at": NOW,
        "modified_at": NOW,
    }


def _add_order(rows: dict[type[SQLModel], list[Row]], owner: str, number: int) -> None:
    """A paid order of three lines; every second one was delivered."""
    at = NOW - timedelta(minutes=random.randrange(3 * 365 * 24 * 60))
    times = {"created_at": at, "modified_at": at}
    address, order = new_id(), new_id()
    lines = [_line(order, place) for place in range(3)]
    total = sum(line["line_total"] for line in lines)
    tax = sum(line["tax_amount"] for line in lines)
    rows[AddressCopy].append({**PLACE, "id": address})
    rows[Order].append(
        {
            **times,
            "id": order,
            "customer_id": owner,
            "order_number": f"NW-{number:07}",
            "order_date": at,
            "status": "confirmed",
            "payment_status": "success",
            "currency": "INR",
            "subtotal": total - tax,
            "item_total_tax": tax,
            "grand_total": total,
            "billing_address_id": address,
            "shipping_address_id": address,
        }
    )
    rows[OrderLine] += lines
    rows[Payment].append(
        {
            **times,
            "id": new_id(),
            "order_id": order,
            "request_number": f"PAY-{number:07}",
            "amount": total,
            "payment_status": "success",
            "payment_date": at,
            "payment_method": "UPI",
            "upi_id": "asha@upi",
        }
    )
    if number % 2 == 0:
        _add_parcel(rows, order, lines, number, at + timedelta(days=1))


def _line(order: str, place: int) -> Row:
    product = random.randrange(200)
    return {
        "id": new_id(),
        "order_id": order,
        "position": place,
        "product_id": f"product-{product}",
        "product_name": f"Stoneware mug number {product}",
        "product_image_url": f"/products/{product}.webp",
        "sku": f"MUG-{place}-{product}",
        "quantity": 2,
        "selling_price": 59000,
        "listing_price": 65000,
        "selling_price_excluding_tax": 50000,
        "tax_type": "GST",
        "tax_rate": 1800,
        "tax_amount": 18000,
        "line_total": 118000,
    }


def _add_parcel(
    rows: dict[type[SQLModel], list[Row]], order: str, lines: list[Row], number: int, at: datetime
) -> None:
    parcel = new_id()
    rows[Shipment].append(
        {
            "id": parcel,
            "order_id": order,
            "reference_number": f"SHP-{number:07}",
            "status": "delivered",
            "shipped_date": at,
            "delivered_date": at + timedelta(days=2),
            "created_at": at,
            "modified_at": at,
        }
    )
    rows[ShipmentItem] += [
        {"id": new_id(), "shipment_id": parcel, "line_id": line["id"], "quantity": line["quantity"]}
        for line in lines
    ]
