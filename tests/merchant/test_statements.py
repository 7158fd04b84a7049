"""A record that says what it said the last time changes nothing that happened here since."""

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.loyalty import service as loyalty
from account_portal.merchant.importing import run_import
from account_portal.models import (
    Address,
    CreditActivity,
    LoyaltyAccount,
    Order,
    OrderDocument,
    Payment,
    Refund,
    Shipment,
    User,
)
from account_portal.orders import service as orders
from account_portal.states import ShipmentStatus
from tests.factories.records import bring_in, contents, order, rows, write


def shop(service: Any, *args: Any, **kwargs: Any) -> None:
    """What the shop does here, as its commands do."""
    with enter(writes=True, actor=SHOP) as ctx:
        service(ctx, *args, **kwargs)


def test_what_the_shop_settled_here_stays(database: Database, tmp_path: Path) -> None:
    payment = {"request_number": "P-1", "amount": 200, "payment_status": "pending"}
    record = order(
        payments=[{"request_number": "P-0", "amount": 50}, payment],
        refunds=[{"request_number": "R-1", "refund_amount": 10, "status": "pending"}],
        shipments=[{"reference_number": "S-1", "status": "shipped"}],
    )
    file = write(tmp_path / "shop.ndjson", record)
    bring_in(database, file)
    shop(orders.settle_payment, "P-1", succeeded=True, reference="BANK-1")
    shop(orders.move_shipment, "S-1", ShipmentStatus.DELIVERED)
    shop(orders.approve_refund, "R-1")
    shop(orders.settle_refund, "R-1", succeeded=True, reference=None)
    before = contents(database)
    summary, faults = bring_in(database, file)
    assert (summary.unchanged, faults) == (1, [])
    assert contents(database) == before
    own = {**payment, "type": "payment", "order_number": record["order_number"]}
    bring_in(database, write(tmp_path / "own.ndjson", own))
    assert contents(database) == before


def test_a_changed_order_leaves_its_other_parts_alone(database: Database, tmp_path: Path) -> None:
    payment = {"request_number": "P-1", "amount": 200, "payment_status": "pending"}
    bring_in(database, write(tmp_path / "a.ndjson", order(payments=[payment])))
    shop(orders.settle_payment, "P-1", succeeded=True, reference="BANK-1")
    changed = order(payments=[payment], customer_note="Ring twice")
    bring_in(database, write(tmp_path / "b.ndjson", changed))
    assert rows(database, Order)[0].customer_note == "Ring twice"
    paid = rows(database, Payment)[0]
    assert (paid.payment_status, paid.payment_reference_number) == ("success", "BANK-1")


def test_a_new_part_leaves_the_order_alone(database: Database, tmp_path: Path) -> None:
    waiting = order(status="awaiting_approval")
    bring_in(database, write(tmp_path / "a.ndjson", waiting))
    shop(orders.approve_order, waiting["order_number"])
    bring_in(database, write(tmp_path / "b.ndjson", waiting))
    assert rows(database, Order)[0].status == "confirmed"
    paid = {**waiting, "payments": [{"request_number": "P-1", "amount": 100}]}
    bring_in(database, write(tmp_path / "c.ndjson", paid))
    assert rows(database, Order)[0].status == "confirmed"
    assert len(rows(database, Payment)) == 1


def test_what_the_shop_says_anew_is_applied(database: Database, tmp_path: Path) -> None:
    customer = {"type": "customer", "external_id": "X", "email": "a@b.example"}
    bring_in(database, write(tmp_path / "a.ndjson", {**customer, "first_name": "Old"}))
    new = write(tmp_path / "b.ndjson", {**customer, "first_name": "New"})
    summary, _ = bring_in(database, new)
    assert summary.unchanged == 0
    assert rows(database, User)[0].first_name == "New"


def test_an_opening_balance_leaves_grants_alone(database: Database, tmp_path: Path) -> None:
    customer = {"type": "customer", "email": "c@x.example"}
    spent = {
        "type": "loyalty_activity",
        "external_id": "ZL1",
        "customer_email": "c@x.example",
        "activity_type": "redeemed",
        "activity": "order",
        "loyalty_point": 100,
        "created_at": "2026-10-01",
    }
    bring_in(database, write(tmp_path / "a.ndjson", customer, spent))
    shop(loyalty.grant_points, "c@x.example", Decimal(100), remarks=None)
    earned = {"external_id": "ZL2", "activity_type": "earned", "loyalty_point": 1}
    later = {**spent, **earned, "created_at": "2026-10-02"}
    bring_in(database, write(tmp_path / "b.ndjson", later))
    account = rows(database, LoyaltyAccount)[0]
    assert account.earned - account.redeemed == 101_00


def test_an_import_waits_for_whoever_changes_the_order(database: Database, tmp_path: Path) -> None:
    """The order is read after its lock, so that a cancel meanwhile is not lost (PostgreSQL)."""
    if database.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer.")
    bring_in(database, write(tmp_path / "a.ndjson", order()))
    again = write(tmp_path / "b.ndjson", order(customer_note="Ring twice"))
    with ThreadPoolExecutor(1) as pool:
        with database.session(writes=True) as db:
            one = db.execute(select(Order).with_for_update()).scalar_one()
            one.status = "cancelled"
            db.flush()
            importing = pool.submit(bring_in, database, again)
            with pytest.raises(TimeoutError):
                importing.result(0.5)
            db.commit()
        importing.result(10)
    assert rows(database, Order)[0].status == "cancelled"
    assert json.loads(rows(database, OrderDocument)[0].summary)["status"] == "cancelled"


def test_a_changed_customer_keeps_the_name_given_here(database: Database, tmp_path: Path) -> None:
    customer = {"type": "customer", "external_id": "X2", "email": "c2@x.example"}
    bring_in(database, write(tmp_path / "a.ndjson", {**customer, "first_name": "Old"}))
    with database.session(writes=True) as db:
        user = db.execute(select(User)).scalar_one()
        user.first_name, user.email = "New", "c2new@x.example"
        db.commit()
    changed = {**customer, "first_name": "Old", "last_name": "Rao"}
    _, faults = bring_in(database, write(tmp_path / "b.ndjson", changed))
    user = rows(database, User)[0]
    assert faults == []
    assert (user.first_name, user.last_name, user.email) == ("New", "Rao", "c2new@x.example")


def test_a_changed_part_changes_that_field_only(database: Database, tmp_path: Path) -> None:
    parcel = {"reference_number": "S-1", "status": "shipped"}
    file = write(tmp_path / "a.ndjson", order(shipments=[parcel]))
    bring_in(database, file)
    shop(orders.move_shipment, "S-1", ShipmentStatus.DELIVERED)
    told = {**parcel, "awb_no": "AWB-9"}
    _, faults = bring_in(database, write(tmp_path / "b.ndjson", order(shipments=[told])))
    [row] = rows(database, Shipment)
    assert (faults, row.status, row.awb_no) == ([], "delivered", "AWB-9")


def test_an_older_state_is_kept_aside(database: Database, tmp_path: Path) -> None:
    parcel = {"reference_number": "S-1", "status": "shipped"}
    payment = {"request_number": "P-1", "amount": 339.99, "payment_status": "pending"}
    bring_in(database, write(tmp_path / "a.ndjson", order(payments=[payment], shipments=[parcel])))
    shop(orders.settle_payment, "P-1", succeeded=True, reference="BANK-1")
    shop(orders.move_shipment, "S-1", ShipmentStatus.DELIVERED)
    record = order(
        payments=[{**payment, "payment_status": "failed"}],
        shipments=[{**parcel, "status": "scheduled"}],
    )
    kept: list[str] = []
    summary = run_import(
        database,
        [write(tmp_path / "b.ndjson", record)],
        on_kept=lambda _file, _line, reason: kept.append(reason),
    )
    assert sorted(kept) == [
        "payment P-1 is success here; it cannot become failed",
        "shipment S-1 is delivered here; it cannot become scheduled",
    ]
    assert (summary.kept, summary.updated) == (2, 1)
    assert rows(database, Payment)[0].payment_status == "success"
    assert rows(database, Shipment)[0].status == "delivered"


def test_an_order_the_shop_cancels_later_owes_what_was_paid(
    database: Database, tmp_path: Path
) -> None:
    given = {
        "payments": [
            {"request_number": "P-1", "amount": 100},
            {"request_number": "P-2", "amount": 239.99, "payment_status": "pending"},
        ],
        "shipments": [{"reference_number": "S-1", "status": "scheduled"}],
    }
    bring_in(database, write(tmp_path / "a.ndjson", order(**given)))
    bring_in(database, write(tmp_path / "b.ndjson", order(status="cancelled", **given)))
    assert rows(database, Order)[0].status == "cancelled"
    assert rows(database, Shipment)[0].status == "cancelled"
    assert [row.payment_status for row in rows(database, Payment)] == ["success", "failed"]
    assert [(row.status, row.refund_amount) for row in rows(database, Refund)] == [
        ("pending", 10000)
    ]


def test_what_a_customer_did_with_addresses_stays(database: Database, tmp_path: Path) -> None:
    def book(**values: str) -> dict[str, Any]:
        address = {"address_line1": "1 Old Road", "city": "Pune", "pincode": "411001"}
        kept = {**address, "address_line1": "2 Kept Road"}
        customer = {"type": "customer", "email": "c@x.example", "first_name": "Ann"}
        return {**customer, "addresses": [address, kept], **values}

    bring_in(database, write(tmp_path / "a.ndjson", book()))
    with database.session(writes=True) as db:
        old, kept = rows(database, Address)
        if old.address_line1 != "1 Old Road":
            old, kept = kept, old
        db.delete(db.get_one(Address, old.id))
        db.get_one(Address, kept.id).city = "Mumbai"
        db.commit()
    bring_in(database, write(tmp_path / "b.ndjson", book(last_name="Lee")))
    assert [row.city for row in rows(database, Address)] == ["Mumbai"]


def test_a_book_takes_fifty_addresses(database: Database, tmp_path: Path) -> None:
    addresses = [
        {"address_line1": f"{n} Road", "city": "Pune", "pincode": "411001"} for n in range(80)
    ]
    kept: list[str] = []
    for name, part in (("a", addresses[:40]), ("b", addresses[40:])):
        record = {"type": "customer", "email": "c@x.example", "addresses": part}
        run_import(
            database,
            [write(tmp_path / f"{name}.ndjson", record)],
            on_kept=lambda _file, _line, reason: kept.append(reason),
        )
    assert len(rows(database, Address)) == 50
    assert kept == ["addresses: a book holds 50; 30 of these are left out"]


@pytest.mark.parametrize("way", ["inside", "own", "command"])
def test_a_delivery_earns_points_whoever_tells_it(
    database: Database, tmp_path: Path, way: str
) -> None:
    parcel = {"reference_number": "S-1", "status": "shipped"}
    sold = {"loyalty_point_earned": 20, "payments": [{"request_number": "P", "amount": 389.99}]}
    bring_in(database, write(tmp_path / "a.ndjson", order(shipments=[parcel], **sold)))
    arrived = {**parcel, "status": "delivered", "delivered_date": "2024-03-05T10:00:00Z"}
    if way == "command":
        shop(orders.move_shipment, "S-1", ShipmentStatus.DELIVERED)
    elif way == "inside":
        bring_in(database, write(tmp_path / "b.ndjson", order(shipments=[arrived], **sold)))
    else:
        own = {**arrived, "type": "shipment", "order_number": "A-1001"}
        bring_in(database, write(tmp_path / "b.ndjson", own))
    assert [row.earned for row in rows(database, LoyaltyAccount)] == [2000]


def test_a_history_that_arrived_brings_its_own_points(database: Database, tmp_path: Path) -> None:
    arrived = {"reference_number": "S-1", "status": "delivered", "delivered_date": "2024-03-05"}
    bring_in(
        database,
        write(tmp_path / "a.ndjson", order(shipments=[arrived], loyalty_point_earned=20)),
    )
    assert rows(database, LoyaltyAccount) == []


def test_an_order_the_shop_cancels_later_gives_points_and_credit_back(
    database: Database, tmp_path: Path
) -> None:
    sold = {"loyalty_point_redeemed": 100, "loyalty_amount": 100, "credit_balance_used": 50}
    moved = {
        "type": "loyalty_activity",
        "customer_email": "asha@shop.example",
        "created_at": "2024-02-01",
    }
    earned = {**moved, "external_id": "L-1", "activity_type": "earned", "loyalty_point": 100}
    spent = {
        **moved,
        "external_id": "L-2",
        "activity_type": "redeemed",
        "loyalty_point": 100,
        "reference_number": "A-1001",
        "created_at": "2024-03-01",
    }
    bring_in(database, write(tmp_path / "a.ndjson", order(**sold), earned, spent))
    bring_in(database, write(tmp_path / "b.ndjson", order(status="cancelled", **sold)))
    [account] = rows(database, LoyaltyAccount)
    assert account.earned - account.redeemed == 10000
    assert [row.amount for row in rows(database, CreditActivity)] == [5000]
    bring_in(database, write(tmp_path / "c.ndjson", order(status="cancelled", **sold)))
    assert len(rows(database, CreditActivity)) == 1
