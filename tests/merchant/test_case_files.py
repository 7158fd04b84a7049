"""Each history in `cases/` gives its right value, on the day it was written for."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from account_portal.addresses import service as addresses
from account_portal.context import Actor
from account_portal.core.errors import Conflict, PortalError
from account_portal.loyalty import service as loyalty
from account_portal.models import (
    Address,
    Order,
    OrderCount,
    OrderDocument,
    OrderLine,
    Payment,
    Product,
    Purchase,
    Refund,
    Review,
    Shipment,
    User,
)
from account_portal.orders import service
from account_portal.orders.rules import OrderNotCancellable, PaymentRetryNotAvailable
from account_portal.orders.schemas import CancelOrder, OrderQuery
from account_portal.returns import service as returns
from account_portal.returns.rules import QuantityNotReturnable, ReturnWindowClosed
from account_portal.reviews import service as reviews
from account_portal.reviews.schemas import CreateReview
from account_portal.states import ShipmentStatus
from tests.factories.records import rows
from tests.merchant.shops import CANCEL, CASES, Shop, asked

pytestmark = pytest.mark.usefixtures("the_day")


def test_01_paid_without_rows(shop: Shop) -> None:
    assert shop.takes("01-paid-without-rows.ndjson") == []
    assert shop.payment("P-001") == ("success", 200, 0, False)
    with pytest.raises(PaymentRetryNotAvailable):
        shop.customer(service.pay_again, "P-001")
    assert shop.payment("P-001") == ("success", 200, 0, False)
    assert shop.order("P-002").cancellation_refund_details.refundable_amount == 200
    shop.customer(service.cancel_order, "P-002", CANCEL)
    assert shop.refunds("P-002") == [("pending", 200)]


def test_02_cancel_after_refund(shop: Shop) -> None:
    shop.takes("02-cancel-after-refund.ndjson")
    assert shop.order("P-003").cancellation_refund_details.refundable_amount == 50
    shop.customer(service.cancel_order, "P-003", CANCEL)
    assert shop.refunds("P-003") == [("success", 150), ("pending", 50)]


def test_04_refund_initiated(shop: Shop) -> None:
    shop.takes("04-refund-initiated.ndjson")
    assert shop.payment("P-005")[3] is False
    with pytest.raises(PaymentRetryNotAvailable):
        shop.customer(service.pay_again, "P-005")


def test_06_cancel_by_import(shop: Shop) -> None:
    shop.takes("06-cancel-by-import.ndjson")
    shop.brings(
        {
            "type": "order",
            "order_number": "P-007",
            "order_date": "2026-11-20",
            "customer_email": "c1@x.example",
            "lines": [{"sku": "S1", "product_id": "P1", "selling_price": 100, "quantity": 2}],
            "status": "cancelled",
        }
    )
    assert [row.status for row in rows(shop.database, Shipment)] == ["cancelled"]
    assert [row.payment_status for row in rows(shop.database, Payment)] == ["success", "failed"]
    assert shop.refunds("P-007") == [("pending", 100)]
    assert shop.order("P-007").has_refund


def test_07_status_against_rows(shop: Shop) -> None:
    [fault] = shop.takes("07-status-against-rows.ndjson")
    assert fault == (2, "payment_status: partially_paid needs payments that say how much arrived")
    assert shop.payment("P-008") == ("failed", 0, 200, True)
    assert shop.payment("P-011") == ("success", 200, 0, False)


def test_11_reimport_payment(shop: Shop) -> None:
    shop.takes("11-reimport-payment.ndjson")
    shop.does(service.settle_payment, "RP-1", succeeded=True, reference="BANK-1")
    shop.takes("11-reimport-payment.ndjson")
    assert shop.payment("R-001") == ("success", 200, 0, False)
    assert rows(shop.database, Payment)[0].payment_reference_number == "BANK-1"


def test_12_reimport_refund(shop: Shop) -> None:
    shop.takes("12-reimport-refund.ndjson")
    shop.does(service.approve_refund, "RR-2")
    shop.does(service.settle_refund, "RR-2", succeeded=True)
    shop.takes("12-reimport-refund.ndjson")
    assert shop.refunds("R-002") == [("success", 200)]
    with pytest.raises(Conflict):
        shop.does(service.approve_refund, "RR-2")
    shop.does(service.settle_refund, "RR-2", succeeded=True)
    assert shop.refunds("R-002") == [("success", 200)]


def test_13_reimport_parcel(shop: Shop) -> None:
    shop.takes("13-reimport-parcel.ndjson")
    shop.does(service.move_shipment, "RS-3", ShipmentStatus.DELIVERED)
    shop.takes("13-reimport-parcel.ndjson")
    found = shop.order("R-003")
    assert (found.status, found.shipments[0].status) == ("delivered", "delivered")
    assert shop.returnable("R-003") == [2]


def test_14_reimport_approval(shop: Shop) -> None:
    shop.takes("14-reimport-approval.ndjson")
    shop.does(service.approve_order, "R-004")
    shop.takes("14-reimport-approval.ndjson")
    assert shop.order("R-004").status == "confirmed"


def test_16_reimport_cancel(shop: Shop) -> None:
    shop.takes("16-reimport-cancel.ndjson")
    cancel = {"cancellation_reason": "Too late", "feedback": "Sorry"}
    data = CancelOrder.model_validate(cancel | {"refund_mode": "original_payment_mode"})
    shop.customer(service.cancel_order, "R-006", data)
    shop.takes("16-reimport-cancel.ndjson")
    [order] = rows(shop.database, Order)
    assert (order.cancellation_reason, order.feedback) == ("Too late", "Sorry")
    assert [row.status for row in rows(shop.database, Shipment)] == ["cancelled"]
    states = {row.request_number: row.payment_status for row in rows(shop.database, Payment)}
    assert states == {"RP-6a": "success", "RP-6b": "failed"}


def test_17_reimport_review(shop: Shop) -> None:
    shop.takes("17-reimport-review.ndjson")
    made = {row.product_id: row.id for row in rows(shop.database, Review)}
    shop.does(reviews.decide_review, made["P7"], approved=True)
    shop.does(reviews.decide_review, made["P8"], approved=False)
    before = [(row.rating_count, row.rating_sum) for row in rows(shop.database, Product)]
    shop.takes("17-reimport-review.ndjson")
    found = {row.product_id: row.status for row in rows(shop.database, Review)}
    assert found == {"P7": "approved", "P8": "rejected"}
    assert [(row.rating_count, row.rating_sum) for row in rows(shop.database, Product)] == before


def test_18_reimport_contact(shop: Shop) -> None:
    shop.takes("18-reimport-contact.ndjson")
    with shop.database.session(writes=True) as db:
        user = db.get_one(User, rows(shop.database, User, external_id="X2")[0].id)
        user.email, user.is_email_verified, user.first_name = "c2new@x.example", True, "New"
        db.commit()
    shop.takes("18-reimport-contact.ndjson")
    [user] = rows(shop.database, User, external_id="X2")
    assert (user.email, user.is_email_verified) == ("c2new@x.example", True)
    assert user.first_name == "New"


def test_18b_reimport_phone(shop: Shop) -> None:
    shop.takes("18b-reimport-phone.ndjson")
    with shop.database.session(writes=True) as db:
        user = db.get_one(User, rows(shop.database, User, external_id="X12")[0].id)
        user.phone, user.is_phone_verified = "9876500000", True
        db.commit()
    shop.takes("18b-reimport-phone.ndjson")
    [user] = rows(shop.database, User, external_id="X12")
    assert (user.phone, user.is_phone_verified) == ("9876500000", True)


def test_19_reimport_address(shop: Shop) -> None:
    shop.takes("19-reimport-address.ndjson")
    found = {row.address_line1: row.id for row in rows(shop.database, Address)}
    [user] = rows(shop.database, User, external_id="X2")
    owner = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id)
    shop._call(addresses.delete_address, found["1 Old Road"], actor=owner)
    with shop.database.session(writes=True) as db:
        db.get_one(Address, found["2 Kept Road"]).city = "Mumbai"
        db.commit()
    for _ in range(2):
        shop.takes("19-reimport-address.ndjson")
        [kept] = rows(shop.database, Address)
        assert (kept.address_line1, kept.city) == ("2 Kept Road", "Mumbai")


def test_21_ready_for_review_stale(shop: Shop) -> None:
    shop.takes("21-ready-for-review-stale.ndjson")
    assert [row.product_id for row in rows(shop.database, Purchase)] == ["P10"]
    shop.brings(
        {
            "type": "order",
            "order_number": "R-010",
            "order_date": "2026-11-20",
            "customer_email": "c2@x.example",
            "lines": [{"sku": "S10", "product_id": "P10", "selling_price": 100}],
            "status": "cancelled",
            "cancelled_at": "2026-11-26",
        }
    )
    assert rows(shop.database, Purchase) == []
    shop.email = "c2@x.example"
    data = CreateReview.model_validate({"product_id": "P10", "rating": 4, "order_number": "R-010"})
    with pytest.raises(PortalError) as refused:
        shop.customer(reviews.create_review, "P10", data)
    assert refused.value.code == "product_not_purchased"


def test_31_free_units_refundable(shop: Shop) -> None:
    shop.takes("31-free-units-refundable.ndjson")
    assert [shop.returnable(f"F-00{n}") for n in (1, 2, 3)] == [[2], [2], [0]]
    for number in ("F-001", "F-002"):
        with pytest.raises(QuantityNotReturnable):
            shop.customer(returns.create_return, number, asked(3))


def test_32_more_units_than_line(shop: Shop) -> None:
    faults = shop.takes("32-more-units-than-line.ndjson")
    assert [line for line, _ in faults] == [4, 1, 2]
    assert shop.returnable("F-006") == [2]
    assert "at most quantity" in faults[0][1]


def test_33_twin_skus(shop: Shop) -> None:
    shop.takes("33-twin-skus.ndjson")
    for number in ("F-008", "F-009"):
        assert shop.returnable(number) == [1, 2]
        lines = rows(shop.database, OrderLine)
        assert {line.selling_price: line.quantity for line in lines} == {10000: 1, 5000: 2}


def test_35_shopify_refunded(shop: Shop) -> None:
    assert shop.takes("35-shopify-refunded.csv") == []
    assert shop.order("2002").cancellation_refund_details.refundable_amount == 0
    assert shop.order("2003").cancellation_refund_details.refundable_amount == 200
    for number in ("2002", "2003"):
        shop.customer(service.cancel_order, number, CANCEL)
    assert shop.refunds("2002") == [("success", 300)]
    assert sorted(shop.refunds("2003")) == [("pending", 200), ("success", 100)]
    assert shop.refunds("2004") == [("pending", 300)]


def test_37_shopify_money(shop: Shop) -> None:
    assert shop.takes("37-shopify-money.csv") == []
    assert shop.payment("3001") == ("pending", 0, 100, False)
    bill = shop.order("3002")
    parts = (bill.subtotal, bill.item_total_tax, bill.shipping_amount, bill.grand_total)
    assert parts == (Decimal(90), Decimal(8), Decimal(10), Decimal(108))
    assert shop.payment("3003")[1:3] == (60, 40)
    assert (shop.order("3004").status, shop.refunds("3004")) == ("cancelled", [("success", 100)])
    before = shop.order("3005")
    shop.takes("37-shopify-money.csv")
    assert (before.status, shop.order("3005").status) == ("delivered", "delivered")


def test_41_window_closes(shop: Shop, the_day: Any) -> None:
    the_day.now = datetime.fromisoformat("2026-11-27T23:56:56+00:00")
    shop.takes("41-window-closes.ndjson")
    shop.email = "c4@x.example"
    [user] = rows(shop.database, User, email="c4@x.example")
    for seconds, status in ((0, "delivered"), (1, "complete")):
        the_day.advance(seconds=seconds)
        query = OrderQuery.model_validate({"user_id": user.id, "status": [status]})
        [listed] = shop.customer(service.list_orders, query).rows.view()
        assert (listed.status, shop.order("W-001").status) == (status, status)


def test_42_only_parcel_cancelled(shop: Shop) -> None:
    shop.takes("42-only-parcel-cancelled.ndjson")
    assert shop.order("W-002").status == "awaiting_shipment"
    shop.does(service.move_shipment, "WS-2", ShipmentStatus.CANCELLED)
    assert shop.order("W-002").status == "confirmed"


def test_42b_packed_parcel_cancelled(shop: Shop) -> None:
    shop.takes("42b-packed-parcel-cancelled.ndjson")
    with pytest.raises(OrderNotCancellable):
        shop.customer(service.cancel_order, "W-012", CANCEL)
    shop.does(service.move_shipment, "WS-12", ShipmentStatus.CANCELLED)
    found = shop.order("W-012")
    assert (found.status, found.is_cancellation_allowed) == ("confirmed", True)


def test_43_settings(shop: Shop, set_settings: Any) -> None:
    shop.takes("43-settings.ndjson")
    assert shop.order("W-003").is_cancellation_allowed
    set_settings(PORTAL_CANCEL_SCHEDULED="false", PORTAL_RETURN_WINDOW_DAYS="5")
    shop.does(lambda ctx: service.apply_settings(ctx.db, ctx.now))
    assert not shop.order("W-003").is_cancellation_allowed
    with pytest.raises(OrderNotCancellable):
        shop.customer(service.cancel_order, "W-003", CANCEL)
    assert (shop.order("W-004").status, shop.returnable("W-004")) == ("complete", [0])
    with pytest.raises(ReturnWindowClosed):
        shop.customer(returns.create_return, "W-004", asked())


def test_44_order_number_returns(shop: Shop) -> None:
    [(line, reason)] = shop.takes("44-order-number-returns.ndjson")
    assert (line, rows(shop.database, Order)) == (1, [])
    assert "returns" in reason


DIGITS = {
    currency: digits
    for currencies, digits in (
        ("IQD KWD BHD TND LYD JOD OMR", 3),
        ("CLF UYW", 4),
        ("ISK JPY PYG RWF UGX VND VUV XAF XOF XPF KRW KMF GNF DJF CLP BIF UYI", 0),
    )
    for currency in currencies.split()
}
"""Digits of ISO 4217 where they are not 2."""


def test_45_minor_units(shop: Shop) -> None:
    faults = shop.takes("45-minor-units.ndjson")
    assert len(faults) == 4  # XXX, XTS, XAU, DEM
    found = rows(shop.database, Order)
    assert len(found) == 63
    for order in found:
        right = {0: 12, 2: 1235, 3: 12346, 4: 123456}[DIGITS.get(order.currency, 2)]
        [payment] = rows(shop.database, Payment, order_id=order.id)
        assert (order.grand_total, payment.amount) == (right, right), order.currency


def test_47_promotions_break_schema(shop: Shop) -> None:
    faults = shop.takes("47-promotions-break-schema.ndjson")
    faults += shop.takes("47b-promotions-poison.ndjson")
    for order in rows(shop.database, Order):
        assert shop.order(order.order_number).order_number == order.order_number
    assert len(faults) + len(rows(shop.database, Order)) == 2


def test_48_address_book_over_50(shop: Shop) -> None:
    shop.takes("48-address-book-over-50.ndjson")
    assert len(rows(shop.database, Address)) == 50
    assert shop.kept == ["addresses: a book holds 50; 30 of these are left out"]


def test_51_replacement_cancelled_late(shop: Shop) -> None:
    shop.takes("51-replacement-cancelled-late.ndjson")
    number = shop.give_back("Z-001", 2, "replacement")
    made = shop.customer(returns.get_return, "Z-001", number).replacement_order_number
    assert shop.refunds("Z-001") == []
    shop.customer(service.cancel_order, made, CANCEL)
    assert shop.refunds("Z-001") == [("pending", 200)]


def test_52_refund_failed(shop: Shop) -> None:
    shop.takes("52-refund-failed.ndjson")
    shop.customer(service.cancel_order, "Z-002", CANCEL)
    [refund] = rows(shop.database, Refund)
    shop.does(service.approve_refund, refund.request_number)
    shop.does(service.settle_refund, refund.request_number, succeeded=False)
    assert shop.refunds("Z-002") == [("failed", 200), ("pending", 200)]


def test_53_parcel_lost(shop: Shop) -> None:
    shop.takes("53-parcel-lost.ndjson")
    shop.does(service.move_shipment, "ZS-3", ShipmentStatus.LOST)
    shop.does(service.refund_shipment, "ZS-3")
    assert shop.refunds("Z-003") == [("pending", 200)]


def test_54_55_delivered_without_date_or_parcels(shop: Shop) -> None:
    shop.takes("54-delivered-without-date.ndjson")
    shop.takes("55-delivered-without-parcels.ndjson")
    assert [shop.returnable(f"Z-00{n}") for n in (4, 5, 6)] == [[2], [2], [2]]
    shop.customer(returns.create_return, "Z-006", asked(2))


def test_56_opening_balance_swallows_grants(shop: Shop) -> None:
    shop.brings({"type": "customer", "email": "c6b@x.example"})
    shop.takes("56-opening-balance-swallows-grants.ndjson")
    shop.email = "c6b@x.example"
    [user] = rows(shop.database, User, email=shop.email)
    shop.does(loyalty.grant_points, user.customer_id, Decimal(100), remarks="Sorry")
    assert shop.points() == 100
    shop.brings(
        {
            "type": "loyalty_activity",
            "external_id": "ZL2",
            "customer_email": "c6b@x.example",
            "activity_type": "earned",
            "loyalty_point": 1,
            "created_at": "2026-10-02",
        }
    )
    assert shop.points() == 101


def test_57_final_state_against_parcels(shop: Shop) -> None:
    shop.takes("57-final-state-against-parcels.ndjson")
    assert shop.order("Z-007").status == "shipped"
    found = shop.order("Z-009")
    assert (found.status, found.cancelled_at) == ("confirmed", None)
    assert shop.order("Z-010").status in {"delivered", "complete"}


def test_61_large_amounts(shop: Shop) -> None:
    assert shop.takes("61-large-amounts.ndjson") == []
    totals = {row.order_number: row.grand_total for row in rows(shop.database, Order)}
    assert totals == {"L-001": 3_000_000_000, "L-002": 2_500_000_000, "L-003": 2_500_000_000}
    assert shop.order("L-002").grand_total == 2_500_000_000


def test_63_savings_across_currencies(shop: Shop) -> None:
    shop.brings({"type": "customer", "email": "c9@x.example"})
    shop.takes("63-savings-across-currencies.ndjson")
    shop.email = "c9@x.example"
    assert shop.customer(loyalty.get_loyalty).loyalty.total_savings == 0


def test_64_credit_and_points_more_than_total(shop: Shop) -> None:
    [(_, reason)] = shop.takes("64-credit-and-points-more-than-total.ndjson")
    assert "more than the order cost: 300 of 100" in reason


def test_67_cancel_mints_points(shop: Shop) -> None:
    shop.takes("67-cancel-mints-points.ndjson")
    shop.email = "c9@x.example"
    before = shop.points()
    shop.customer(service.cancel_order, "V-005", CANCEL)
    assert (before, shop.points()) == (0, 0)
    assert shop.refunds("V-005") == [("pending", 100)]


def test_69_quote_points(shop: Shop) -> None:
    shop.takes("69-quote-points.ndjson")
    shop.email = "c69@x.example"
    for _ in range(7):
        before = shop.points()
        quote = shop.customer(returns.quote_return, "QQ-001", asked().return_items)
        shop.give_back("QQ-001")
        assert shop.points() - before == quote.points


def test_71_delivery_by_import_earns(shop: Shop) -> None:
    shop.takes("71-delivery-by-import-earns-nothing.ndjson")
    shop.email = "c12@x.example"
    shop.does(service.move_shipment, "YS-1", ShipmentStatus.DELIVERED)
    assert shop.points() == 20
    shop.brings(
        {
            "type": "shipment",
            "reference_number": "YS-2",
            "order_number": "Y-002",
            "status": "delivered",
            "delivered_date": "2026-11-27",
        }
    )
    assert shop.points() == 40


def test_72_payment_by_import_after_cancel(shop: Shop) -> None:
    shop.takes("72-payment-by-import-after-cancel.ndjson")
    shop.customer(service.cancel_order, "Y-003", CANCEL)
    assert shop.refunds("Y-003") == []
    shop.brings(
        {"type": "payment", "request_number": "YP-3", "order_number": "Y-003", "amount": 200}
    )
    assert shop.refunds("Y-003") == [("pending", 200)]


def test_74_points_refund_by_import(shop: Shop) -> None:
    shop.brings({"type": "customer", "email": "c12@x.example"})
    shop.takes("74-points-refund-by-import.ndjson")
    shop.email = "c12@x.example"
    before = shop.points()
    for _ in range(2):
        shop.does(service.approve_refund, "YR-5") if rows(shop.database, Refund)[0].status == (
            "pending"
        ) else None
        shop.does(service.settle_refund, "YR-5", succeeded=True)
        assert shop.points() == before + 50
        shop.takes("74-points-refund-by-import.ndjson")
    assert shop.points() == before + 50


def test_76_overpaid(shop: Shop) -> None:
    shop.takes("76-overpaid-cancel.ndjson")
    assert shop.refunds("X-001") == [("pending", 50)]
    shop.customer(service.cancel_order, "X-001", CANCEL)
    assert sum(amount for _, amount in shop.refunds("X-001")) == 250


def test_77_cancel_with_pending_refund(shop: Shop) -> None:
    shop.takes("77-cancel-with-pending-refund.ndjson")
    shop.customer(service.cancel_order, "X-002", CANCEL)
    assert shop.refunds("X-002") == [("pending", 200)]


def test_79_return_then_window(shop: Shop, the_day: Any) -> None:
    shop.takes("79-return-then-return-window.ndjson")
    shop.customer(returns.create_return, "X-004", asked(1))
    assert shop.returnable("X-004") == [1]
    the_day.advance(days=40)
    assert (shop.returnable("X-004"), shop.order("X-004").status) == ([0], "complete")


def test_counts_agree_after_all_of_them(shop: Shop) -> None:
    for case in sorted(CASES.iterdir()):
        shop.takes(case.name)
    counted: dict[str, int] = {}
    for row in rows(shop.database, OrderCount):
        counted[row.status] = counted.get(row.status, 0) + row.count
    listed: dict[str, int] = {}
    for document in rows(shop.database, OrderDocument):
        listed[document.status] = listed.get(document.status, 0) + 1
    assert {k: v for k, v in counted.items() if v} == listed
    assert sum(listed.values()) == len(rows(shop.database, Order))


def test_every_case_has_its_test() -> None:
    told = "".join(one.read_text() for one in Path(__file__).parent.glob("test_case_files*.py"))
    assert {case.name for case in CASES.iterdir() if case.name not in told} == set()
