"""Policies in the console: read in words, tried on the orders there are, and put in force once."""

from collections.abc import Callable
from typing import Any

from account_portal.console.rules import Role
from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.models import AuditEntry, PolicyVersion, User
from account_portal.orders import service
from tests.conftest import Clock
from tests.console.conftest import Browser, Page
from tests.factories.orders import make_order
from tests.factories.records import rows

SignedIn = Callable[..., Browser]
LONGER = """
[[rules]]
name = "All <b>goods</b>"
returns = { window_days = 100, counted_from = "order", fee_per_cent = 12.5 }

[[rules]]
name = "Dear things abroad"
cancel = { until = "never" }
returns = { never = "made_to_order" }

[rules.applies_to]
countries = ["DE", "AT"]
price_from = 50
currency = "EUR"
ordered_from = 2026-02-01
"""


def put_in_force(browser: Browser, text: str) -> Any:
    """Try a policy, and press the button that the trial offers."""
    tried = browser.post("/policies/try", {"text": text})
    assert tried.status_code == 200
    return browser.post("/do/policy.set", Page(tried.text).form("policy.set"))


def test_it_is_tried_then_set_and_stands_in_words(
    database: Database, signed_in: SignedIn, owner: User, clock: Clock
) -> None:
    order = make_order(database, owner, parcels=[{}], at=clock.now)
    clock.advance(days=31)
    admin = signed_in(Role.ADMIN)
    first = admin.page("/policies").text
    assert "No policy was set yet" in first
    assert "30 days; counted from the delivery; for a refund or replacement; no fee" in first
    tried = admin.post("/policies/try", {"text": LONGER})
    assert order.order_number in tried.text
    assert "window_closed" in tried.text
    assert "All &lt;b&gt;goods&lt;/b&gt;" in tried.text
    assert rows(database, PolicyVersion) == []
    assert put_in_force(admin, LONGER).headers["location"] == "/console/policies"
    shown = admin.page("/policies").text
    assert "Policy 1 is in force." in shown
    assert "to Germany or Austria; from €50.00 a unit; ordered from 1 Feb 2026" in shown
    assert "100 days; counted from the order; the store keeps 12.5 %" in shown
    assert "never: made to order" in shown
    [version] = rows(database, PolicyVersion)
    assert version.source == "console"
    [entry] = [one for one in rows(database, AuditEntry) if one.action == "policy.set"]
    assert "All" not in str(entry.details)


def test_an_earlier_one_is_where_another_begins(signed_in: SignedIn, database: Database) -> None:
    admin = signed_in(Role.ADMIN)
    put_in_force(admin, LONGER)
    put_in_force(admin, '{"rules": []}')
    assert "It has no rules" in admin.page("/policies").text
    earlier = admin.page("/policies/1").text
    assert "made_to_order" in earlier
    assert "Begin another one with version 1" in earlier
    box = earlier.partition("[[rules]]")
    again = box[1] + box[2].partition("TOML or JSON")[0]
    put_in_force(admin, again)
    first, _, third = rows(database, PolicyVersion)
    assert service.read_policy(first.body) == service.read_policy(third.body)
    for nothing in ("0", "9", "x", "1" * 30):
        assert admin.get(f"/policies/{nothing}").status_code == 404


def test_what_is_wrong_is_said_and_what_was_typed_stays(
    signed_in: SignedIn, database: Database
) -> None:
    admin = signed_in(Role.ADMIN)
    rule = '[[rules]]\nname = "P&Q"\nreturns = {{ {} }}\n'
    for text, words in (
        ("[[", "This cannot be read"),
        ("{", "This cannot be read"),
        ("", "rules: is required"),
        ("[" * 5000, "This cannot be read"),
        (rule.format("windows = 3"), "“P&amp;Q”, returns.windows: is not known."),
        (rule.format("window_days = 3") * 2, "contradict each other"),
    ):
        tried = admin.post("/policies/try", {"text": text})
        assert tried.status_code == 200
        assert words in tried.text
        assert "Put it in force" not in tried.text
        assert text.replace("&", "&amp;").replace('"', "&#34;") in tried.text
        set_at_once = {"text": text, "after": "0", "back": "/console/policies"}
        assert admin.post("/do/policy.set", set_at_once).status_code == 303
    assert rows(database, PolicyVersion) == []


def test_one_that_was_set_meanwhile_is_not_overrun(
    signed_in: SignedIn, database: Database, call: Any
) -> None:
    admin = signed_in(Role.ADMIN)
    form = Page(admin.post("/policies/try", {"text": LONGER}).text).form("policy.set")
    call(service.set_policy, service.read_policy('{"rules": []}'), source="api", actor=SHOP)
    admin.post("/do/policy.set", form)
    assert "another policy was put in force meanwhile" in admin.told()
    assert len(rows(database, PolicyVersion)) == 1


def test_only_admins_and_only_from_here(browser: Any, signed_in: SignedIn) -> None:
    admin = signed_in(Role.ADMIN)
    form = {"text": LONGER}
    assert browser().post("/policies/try", form).status_code == 401
    for role in set(Role) - {Role.ADMIN}:
        unfit = signed_in(role)
        assert unfit.post("/policies/try", form).status_code == 403
        assert "/console/policies" not in unfit.get().text
    assert admin.get("/policies/try").status_code == 404
    crossing = {"Origin": "https://evil.example"}
    assert admin.post("/policies/try", form, headers=crossing).status_code == 403
    assert admin.post("/policies/try", {"text": "x" * 70_000}).status_code == 413
