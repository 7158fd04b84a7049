"""Each export in `cases/` gives its right value, on the day it was written for."""

import pytest

from account_portal.models import AddressCopy, Order, OrderLine, Shipment, ShipmentItem, User
from account_portal.orders import service
from account_portal.orders.schemas import OrderSearch
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, Shop

pytestmark = pytest.mark.usefixtures("the_day")


def test_01_refunded_then_cancelled(shop: Shop) -> None:
    shop.takes("01-refunded-then-cancelled.csv")
    for number, left in (("5101", 0), ("5102", 70)):
        assert shop.order(number).cancellation_refund_details.refundable_amount == left
        note = shop.customer(service.get_order_page, number).money_note
        assert note == ("" if left else "Your payment was refunded in full.")
        shop.customer(service.cancel_order, number, CANCEL)
    assert shop.refunds("5101") == [("success", 70)]
    assert sorted(shop.refunds("5102")) == [("pending", 70), ("success", 70)]


def test_03_partial_then_fulfilled(shop: Shop) -> None:
    shop.takes("03a-partial.csv")
    assert shop.order("5301").status == "partially_delivered"
    shop.takes("03b-then-fulfilled.csv")
    assert shop.order("5301").status == "partially_delivered"
    skus = {row.id: row.sku for row in rows(shop.database, OrderLine)}
    for parcel in rows(shop.database, Shipment):
        units = {
            skus[row.line_id]: row.quantity
            for row in rows(shop.database, ShipmentItem, shipment_id=parcel.id)
        }
        sent = f"{parcel.shipped_date:%d %b}"
        assert (parcel.status, sent, units) in [
            ("delivered", "02 Mar", {"TAB": 1}),
            ("shipped", "20 Nov", {"CHA": 2}),
        ]


def test_04_one_name_two_orders(shop: Shop) -> None:
    shop.takes("04-one-name-two-orders.csv")
    emails = {user.customer_id: user.email for user in rows(shop.database, User)}
    found = {emails[row.customer_id]: row.grand_total for row in rows(shop.database, Order)}
    assert found == {"asha@example.com": 1000, "ben@example.com": 2000}


def test_05_phone_only(shop: Shop) -> None:
    assert shop.takes("05-phone-only.csv") == []
    [order] = rows(shop.database, Order)
    [user] = rows(shop.database, User, customer_id=order.customer_id)
    assert (user.country_code, user.phone, user.email) == ("+91", "9876500001", None)


def test_07_cash_on_delivery(shop: Shop) -> None:
    shop.takes("07-cash-on-delivery.csv")
    assert shop.payment("5701") == ("pending", 0, 50, False)
    assert shop.order("5701").status == "delivered"
    assert shop.customer(service.get_order_page, "5701").money_note == ""


def test_08_apostrophes(shop: Shop) -> None:
    shop.takes("08-apostrophes.csv")
    [order] = rows(shop.database, Order)
    [copy] = rows(shop.database, AddressCopy, id=order.shipping_address_id)
    assert (copy.first_name, copy.last_name) == ("'t", "Hart")
    assert (copy.address_line1, copy.city) == ("'t Wilgenplein 4", "'s-Hertogenbosch")
    assert (copy.pincode, copy.phone) == ("5211 AB", "+31612345678")
    assert rows(shop.database, OrderLine)[0].product_name == "'t Hoen poster"
    assert order.customer_note == "'s avonds bezorgen"


def test_12_new_year(shop: Shop) -> None:
    shop.takes("12-new-year.csv")
    shop.email = "asha@example.com"
    for year, is_found in ((2026, True), (2025, False)):
        query = OrderSearch(year=year, zone="Asia/Kolkata")
        assert bool(shop.customer(service.search_orders, query).rows) == is_found


@pytest.mark.parametrize(
    "words", ["#6301", "6301", "eclair", "e\u0301clair", "istanbul", "cay", "İstanbul"]
)
def test_13_search(shop: Shop, words: str) -> None:
    shop.takes("13-search.csv")
    shop.email = "asha@example.com"
    found = shop.customer(service.search_orders, OrderSearch(text=words)).rows
    assert [row.order_number for row in found] == ["6301"]


def test_15_order_names(shop: Shop) -> None:
    assert shop.takes("15-order-names.csv") == []
    names = {row.extra["name"] for row in rows(shop.database, Order)}
    assert names == {"#12", "#1001.1", "Bestellung 77", "#NL/2023/001", "№1007"}
    shop.email = "asha@example.com"
    for name in names:  # as the customer has it in the shop's own mails
        found = shop.customer(service.search_orders, OrderSearch(text=name)).rows
        assert name in {
            row.extra["name"]
            for row in rows(shop.database, Order)
            if row.order_number in {one.order_number for one in found}
        }


def test_16_removed_line(shop: Shop) -> None:
    assert shop.takes("16-removed-line.csv") == []
    assert [(row.sku, row.line_total) for row in rows(shop.database, OrderLine)] == [("KEP", 1000)]


def test_17_comma_amounts(shop: Shop) -> None:
    [(line, reason)] = shop.takes("17-comma-amounts.csv")
    assert line == 2
    assert "12,50" in reason
    assert reason.startswith(("Lineitem price", "Subtotal", "Total"))


def test_20_refund_date(shop: Shop) -> None:
    shop.takes("20-refund-date.csv")
    [refund] = shop.customer(service.list_refunds, "7001")
    assert (str(refund.refund_amount), refund.refund_date) == ("33.33", None)


def test_24_parcel_holds_more_than_ordered(shop: Shop) -> None:
    [(_, reason)] = shop.takes("24-parcel-holds-more-than-ordered.ndjson")
    assert "5" in reason
    assert rows(shop.database, Order) == []
