"""Files that tell one thing several times, or under several names, read again after a day here."""

from typing import Any

import pytest

from account_portal.models import Payment, Refund, Review, User
from account_portal.orders import service
from account_portal.reviews import service as reviews
from account_portal.states import RefundMode, ShipmentStatus
from tests.factories.records import bring_in, contents, rows, write
from tests.merchant.shops import CANCEL, Shop, day, parcel, sold

OPEN = {"request_number": "P", "amount": 200, "payment_status": "pending"}
PAID = {**OPEN, "payment_status": "success"}


def own(part: dict[str, Any], number: str = "N-1") -> dict[str, Any]:
    kind = "payment" if "amount" in part else "shipment"
    return {**part, "type": kind, "order_number": number}


def again(shop: Shop, *records: dict[str, Any]) -> Any:
    summary, faults = bring_in(shop.database, write(shop._path / "again.ndjson", *records))
    assert faults == []
    return summary


LOGS = [
    [sold("N-1"), own(OPEN), own(PAID)],
    [sold("N-1", payments=[OPEN]), own(PAID)],
    [sold("N-1", payments=[OPEN]), sold("N-1", payments=[PAID])],
    [sold("N-1"), own(OPEN), own({**OPEN, "payment_method": "UPI"}), own(PAID)],
]


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("many", [False, True])
def test_the_steps_of_a_log_are_no_news_when_read_again(
    shop: Shop, log: list[dict[str, Any]], many: bool
) -> None:
    others = [sold(f"O-{n}", customer_email="o@x.example") for n in range(1100 if many else 0)]
    records = [log[0], *others, *log[1:]]
    again(shop, *records)
    assert shop.payment("N-1")[0] == "success"
    shop.customer(service.cancel_order, "N-1", CANCEL)
    with shop.database.session(writes=True) as db:
        for refund in rows(shop.database, Refund):
            db.get_one(Refund, refund.id).payment_mode = RefundMode.BANK_TRANSFER
        db.commit()
    before = contents(shop.database)
    for _ in range(2):
        summary = again(shop, *records)
        assert (summary.unchanged, summary.updated) == (len(records), 0)
        assert contents(shop.database) == before


@pytest.mark.parametrize(
    "cancel", [{"cancelled_at": day(2)}, {"status": "cancelled"}, {"status": "canceled"}]
)
def test_a_cancel_that_is_no_longer_told_is_kept_and_said(
    shop: Shop, cancel: dict[str, Any]
) -> None:
    said = ["the order is cancelled here; it cannot become confirmed"]
    for before in ([], [sold("N-1")]):
        shop.brings(*before)
        for _ in range(2):
            shop.brings(sold("N-1", **cancel))
            assert shop.kept == []
        shop.brings(sold("N-1"))
        assert shop.kept == said
        assert shop.order("N-1").status == "cancelled"
        shop.brings(sold("N-1"))
        assert shop.kept == []
    # Read in turn, the last one counts.
    shop.brings(sold("N-1"), sold("N-1", **cancel))
    assert shop.kept == []


def test_what_was_paid_by_its_state_is_owed_when_a_cancel_does_not_say_so_again(
    shop: Shop,
) -> None:
    shop.brings(sold("N-1", payment_status="paid"))
    shop.brings(sold("N-1", status="awaiting_shipment"))
    assert shop.payment("N-1")[0] == "success"
    shop.brings(sold("N-1", status="cancelled"))
    assert shop.payment("N-1")[0] == "success"
    assert shop.refunds("N-1") == [("pending", 200)]


def test_a_cancel_by_the_customer_is_not_missed_in_what_the_shop_tells(shop: Shop) -> None:
    again(shop, sold("N-1", payments=[PAID]))
    shop.customer(service.cancel_order, "N-1", CANCEL)
    shop.brings(sold("N-1", payments=[PAID], customer_note="x"))
    assert shop.kept == []


def test_a_log_that_goes_on_is_read_to_its_end(shop: Shop) -> None:
    log = [sold("N-1"), own(OPEN), own(PAID)]
    again(shop, *log)
    more = own({**PAID, "payment_reference_number": "BANK-1"})
    assert again(shop, *log, more).unchanged == 3
    assert [row.payment_reference_number for row in rows(shop.database, Payment)] == ["BANK-1"]
    assert again(shop, *log, more).unchanged == 4


def test_a_word_the_shop_takes_back_counts(shop: Shop) -> None:
    again(shop, sold("N-1", payments=[PAID]))
    bounced = {**PAID, "payment_status": "failed"}
    for payment, expected in ((bounced, "failed"), (PAID, "success"), (bounced, "failed")):
        assert again(shop, sold("N-1", payments=[payment])).updated == 1
        assert shop.payment("N-1")[0] == expected
    again(shop, own(bounced), own(PAID))
    assert shop.payment("N-1")[0] == "success"
    again(shop, own(PAID), own(bounced))
    assert shop.payment("N-1")[0] == "failed"


def test_a_parcel_that_was_moved_here_stays_there(shop: Shop) -> None:
    log = [sold("N-1"), own(parcel("S", "packed")), own(parcel("S", "shipped"))]
    again(shop, *log)
    shop.does(service.move_shipment, "S", ShipmentStatus.DELIVERED)
    before = contents(shop.database)
    assert again(shop, *log).unchanged == 3
    assert contents(shop.database) == before


def rename(shop: Shop, name: str) -> None:
    with shop.database.session(writes=True) as db:
        [user] = rows(shop.database, User, email="c1@x.example")
        db.get_one(User, user.id).first_name = name
        db.commit()


FIRST = [
    {"type": "customer", "email": "c1@x.example", "first_name": "Old"},
    sold("N-1", customer_first_name="Old"),
    sold("N-1", customer_first_name="Old", customer_id="9"),
    {"type": "customer", "external_id": "9", "email": "c1@x.example", "first_name": "Old"},
]


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("named", [{}, {"external_id": "9"}])
def test_a_name_given_here_stays_whoever_the_shop_calls_its_owner(
    shop: Shop, first: dict[str, Any], named: dict[str, str]
) -> None:
    again(shop, first)
    rename(shop, "New")
    customer = {"type": "customer", "email": "c1@x.example", "first_name": "Old", **named}
    again(shop, customer)
    again(shop, {**customer, "first_name": "Older"})
    assert [row.first_name for row in rows(shop.database, User, email="c1@x.example")] == ["New"]


@pytest.mark.parametrize("first", FIRST)
def test_a_name_nobody_changed_here_follows_the_shop(shop: Shop, first: dict[str, Any]) -> None:
    again(shop, first)
    customer = {"type": "customer", "external_id": "9", "email": "c1@x.example"}
    for name in ("New", "Old", "New"):
        again(shop, {**customer, "first_name": name})
        assert [row.first_name for row in rows(shop.database, User, email="c1@x.example")] == [name]


@pytest.mark.parametrize(
    "named",
    [
        {"customer_id": "9"},
        {"customer_id": "9", "customer_email": "c1@x.example"},
        {"customer_email": "c1@x.example"},
    ],
)
def test_a_review_decided_here_stays_whoever_the_shop_calls_its_author(
    shop: Shop, named: dict[str, str]
) -> None:
    customer = {"type": "customer", "email": "c1@x.example", "external_id": "9"}
    review = {
        "type": "review",
        "product_id": "P1",
        "rating": 4,
        "review_date": day(1),
        "status": "pending",
    }
    again(
        shop,
        customer,
        sold("N-1", status="delivered"),
        {**review, "customer_email": "c1@x.example"},
    )
    [written] = rows(shop.database, Review)
    shop.does(reviews.decide_review, written.id, approved=False)
    again(shop, {**review, **named})
    again(shop, {**review, "customer_email": "c1@x.example"})
    assert [row.status for row in rows(shop.database, Review)] == ["rejected"]
    again(shop, {**review, **named, "status": "approved"})
    assert [row.status for row in rows(shop.database, Review)] == ["approved"]
