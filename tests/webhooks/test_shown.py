"""With `expand` nobody is shown what their key may not read."""

from typing import Any

import pytest
from sqlalchemy import update

from account_portal.core.db import Database
from account_portal.models import User, WebhookEndpoint
from tests.factories.orders import make_order
from tests.factories.records import rows
from tests.merchant.conftest import systems
from tests.merchant.systems import Systems, make_key
from tests.webhooks.conftest import Makes, Works
from tests.webhooks.receiver import Receiver

__all__ = ["systems"]  # a fixture

EVERY_READ = ("orders", "returns", "reviews", "customers", "bank_accounts")
SCOPES_OF = {
    "order.created": "orders:read",
    "shipment.moved": "orders:read",
    "payment.settled": "orders:read",
    "refund.requested": "orders:read",
    "return.requested": "returns:read",
    "claim.opened": "returns:read",
    "review.submitted": "reviews:read",
    "address.created": "customers:read",
    "customer.created": "customers:read",
    "preferences.changed": "customers:read",
    "bank_account.added": "bank_accounts:read",
}


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


NOT_ALLOWED = (403, "insufficient_scope")


@pytest.mark.parametrize(("kind", "scope"), SCOPES_OF.items())
def test_each_kind_needs_the_scope_of_what_is_shown(
    database: Database, systems: Systems, kind: str, scope: str
) -> None:
    asked = f"/events?expand&types={kind}"
    assert refusal(systems.get(asked, key=make_key(database, "events:read"))) == NOT_ALLOWED
    enough = make_key(database, "events:read", scope)
    assert systems.get(asked, key=enough).status_code == 200
    assert scope in systems.get(asked, key=make_key(database, "events:read", name="x")).text


def test_all_kinds_need_all_scopes(database: Database, systems: Systems) -> None:
    reads = [f"{kind}:read" for kind in EVERY_READ]
    whole = make_key(database, "events:read", *reads)
    assert systems.get("/events?expand", key=whole).status_code == 200
    for missing in reads:
        scopes = [scope for scope in reads if scope != missing]
        key = make_key(database, "events:read", *scopes)
        answer = systems.get("/events?expand", key=key)
        assert refusal(answer) == NOT_ALLOWED
        assert missing in answer.json()["message"]
        assert systems.get("/events", key=key).status_code == 200
        assert systems.get("/events?expand&types=points.changed", key=key).status_code == 200


def test_no_endpoint_is_set_up_to_be_shown_more_than_its_maker_may_read(
    database: Database, systems: Systems, receiver: Receiver
) -> None:
    key = make_key(database, "webhooks:*", "customers:read")
    wanted = {"url": receiver.url, "types": ["order.created"], "expand": True}
    assert refusal(systems.post("/webhooks", wanted, key=key)) == NOT_ALLOWED
    assert rows(database, WebhookEndpoint) == []
    wanted["types"] = ["customer.created"]
    made = systems.post("/webhooks", wanted, key=key).json()["content"]
    path = f"/webhooks/{made['id']}"
    for change in ({"types": ["order.created"]}, {"types": ["*"]}):
        assert refusal(systems.put(path, change, key=key)) == NOT_ALLOWED
    assert systems.put(path, {"description": "ours"}, key=key).status_code == 200


@pytest.mark.parametrize(
    "change", [{"url": "https://evil.invalid/"}, {"description": "mine"}, {"expand": False}]
)
def test_no_endpoint_of_others_is_led_elsewhere(
    database: Database, systems: Systems, receiver: Receiver, change: dict[str, Any]
) -> None:
    plain = {"url": receiver.url, "types": ["*"]}
    made = systems.post("/webhooks", {**plain, "expand": True}).json()["content"]
    weak = make_key(database, "webhooks:*")
    path = f"/webhooks/{made['id']}"
    assert refusal(systems.put(path, change, key=weak)) == NOT_ALLOWED
    assert systems.get(path).json()["content"]["url"] == receiver.url
    other = systems.post("/webhooks", plain).json()["content"]
    changed = systems.put(f"/webhooks/{other['id']}", {"expand": True}, key=weak)
    assert refusal(changed) == NOT_ALLOWED


def test_what_may_not_be_shown_is_not_sent(
    database: Database, receiver: Receiver, makes: Makes, works: Works, owner: User
) -> None:
    makes(receiver.url, expand=True, types=["order.created"])
    with database.session(writes=True) as db:
        db.execute(update(WebhookEndpoint).values(scopes="customers:read webhooks:*"))
        db.commit()
    make_order(database, owner)
    works()
    [event] = receiver.events
    assert event["data"]["order_number"]
    assert "object" not in event
