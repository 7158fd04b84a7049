"""Records go in once, however often and in whatever order they come."""

import itertools
import re
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from account_portal.core.db import Database
from account_portal.core.errors import NotFound
from account_portal.merchant.importing import run_import
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.records import (
    RECORDS,
    AddressRecord,
    EventRecord,
    LineRecord,
)
from account_portal.models import (
    Address,
    AddressCopy,
    LoyaltyAccount,
    LoyaltyActivity,
    NotificationPreference,
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    Review,
    Shipment,
    ShipmentEvent,
    ShipmentItem,
    Subscription,
    User,
)
from account_portal.orders.service import get_order, get_payment_status, list_shipments
from account_portal.security.passwords import hash_password, verify_password
from tests.conftest import Acting
from tests.factories.records import bring_in, contents, order, rows, shipment, write

CUSTOMER = {
    "type": "customer",
    "external_id": "C-7",
    "email": "Asha@Shop.example",
    "first_name": "Asha",
    "last_name": "Rao",
    "country_code": "+91",
    "phone": "98450 12345",
    "addresses": [
        {
            "address_line1": "14 Lavelle Road",
            "city": "Bengaluru",
            "country": "India",
            "is_default_shipping": True,
        }
    ],
}
PRODUCT = {
    "type": "product",
    "product_id": "TEA",
    "name": "Assam Tea",
    "currency": "INR",
    "selling_price": "100",
    "listing_price": 120,
}
PAYMENT = {
    "type": "payment",
    "order_number": "A-1001",
    "request_number": "PAY-1",
    "amount": "389.99",
    "payment_method": "UPI",
    "payment_date": "2024-03-01T09:31:00Z",
}
REFUND = {
    "type": "refund",
    "order_number": "A-1001",
    "request_number": "REF-1",
    "refund_amount": 49.99,
    "refund_date": "2024-03-09",
}
POINTS = {
    "type": "loyalty_activity",
    "external_id": "L-1",
    "customer_id": "C-7",
    "activity_type": "earned",
    "activity": "order",
    "loyalty_point": "3.5",
    "created_at": "2024-03-05T10:00:00Z",
}
SUBSCRIPTION = {
    "type": "subscription",
    "subscription_number": "SUB-1",
    "customer_email": "asha@shop.example",
    "product_id": "TEA",
    "next_date": "2030-01-01",
    "shipping_address": {
        "address_line1": "14 Lavelle Road",
        "city": "Bengaluru",
        "country": "India",
    },
}
REVIEW = {
    "type": "review",
    "customer_id": "C-7",
    "product_id": "TEA",
    "rating": 4.5,
    "review_text": "Good.",
    "review_date": "2024-03-10",
}
ALL = [CUSTOMER, PRODUCT, order(), shipment(), PAYMENT, REFUND, POINTS, SUBSCRIPTION, REVIEW]


def test_each_type_goes_in(database: Database, tmp_path: Path) -> None:
    summary, faults = bring_in(database, write(tmp_path / "all.ndjson", *ALL))
    assert faults == []
    assert sum(summary.written.values()) == len(ALL)
    [user] = rows(database, User)
    assert (user.external_id, user.email, user.phone) == ("C-7", "asha@shop.example", "9845012345")
    assert user.password_hash is None
    [bought] = rows(database, Order)
    assert bought.customer_id == user.customer_id
    assert (bought.grand_total, bought.status, bought.payment_status) == (
        38999,
        "complete",
        "success",
    )
    assert rows(database, Refund)[0].refund_amount == 4999
    [account] = rows(database, LoyaltyAccount)
    assert (account.earned, account.redeemed) == (350, 0)
    [address] = rows(database, Address)
    assert rows(database, Subscription)[0].shipping_address_id == address.id
    assert rows(database, Review)[0].order_number == "A-1001"
    [tea] = rows(database, Product, id="TEA")
    assert (tea.rating_sum, tea.rating_count, tea.listing_price) == (9, 1, 12000)
    assert len(rows(database, NotificationPreference)) == 1


def test_a_second_run_changes_nothing(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "all.ndjson", *ALL)
    bring_in(database, path)
    before = contents(database)
    summary, faults = bring_in(database, path)
    assert faults == []
    assert sum(summary.written.values()) == len(ALL)
    assert contents(database) == before


@pytest.mark.parametrize("step", range(1, len(ALL)))
def test_the_order_of_records_does_not_matter(
    database: Database, tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Batches of two, so that what belongs together comes in different transactions.
    monkeypatch.setattr("account_portal.merchant.importing.run.BATCH", 2)
    turned = [*reversed(ALL)][step:] + [*reversed(ALL)][:step]
    summary, faults = bring_in(database, write(tmp_path / "all.ndjson", *turned))
    assert faults == []
    assert sum(summary.written.values()) == len(ALL)
    [user] = rows(database, User)
    assert (user.external_id, user.email, user.first_name) == ("C-7", "asha@shop.example", "Asha")
    [bought] = rows(database, Order)
    assert (bought.status, bought.payment_status) == ("complete", "success")
    assert rows(database, LoyaltyAccount)[0].earned == 350
    assert rows(database, Product, id="TEA")[0].name == "Assam Tea"
    assert len(rows(database, Review)) == len(rows(database, Subscription)) == 1


def test_parts_inside_an_order_are_the_same_parts(database: Database, tmp_path: Path) -> None:
    inside = {"shipments": [shipment()], "payments": [PAYMENT], "refunds": [REFUND]}
    bring_in(database, write(tmp_path / "inside.ndjson", order(**inside)))
    before = contents(database)
    bring_in(database, write(tmp_path / "own.ndjson", order(), shipment(), PAYMENT, REFUND))
    assert contents(database) == before
    assert len(rows(database, ShipmentItem)) == 2


def test_changes_are_taken_over(database: Database, tmp_path: Path) -> None:
    bring_in(database, write(tmp_path / "1.ndjson", *ALL))
    [before] = rows(database, Order)
    lines = [
        {"sku": "TEA", "product_name": "Tea", "quantity": 2, "selling_price": "100.00"},
        {"sku": "POT", "product_name": "Pot", "quantity": 1, "selling_price": "500"},
    ]
    path = write(
        tmp_path / "2.ndjson",
        order(lines=lines, shipping_address={"first_name": "Dev", "city": "Jaipur"}),
        {**PAYMENT, "amount": "1"},
        shipment(items=[{"sku": "TEA", "quantity": 2}], awb_no="77"),
        {**CUSTOMER, "last_name": "Rao-Menon"},
        {**REVIEW, "rating": 1},
    )
    _, faults = bring_in(database, path)
    assert faults == []
    [after] = rows(database, Order)
    assert after.id == before.id
    assert after.grand_total == 74000
    assert after.modified_at > before.modified_at
    assert {line.sku for line in rows(database, OrderLine)} == {"TEA", "POT"}
    assert rows(database, AddressCopy, id=after.shipping_address_id)[0].city == "Jaipur"
    assert after.payment_status == "partially_paid"
    assert rows(database, Shipment)[0].awb_no == "77"
    assert rows(database, User)[0].last_name == "Rao-Menon"
    assert rows(database, Product, id="TEA")[0].rating_sum == 2


def test_an_older_export_does_not_undo_what_happened_here(
    database: Database, tmp_path: Path
) -> None:
    path = write(tmp_path / "1.ndjson", CUSTOMER, order(status="confirmed"))
    bring_in(database, path)
    secret = hash_password("mine now")
    with database.session(writes=True) as db:
        bought = db.execute(select(Order)).scalar_one()
        user = db.execute(select(User)).scalar_one()
        bought.status = "cancelled"
        user.password_hash, user.is_email_verified = secret, True
        db.commit()
    older = {**CUSTOMER, "is_email_verified": False, "password_hash": hash_password("old")}
    bring_in(database, write(tmp_path / "2.ndjson", older, order(status="confirmed")))
    assert rows(database, Order)[0].status == "cancelled"
    [user] = rows(database, User)
    assert user.password_hash == secret
    assert user.is_email_verified


def test_an_order_is_visible_to_its_customer_only(
    database: Database, tmp_path: Path, acting: Acting, stranger: User
) -> None:
    bring_in(database, write(tmp_path / "1.ndjson", order(), shipment(), PAYMENT))
    [user] = rows(database, User, email="asha@shop.example")
    with acting(user) as ctx:
        detail = get_order(ctx, "A-1001").view()
        assert float(detail.grand_total) == 389.99
        assert len(list_shipments(ctx, "A-1001").view()) == 1
        assert not get_payment_status(ctx, "A-1001").is_retry_available
    with acting(stranger) as ctx, pytest.raises(NotFound):
        get_order(ctx, "A-1001")


def test_an_unknown_customer_becomes_one_who_can_sign_in_later(
    database: Database, tmp_path: Path
) -> None:
    address = {"first_name": "Asha", "last_name": "Rao"}
    bring_in(database, write(tmp_path / "1.ndjson", order(billing_address=address)))
    [user] = rows(database, User)
    assert (user.email, user.first_name, user.password_hash) == ("asha@shop.example", "Asha", None)
    assert not user.is_email_verified
    bring_in(database, write(tmp_path / "2.ndjson", CUSTOMER))
    assert [row.external_id for row in rows(database, User)] == ["C-7"]


def test_a_customer_known_by_id_alone_is_made_at_the_end(
    database: Database, tmp_path: Path
) -> None:
    nameless = order(customer_email=None, customer_id="C-9")
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", nameless, shipment()))
    assert faults == []
    assert [(user.external_id, user.email) for user in rows(database, User)] == [("C-9", None)]
    assert rows(database, Order)[0].status == "complete"


def test_history_is_kept_as_it_was_sold(database: Database, tmp_path: Path) -> None:
    odd = order(
        customer_phone="ring twice, ext. 5",
        shipping_address={
            "first_name": "A" * 300,
            "phone": "(5) 555-4729",
            "country": "Mexico",
            "zip": "05021",
        },
        lines=[{"product_name": "A thing nobody sells any more", "selling_price": 5, "taxx": 1}],
        order_date="1996-07-04",
        currency="USD",
        shipping_amount=None,
        surprise="?",
    )
    summary, faults = bring_in(database, write(tmp_path / "1.ndjson", odd))
    assert faults == []
    assert summary.unknown_fields == {
        "order.surprise": 1, "order.lines.taxx": 1, "order.shipping_address.zip": 1
    }  # fmt: skip
    [bought] = rows(database, Order)
    assert bought.customer_phone == "ring twice, ext. 5"
    assert bought.order_date == datetime(1996, 7, 4, 12, tzinfo=UTC)
    [copy] = rows(database, AddressCopy)
    assert (copy.pincode, copy.phone, len(copy.first_name)) == ("", "(5) 555-4729", 200)


def test_two_customers_cannot_share_a_phone_to_sign_in_with(
    database: Database, tmp_path: Path
) -> None:
    other = {**CUSTOMER, "external_id": "C-8", "email": "dev@shop.example"}
    odd = {**CUSTOMER, "external_id": "C-9", "email": "x@shop.example", "phone": "12"}
    _, faults = bring_in(database, write(tmp_path / "1.ndjson", CUSTOMER, other, odd))
    assert faults == []
    phones = {user.external_id: user.phone for user in rows(database, User)}
    assert phones == {"C-7": "9845012345", "C-8": None, "C-9": None}


def test_a_hash_of_another_shop_lets_its_owner_in(database: Database, tmp_path: Path) -> None:
    """One that can't be read is told: its owner signs in by code."""
    hashed = "$2b$04$5WMfhWMGA4DTSKPvQ6kFmOQJbnwa1jFBHSa5kHpWbu1Bp9o3pKHfG"
    strange = {**CUSTOMER, "external_id": "C-8", "email": "dev@shop.example", "phone": None}
    records = [{**CUSTOMER, "password_hash": hashed}, {**strange, "password_hash": "md5:1234"}]
    told: list[tuple[int, str]] = []
    for _ in range(2):
        run_import(
            database,
            [write(tmp_path / "1.ndjson", *records)],
            on_fault=lambda _source, line, reason: told.append((line, reason)),
            on_kept=lambda _source, line, reason: told.append((line, reason)),
        )
    assert told == [(2, "password_hash: of a form that can't be read; they sign in by code")]
    kept = {user.external_id: user.password_hash for user in rows(database, User)}
    assert kept == {"C-7": hashed, "C-8": None}
    assert verify_password("anything", kept["C-8"]) == (False, None)


def test_others_things_are_not_moved(database: Database, tmp_path: Path) -> None:
    bring_in(database, write(tmp_path / "1.ndjson", *ALL, order("A-2")))
    before = contents(database)
    thief = {"customer_email": "thief@shop.example", "customer_id": None}
    path = write(
        tmp_path / "2.ndjson",
        order(customer_email="thief@shop.example"),
        {**PAYMENT, "order_number": "A-2"},
        shipment(number="A-2"),
        {**POINTS, **thief},
        {**SUBSCRIPTION, **thief},
    )
    _, faults = bring_in(database, path)
    after = contents(database)
    assert [line for line, _ in faults] == [1, 2, 3, 4, 5]
    assert all("belongs to another" in reason for _, reason in faults)
    for table in ("orders", "payments", "shipments", "loyalty_activities", "subscriptions"):
        assert after[table] == before[table]


def test_points_spent_before_the_history_begins_make_an_opening_balance(
    database: Database, tmp_path: Path
) -> None:
    spent = {**POINTS, "external_id": "L-2", "activity_type": "redeemed", "loyalty_point": 10}
    bring_in(database, write(tmp_path / "1.ndjson", CUSTOMER, spent))
    [account] = rows(database, LoyaltyAccount)
    assert (account.earned, account.redeemed) == (1000, 1000)
    older = {**POINTS, "external_id": "L-0", "loyalty_point": 25, "created_at": "2020-01-01"}
    bring_in(database, write(tmp_path / "2.ndjson", older))
    [account] = rows(database, LoyaltyAccount)
    assert (account.earned, account.redeemed) == (2500, 1000)
    assert len(rows(database, LoyaltyActivity)) == 2


def test_parcels_hold_units_of_the_order(database: Database, tmp_path: Path) -> None:
    path = write(
        tmp_path / "1.ndjson",
        order(),
        shipment("S-1", items=[{"sku": "TEA", "quantity": 2}]),
        shipment(
            "S-2",
            status="in_transit",
            delivered_date=None,
            events=[{"status": "shipped", "happened_at": "2024-03-02T10:00:00Z"}],
        ),
        shipment("S-3", items=[{"sku": "NOPE", "quantity": 1}]),
    )
    _, faults = bring_in(database, path)
    assert faults == [(4, "shipment S-3: sku NOPE is not in the order")]
    parcels = {row.id: row.reference_number for row in rows(database, Shipment)}
    units = sorted((parcels[row.shipment_id], row.quantity) for row in rows(database, ShipmentItem))
    assert units == [("S-1", 2), ("S-2", 1), ("S-2", 1)]
    assert rows(database, ShipmentEvent)[0].text == "Shipped"
    assert rows(database, Order)[0].status == "partially_delivered"


@pytest.mark.timeout(400)  # thousands of records, twice
def test_memory_stays_the_same_however_many_records_come(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("account_portal.merchant.importing.run.BATCH", 50)

    def peak(name: str, count: int) -> int:
        numbers = [f"{name}{index:05}" for index in range(count)]
        parcels = (shipment(f"S-{number}", number) for number in numbers)
        orders = (order(number) for number in numbers)
        # Parcels first: each of them has to wait for its order.
        path = write(tmp_path / f"{name}.ndjson", *itertools.chain(parcels, orders))
        tracemalloc.start()
        _, faults = bring_in(database, path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert faults == []
        return most

    peak("warm-up", 50)
    assert peak("many", 800) < peak("few", 200) * 1.3
    assert len(rows(database, Order, status="complete")) == 1050


def test_totals_that_do_not_add_up_do(database: Database, tmp_path: Path) -> None:
    cases: dict[str, dict[str, Any]] = {
        "TIP": {"grand_total": 400},
        "LESS": {"grand_total": "300.01"},
        "FREE": {"grand_total": 0},
    }
    records = [order(number, **values) for number, values in cases.items()]
    bring_in(database, write(tmp_path / "1.ndjson", *records))
    found = {row.order_number: row for row in rows(database, Order)}
    assert {number: row.grand_total for number, row in found.items()} == {
        "TIP": 40000,
        "LESS": 30001,
        "FREE": 0,
    }
    assert found["TIP"].handling_charge_excluding_tax == 1001
    assert found["LESS"].promotion_discount_amount == 8998
    assert len(rows(database, Payment)) == 0


@pytest.mark.parametrize("model", [*RECORDS.values(), AddressRecord, LineRecord, EventRecord])
def test_the_manual_names_every_field(model: type[Record]) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[`\"]([a-z_0-9]+)[`\"]", manual))
    assert set(model.model_fields) - named == set()


@pytest.mark.parametrize("none", [0, "0", 0.0])
def test_a_line_of_no_units_was_taken_out(database: Database, tmp_path: Path, none: Any) -> None:
    tea, cup = order()["lines"]
    changed = order(lines=[{**tea, "quantity": none}, cup], grand_total=89.99)
    empty = order("A-1002", lines=[{**tea, "quantity": none}])
    _, faults = bring_in(database, write(tmp_path / "a.ndjson", changed, empty))
    assert faults == [(2, "lines: must have a line whose quantity is at least 1")]
    assert [(row.sku, row.quantity) for row in rows(database, OrderLine)] == [("CUP", 1)]
