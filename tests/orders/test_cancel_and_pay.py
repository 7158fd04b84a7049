"""Cancelling and paying again, over HTTP: rules, effects, ownership, repeats, races."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden
from account_portal.models import (
    BankAccount,
    CreditActivity,
    LoyaltyAccount,
    OutboxMessage,
    Payment,
    Refund,
    User,
)
from account_portal.orders import service
from account_portal.orders.schemas import OrderSearch, OtherPaymentGatewayParams, RetryPayment
from account_portal.orders.service import refresh_orders
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order

REASON = {"cancellation_reason": "No longer needed", "refund_mode": "original_payment_mode"}
PAY = {"payment_gateway_params": {"payment_gateway": "TEST"}}


def make_account(database: Database, user: User, status: str = "verified") -> BankAccount:
    with database.session(writes=True) as db:
        account = BankAccount(
            customer_id=user.customer_id,
            account_name="Asha Rao",
            number_encrypted="-",
            number_digest=status,
            number_masked="XXXX4321",
            ifsc_code="HDFC0000001",
            bank_name="HDFC",
            verification_status=status,
            created_at=user.created_at,
            modified_at=user.created_at,
        )
        db.add(account)
        db.commit()
    return account


def rows(database: Database, model: Any) -> list[Any]:
    with database.session(writes=False) as db:
        return list(db.execute(select(model)).scalars())


def test_cancelling_sends_everything_back(api: Any, database: Database, owner: User) -> None:
    order = make_order(
        database,
        owner,
        status="confirmed",
        loyalty_point_redeemed=5000,
        loyalty_amount=5000,
        credit_balance_used=1000,
        parcels=[{"status": "scheduled"}],
    )
    spend_points(database, owner, order)
    path = f"/orders/{order.order_number}"
    before = api.get(path, user=owner).json()["content"]["order"]
    assert before["is_cancellation_allowed"]
    promised = before["cancellation_refund_details"]

    response = api.post(f"{path}/cancel", user=owner, json={**REASON, "feedback": "Too slow"})
    assert response.status_code == 200, response.text
    after = response.json()["content"]["order"]
    assert after["status"] == "cancelled"
    assert after["cancellation_reason"] == "No longer needed"
    assert after["feedback"] == "Too slow"
    assert not after["is_cancellation_allowed"]
    assert after["cancellation_refund_details"] is None
    assert {shipment["status"] for shipment in after["shipments"]} == {"cancelled"}
    refunds = api.get(f"{path}/refunds", user=owner).json()["content"]["refunds"]
    assert [refund["status"] for refund in refunds] == ["pending"]
    assert refunds[0]["refund_amount"] == promised["refundable_amount"] == 140.0
    [account] = rows(database, LoyaltyAccount)
    assert account.earned - account.redeemed == 5000 == promised["loyalty_point"] * 100
    assert [credit.amount for credit in rows(database, CreditActivity)] == [1000]
    assert {message.kind for message in rows(database, OutboxMessage)} == {"order_cancelled"}


def test_nothing_paid_nothing_refunded(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "pending"}])
    response = api.post(f"/orders/{order.order_number}/cancel", user=owner, json=REASON)
    assert response.status_code == 200
    assert rows(database, Refund) == []
    assert response.json()["content"]["order"]["payments"][0]["payment_status"] == "failed"


@pytest.mark.parametrize(
    ("status", "parcels", "expected"),
    [
        ("draft", [], "cancelled"),
        ("awaiting_approval", [], "cancelled"),
        ("confirmed", [], "cancelled"),
        ("confirmed", [{"status": "scheduled"}], "cancelled"),
        ("confirmed", [{"status": "packed"}], "order_not_cancellable"),
        ("confirmed", [{"status": "shipped"}], "order_not_cancellable"),
        ("confirmed", [{"status": "delivered"}], "order_not_cancellable"),
        ("complete", [], "order_not_cancellable"),
        ("cancelled", [], "order_already_cancelled"),
    ],
)
def test_states_in_which_an_order_can_be_cancelled(
    api: Any,
    database: Database,
    owner: User,
    status: str,
    parcels: list[dict[str, Any]],
    expected: str,
) -> None:
    order = make_order(database, owner, status=status, parcels=parcels)
    path = f"/orders/{order.order_number}"
    shown = api.get(path, user=owner).json()["content"]["order"]["is_cancellation_allowed"]
    response = api.post(f"{path}/cancel", user=owner, json=REASON)
    if expected == "cancelled":
        assert (shown, response.status_code) == (True, 200)
    else:
        assert (shown, response.status_code) == (False, 409)
        assert response.json()["code"] == expected
        owed = [20000] if status == "cancelled" else []  # paid, and never given back
        assert [refund.refund_amount for refund in rows(database, Refund)] == owed


def test_the_store_may_forbid_cancelling_what_is_scheduled(
    api: Any, database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from account_portal.core.settings import get_settings

    monkeypatch.setenv("PORTAL_CANCEL_SCHEDULED", "0")
    get_settings.cache_clear()
    order = make_order(database, owner, parcels=[{"status": "scheduled"}])
    response = api.post(f"/orders/{order.order_number}/cancel", user=owner, json=REASON)
    assert response.json()["code"] == "order_not_cancellable"


def test_bank_transfers_need_a_verified_account_of_ones_own(
    api: Any, database: Database, owner: User, stranger: User
) -> None:
    order = make_order(database, owner)
    path = f"/orders/{order.order_number}/cancel"

    def cancel(account: str | None) -> Any:
        body = {**REASON, "refund_mode": "bank_transfer"}
        return api.post(
            path, user=owner, json=body | ({"bank_account_id": account} if account else {})
        )

    for account, status, code in [
        (None, 400, "bank_account_required"),
        ("nonsense", 400, "validation_error"),
        (make_account(database, stranger).id, 422, "bank_account_not_found"),
        (make_account(database, owner, "pending").id, 422, "bank_account_not_verified"),
    ]:
        response = cancel(account)
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert rows(database, Refund) == []
    assert cancel(make_account(database, owner).id).status_code == 200
    [refund] = rows(database, Refund)
    assert (refund.payment_mode, refund.bank_account_number) == ("bank_transfer", "XXXX4321")


@pytest.mark.parametrize("action", ["cancel", "retry-payment"])
def test_only_the_owner_acts(
    api: Any, database: Database, owner: User, stranger: User, action: str
) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "failed"}])
    body = REASON if action == "cancel" else PAY
    path = f"/orders/{order.order_number}/{action}"
    assert api.post(path, json=body).status_code == 401
    assert api.post(path, json=body, user=stranger).status_code == 404
    assert api.post(f"/orders/ORD-unknown/{action}", json=body, user=owner).status_code == 404
    assert api.post(path, user=owner, content=b"{").status_code == 400
    assert api.post(path, user=owner, json={}).status_code == 400
    headers = {"Idempotency-Key": "short"}
    assert api.post(path, json=body, user=owner, headers=headers).status_code == 400


def test_twins_with_one_key_have_one_effect(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner)
    path = f"/orders/{order.order_number}/cancel"
    headers = {"Idempotency-Key": "one-and-the-same"}
    api.token(owner)

    def cancel(_number: int) -> tuple[int, str]:
        response = api.post(path, user=owner, json=REASON, headers=headers)
        return response.status_code, response.text

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(cancel, range(50)))
    assert {status for status, _ in answers} <= {200, 409}
    assert len({text for status, text in answers if status == 200}) == 1
    assert all("request_in_progress" in text for status, text in answers if status == 409)
    assert len(rows(database, Refund)) == 1
    again = api.post(path, user=owner, json=REASON, headers=headers)
    assert (again.status_code, again.text) == (200, next(t for s, t in answers if s == 200))
    other = api.post(
        path, user=owner, json={**REASON, "cancellation_reason": "Other"}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_one_key_for_two_things_at_once_does_one_and_refuses_the_other(
    api: Any, database: Database, owner: User
) -> None:
    """Who is done is never told that the key is another's; meanwhile all have to come again."""
    order = make_order(database, owner)
    path = f"/orders/{order.order_number}/cancel"
    headers = {"Idempotency-Key": "one-and-the-same"}
    api.token(owner)
    bodies = [{**REASON, "cancellation_reason": reason} for reason in ("One", "Another")]

    def cancel(number: int) -> tuple[str, int, str]:
        body = bodies[number % 2]
        answer = api.post(path, user=owner, json=body, headers=headers)
        return body["cancellation_reason"], answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(cancel, range(50)))
    [won] = {reason for reason, status, _ in answers if status == 200}
    for reason, status, code in answers:
        done = (200, "") if reason == won else (422, "idempotency_key_reused")
        assert (status, code) in (done, (409, "request_in_progress"))
    assert len(rows(database, Refund)) == 1


def test_racing_cancels_have_one_winner(api: Any, database: Database, owner: User) -> None:
    order = make_order(database, owner)
    path = f"/orders/{order.order_number}/cancel"
    api.token(owner)
    with ThreadPoolExecutor(8) as pool:
        codes = list(
            pool.map(lambda _: api.post(path, user=owner, json=REASON).status_code, range(16))
        )
    assert sorted(codes) == [200] + [409] * 15
    assert len(rows(database, Refund)) == 1


def test_a_failed_payment_is_paid_by_a_retry(
    api: Any, database: Database, owner: User, acting: Any
) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "failed"}])
    path = f"/orders/{order.order_number}"
    status = api.get(f"{path}/payment-status", user=owner).json()["content"]
    assert status == {
        "status": "failed",
        "amount_paid": 0.0,
        "amount_unpaid": 200.0,
        "amount_payable": 200.0,
        "is_retry_available": True,
        "payment_under_way": None,
        "retry_available_at": None,
    }
    response = api.post(f"{path}/retry-payment", user=owner, json=PAY)
    assert response.status_code == 200, response.text
    info = response.json()["content"]["payment_info"]
    assert (info["payment_gateway"], info["amount"]) == ("TEST", 200.0)
    # Until it is given up, everything leads back to the attempt that was begun.
    second = api.post(f"{path}/retry-payment", user=owner, json=PAY)
    assert second.json()["content"]["payment_info"] == info
    status = api.get(f"{path}/payment-status", user=owner).json()["content"]
    assert (status["payment_under_way"], status["is_retry_available"]) == (info, False)
    payments = api.get(f"{path}/payments", user=owner).json()["content"]["payments"]
    assert [payment["payment_status"] for payment in payments] == ["failed", "pending"]
    assert payments[1]["request_number"] == info["transaction_id"]

    page = api.client.get(info["redirect_url"])
    assert page.status_code == 200
    assert "200.00" in page.text
    done = api.client.post(info["redirect_url"], data={"outcome": "success"})
    assert done.status_code == 303
    assert done.headers["location"].endswith(path)
    status = api.get(f"{path}/payment-status", user=owner).json()["content"]
    assert (status["status"], status["amount_unpaid"]) == ("success", 0.0)
    again = api.client.post(info["redirect_url"], data={"outcome": "failure"})
    assert again.status_code == 303
    assert api.get(path, user=owner).json()["content"]["order"]["payment_status"] == "success"
    assert api.client.get(f"/test-gateway/{info['transaction_id']}?signature=x").status_code == 404


@pytest.mark.parametrize(
    ("status", "after", "paid_before", "settled"),
    [
        ("draft", "confirmed", None, True),
        ("draft", "draft", None, False),
        ("draft", "draft", 5000, True),  # a part of it only
        ("awaiting_approval", "awaiting_approval", None, True),
    ],
)
def test_an_order_that_waited_for_its_payment_only_is_placed_by_it(
    database: Database,
    owner: User,
    acting: Any,
    call: Any,
    status: str,
    after: str,
    paid_before: int | None,
    settled: bool,
) -> None:
    pending: dict[str, Any] = {"payment_status": "pending", "request_number": "PAY-1"}
    if paid_before is not None:
        pending["amount"] = paid_before
    order = make_order(database, owner, status=status, payments=[pending])
    with acting(SHOP) as ctx:
        service.settle_payment(ctx, "PAY-1", succeeded=settled)
    shown = call(service.get_order, order.order_number).view()
    assert shown.status == after


def test_an_attempt_that_hangs_can_be_repeated_after_fifteen_minutes(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    order = make_order(database, owner, at=clock.now, payments=[{"payment_status": "pending"}])

    def available() -> bool:
        return bool(call(service.get_payment_status, order.order_number).is_retry_available)

    assert not available()
    clock.advance(minutes=15)
    assert not available()
    clock.advance(seconds=1)
    assert available()


@pytest.mark.parametrize(
    ("change", "leads_back"),
    [
        ({}, True),
        ({"payment_status": "failed"}, False),
        ({"collection": "authorized"}, False),
        ({"amount": 100}, False),
        ({"redirect_url": None}, False),
        ({"expired": True}, False),
        ({"given_up": True}, False),
    ],
)
def test_an_attempt_leads_back_as_long_as_it_can_succeed(
    database: Database,
    owner: User,
    call: Any,
    clock: Any,
    change: dict[str, Any],
    leads_back: bool,
) -> None:
    order = make_order(database, owner, at=clock.now, payments=[{"payment_status": "failed"}])
    asked = RetryPayment(payment_gateway_params=OtherPaymentGatewayParams(payment_gateway="TEST"))
    clock.advance(minutes=1)
    info = call(service.retry_payment, order.order_number, asked).payment_info
    values = {name: value for name, value in change.items() if name != "given_up"}
    if values.pop("expired", False):
        values["expires_at"] = clock.now
    if values:
        with database.session(writes=True) as db:
            this = col(Payment.request_number) == info.transaction_id
            db.execute(update(Payment).where(this).values(values))
            refresh_orders(db, [order.id], clock.now)
            db.commit()
    if "given_up" in change:
        clock.advance(minutes=16)
    found = call(service.get_payment_status, order.order_number)
    assert (found.payment_under_way == info) is leads_back
    assert not (found.payment_under_way and found.is_retry_available)
    assert [card.order_number for card in call(service.list_unpaid)] == (
        [] if "collection" in change else [order.order_number]
    )


@pytest.mark.parametrize(
    ("gateway", "status", "code"),
    [
        ({"payment_gateway": "STRIPE"}, 422, "payment_gateway_not_enabled"),
        ({"payment_gateway": "PAYU"}, 400, "validation_error"),
        (
            {"payment_gateway": "TEST", "return_url": "https://evil.example/"},
            400,
            "validation_error",
        ),
        (
            {"payment_gateway": "TEST", "return_url": "http://localhost:8000@evil.example/"},
            400,
            "validation_error",
        ),
        ({"payment_gateway": "TEST", "return_url": "javascript:alert(1)"}, 400, "validation_error"),
    ],
)
def test_only_enabled_gateways_and_own_addresses(
    api: Any, database: Database, owner: User, gateway: dict[str, str], status: int, code: str
) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "failed"}])
    response = api.post(
        f"/orders/{order.order_number}/retry-payment",
        user=owner,
        json={"payment_gateway_params": gateway},
    )
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_money_that_comes_after_a_cancel_goes_back(
    api: Any, database: Database, owner: User, acting: Any
) -> None:
    order = make_order(database, owner, payments=[{"payment_status": "failed"}])
    path = f"/orders/{order.order_number}"
    started = api.post(f"{path}/retry-payment", user=owner, json=PAY).json()["content"]
    assert api.post(f"{path}/cancel", user=owner, json=REASON).status_code == 200
    with acting(SHOP) as ctx:
        service.settle_payment(ctx, started["payment_info"]["transaction_id"], succeeded=True)
    [refund] = rows(database, Refund)
    assert refund.refund_amount == 20000


def test_a_parcels_way_makes_the_orders_state(
    database: Database, owner: User, acting: Any, call: Any, clock: Any
) -> None:
    order = make_order(
        database,
        owner,
        status="awaiting_approval",
        at=clock.now,
        lines=[make_line(0), make_line(1)],
        loyalty_point_earned=2000,
    )
    number = order.order_number

    def shop(function: Any, *args: Any, **kwargs: Any) -> Any:
        with acting(SHOP) as ctx:
            return function(ctx, *args, **kwargs)

    def state() -> str:
        return str(call(service.get_order, number).view().status)

    shop(service.approve_order, number)
    assert state() == "confirmed"
    first = shop(service.create_shipment, number, {"SKU-0": 2})
    second = shop(service.create_shipment, number)
    for parcel, step, expected in [
        (first, "scheduled", "partially_scheduled"),
        (second, "packed", "awaiting_shipment"),
        (first, "shipped", "partially_shipped"),
        (second, "shipped", "shipped"),
        (first, "out_for_delivery", "shipped"),
        (first, "undelivered", "partially_undelivered"),
        (first, "delivered", "partially_delivered"),
        (second, "delivered", "delivered"),
    ]:
        shop(service.move_shipment, parcel, service.shop.ShipmentStatus(step))
        assert state() == expected
    [account] = rows(database, LoyaltyAccount)
    assert account.earned == 2000
    detail = call(service.get_order, number).view()
    assert [item.returnable_quantity for item in detail.order_items] == [2, 2]

    clock.advance(days=30)
    assert state() == "delivered"
    clock.advance(seconds=1)
    detail = call(service.get_order, number).view()
    assert detail.status == "complete"
    assert [item.returnable_quantity for item in detail.order_items] == [0, 0]
    with acting(SHOP) as ctx:
        assert service.refresh_due(ctx.db, ctx.now) == 0  # reading it brought it up to date
    found = call(service.search_orders, OrderSearch(group="delivered")).rows
    assert [row.status for row in found] == ["complete"]


def test_customers_are_no_shop(database: Database, owner: User, call: Any) -> None:
    order = make_order(database, owner, status="awaiting_approval")
    for function, argument in [
        (service.approve_order, order.order_number),
        (service.create_shipment, order.order_number),
    ]:
        with pytest.raises(Forbidden):
            call(function, argument)
    with pytest.raises(Forbidden):
        call(service.settle_payment, "PAY-1", succeeded=True)


def test_a_lock_is_not_held_while_the_gateway_thinks(
    api: Any, database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attempt is on record before the gateway is asked, and a failure leaves it failed."""
    from account_portal.core.errors import GatewayUnavailable
    from account_portal.gateways.payments import DemoGateway

    order = make_order(database, owner, payments=[{"payment_status": "failed"}])
    seen: list[int] = []

    def start(self: Any, request: Any, signature: str) -> Any:
        with database.session(writes=True) as db:  # would wait for ten seconds if it were locked
            statement = select(service.paying.Payment).where(
                col(service.paying.Payment.request_number) == request.request_number
            )
            seen.append(len(list(db.execute(statement))))
            db.rollback()
        raise GatewayUnavailable

    monkeypatch.setattr(DemoGateway, "start", start)
    path = f"/orders/{order.order_number}"
    response = api.post(f"{path}/retry-payment", user=owner, json=PAY)
    assert (response.status_code, response.json()["code"]) == (503, "gateway_unavailable")
    assert seen == [1]
    payments = api.get(f"{path}/payments", user=owner).json()["content"]["payments"]
    assert [payment["payment_status"] for payment in payments] == ["failed", "failed"]
    status = api.get(f"{path}/payment-status", user=owner).json()["content"]
    assert status["is_retry_available"] is True
