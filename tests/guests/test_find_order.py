"""Finding an order without an account: who gets in, who does not, and what strangers learn."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest

from account_portal.auth.rules import ChannelNotAvailable
from account_portal.context import Caller, enter
from account_portal.core import money
from account_portal.core.db import Database
from account_portal.core.errors import TooManyAttempts
from account_portal.guests import rules, service
from account_portal.guests.schemas import CancelFoundOrder, ConfirmOrder, FindOrder
from account_portal.guests.service import finding
from account_portal.models import Claim, Order, OtpChallenge, Refund, User
from account_portal.orders.rules import OrderAlreadyCancelled
from account_portal.personal_data import service as personal_data
from account_portal.security import otp, tokens
from tests.conftest import Api
from tests.doors import assert_refused
from tests.factories.addresses import make_address
from tests.factories.auth import codes_sent, messages, other_code
from tests.factories.bank_accounts import make_bank_account
from tests.factories.claims import claim_body, claim_item
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows
from tests.factories.users import make_session, make_user


@pytest.fixture
def placed(database: Database, owner: User) -> Order:
    return make_order(database, owner, customer_email="owner@example.com")


def find(acting: Any, number: str, contact: str = "owner@example.com") -> str:
    with acting(None) as ctx:
        asked = FindOrder(order_number=number, contact=contact)
        return str(service.find_order(ctx, asked).find_token)


def confirm(acting: Any, token: str, code: str) -> Any:
    with acting(None) as ctx:
        return service.confirm_order(ctx, ConfirmOrder(find_token=token, otp=code))


def opened(acting: Any, database: Database, order: Order) -> str:
    token = find(acting, order.order_number)
    return str(confirm(acting, token, codes_sent(database)[-1][2]).order_token)


def opened_again(acting: Any, database: Database, order: Order) -> str:
    """By its postcode, as a second code for the same thing has to wait."""
    token = find(acting, order.order_number, "560001")
    return str(confirm(acting, token, codes_sent(database)[-1][2]).order_token)


ITEM = {
    "product_id": "P-1",
    "sku": "SKU-1",
    "quantity": 1,
    "resolution": "refund",
    "return_reason": "Too small",
}


@pytest.mark.parametrize("contact", ["owner@example.com", " OWNER@example.com"])
def test_who_knows_the_contact_gets_a_code_there(
    database: Database, acting: Any, placed: Order, contact: str
) -> None:
    token = find(acting, placed.order_number, contact.strip())
    [(channel, recipient, code)] = codes_sent(database)
    assert (channel, recipient) == ("email", "owner@example.com")
    assert confirm(acting, token, code).order_number == placed.order_number
    with pytest.raises(otp.OtpExpired):
        confirm(acting, token, code)


def test_a_number_is_understood_in_small_letters(
    database: Database, acting: Any, owner: User
) -> None:
    mine = {"customer_email": "owner@example.com"}
    make_order(database, owner, order_number="NW-AB-1", **mine)
    make_order(database, owner, order_number="nw-ab-2", **mine)
    make_order(database, owner, order_number="NW-AB-2", **mine)
    for typed, meant in (("nw-ab-1", "NW-AB-1"), ("nw-ab-2", "nw-ab-2"), ("nW-AB-2", "NW-AB-2")):
        token = find(acting, typed)
        assert confirm(acting, token, codes_sent(database)[-1][2]).order_number == meant


def test_the_message_names_the_order_as_the_shop_does(
    database: Database, acting: Any, owner: User
) -> None:
    make_order(database, owner, order_number="NW-AB-1", customer_email="owner@example.com")
    find(acting, "nw-ab-1")
    [sent] = messages(database)
    assert "see order NW-AB-1" in tokens.decrypt(sent.payload["sealed"])


def test_spellings_of_a_number_give_no_more_guesses(
    database: Database, acting: Any, placed: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "WRONG", replace(finding.WRONG, times=1))
    number = placed.order_number
    first, second = find(acting, number), find(acting, number.lower())
    (*_, one), (*_, other) = codes_sent(database)[-2:]
    with pytest.raises(otp.OtpInvalid):
        confirm(acting, first, other_code(one))
    with pytest.raises(otp.OtpExpired):
        confirm(acting, second, other)


def test_a_postcode_is_understood_as_people_write_it() -> None:
    for typed in ("560001", "560 001", "560-001"):
        assert rules.is_known_by(typed, emails=[], postcodes=[None, "560001"])
    assert rules.is_known_by("sw1a-1aa", emails=[], postcodes=["SW1A 1AA"])
    for typed in ("56000", "", "  ", "..", "a@b"):
        assert not rules.is_known_by(typed, emails=[None], postcodes=["560001", "", None])


WRONG = [("NONE-1", "owner@example.com"), ("", "other@example.com"), ("", "999999")]


@pytest.mark.parametrize(("number", "contact"), WRONG)
def test_nobody_learns_whether_there_is_such_an_order(
    database: Database, acting: Any, placed: Order, statements: list[str], number: str, contact: str
) -> None:
    statements.clear()
    find(acting, placed.order_number)
    right = [text.split(" ")[0:3] for text in statements]
    statements.clear()
    token = find(acting, number or f"{placed.order_number}X", contact)
    assert [text.split(" ")[0:3] for text in statements] == right
    assert len(messages(database)) == 2  # one of them goes nowhere
    assert len(codes_sent(database)) == 1
    for code in ("000000", codes_sent(database)[0][2]):
        with pytest.raises(otp.OtpInvalid):
            confirm(acting, token, code)


def test_over_http_the_answers_are_alike(api: Api, database: Database, placed: Order) -> None:
    answers = []
    for number in (placed.order_number, "NONE-2"):
        body = {"order_number": number, "contact": "owner@example.com"}
        answer = api.post("/find-order", json=body)
        shape = answer.json()
        shape["content"]["find_token"] = len(shape["content"]["find_token"])
        answers.append((answer.status_code, shape))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


def test_codes_are_paused_alike(acting: Any, placed: Order) -> None:
    for number in (placed.order_number, "NONE-3"):
        find(acting, number)
        with pytest.raises(TooManyAttempts):
            find(acting, number)


def test_guessing_has_an_end(database: Database, acting: Any, placed: Order, clock: Any) -> None:
    wrong = 0
    for _ in range(5):
        token = find(acting, placed.order_number)
        code = codes_sent(database)[-1][2]
        for _ in range(5):
            with pytest.raises(otp.OtpInvalid):
                confirm(acting, token, other_code(code))
            wrong += 1
        clock.advance(seconds=31)
    assert wrong == 25
    token = find(acting, placed.order_number)
    with pytest.raises(otp.OtpExpired):  # the right one: too many were tried today
        confirm(acting, token, codes_sent(database)[-1][2])
    clock.advance(days=1, seconds=1)
    assert opened(acting, database, placed)


def test_a_mailbox_is_not_flooded(database: Database, acting: Any, owner: User, clock: Any) -> None:
    for place in range(14):
        order = make_order(
            database, owner, order_number=f"FLOOD-{place}", customer_email="owner@example.com"
        )
        find(acting, order.order_number)
    assert len(codes_sent(database)) == 10
    clock.advance(hours=1, seconds=1)
    find(acting, "FLOOD-1")
    assert len(codes_sent(database)) == 11


def test_one_network_is_slowed(acting: Any, database: Database) -> None:
    for place in range(60):
        find(acting, f"NONE-{place}")
    with pytest.raises(TooManyAttempts):
        find(acting, "NONE-60")


def test_a_store_without_channels_says_so(acting: Any, placed: Order, shop_for_real: None) -> None:
    with pytest.raises(ChannelNotAvailable):
        find(acting, placed.order_number)


def bearer(token: str) -> dict[str, Any]:
    return {"token": token}


def test_that_order_alone_for_an_hour(
    api: Api, database: Database, acting: Any, owner: User, placed: Order, clock: Any
) -> None:
    other = make_order(database, owner, customer_email="owner@example.com")
    token = opened(acting, database, placed)
    found = api.get("/found-order", **bearer(token)).json()["content"]["order"]
    assert found["order_number"] == placed.order_number
    # It is no session: nothing else of the customer opens.
    for path in (
        f"/orders/{placed.order_number}",
        f"/orders/{other.order_number}",
        f"/auth/user/{owner.id}",
        f"/customers/{owner.id}/bank-accounts",
    ):
        assert_refused(api.get(path, **bearer(token)), 401, "unauthorized")
    clock.advance(hours=1, seconds=1)
    assert_refused(api.get("/found-order", **bearer(token)), 401, "unauthorized")


def test_no_other_token_opens_it(api: Api, owner: User, placed: Order) -> None:
    for sent in ({}, {"user": owner}, bearer("nonsense")):
        assert_refused(api.get("/found-order", **sent), 401, "unauthorized")
        assert_refused(
            api.post("/found-order/cancel", json={"cancellation_reason": "x"}, **sent),
            401,
            "unauthorized",
        )


def test_a_guest_cancels(api: Api, database: Database, acting: Any, placed: Order) -> None:
    token = opened(acting, database, placed)
    body = {"cancellation_reason": "Changed my mind", "refund_mode": "bank_transfer"}  # ignored
    done = api.post("/found-order/cancel", json=body, **bearer(token))
    assert done.json()["content"]["order"]["status"] == "cancelled"
    [order] = rows(database, Order, order_number=placed.order_number)
    assert order.status == "cancelled"
    again = api.post("/found-order/cancel", json=body, **bearer(token))
    assert_refused(again, 409, "order_already_cancelled")


def test_a_guests_key_of_repeats_is_of_that_order_alone(
    api: Api, database: Database, acting: Any, owner: User, placed: Order
) -> None:
    """As for customers: the first answer again, another body refused, once done."""
    other = make_order(database, owner, customer_email="owner@example.com")
    tokens = [opened(acting, database, order) for order in (placed, other)]
    body = {"cancellation_reason": "Changed my mind"}
    once = {"headers": {"Idempotency-Key": "one-and-the-same"}}

    def cancel(token: str, **more: Any) -> Any:
        return api.post("/found-order/cancel", **{"json": body, "token": token, **once, **more})

    first = cancel(tokens[0])
    assert first.status_code == 200, first.text
    assert cancel(tokens[0]).content == first.content
    assert_refused(
        cancel(tokens[0], json={**body, "refund_mode": "x"}), 422, "idempotency_key_reused"
    )
    assert_refused(cancel(tokens[0], headers={"Idempotency-Key": "short"}), 400, "validation_error")
    whole = {**body, "refund_mode": "original_payment_mode"}
    mine = api.post(f"/orders/{placed.order_number}/cancel", user=owner, json=whole, **once)
    assert_refused(mine, 409, "order_already_cancelled")  # another call: another key
    second = cancel(tokens[1])
    assert second.json()["content"]["order"]["order_number"] == other.order_number
    assert len(rows(database, Refund)) == 2
    api.delete("/found-order", token=tokens[0])
    assert_refused(cancel(tokens[0]), 401, "unauthorized")  # nor is what was answered once
    assert_refused(cancel("nonsense"), 401, "unauthorized")


def test_a_guest_sends_back_but_uses_no_saved_address(
    api: Api, database: Database, acting: Any, owner: User
) -> None:
    order = make_order(
        database, owner, status="delivered", parcels=[{}], customer_email="owner@example.com"
    )
    saved = make_address(database, owner)
    make_bank_account(database, owner)
    token = opened(acting, database, order)
    [line] = api.get("/found-order", **bearer(token)).json()["content"]["order"]["order_items"][:1]
    item = {
        "product_id": line["product_id"],
        "sku": line["sku"],
        "quantity": 1,
        "resolution": "refund",
        "return_reason": "Too small",
    }
    taken = {"return_items": [item], "shipping_address": {"id": saved.id}}
    refused = api.post("/found-order/return", json=taken, **bearer(token))
    assert_refused(refused, 422, "address_not_found")
    done = api.post("/found-order/return", json={"return_items": [item]}, **bearer(token))
    assert done.json()["content"]["order_return"]["request_number"].startswith("RET-")


def test_a_guest_says_what_is_wrong_once(
    api: Api, database: Database, acting: Any, owner: User
) -> None:
    order = make_order(
        database, owner, status="delivered", parcels=[{}], customer_email="owner@example.com"
    )
    body = claim_body()
    for sent in ({}, {"token": "nothing"}, {"user": owner}):
        refused = api.post("/found-order/claims", json=body, **sent)
        assert_refused(refused, 401, "unauthorized")
    token = opened(acting, database, order)
    for sent in ({}, {"token": "nothing"}, {"user": owner}):
        refused = api.post("/found-order/claims/preview", json=body, **sent)
        assert_refused(refused, 401, "unauthorized")
    shown = api.post("/found-order/claims/preview", json=body, token=token)
    stale = {**body, "wish": "replacement", "preview": shown.json()["content"]["preview"]["digest"]}
    refused = api.post("/found-order/claims", json=stale, token=token)
    assert_refused(refused, 409, "preview_outdated")
    assert rows(database, Claim) == []
    body = {**stale, "wish": "refund"}
    once = {"token": token, "headers": {"Idempotency-Key": "claim-of-a-guest"}}
    made = [api.post("/found-order/claims", json=body, **once).json() for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["content"]["claim"]["order_number"] == order.order_number
    assert len(rows(database, Claim)) == 1
    missing = claim_body(reference_number="SHP-unknown")
    assert_refused(api.post("/found-order/claims", json=missing, token=token), 404, "not_found")
    too_many = claim_body(claim_item(quantity=9))
    refused = api.post("/found-order/claims", json=too_many, token=token)
    assert_refused(refused, 422, "quantity_not_claimable")


def test_a_deleted_customers_order_is_nobodys(
    api: Api, database: Database, acting: Any, owner: User, call: Any
) -> None:
    order = make_order(
        database, owner, status="cancelled", payments=[], customer_email="owner@example.com"
    )
    token = opened(acting, database, order)
    call(personal_data.delete_account)
    assert_refused(api.get("/found-order", **bearer(token)), 401, "unauthorized")


def test_the_forms_set_cookies_and_tell_nothing(
    api: Api, database: Database, placed: Order, clock: Any
) -> None:
    headers = {"sec-fetch-site": "same-origin"}
    form = {"order_number": placed.order_number, "contact": "owner@example.com"}
    sent = api.client.post("/api/find-order/find", data=form, headers=headers)
    assert (sent.status_code, sent.headers["location"]) == (303, "/find-order?step=code")
    # Who asks again at once has a code on its way; a browser that never asked is told to wait.
    again = api.client.post("/api/find-order/find", data=form, headers=headers)
    assert again.headers["location"] == "/find-order?step=code"
    wrong = api.client.post("/api/find-order/confirm", data={"otp": "1"}, headers=headers)
    assert "error=validation_error" in wrong.headers["location"]
    code = codes_sent(database)[-1][2]
    done = api.client.post(
        "/api/find-order/confirm", data={"otp": f"{code[:3]} {code[3:]}"}, headers=headers
    )
    assert done.headers["location"] == "/found-order"
    cookie = done.headers["set-cookie"]
    assert "portal-order=" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age=3600" in cookie
    foreign = api.client.post("/api/find-order/find", data=form)
    assert "error=forbidden" in foreign.headers["location"]
    other = api.client.post("/api/find-order/leave", data={"order_number": "A-1"}, headers=headers)
    assert other.headers["location"] == "/found-order?error=another_order"
    assert "set-cookie" not in other.headers, "a page of another order closes this one not"
    left = api.client.post("/api/find-order/leave", data=form, headers=headers)
    assert 'portal-order=""' in left.headers["set-cookie"]
    left = api.client.post("/api/find-order/leave", data=form, headers=headers)
    assert left.headers["location"] == "/find-order", "also when nothing is open"


def test_an_order_found_after_another_closes_that_one(
    api: Api, database: Database, owner: User, placed: Order
) -> None:
    """The browser forgets the key of the one before, so that no sign-out would end it."""
    headers = {"sec-fetch-site": "same-origin"}
    later = make_order(database, owner, customer_email="owner@example.com")
    keys = []
    for order in (placed, later):
        form = {"order_number": order.order_number, "contact": "owner@example.com"}
        api.client.post("/api/find-order/find", data=form, headers=headers)
        typed = {"otp": codes_sent(database)[-1][2]}
        api.client.post("/api/find-order/confirm", data=typed, headers=headers)
        keys.append(api.client.cookies["portal-order"])
    api.client.cookies.clear()
    assert_refused(api.get("/found-order", **bearer(keys[0])), 401, "unauthorized")
    assert api.get("/found-order", **bearer(keys[1])).status_code == 200


def test_a_browser_that_waits_for_another_orders_code_is_told_to_wait(
    api: Api, database: Database, owner: User, placed: Order
) -> None:
    other = make_order(database, owner, customer_email="owner@example.com")

    def find(number: str) -> str:
        form = {"order_number": number, "contact": "owner@example.com"}
        sent = api.client.post(
            "/api/find-order/find", data=form, headers={"sec-fetch-site": "same-origin"}
        )
        return str(sent.headers["location"])

    assert find(placed.order_number) == "/find-order?step=code"
    assert find(other.order_number) == "/find-order?step=code"
    assert find(other.order_number) == "/find-order?step=code", "its own is on its way"
    assert "error=" in find(placed.order_number), "the browser holds the other order's form"


def test_nothing_of_the_key_is_stored(database: Database, acting: Any, placed: Order) -> None:
    key = opened(acting, database, placed)
    assert timedelta(hours=1) == service.LIFE
    [row] = rows(database, OtpChallenge, action="see-order")
    assert row.token_hash == tokens.digest(key)
    assert key not in str(row.model_dump())


def test_leaving_ends_the_key_everywhere(
    api: Api, database: Database, acting: Any, placed: Order
) -> None:
    one, other = (opened(acting, database, placed), opened_again(acting, database, placed))
    assert api.delete("/found-order", token=one).json()["success"]
    assert_refused(api.get("/found-order", token=one), 401, "unauthorized")
    assert api.get("/found-order", token=other).status_code == 200
    for sent in ({}, bearer("nonsense"), bearer(one)):
        assert_refused(api.delete("/found-order", **sent), 401, "unauthorized")


def test_an_order_that_is_somebody_elses_by_now_is_closed(
    api: Api, database: Database, acting: Any, stranger: User, placed: Order
) -> None:
    key = opened(acting, database, placed)
    with database.session(writes=True) as db:
        db.get_one(Order, placed.id).customer_id = stranger.customer_id
        db.commit()
    assert_refused(api.get("/found-order", token=key), 401, "unauthorized")


DEEDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "read": ("GET", "/found-order", {}),
    "leave": ("DELETE", "/found-order", {}),
    "preview-cancel": ("POST", "/found-order/cancel/preview", {}),
    "cancel": ("POST", "/found-order/cancel", {"cancellation_reason": "x"}),
    "preview-return": ("POST", "/found-order/return/preview", {"return_items": [ITEM]}),
    "return": ("POST", "/found-order/return", {"return_items": [ITEM]}),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_every_call_refuses_every_other_token(
    api: Api, database: Database, acting: Any, owner: User, placed: Order, clock: Any, deed: str
) -> None:
    method, path, body = DEEDS[deed]
    searching = find(acting, placed.order_number)
    key = opened_again(acting, database, placed)
    visitor = make_session(database, None)
    for sent in ({}, {"user": owner}, bearer("nonsense"), bearer(visitor), bearer(searching)):
        assert_refused(api.request(method, path, json=body, **sent), 401, "unauthorized")
    clock.advance(hours=1, seconds=1)
    assert_refused(api.request(method, path, json=body, token=key), 401, "unauthorized")


def test_a_stranger_with_the_number_alone_keeps_nobody_out(
    database: Database, acting: Any, placed: Order, clock: Any
) -> None:
    for _ in range(5):
        token = find(acting, placed.order_number, "thief@example.com")
        for _ in range(5):
            with pytest.raises(otp.OtpInvalid):
                confirm(acting, token, "000000")
        clock.advance(seconds=31)
    assert opened(acting, database, placed)


def test_items_are_cancelled_as_the_preview_said(
    api: Api, database: Database, acting: Any, owner: User
) -> None:
    order = make_order(
        database,
        owner,
        lines=[make_line(sku="A", quantity=2), make_line(sku="B")],
        customer_email="owner@example.com",
    )
    token = opened(acting, database, order)
    body: dict[str, Any] = {"cancel_items": [{"sku": "A", "quantity": 1}]}
    answer = api.post("/found-order/cancel/preview", json=body, token=token)
    seen = answer.json()["content"]["preview"]
    assert [line["quantity"] for line in seen["lines"]] == [1]
    body |= {"cancellation_reason": "One is enough", "preview": "0" * 32}
    answer = api.post("/found-order/cancel", json=body, token=token)
    assert_refused(answer, 409, "preview_outdated")
    body["preview"] = seen["digest"]
    done = api.post("/found-order/cancel", json=body, token=token).json()["content"]["order"]
    assert [line["cancelled_quantity"] for line in done["order_items"]] == [1, 0]
    [refund] = rows(database, Refund, order_id=order.id)
    assert money.to_major(refund.refund_amount, order.currency) == Decimal(str(seen["money"]))


def test_two_codes_at_once_open_it_twice_and_one_code_once(
    database: Database, placed: Order, acting: Any
) -> None:
    token = find(acting, placed.order_number)
    code = codes_sent(database)[-1][2]
    outcomes: list[str] = []

    def try_it() -> None:
        try:
            confirm(acting, token, code)
            outcomes.append("open")
        except otp.OtpExpired:
            outcomes.append("expired")

    threads = [Thread(target=try_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["expired", "expired", "expired", "open"]


def test_cancelled_once_by_many_at_once(database: Database, placed: Order, acting: Any) -> None:
    key = opened(acting, database, placed)
    outcomes: list[str] = []

    def cancel() -> None:
        data = CancelFoundOrder(cancellation_reason="x")
        try:
            with enter(Caller(bearer=key), writes=True, database=database) as ctx:
                service.cancel_found_order(ctx, data)
            outcomes.append("done")
        except OrderAlreadyCancelled:
            outcomes.append("refused")

    threads = [Thread(target=cancel) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]
    assert len(rows(database, Refund, order_id=placed.id)) == 1


def test_demo_orders_are_nobodys_in_a_real_shop(
    database: Database, acting: Any, set_settings: Any
) -> None:
    user = make_user(database, email="demo-owner@example.com", is_demo=True)
    order = make_order(database, user)
    set_settings(PORTAL_DEMO="0", PORTAL_SMTP_HOST="mail.example.com", PORTAL_MAIL_FROM="a@b.cc")
    find(acting, order.order_number, "demo-owner@example.com")
    assert codes_sent(database) == []
