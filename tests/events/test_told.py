"""Whoever changes something, the log tells of it: customers, the shop, imports."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from account_portal.addresses import service as addresses
from account_portal.addresses.schemas import CustomerAddressCreate, CustomerAddressUpdate
from account_portal.auth import service as auth
from account_portal.bank_accounts import service as bank_accounts
from account_portal.bank_accounts.schemas import CreateOutboundBankAccount
from account_portal.claims import service as claims
from account_portal.claims.schemas import AcceptClaim, CreateClaim
from account_portal.context import SHOP, Actor
from account_portal.core.db import Database
from account_portal.events import EventType
from account_portal.events.log import Entry
from account_portal.loyalty import service as loyalty
from account_portal.merchant.lists import list_refunds
from account_portal.merchant.rows import RefundsQuery
from account_portal.models import OutboxMessage, Payment, Refund, Shipment, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelOrder, ChangeDelivery, RetryPayment
from account_portal.personal_data import service as personal_data
from account_portal.profile import service as profile
from account_portal.profile.schemas import NotificationPreferencesUpdate, UserUpdate
from account_portal.returns import service as returns
from account_portal.returns.schemas import ChangeOrderReturn, InspectReturn, TellReturnParcel
from account_portal.reviews import service as reviews
from account_portal.states import ReturnStatus, ShipmentStatus
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import StateWithdrawal
from tests.factories.addresses import HOME, make_address
from tests.factories.auth import change_user
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.factories.claims import claim_body, make_claim
from tests.factories.events import log_of, mark, told, types_told
from tests.factories.orders import make_line, make_order
from tests.factories.records import bring_in, rows, write
from tests.factories.returns import make_return, move_return, return_body, return_item
from tests.factories.reviews import make_product, make_review
from tests.factories.users import make_user

CANCEL = CancelOrder.model_validate(
    {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
)
NEVER_PAID: list[dict[str, Any]] = [{"payment_status": "failed"}]
Does = Callable[..., list[tuple[str, dict[str, Any]]]]


@pytest.fixture
def does(database: Database, call: Any) -> Does:
    """`does(who, service, …)`: the events it caused, in order."""

    def run(who: User | Actor, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        before = mark(database)
        call(service, *args, actor=who, **kwargs)
        source = "shop" if who is SHOP else "customer"
        assert {one.source for one in log_of(database, before)} <= {source}
        return told(database, before)

    return run


def names(found: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, _ in found]


def one(database: Database, model: type[Any], **values: Any) -> Any:
    [row] = rows(database, model, **values)
    return row


def test_an_order_is_created_with_all_it_brings(database: Database, owner: User) -> None:
    before = mark(database)
    order = make_order(database, owner, status="confirmed", payments=NEVER_PAID)
    assert told(database, before) == [
        (
            "order.created",
            {
                "order_number": order.order_number,
                "customer_id": owner.customer_id,
                "status": "confirmed",
                "payment_status": "failed",
            },
        )
    ]
    before = mark(database)
    make_order(database, owner)
    assert types_told(database, before) == ["order.created", "order.paid"]
    before = mark(database)
    make_order(database, owner, status="delivered", parcels=[{}])
    assert types_told(database, before) == ["order.created"]


def test_a_parcel_moves(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner)
    made = does(SHOP, orders.create_shipment, order.order_number)
    assert names(made) == ["order.updated", "shipment.moved"]
    parcel = one(database, Shipment, order_id=order.id)
    moved = does(SHOP, orders.move_shipment, parcel.reference_number, ShipmentStatus.SHIPPED)
    assert names(moved) == ["order.updated", "shipment.moved"]
    assert moved[1][1] == {
        "order_number": order.order_number,
        "customer_id": owner.customer_id,
        "reference_number": parcel.reference_number,
        "status": "shipped",
        "previous_status": "unscheduled",
    }
    assert moved[0][1]["status"] == "shipped"


def test_an_order_is_paid_again(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner, payments=NEVER_PAID)
    asked = RetryPayment.model_validate({"payment_gateway_params": {"payment_gateway": "TEST"}})
    retried = does(owner, orders.retry_payment, order.order_number, asked)
    assert names(retried)[:2] == ["order.updated", "payment.retried"]
    attempt = one(database, Payment, payment_status="pending")
    failed = does(SHOP, orders.settle_payment, attempt.request_number, succeeded=False)
    assert names(failed) == ["order.updated", "payment.settled"]
    paid = does(SHOP, orders.settle_payment, attempt.request_number, succeeded=True)
    assert names(paid) == ["order.updated", "order.paid", "payment.settled"]
    assert paid[2][1] == {
        "order_number": order.order_number,
        "customer_id": owner.customer_id,
        "request_number": attempt.request_number,
        "status": "success",
        "amount": 200.0,
        "currency": "INR",
    }
    assert does(SHOP, orders.settle_payment, attempt.request_number, succeeded=True) == []


def test_items_of_an_order_are_cancelled(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner, lines=[make_line(quantity=5)])
    for units in (3, 1):
        wanted = CancelOrder.model_validate(
            {
                "cancellation_reason": "x",
                "refund_mode": "original_payment_mode",
                "cancel_items": [{"sku": "SKU-0", "quantity": units}],
            }
        )
        found = does(owner, orders.cancel_order, order.order_number, wanted)
        assert names(found) == ["order.updated", "order.items_cancelled", "refund.requested"]
        assert found[1][1]["lines"] == [{"sku": "SKU-0", "quantity": units}]


def test_an_order_goes_elsewhere(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner)
    wanted = ChangeDelivery(delivery_instructions="Ring twice")
    found = does(owner, orders.change_delivery, order.order_number, wanted)
    assert names(found) == ["order.updated", "order.delivery_changed"]
    assert does(owner, orders.change_delivery, order.order_number, wanted) == []


def test_an_order_is_cancelled_and_its_money_goes_back(
    database: Database, owner: User, does: Does
) -> None:
    order = make_order(database, owner)
    cancelled = does(owner, orders.cancel_order, order.order_number, CANCEL)
    assert names(cancelled) == ["order.updated", "order.cancelled", "refund.requested"]
    refund = one(database, Refund, order_id=order.id)
    approved = does(SHOP, orders.approve_refund, refund.request_number)
    assert names(approved) == ["order.updated", "refund.approved"]
    assert does(SHOP, orders.approve_refund, refund.request_number) == []
    failed = does(SHOP, orders.settle_refund, refund.request_number, succeeded=False)
    assert sorted(names(failed)) == ["order.updated", "refund.failed", "refund.requested"]
    again = one(database, Refund, retries_id=refund.id)
    does(SHOP, orders.approve_refund, again.request_number)
    settled = does(SHOP, orders.settle_refund, again.request_number, succeeded=True)
    assert names(settled) == ["order.updated", "refund.settled"]
    assert settled[1][1] == {
        "order_number": order.order_number,
        "customer_id": owner.customer_id,
        "request_number": again.request_number,
        "status": "success",
        "amount": 200.0,
        "currency": "INR",
        "payment_mode": "original_payment_mode",
        "is_money": True,
    }


def test_refunds_that_arise_by_themselves_are_told(
    database: Database, owner: User, does: Does
) -> None:
    order = make_order(database, owner, payments=[{}, {"payment_status": "pending"}])
    late = one(database, Payment, payment_status="pending")
    found = does(SHOP, orders.settle_payment, late.request_number, succeeded=True)
    assert names(found) == ["order.updated", "payment.settled", "refund.requested"]
    assert found[2][1]["request_number"] == one(database, Refund, order_id=order.id).request_number


def test_what_comes_back_as_credit_is_no_money_to_pay(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}], credit_balance_used=10000)
    before = mark(database)
    make_return(database, owner, order, return_item(), status=ReturnStatus.COMPLETE)
    back = [data for name, data in told(database, before) if name == "refund.requested"]
    assert {data["request_number"]: data["is_money"] for data in back} == {
        row.request_number: row.is_money
        for row in call(list_refunds, RefundsQuery(), actor=SHOP).rows
    }
    assert sorted(data["is_money"] for data in back) == [False, True]


def test_a_return_takes_its_way(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    before = mark(database)
    request = make_return(database, owner, order, return_item())
    [asked] = [data for name, data in told(database, before) if name == "return.requested"]
    assert asked == {
        "order_number": order.order_number,
        "customer_id": owner.customer_id,
        "request_number": request.request_number,
        "status": "created",
    }
    steps = (
        (ReturnStatus.APPROVED, ["return.decided"]),
        (ReturnStatus.SHIPPED, []),
        (ReturnStatus.RECEIVED, ["return.received"]),
        (ReturnStatus.COMPLETE, ["return.completed"]),
    )
    for status, expected in steps:
        service = {
            ReturnStatus.APPROVED: returns.approve_return,
            ReturnStatus.SHIPPED: returns.mark_return_shipped,
            ReturnStatus.RECEIVED: returns.receive_return,
            ReturnStatus.COMPLETE: returns.complete_return,
        }[status]
        found = names(does(SHOP, service, request.request_number))
        assert [name for name in found if name.startswith("return.")] == expected


def test_what_was_changed_is_told_line_by_line(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    number = make_return(database, owner, order).request_number
    anew = ChangeOrderReturn.model_validate(
        return_body(return_item(quantity=2, resolution="replacement", reason_code="damaged"))
    )
    found = does(owner, returns.change_return, order.order_number, number, anew)
    assert [name for name in names(found) if name.startswith("return.")] == ["return.changed"]
    [told_of] = [data for name, data in found if name == "return.changed"]
    assert (told_of["request_number"], told_of["status"]) == (number, "created")
    assert told_of["lines"] == [
        {"sku": "SKU-0", "quantity": 2, "resolution": "replacement", "reason_code": "damaged"}
    ]


def test_a_parcel_is_told_each_time_it_is_another(
    database: Database, owner: User, does: Does
) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    number = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    for awb_no, expected in (("1490-1", ["return.parcel_told"]), ("1490-1", []), ("1490-2", None)):
        parcel = TellReturnParcel(awb_no=awb_no)
        found = names(does(owner, returns.tell_parcel, order.order_number, number, parcel))
        told_of = [name for name in found if name.startswith("return.")]
        assert told_of == (["return.parcel_told"] if expected is None else expected)


def test_what_was_received_is_told_line_by_line(
    database: Database, owner: User, does: Does
) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    item = return_item(quantity=2)
    request = make_return(database, owner, order, item, status=ReturnStatus.RECEIVED)
    said = {"sku": "SKU-0", "accepted": 0, "refused": 1, "reason_code": "worn", "note": "Torn"}
    data = InspectReturn.model_validate({"return_items": [said]})
    found = does(SHOP, returns.inspect_return, request.request_number, data)
    assert [name for name in names(found) if name.startswith("return.")] == ["return.inspected"]
    [told_of] = [data for name, data in found if name == "return.inspected"]
    assert told_of["lines"] == [
        {
            "sku": "SKU-0",
            "quantity": 2,
            "accepted_quantity": 0,
            "refused_quantity": 1,
            "reason_code": "worn",
            "goods": "sent_back",
            "can_ask_again": False,
        }
    ]


def test_a_return_is_rejected_or_withdrawn(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    rejected = make_return(database, owner, order, return_item())
    before = mark(database)
    move_return(database, rejected.request_number, ReturnStatus.REJECTED)
    found = [data for name, data in told(database, before) if name == "return.decided"]
    assert [data["status"] for data in found] == ["rejected"]
    request = make_return(database, owner, order, return_item())
    withdrawn = does(owner, returns.cancel_return, request.request_number)
    assert "return.withdrawn" in names(withdrawn)


def test_a_claim_is_opened_and_decided(database: Database, owner: User, does: Does) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    body = CreateClaim.model_validate(claim_body())
    [(name, data)] = does(owner, claims.create_claim, order.order_number, body)
    number = data["claim_number"]
    assert (name, data) == (
        "claim.opened",
        {
            "order_number": order.order_number,
            "customer_id": owner.customer_id,
            "claim_number": number,
            "status": "open",
            "resolution": None,
        },
    )
    agreed = AcceptClaim.model_validate({"resolution": "refund"})
    found = dict(does(SHOP, claims.accept_claim, number, agreed))
    assert found["claim.decided"] == {**data, "status": "accepted", "resolution": "refund"}
    assert {"order.updated", "refund.requested"} <= found.keys()
    second = make_claim(database, owner, order).claim_number
    assert names(does(owner, claims.withdraw_claim, second)) == ["claim.withdrawn"]
    third = make_claim(database, owner, order).claim_number
    [(name, data)] = does(SHOP, claims.reject_claim, third, "It is whole")
    assert (name, data["status"]) == ("claim.decided", "rejected")


def test_reviews_are_submitted_and_decided(database: Database, owner: User, does: Does) -> None:
    before = mark(database)
    review = make_review(database, owner, make_product(database).id)
    [(name, data)] = told(database, before)
    assert (name, data["rating"], data["status"]) == ("review.submitted", 4.0, "pending")
    decided = does(SHOP, reviews.decide_review, review.id, approved=True)
    assert decided == [("review.decided", {**data, "status": "approved"})]
    assert does(SHOP, reviews.decide_review, review.id, approved=True) == []


def test_the_address_book(database: Database, owner: User, does: Does) -> None:
    first = does(owner, addresses.create_address, CustomerAddressCreate(**HOME))
    [(name, data)] = first
    assert (name, data["customer_id"]) == ("address.created", owner.customer_id)
    more = CustomerAddressCreate(**{**HOME, "is_default_shipping": True})
    assert names(does(owner, addresses.create_address, more)) == [
        "address.updated",  # the first is the default no more
        "address.created",
    ]
    change = CustomerAddressUpdate(nickname="Second home")
    assert does(owner, addresses.update_address, data["address_id"], change) == [
        ("address.updated", data)
    ]
    assert does(owner, addresses.update_address, data["address_id"], change) == []
    assert does(owner, addresses.delete_address, data["address_id"]) == [("address.deleted", data)]


def test_customers(database: Database, does: Does) -> None:
    before = mark(database)
    user = make_user(database)
    found = log_of(database, before)
    assert [(one.type, one.customer_id) for one in found] == [
        ("customer.created", user.customer_id)
    ]
    head = {"customer_id": user.customer_id, "external_id": None}
    assert does(user, profile.update_profile, UserUpdate(first_name="Zoe")) == [
        ("customer.updated", {**head, "changed": ["first_name"]})
    ]
    assert does(user, profile.update_profile, UserUpdate(first_name="Zoe")) == []
    before = mark(database)
    change_user(database, user, email="new@example.com", is_email_verified=False)
    assert told(database, before) == [
        (
            "customer.contact_changed",
            {**head, "changed": ["email", "is_email_verified"]},
        )
    ]
    before = mark(database)
    change_user(database, user, password_hash="x", news=7)
    assert told(database, before) == []
    assert does(user, auth.deactivate_user) == [("customer.deactivated", head)]
    again = does(SHOP, auth.reactivate_customer, user.customer_id)
    assert again == [("customer.reactivated", head)]


def test_ones_own_data(database: Database, does: Does) -> None:
    user = make_user(database, external_id="C-5")
    assert does(user, personal_data.request_export) == []
    before = mark(database)
    assert personal_data.make_exports() == 1
    [(kind, data)] = told(database, before)
    assert kind == "customer.data_exported"
    assert data["customer_id"] == user.customer_id
    found = does(user, personal_data.delete_account)
    assert [kind for kind, _ in found] == [
        "customer.deactivated",
        "customer.contact_changed",
        "customer.updated",
        "customer.deleted",
    ]
    assert found[-1][1] == {"customer_id": user.customer_id, "external_id": "C-5"}


def test_preferences(database: Database, owner: User, does: Does) -> None:
    wanted = NotificationPreferencesUpdate.model_validate({"promotional": {"email": True}})
    expected = [("preferences.changed", {"customer_id": owner.customer_id})]
    assert does(owner, profile.update_preferences, wanted) == expected
    assert does(owner, profile.update_preferences, wanted) == []


def test_bank_accounts(database: Database, owner: User, does: Does) -> None:
    data = CreateOutboundBankAccount.model_validate(SAVINGS)
    [(name, added)] = does(owner, bank_accounts.create_bank_account, data)
    assert name == "bank_account.added"
    found = does(SHOP, bank_accounts.decide_bank_account, added["bank_account_id"], verified=True)
    assert found == [("bank_account.decided", {**added, "verification_status": "verified"})]
    does(SHOP, bank_accounts.decide_bank_account, added["bank_account_id"], verified=False)
    asked = does(owner, bank_accounts.ask_for_verification, added["bank_account_id"])
    assert asked == [("bank_account.added", {**added, "verification_status": "pending"})]


def test_points(database: Database, owner: User, does: Does) -> None:
    assert does(SHOP, loyalty.grant_points, owner.customer_id, Decimal("12.5")) == [
        (
            "points.changed",
            {
                "customer_id": owner.customer_id,
                "balance": 12.5,
                "earned": 12.5,
                "redeemed": 0.0,
            },
        )
    ]
    [(_, taken)] = does(SHOP, loyalty.expire_points, owner.customer_id, Decimal(2))
    assert (taken["balance"], taken["redeemed"]) == (10.5, 2.0)


def test_a_message_that_failed(database: Database) -> None:
    now = datetime.now(UTC)
    with database.session(writes=True) as db:
        values = {"channel": "email", "recipient": "a@x.example", "kind": "order_cancelled"}
        row = OutboxMessage(**values, status="sending", due_at=now, created_at=now)
        db.add(row)
        db.commit()
        row.status = "failed"
        db.commit()
    [(name, data)] = told(database)
    assert (name, data["kind"], data["channel"]) == ("message.failed", "order_cancelled", "email")
    assert [one.source for one in log_of(database)] == ["system"]


def test_an_opener_who_proved_nothing_leaves_no_untold_change(
    database: Database, tmp_path: Path
) -> None:
    opener = make_user(database, email="asha@x.example", is_unproven=True)
    address = make_address(database, opener)
    make_bank_account(database, opener)
    before = mark(database)
    bring_in(
        database,
        write(tmp_path / "a.ndjson", {"type": "customer", "email": "asha@x.example"}),
    )
    assert told(database, before) == [
        ("address.deleted", {"customer_id": opener.customer_id, "address_id": address.id})
    ]


EVERY = {
    "type": "customer",
    "external_id": "C-1",
    "email": "c1@x.example",
    "addresses": [HOME],
}


TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def sold(**values: Any) -> dict[str, Any]:
    return {
        "type": "order",
        "order_number": "N-1",
        "order_date": days_ago(3),
        "customer_email": "c1@x.example",
        "lines": [{"sku": "S1", "product_id": "P1", "selling_price": 100, "quantity": 2}],
        **values,
    }


Brings = Callable[..., list[Entry]]


@pytest.fixture
def brings(database: Database, tmp_path: Path) -> Brings:
    """Import records; the events that caused."""

    def run(*records: dict[str, Any]) -> list[Entry]:
        before = mark(database)
        _, faults = bring_in(database, write(tmp_path / "shop.ndjson", *records))
        assert faults == []
        return log_of(database, before)

    return run


def test_an_import_tells_what_it_brings_and_changes(brings: Brings) -> None:
    order = sold(payments=[{"request_number": "P", "amount": 200}], loyalty_point_earned=7)
    found = brings(EVERY, order)
    assert [(one.type, one.source) for one in found] == [
        ("customer.created", "import"),
        ("order.created", "import"),
        ("order.paid", "import"),
    ]
    assert brings(EVERY, order) == []
    parcel = {"type": "shipment", "order_number": "N-1", "reference_number": "R"}
    found = brings({**parcel, "status": "packed"}, {**EVERY, "phone": "+49 30 1234567"})
    assert sorted(one.type for one in found) == [
        "customer.contact_changed",
        "order.updated",
        "shipment.moved",
    ]
    found = brings({**parcel, "status": "delivered", "delivered_date": days_ago(1)})
    moved = [json.loads(one.data) for one in found if one.type == "shipment.moved"]
    assert [(one["previous_status"], one["status"]) for one in moved] == [("packed", "delivered")]
    assert "points.changed" in [one.type for one in found]  # they follow from the delivery
    found = brings(
        {"type": "payment", "order_number": "N-1", "request_number": "P2", "amount": 50},
        {"type": "refund", "order_number": "N-1", "request_number": "R1", "refund_amount": 50},
        {**EVERY, "addresses": [HOME, {**HOME, "address_line1": "Elsewhere 5"}]},
    )
    kinds = {one.type for one in found}
    assert {"payment.settled", "refund.requested", "refund.settled", "address.created"} <= kinds
    review = {
        "type": "review",
        "product_id": "P1",
        "customer_id": "C-1",
        "rating": 4,
        "review_date": days_ago(1),
    }
    movement = {
        "type": "loyalty_activity",
        "external_id": "L-1",
        "customer_id": "C-1",
        "activity_type": "earned",
        "activity": "bonus",
        "loyalty_point": 5,
        "created_at": days_ago(2),
    }
    found = brings({**review, "status": "pending", "order_number": "N-1"}, movement)
    assert [(one.type, one.source) for one in found] == [
        ("points.changed", "import"),
        ("review.submitted", "import"),
    ]
    found = brings({**review, "status": "approved", "order_number": "N-1"})
    assert [one.type for one in found] == ["review.decided"]


def test_what_was_long_over_is_history(brings: Brings) -> None:
    old = {"order_date": days_ago(400), "status": "complete", "delivered_at": days_ago(395)}
    movement = {
        "type": "loyalty_activity",
        "external_id": "L-1",
        "customer_id": "C-1",
        "activity_type": "earned",
        "activity": "bonus",
        "loyalty_point": 5,
        "created_at": days_ago(390),
    }
    found = brings({**EVERY, "created_at": days_ago(500)}, sold(**old), movement)
    assert [one.type for one in found] == ["customer.created", "order.created", "points.changed"]
    assert {one.source for one in found} == {"history"}
    payment = {"type": "payment", "order_number": "N-1", "request_number": "P", "amount": 200}
    paid = brings({**payment, "payment_date": days_ago(400), "created_at": days_ago(400)})
    assert {one.source for one in paid} == {"history"}
    # What is changed today is news, however old the order is.
    told_now = brings({**payment, "payment_status": "failed", "created_at": days_ago(400)})
    assert "payment.settled" in [one.type for one in told_now]
    assert {one.source for one in told_now} == {"import"}


def test_a_record_the_database_refuses_leaves_no_event(
    database: Database, brings: Brings, tmp_path: Path
) -> None:
    brings(EVERY)
    before = mark(database)
    bad = sold(order_number="N-2", customer_note="a\u0000b")
    path = write(tmp_path / "b.ndjson", sold(), bad)
    bring_in(database, path)
    kept = [data["order_number"] for _, data in told(database, before)]
    assert kept.count("N-1") == 1


def test_a_withdrawal_is_received(database: Database, does: Does, owner: User) -> None:
    order = make_order(database, owner)
    said = {"name": "Asha Rao", "order": order.order_number, "contact": "asha@example.com"}
    wanted = StateWithdrawal.model_validate(said)
    told = does(owner, withdrawals.state_withdrawal, wanted)
    assert "withdrawal.received" in names(told)


def test_what_came_of_a_withdrawal(database: Database, does: Does, owner: User) -> None:
    """By itself the moment it is stated, or by the shop's people; stated again it is no news."""
    order = make_order(database, owner, place={"country": "Germany"}, parcels=[{}])
    said = {"name": "Asha Rao", "order": order.order_number, "contact": "asha@example.com"}
    wanted = StateWithdrawal.model_validate(said)
    told = names(does(owner, withdrawals.state_withdrawal, wanted))
    assert told.index("withdrawal.received") < told.index("withdrawal.settled")
    assert "withdrawal.settled" not in names(does(owner, withdrawals.state_withdrawal, wanted))


def all_names() -> Iterator[str]:
    source = Path(__file__).read_text()
    yield from (kind.value for kind in EventType if f'"{kind.value}"' in source)


def test_every_type_is_tried_here() -> None:
    assert set(all_names()) == set(EventType)
