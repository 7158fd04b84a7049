"""What a preview says is what the deed does; one that is outdated is refused, nothing changed."""

from decimal import Decimal
from typing import Any

import pytest

from account_portal.claims import service as claims
from account_portal.claims.schemas import CreateClaim
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import CreditActivity, Order, OrderReturn, Refund, User
from account_portal.orders import rules, service
from account_portal.orders.facts import facts_of
from account_portal.orders.schemas import CancelChoice, CancelOrder, Policy
from account_portal.returns import service as returns
from account_portal.returns.schemas import CreateOrderReturn
from tests.conftest import Api
from tests.factories.bank_accounts import make_bank_account
from tests.factories.claims import claim_body
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows

WAY = {"refund_mode": "original_payment_mode"}
CHOICE = CancelChoice.model_validate(WAY)


def cancel(**values: Any) -> CancelOrder:
    return CancelOrder.model_validate({"cancellation_reason": "x", **WAY, **values})


def asks(sku: str = "SKU-0", **values: Any) -> CreateOrderReturn:
    item = {
        "product_id": f"product-{sku[-1]}",
        "sku": sku,
        "quantity": 1,
        "resolution": "refund",
        "return_reason": "Worn",
        **values,
    }
    return CreateOrderReturn.model_validate({"return_items": [item]})


def set_policy(call: Any, *made: dict[str, Any]) -> None:
    policy = {"rules": [{"name": str(place), **rule} for place, rule in enumerate(made)]}
    call(service.set_policy, Policy.model_validate(policy), source="api", actor=SHOP)


@pytest.mark.parametrize("percent", ["0", "12.5", "100"])
@pytest.mark.parametrize("paid", [0.0, 0.4, 1.0, 1.5])
def test_cancelling_gives_what_was_shown(
    database: Database, owner: User, call: Any, clock: Any, percent: str, paid: float
) -> None:
    set_policy(call, {"cancel": {"charge_per_cent": percent}})
    order = make_order(
        database,
        owner,
        at=clock.now,
        lines=[make_line(0, selling_price=333), make_line(1, quantity=1)],
        loyalty_point_redeemed=500,
        loyalty_amount=500,
        credit_balance_used=200,
        payments=[{"amount": int(9966 * paid)}] if paid else [],
    )
    spend_points(database, owner, order)
    shown = call(service.preview_cancel, order.order_number, CHOICE)
    due = min(int(9966 * paid), 9966)  # what came beyond goes back by itself
    of_lines = [rules.share_of(total, Decimal(percent)) for total in (666, 10000)]
    charge = min(due, sum(of_lines))
    assert shown.charge == Decimal(charge) / 100
    assert shown.money == Decimal(due - charge) / 100
    assert shown.unpaid == Decimal(9966 - due) / 100
    call(service.cancel_order, order.order_number, cancel(preview=shown.digest))
    made = rows(database, Refund, purpose="cancelled")
    assert sum(one.refund_amount for one in made) == shown.money * 100
    assert [one.amount for one in rows(database, CreditActivity)] == [shown.credit * 100]
    assert shown.points == 5
    with database.session(writes=False) as db:
        account = rules.account_of(facts_of(db, db.get_one(Order, order.id)).money())
    assert (account.kept, account.owed_back) == (charge, 0)


def test_money_that_comes_after_a_cancel_goes_back_without_another_charge(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    set_policy(call, {"cancel": {"charge_per_cent": 10}})
    attempts: list[dict[str, Any]] = [{}, {"payment_status": "pending"}]
    order = make_order(database, owner, at=clock.now, payments=attempts)
    call(service.cancel_order, order.order_number, cancel())
    late = call(service.list_payments, order.order_number).view()[1]
    call(service.settle_payment, late.request_number, succeeded=True, actor=SHOP)
    assert sorted(one.refund_amount for one in rows(database, Refund)) == [18000, 20000]


def test_a_cancel_that_would_differ_is_refused(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    order = make_order(database, owner, at=clock.now)
    shown = call(service.preview_cancel, order.order_number, CHOICE)
    assert call(service.preview_cancel, order.order_number, CHOICE) == shown
    call(service.create_refund, order.order_number, Decimal(5), actor=SHOP)
    with pytest.raises(rules.PreviewOutdated):
        call(service.cancel_order, order.order_number, cancel(preview=shown.digest))
    assert call(service.get_order, order.order_number).view().status == "confirmed"
    again = call(service.preview_cancel, order.order_number, CHOICE)
    assert again.money == shown.money - 5
    call(service.cancel_order, order.order_number, cancel(preview=again.digest))


def test_another_way_of_the_money_is_another_preview(
    database: Database, owner: User, call: Any
) -> None:
    account = make_bank_account(database, owner, verification_status="verified")
    order = make_order(database, owner)
    bank = {"refund_mode": "bank_transfer", "bank_account_id": account.id}
    shown = call(service.preview_cancel, order.order_number, CancelChoice.model_validate(bank))
    assert shown.way.startswith("to ")
    assert shown.digest != call(service.preview_cancel, order.order_number, CHOICE).digest
    call(service.cancel_order, order.order_number, cancel(**bank, preview=shown.digest))


def test_a_fee_is_kept_of_a_refund_unless_the_store_is_to_blame(
    database: Database, owner: User, call: Any, clock: Any
) -> None:
    set_policy(call, {"returns": {"fee_per_cent": 15}})
    order = make_order(database, owner, at=clock.now, parcels=[{}])
    number = order.order_number
    for values, fee in (
        ({}, 1500),
        ({"reason_code": "changed_mind"}, 1500),
        ({"reason_code": "damaged"}, 0),
        ({"resolution": "replacement"}, 0),
    ):
        data = asks(**values)
        shown = call(returns.quote_return, number, data.return_items)
        assert shown.fee * 100 == fee
        seen = data.model_copy(update={"preview": shown.digest})
        made = call(returns.create_return, number, seen)
        assert made.return_items[0].fee * 100 == fee
        before = len(rows(database, Refund))
        call(returns.approve_return, made.request_number, actor=SHOP)
        new = rows(database, Refund)[before:]
        assert sum(one.refund_amount for one in new) == shown.money * 100
        if values.get("resolution") != "replacement":
            assert shown.money * 100 == 10000 - fee
        call(returns.cancel_return, made.request_number)
    with database.session(writes=False) as db:
        account = rules.account_of(facts_of(db, db.get_one(Order, order.id)).money())
    assert account.owed_back == 0


@pytest.mark.parametrize(("paid", "unpaid"), [(0, 100), (150, 50), (200, 0)])
def test_goods_that_were_not_paid_are_not_asked_for_any_more(
    database: Database, owner: User, call: Any, paid: int, unpaid: int
) -> None:
    """The same to the minor unit in quote, request and deed, and of items that are cancelled."""
    amounts = {"payments": [{"amount": paid * 100}] if paid else [{"payment_status": "failed"}]}
    orders = [make_order(database, owner, parcels=parcels, **amounts) for parcels in ([{}], [])]
    number, unsent = (order.order_number for order in orders)
    shown = call(returns.quote_return, number, asks().return_items)
    assert (shown.unpaid, shown.money) == (unpaid, 100 - unpaid)
    request = call(returns.create_return, number, asks()).request_number
    asked = call(returns.get_return_detail, request).quote
    assert (asked.unpaid, asked.money) == (unpaid, 100 - unpaid)
    call(returns.approve_return, request, actor=SHOP)
    some = {"cancel_items": [{"sku": "SKU-0", "quantity": 1}]}
    preview = call(service.preview_cancel, unsent, CancelChoice.model_validate({**WAY, **some}))
    assert (preview.unpaid, preview.money) == (unpaid, 100 - unpaid)
    call(service.cancel_order, unsent, cancel(**some, preview=preview.digest))
    for one in (number, unsent):
        assert call(service.get_payment_status, one).amount_unpaid == 200 - paid - unpaid


def test_a_return_that_would_differ_is_refused(database: Database, owner: User, call: Any) -> None:
    order = make_order(database, owner, parcels=[{}])
    data = asks()
    shown = call(returns.quote_return, order.order_number, data.return_items)
    call(service.create_refund, order.order_number, Decimal(150), actor=SHOP)
    seen = data.model_copy(update={"preview": shown.digest})
    with pytest.raises(rules.PreviewOutdated):
        call(returns.create_return, order.order_number, seen)
    assert rows(database, OrderReturn) == []


@pytest.mark.parametrize("deed", ["cancel", "return", "claim"])
def test_a_preview_of_one_order_lets_nothing_be_done_with_its_twin(
    database: Database, owner: User, call: Any, deed: str
) -> None:
    """Two orders of the same goods and money, and a preview that says the same of both."""
    parcels = [] if deed == "cancel" else [{}]
    seen, meant = (make_order(database, owner, parcels=parcels).order_number for _ in range(2))
    claim = CreateClaim.model_validate(claim_body())
    preview, do, wanted = {
        "cancel": ((service.preview_cancel, CHOICE), service.cancel_order, cancel()),
        "return": (
            (returns.quote_return, asks().return_items),
            returns.create_return,
            asks(),
        ),
        "claim": ((claims.quote_claim, claim), claims.create_claim, claim),
    }[deed]
    ask, choice = preview
    shown, own = (call(ask, number, choice) for number in (seen, meant))
    assert shown.model_copy(update={"digest": ""}) == own.model_copy(update={"digest": ""})
    with pytest.raises(rules.PreviewOutdated):
        call(do, meant, wanted.model_copy(update={"preview": shown.digest}))
    call(do, meant, wanted.model_copy(update={"preview": own.digest}))


@pytest.mark.parametrize("deed", ["cancel", "return", "claim"])
def test_one_preview_is_of_one_deed(database: Database, owner: User, call: Any, deed: str) -> None:
    """One unit of four; the next one would be the same words and money."""
    parcels = [] if deed == "cancel" else [{}]
    number = make_order(
        database, owner, lines=[make_line(0, quantity=4)], parcels=parcels
    ).order_number
    some = {"cancel_items": [{"sku": "SKU-0", "quantity": 1}]}
    claim = CreateClaim.model_validate(claim_body())
    ask, choice, do, wanted = {
        "cancel": (
            service.preview_cancel,
            CancelChoice.model_validate(WAY | some),
            service.cancel_order,
            cancel(**some),
        ),
        "return": (returns.quote_return, asks().return_items, returns.create_return, asks()),
        "claim": (claims.quote_claim, claim, claims.create_claim, claim),
    }[deed]
    shown = call(ask, number, choice)
    agreed = wanted.model_copy(update={"preview": shown.digest})
    call(do, number, agreed)
    with pytest.raises(rules.PreviewOutdated):
        call(do, number, agreed)
    anew = call(ask, number, choice)
    assert anew.model_copy(update={"digest": ""}) == shown.model_copy(update={"digest": ""})
    call(do, number, wanted.model_copy(update={"preview": anew.digest}))


def test_previews_over_the_api(api: Api, database: Database, owner: User, stranger: User) -> None:
    order, sent = make_order(database, owner), make_order(database, owner, parcels=[{}])
    cancels = f"/orders/{order.order_number}/cancel"
    back = f"/orders/{sent.order_number}/return"
    body = asks().model_dump(mode="json", exclude_unset=True)
    for path, wanted in ((cancels, WAY), (back, body)):
        assert api.post(f"{path}/preview", json=wanted).status_code == 401
        assert api.post(f"{path}/preview", json=wanted, user=stranger).status_code == 404
        assert api.post(f"{path}/preview", json={}, user=owner).status_code == 400
        shown = api.post(f"{path}/preview", json=wanted, user=owner).json()["content"]["preview"]
        stale = {**wanted, "cancellation_reason": "x", "preview": "0" * 32}
        refused = api.post(path, json=stale, user=owner)
        assert (refused.status_code, refused.json()["code"]) == (409, "preview_outdated")
        done = api.post(path, json={**stale, "preview": shown["digest"]}, user=owner)
        assert done.status_code == 200, done.text
    again = api.post(f"{cancels}/preview", json=WAY, user=owner)
    assert (again.status_code, again.json()["code"]) == (409, "order_already_cancelled")
