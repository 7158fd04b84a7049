"""Exports of Shopify's admin go in as they are downloaded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from account_portal.core.db import Database
from account_portal.merchant.importing import shopify
from account_portal.models import (
    Address,
    AddressCopy,
    NotificationPreference,
    Order,
    OrderLine,
    Payment,
    Refund,
    Shipment,
    ShipmentItem,
    User,
)
from tests.factories.records import bring_in, contents, rows

DATA = Path(__file__).parent / "data"
ORDERS = DATA / "shopify_orders.csv"
CUSTOMERS = DATA / "shopify_customers.csv"


def test_orders_of_several_rows_become_orders(database: Database) -> None:
    summary, faults = bring_in(database, ORDERS)
    assert summary.written == {"order": 3}
    [(line, reason)] = faults
    assert line == 8
    assert reason.startswith("Email, Phone, Billing Phone, Shipping Phone: none names a customer")
    orders = {order.order_number: order for order in rows(database, Order)}
    assert {number: order.grand_total for number, order in orders.items()} == {
        "1001": 10733,
        "1002": 11900,
        "1003": 500,
    }
    first = orders["1001"]
    assert first.order_date == datetime(2023, 1, 5, 4, 51, 33, tzinfo=UTC)
    assert (first.status, first.payment_status) == ("complete", "success")
    assert (first.coupon_code, first.coupon_discount_amount) == ("TENOFF", 1000)
    assert (first.subtotal, first.item_total_tax, first.shipping_amount) == (9000, 743, 990)
    assert first.customer_note == 'Leave at the door.\nThank you, "Bob"'
    assert first.extra == {"tags": "vip, wholesale", "source": "web", "id": "5001"}
    mug, towel = sorted(
        rows(database, OrderLine, order_id=first.id), key=lambda line: line.position
    )
    assert (mug.product_name, mug.quantity, mug.selling_price) == ("Mug, large - Blue", 2, 4000)
    assert (mug.listing_price, mug.on_offer, towel.sku) == (4500, True, "Tea towel")
    [copy] = rows(database, AddressCopy, id=first.shipping_address_id)
    assert (copy.first_name, copy.last_name, copy.address_line2) == ("Bob", "Norman", "Apt 2")
    assert (copy.pincode, copy.country, copy.state) == ("02139", "United States", "Massachusetts")


def test_tax_that_is_included_stays_included(database: Database) -> None:
    bring_in(database, ORDERS)
    [order] = rows(database, Order, order_number="1002")
    assert (order.subtotal, order.item_total_tax, order.grand_total) == (10000, 1900, 11900)
    assert order.handling_charge_excluding_tax == 0


def test_states_follow_from_the_export(database: Database) -> None:
    bring_in(database, ORDERS)
    orders = {order.order_number: order for order in rows(database, Order)}
    [cancelled] = rows(database, Payment, order_id=orders["1003"].id)
    assert (orders["1003"].status, cancelled.payment_status) == ("cancelled", "failed")
    [parcel] = rows(database, Shipment, order_id=orders["1002"].id)
    [item] = rows(database, ShipmentItem, shipment_id=parcel.id)
    assert item.quantity == 1
    assert orders["1002"].status == "partially_delivered"
    [refund] = rows(database, Refund)
    assert (refund.order_id, refund.refund_amount) == (orders["1002"].id, 1900)


def test_what_was_sent_of_late_is_on_its_way(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shopify, "utc_now", lambda: datetime(2023, 1, 10, tzinfo=UTC))
    bring_in(database, ORDERS)
    assert rows(database, Order, order_number="1001")[0].status == "shipped"
    later = datetime(2023, 1, 7, tzinfo=UTC) + shopify.ARRIVES_WITHIN + timedelta(days=1)
    monkeypatch.setattr(shopify, "utc_now", lambda: later)
    bring_in(database, ORDERS)
    assert rows(database, Order, order_number="1001")[0].status in {"delivered", "complete"}
    assert len(rows(database, Shipment)) == 2


@pytest.mark.parametrize("files", [(ORDERS, CUSTOMERS), (CUSTOMERS, ORDERS)])
def test_customers_and_orders_meet(database: Database, files: tuple[Path, Path]) -> None:
    summary, faults = bring_in(database, *files)
    assert summary.written == {"order": 3, "customer": 3}
    assert len(faults) == 2
    users = {user.external_id: user for user in rows(database, User)}
    assert {key: user.email for key, user in users.items()} == {
        "6001": "bob@example.net",
        "6002": "eva@example.net",
        "6003": None,
    }
    assert (users["6001"].country_code, users["6001"].phone) == ("+1", "6175550110")
    own = rows(database, Order, customer_id=users["6001"].customer_id)
    assert {order.order_number for order in own} == {"1001", "1003"}
    [address] = rows(database, Address, customer_id=users["6001"].customer_id)
    assert (address.pincode, address.country, address.is_default_shipping) == (
        "02139",
        "United States",
        True,
    )


def test_who_accepts_marketing_gets_it(database: Database) -> None:
    bring_in(database, CUSTOMERS)
    users = {user.id: user.external_id for user in rows(database, User)}
    accepting = rows(database, NotificationPreference, promotional_email=True)
    assert [users[row.user_id] for row in accepting] == ["6002"]


def test_an_export_may_be_imported_again(database: Database) -> None:
    bring_in(database, ORDERS, CUSTOMERS)
    before = contents(database)
    bring_in(database, ORDERS, CUSTOMERS)
    assert contents(database) == before


@pytest.mark.parametrize(
    ("broken", "by", "line", "reason"),
    [
        ("90.00,9.90", "ninety,9.90", 2, "Subtotal: 'ninety' is no number"),
        ("90.00,9.90", "Infinity,9.90", 2, "Subtotal: 'Infinity' is no number"),
        ("+0530,2,", "+0530,two,", 2, "Lineitem quantity: 'two' must be a whole number"),
        ("+0000,1,Sticker", "+0000,0,Sticker", 7, "Lineitem quantity: is 0 in each line"),
        (",5003,", ",5.10003E+12,", 7, "Id: '5.10003E+12' was rounded by a spreadsheet"),
        ("2023-01-05 10:21:33", "5.1.23", 2, "Created at: '5.1.23+0530' must be a time such as"),
        ("Springfield", "Spring\x01field", 2, "city must not contain control characters"),
        ("#1002,eva@example.net,,", "#1002,eva@example.net,,,,,,", 6, "columns, the header 65"),
        ("#1003", '"#1003', 7, "is not valid CSV"),
        (
            "bob@example.net,voided",
            "nobody,voided",
            7,
            "Email: 'nobody' is no e-mail address one could sign in with",
        ),
    ],
)
def test_a_broken_row_is_named(
    database: Database, tmp_path: Path, broken: str, by: str, line: int, reason: str
) -> None:
    text = ORDERS.read_text(encoding="utf-8")
    assert broken in text
    path = tmp_path / "orders.csv"
    path.write_text(text.replace(broken, by, 1), encoding="utf-8")
    _, faults = bring_in(database, path)
    named = dict(faults)
    assert reason in named[line]
    assert len(rows(database, Order)) >= 1


def test_bytes_that_are_no_text_are_refused_by_column(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(ORDERS.read_bytes().replace(b"Springfield", b"Spr\xefngfield", 1))
    _, faults = bring_in(database, path)
    assert dict(faults)[2] == "Billing City: is not UTF-8; save the file as UTF-8"
