"""One history, imported three times around a day at the portal: nothing of that day is lost.

`DAY_ORDERS` makes the history longer.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from account_portal.addresses import service as addresses
from account_portal.context import SHOP, Actor
from account_portal.core.db import Database
from account_portal.models import Address, Order, Review, User
from account_portal.orders import service as orders
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from account_portal.reviews import service as reviews
from account_portal.states import ShipmentStatus
from tests.factories.records import bring_in, rows, write
from tests.merchant.shops import CANCEL, day

ORDERS = int(os.environ.get("DAY_ORDERS", "60"))
MOVED_BY_NOTES = {
    "customer_note",
    "modified_at",
    "changed_at",
    "news",
    "summary",
    "detail",
    "event_queue",
}


def history(**order_values: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = [
        {"type": "product", "product_id": f"P{n % 7}", "name": f"Product {n % 7}"} for n in range(7)
    ]
    for n in range(ORDERS // 3):
        email = f"c{n}@x.example"
        places = [{"address_line1": f"{k} Road", "city": "Pune", "pincode": "411001"} for k in "AB"]
        records.append({"type": "customer", "email": email, "first_name": "Ann"})
        records[-1]["addresses"] = places
    for n in range(ORDERS):
        total, kind = 200, n % 6
        payment = {"request_number": f"PAY-{n}", "amount": total}
        parcel = {"reference_number": f"SHP-{n}", "status": "shipped"}
        order: dict[str, Any] = {
            "type": "order",
            "order_number": f"ORD-{n}",
            "order_date": day(8),
            "customer_email": f"c{n // 3}@x.example",
            "loyalty_point_earned": 20,
            "lines": [
                {"sku": "S", "product_id": f"P{n % 7}", "selling_price": 100, "quantity": 2},
            ],
            "payments": [payment],
            **order_values,
        }
        if kind == 1:
            payment["payment_status"] = "pending"
        if kind == 2:
            refund = {"request_number": f"RFD-{n}", "refund_amount": 50, "status": "pending"}
            order["refunds"] = [refund]
        if kind in (3, 4, 5):
            order["shipments"] = [parcel]
        if kind in (4, 5):
            parcel |= {"status": "delivered", "delivered_date": day(3)}
        records.append(order)
        if kind == 5:
            records.append(
                {
                    "type": "review",
                    "customer_email": order["customer_email"],
                    "product_id": f"P{n % 7}",
                    "rating": 4,
                    "status": "pending",
                    "review_date": day(1),
                }
            )
    return records


def a_day(database: Database, call: Any) -> None:
    """Each order has something happen to it, as customers and the shop's staff do."""
    users = {user.customer_id: user for user in rows(database, User)}
    for order in rows(database, Order):
        number, n = order.order_number, int(order.order_number.partition("-")[2])
        user = users[order.customer_id]
        customer = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
        match n % 6:
            case 0:
                call(orders.cancel_order, number, CANCEL, actor=customer)
            case 1:
                call(orders.settle_payment, f"PAY-{n}", succeeded=True, actor=SHOP)
            case 2:
                call(orders.approve_refund, f"RFD-{n}", actor=SHOP)
                call(orders.settle_refund, f"RFD-{n}", succeeded=n % 4 == 0, actor=SHOP)
            case 3:
                call(orders.move_shipment, f"SHP-{n}", ShipmentStatus.DELIVERED, actor=SHOP)
            case 4:
                item = {"product_id": f"P{n % 7}", "sku": "S", "quantity": 1}
                item |= {"resolution": "refund", "return_reason": "Worn"}
                data = CreateOrderReturn.model_validate({"return_items": [item]})
                made = call(returns.create_return, number, data, actor=customer)
                call(returns.approve_return, made.request_number, actor=SHOP)
    for review in rows(database, Review):
        call(reviews.decide_review, review.id, approved=review.rating > 2, actor=SHOP)
    with database.session(writes=True) as db:
        for user in users.values():
            db.get_one(User, user.id).first_name = "New"
            db.get_one(User, user.id).is_email_verified = True
        db.commit()
    for place in rows(database, Address):
        user = users[place.customer_id]
        owner = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
        if place.address_line1 == "A Road":
            call(addresses.delete_address, place.id, actor=owner)
    with database.session(writes=True) as db:
        for place in db.execute(select(Address)).scalars():
            place.city = "Mumbai"
        db.commit()


def contents(database: Database, *, but: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Everything in the database, without some tables and columns, and what the shop said."""
    found = {}
    with database.session(writes=False) as db:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in {"import_statements", *but}:
                listed = db.execute(select(table).order_by(*table.primary_key.columns)).mappings()
                found[table.name] = [
                    {name: value for name, value in row.items() if name not in but}
                    for row in listed
                ]
    return found


def test_nothing_of_the_day_is_lost(database: Database, tmp_path: Path, call: Any) -> None:
    file = write(tmp_path / "history.ndjson", *history())
    assert bring_in(database, file)[1] == []
    a_day(database, call)
    before = contents(database, but=set())
    for _ in range(2):
        summary, faults = bring_in(database, file)
        assert (faults, summary.unchanged, summary.kept) == ([], len(history()), 0)
        assert contents(database, but=set()) == before
    before = contents(database, but=MOVED_BY_NOTES)
    noted = write(tmp_path / "noted.ndjson", *history(customer_note="Ring twice"))
    summary, faults = bring_in(database, noted)
    assert (faults, summary.updated, summary.kept) == ([], ORDERS, 0)
    assert contents(database, but=MOVED_BY_NOTES) == before
    assert {order.customer_note for order in rows(database, Order)} == {"Ring twice"}
