"""The examples of docs/webhooks.md hold what events really hold."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from account_portal.addresses import service as addresses
from account_portal.auth import service as auth
from account_portal.bank_accounts import service as bank_accounts
from account_portal.claims import service as claims
from account_portal.context import SHOP, Actor
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.places import ROOT
from account_portal.events import EventType
from account_portal.loyalty import service as loyalty
from account_portal.models import OutboxMessage, Payment, Refund, User
from account_portal.orders import service as orders
from account_portal.orders.schemas import CancelItem, CancelOrder, ChangeDelivery, RetryPayment
from account_portal.personal_data import service as personal_data
from account_portal.profile import service as profile
from account_portal.profile.schemas import NotificationPreferencesUpdate, UserUpdate
from account_portal.returns import service as returns
from account_portal.returns.schemas import ChangeOrderReturn, InspectReturn, TellReturnParcel
from account_portal.reviews import service as reviews
from account_portal.states import ReturnStatus
from account_portal.withdrawals import service as withdrawals
from account_portal.withdrawals.schemas import SettleWithdrawal, StateWithdrawal
from tests.factories.addresses import make_address
from tests.factories.auth import change_user
from tests.factories.bank_accounts import make_bank_account
from tests.factories.claims import make_claim
from tests.factories.events import told
from tests.factories.orders import make_order
from tests.factories.records import rows
from tests.factories.returns import make_return, return_body, return_item
from tests.factories.reviews import make_product, make_review
from tests.factories.users import make_user

MANUAL = (ROOT / "docs" / "webhooks.md").read_text()


def pays_and_cancels(database: Database, owner: User, call: Callable[..., Any]) -> None:
    failed: list[dict[str, Any]] = [{"payment_status": "failed"}]
    order = make_order(database, owner, parcels=[{"status": "packed"}], payments=failed)
    asked = RetryPayment.model_validate({"payment_gateway_params": {"payment_gateway": "TEST"}})
    call(orders.retry_payment, order.order_number, asked)
    [attempt] = rows(database, Payment, payment_status="pending")
    call(orders.settle_payment, attempt.request_number, succeeded=True, actor=SHOP)
    call(orders.create_shipment, make_order(database, owner).order_number, actor=SHOP)
    paid = make_order(database, owner)
    call(
        orders.cancel_order,
        paid.order_number,
        CancelOrder.model_validate(
            {"cancellation_reason": "x", "refund_mode": "original_payment_mode"}
        ),
    )
    call(
        orders.change_delivery,
        make_order(database, owner).order_number,
        ChangeDelivery(delivery_instructions="Ring twice"),
    )
    wanted = [CancelItem(sku="SKU-0", quantity=1)]
    unpaid = make_order(database, owner, payments=[])
    call(orders.cancel_items_for_shop, unpaid.order_number, wanted, "Sold out", actor=SHOP)
    for succeeded in (False, True):
        [refund] = rows(database, Refund, status="pending")
        call(orders.approve_refund, refund.request_number, actor=SHOP)
        call(orders.settle_refund, refund.request_number, succeeded=succeeded, actor=SHOP)


def sends_back(database: Database, owner: User, call: Callable[..., Any]) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    request = make_return(database, owner, order, return_item())
    anew = ChangeOrderReturn.model_validate(
        return_body(return_item(quantity=2, reason_code="damaged"))
    )
    call(returns.change_return, order.order_number, request.request_number, anew)
    call(returns.cancel_return, request.request_number)
    sent = make_return(database, owner, order, status=ReturnStatus.APPROVED).request_number
    parcel = TellReturnParcel(awb_no="1490812345678")
    call(returns.tell_parcel, order.order_number, sent, parcel)
    call(returns.cancel_return, sent)
    both = return_item(quantity=2)
    back = make_return(database, owner, order, both, status=ReturnStatus.RECEIVED)
    data = InspectReturn.model_validate(
        {"return_items": [{"sku": "SKU-0", "refused": 1, "reason_code": "damaged"}]}
    )
    call(returns.inspect_return, back.request_number, data, actor=SHOP)
    call(returns.correct_inspection, back.request_number, data, actor=SHOP)
    call(returns.complete_return, back.request_number, actor=SHOP)
    said = {"name": "Asha", "order": order.order_number, "contact": "asha@example.com"}
    stated = StateWithdrawal.model_validate(said)
    reference = call(withdrawals.state_withdrawal, stated, actor=Actor()).reference
    outcome = SettleWithdrawal.model_validate({"outcome": "Asked by e-mail"})
    call(withdrawals.settle_for_shop, reference, outcome, actor=SHOP)


def says_what_came_wrong(database: Database, owner: User, call: Callable[..., Any]) -> None:
    order = make_order(database, owner, status="delivered", parcels=[{}])
    call(claims.withdraw_claim, make_claim(database, owner, order).claim_number)
    declined = make_claim(database, owner, order).claim_number
    call(claims.reject_claim, declined, "It is whole", actor=SHOP)


def changes_the_account(database: Database, owner: User, call: Callable[..., Any]) -> None:
    review = make_review(database, owner, make_product(database).id)
    call(reviews.decide_review, review.id, approved=True, actor=SHOP)
    address = make_address(database, owner)
    with database.session(writes=True) as db:
        db.get_one(type(address), address.id).nickname = "Elsewhere"
        db.commit()
    call(addresses.delete_address, address.id)
    account = make_bank_account(database, owner, verification_status="pending")
    call(bank_accounts.decide_bank_account, account.id, verified=True, actor=SHOP)
    call(loyalty.grant_points, owner.customer_id, Decimal(5), actor=SHOP)
    wanted = NotificationPreferencesUpdate.model_validate({"promotional": {"email": True}})
    call(profile.update_preferences, wanted)
    call(profile.update_profile, UserUpdate(first_name="Zoe"))
    change_user(database, owner, email="new@example.com")
    call(personal_data.request_export)
    personal_data.make_exports()
    call(auth.deactivate_user)
    call(auth.reactivate_customer, owner.customer_id, actor=SHOP)
    gone = make_user(database, external_id="C-9")
    call(personal_data.delete_account, actor=gone)
    now = utc_now()
    with database.session(writes=True) as db:
        row = OutboxMessage(
            channel="email", recipient="a", kind="x", status="sending", due_at=now, created_at=now
        )
        db.add(row)
        db.commit()
        row.status = "failed"
        db.commit()


def test_examples_have_the_fields_of_events(database: Database, owner: User, call: Any) -> None:
    pays_and_cancels(database, owner, call)
    sends_back(database, owner, call)
    says_what_came_wrong(database, owner, call)
    changes_the_account(database, owner, call)
    real: dict[str, dict[str, Any]] = dict(told(database))
    examples = {
        example["type"]: example["data"]
        for example in map(json.loads, re.findall(r"```json\n(\{.*?)\n```", MANUAL, re.DOTALL))
    }
    assert set(real) == {str(kind) for kind in EventType}
    for name, data in real.items():
        assert set(examples[name]) == set(data), name
