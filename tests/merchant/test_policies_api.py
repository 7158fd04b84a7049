"""Policies over the merchant API."""

from typing import Any

from account_portal.core.db import Database
from account_portal.models import User
from tests.factories.orders import make_order
from tests.merchant.systems import Systems

KIND = {"rules": [{"name": "All goods", "returns": {"window_days": 100}}]}


def test_a_policy_is_tried_set_and_read(
    systems: Systems, database: Database, owner: User, clock: Any
) -> None:
    order = make_order(database, owner, parcels=[{}], at=clock.now)
    clock.advance(days=31)
    tried = systems.post("/policies/preview", KIND).json()["content"]
    assert [one["order_number"] for one in tried["changes"]] == [order.order_number]
    assert systems.get("/policies").json()["content"]["policies"] == []
    made = systems.post("/policies", KIND).json()["content"]
    assert (made["number"], made["source"]) == (1, "api")
    assert systems.get("/policies/1").json()["content"] == made
    assert systems.get("/policies").json()["content"]["policies"] == [made]
    shown = systems.get(f"/orders/{order.order_number}").json()["content"]
    assert shown["order_items"][0]["returnable_quantity"] == 2


def test_a_policy_that_contradicts_itself_is_told(systems: Systems) -> None:
    rule = KIND["rules"][0]
    for body in ({"rules": [rule, rule]}, {"rules": [{"name": "x"}]}, {"rules": 3}):
        refused = systems.post("/policies", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    assert systems.get("/policies").json()["content"]["policies"] == []
    assert systems.get("/policies/1").status_code == 404
