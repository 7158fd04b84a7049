"""Policies over the merchant API."""

from typing import Any

import pytest

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


@pytest.mark.parametrize(
    "terms",
    [
        {"returns": {"window_days": None, "fee_per_cent": None, "evidence_for": None}},
        {"cancel": {"until": None, "charge_per_cent": None}},
        {"claims": {"window_days": None, "evidence_for": None}},
    ],
)
def test_what_is_null_is_left_to_a_more_general_rule(
    systems: Systems, database: Database, owner: User, terms: Any
) -> None:
    number = make_order(database, owner, parcels=[{}]).order_number
    before = systems.get(f"/orders/{number}").json()
    policy = {"rules": [{"name": "All goods", **terms}]}
    assert systems.post("/policies/preview", policy).json()["content"]["changes"] == []
    assert systems.post("/policies", policy).status_code == 200
    assert (
        systems.get(f"/orders/{number}").json()["content"]["order_items"]
        == (before["content"]["order_items"])
    )


def test_a_policy_that_contradicts_itself_is_told(systems: Systems) -> None:
    rule = KIND["rules"][0]
    for body in ({"rules": [rule, rule]}, {"rules": [{"name": "x"}]}, {"rules": 3}):
        refused = systems.post("/policies", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "validation_error")
    assert systems.get("/policies").json()["content"]["policies"] == []
    assert systems.get("/policies/1").status_code == 404
