"""A record goes in whole or not at all, new or known; the rest of its batch goes in."""

from pathlib import Path
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import Address, LoyaltyAccount, Order, Payment, Shipment, User
from account_portal.orders import service
from tests.factories.records import bring_in, rows, write
from tests.merchant.shops import Shop, day, parcel, sold

PAID = [{"request_number": "P", "amount": 200}]
SENT = {"shipments": [parcel("S", items=[{"sku": "S1", "quantity": 5}])]}
BACK = {"refunds": [{"request_number": "R", "refund_amount": 300}]}


@pytest.mark.parametrize("wrong", [SENT, BACK, {"payments": [*PAID, {**PAID[0], "amount": 1}]}])
def test_nothing_is_written_of_a_refused_change(shop: Shop, wrong: dict[str, Any]) -> None:
    other = [{"request_number": "OTHER", "amount": 200}]
    shop.brings(sold("N-1", payments=PAID), sold("N-2", payments=other))
    if "payments" in wrong:
        wrong = {"payments": [*PAID, {"request_number": "OTHER", "amount": 1}]}
    changed = sold("N-1", **{"payments": PAID, **wrong}, customer_note="New")
    good = sold("N-2", payments=other, customer_note="New")
    assert [line for line, _ in shop.brings(changed, good)] == [1]
    notes = {row.order_number: row.customer_note for row in rows(shop.database, Order)}
    assert notes == {"N-1": None, "N-2": "New"}
    assert rows(shop.database, Shipment) == []
    assert len(rows(shop.database, Payment)) == 2


def test_a_new_order_with_a_payment_of_another_is_not_made(
    database: Database, tmp_path: Path
) -> None:
    bring_in(database, write(tmp_path / "a.ndjson", sold("N-1", payments=PAID)))
    new = sold("N-2", payments=PAID, status="delivered", customer_email="new@x.example")
    summary, faults = bring_in(database, write(tmp_path / "b.ndjson", new, sold("N-3")))
    assert faults == [(1, "payment P belongs to another order")]
    assert (summary.created, summary.faults) == (1, 1)
    assert sorted(row.order_number for row in rows(database, Order)) == ["N-1", "N-3"]
    assert [row.email for row in rows(database, User)] == ["c1@x.example"]


def test_a_refused_order_makes_no_customer(database: Database, tmp_path: Path) -> None:
    bring_in(database, write(tmp_path / "a.ndjson", sold("N-1")))
    moved = sold("N-1", customer_email="other@x.example")
    never = sold("N-2", customer_email="never@x.example", **BACK)
    _, faults = bring_in(database, write(tmp_path / "b.ndjson", moved, never))
    assert [line for line, _ in faults] == [1, 2]
    assert [row.email for row in rows(database, User)] == ["c1@x.example"]


def test_a_refused_subscription_adds_no_address(database: Database, tmp_path: Path) -> None:
    two = [{"type": "customer", "email": f"{name}@x.example"} for name in "ab"]
    plan = {"type": "subscription", "subscription_number": "SUB", "product_id": "P1"}
    bring_in(
        database, write(tmp_path / "a.ndjson", *two, {**plan, "customer_email": "a@x.example"})
    )
    address = {"address_line1": "1 Road", "city": "Pune", "pincode": "411001"}
    taken = {**plan, "customer_email": "b@x.example", "shipping_address": address}
    _, faults = bring_in(database, write(tmp_path / "b.ndjson", taken))
    assert [line for line, _ in faults] == [1]
    assert rows(database, Address) == []


def test_a_record_that_waits_is_told_once(shop: Shop) -> None:
    shop.brings(sold("N-1", payments=PAID))
    two = [{"request_number": name, "refund_amount": 300} for name in ("R", "R2")]
    assert len(shop.brings(sold("N-1", payments=PAID, refunds=two))) == 1


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,"
    "Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
    "Refunded Amount,Id,Payment Method\n"
)


def exported(**values: Any) -> str:
    row = {
        "name": "#7001",
        "email": "c1@x.example",
        "paid": "paid",
        "sent": "",
        "sent_at": "",
        "units": 2,
        "refunded": 0,
        "id": 1,
        **values,
    }
    return (
        "{name},{email},{paid},,{sent},{sent_at},INR,200,0,0,200,2026-11-20 10:00:00 +0000,"
        "{units},Thing,100.00,S1,{refunded},{id},Shopify Payments\n"
    ).format(**row)


@pytest.mark.parametrize(
    "wrong", [{"refunded": 300}, {"units": 1, "refunded": 0, "sent": "fulfilled"}]
)
def test_an_export_that_waits_keeps_its_parcels_apart(
    database: Database, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    """What was made of `fulfilment` is no part of the record that is tried again."""
    first = exported(sent="fulfilled", sent_at="2026-11-01 10:00:00 +0000")
    if "units" not in wrong:
        first = exported()
    (tmp_path / "a.csv").write_text(SHOPIFY + first)
    bring_in(database, tmp_path / "a.csv")
    sent = {"sent": "fulfilled", "sent_at": "2026-11-25 10:00:00 +0000"}
    (tmp_path / "b.csv").write_text(SHOPIFY + exported(**{**sent, **wrong}))
    _, faults = bring_in(database, tmp_path / "b.csv")
    if "units" in wrong:
        assert faults == []
    else:
        assert faults == [(2, "refund 7001-refund: more goes back than was paid")]
        assert rows(database, Shipment) == []


def test_orders_of_one_number_have_statements_of_their_own(
    database: Database, tmp_path: Path, call: Any
) -> None:
    shop = Shop(database, tmp_path, call)
    both = exported(name="#5401", paid="pending") + exported(
        name="#5401", email="ben@x.example", id=2
    )
    (tmp_path / "a.csv").write_text(SHOPIFY + both)
    summary, _ = bring_in(database, tmp_path / "a.csv")
    assert summary.created == 2
    shop.does(service.settle_payment, "5401-payment", succeeded=True)
    for _ in range(2):
        summary, _ = bring_in(database, tmp_path / "a.csv")
        assert (summary.unchanged, summary.updated) == (2, 0)
        assert shop.payment("5401") == ("success", 200, 0, False)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"payment_status": "partially_paid"}, "partially_paid needs payments"),
        (
            {"line": {"selling_price": 10**12, "quantity": 100}},
            "more than 1000000000000000 of its smallest unit",
        ),
        (
            {"line": {"selling_price": 10**12, "quantity": 10**6, "line_total": 5}},
            "more than 1000000000000000 of its smallest unit",
        ),
        ({"payments": [{"request_number": "P", "amount": 10**12}]}, ""),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_what_a_new_order_may_not_say_no_order_may(
    shop: Shop, changed: dict[str, Any], reason: str, is_new: bool
) -> None:
    if not is_new:
        shop.brings(sold("N-1"))
    found = [words for _, words in shop.brings(sold("N-1", **changed), sold("N-2"))]
    assert [reason in words for words in found] == ([True] if reason else [])


def test_a_sum_no_column_holds_is_refused_in_words(shop: Shop) -> None:
    paid = [{"request_number": f"P{n}", "amount": 10**12} for n in range(1000)]
    [(line, words)] = shop.brings(sold("N-1", currency="CLF", payments=paid), sold("N-2"))
    assert (line, words) == (1, "what its amounts come to is more than can be kept")


@pytest.mark.parametrize("way", ["less", "bounced", "own"])
def test_a_payment_is_not_less_than_what_went_back(shop: Shop, way: str) -> None:
    refunds = [{"request_number": "R", "refund_amount": 150}]
    shop.brings(sold("N-1", payments=PAID, refunds=refunds))
    less = {**PAID[0], **({"payment_status": "failed"} if way == "bounced" else {"amount": 50})}
    told = sold("N-1", payments=[less], refunds=refunds)
    shop.brings({**less, "type": "payment", "order_number": "N-1"} if way == "own" else told)
    assert shop.payment("N-1") == ("success", 200, 0, False)
    failed = [{**refunds[0], "status": "failed"}]
    shop.brings(sold("N-1", payments=[{**PAID[0], "amount": 120}], refunds=failed))
    assert [row.amount for row in rows(shop.database, Payment)] == [12000]


def test_a_history_brings_its_own_points_however_it_is_told(shop: Shop) -> None:
    old = {"order_date": "2024-03-01", "loyalty_point_earned": 20, "payments": PAID}
    own = {**parcel("S", delivered_date="2024-03-05"), "type": "shipment", "order_number": "N-1"}
    many = [sold(f"N-{n}", order_date=day(9)) for n in range(2, 1100)]
    assert shop.brings(sold("N-1", **old), *many, own) == []
    assert rows(shop.database, LoyaltyAccount) == []
    gone = sold("M-1", **{**old, "payments": []}, status="cancelled")
    sent = {**parcel("S2", "shipped"), "type": "shipment", "order_number": "M-1"}
    assert shop.brings(gone, sent) == []
    assert len(rows(shop.database, Shipment)) == 2
