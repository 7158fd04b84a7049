"""Documents hold facts: what may be done with an order is worked out when it is read."""

import json
from typing import Any

import pytest

from account_portal.context import SHOP
from account_portal.core.db import Database
from account_portal.merchant.importing import run_import
from account_portal.models import OrderDocument, User
from account_portal.orders import rules, service
from account_portal.orders.rules import eligibility, money
from account_portal.orders.rules.money import MoneyFacts, OrderAccount
from account_portal.orders.schemas import Policy
from tests.factories.loyalty import spend_points
from tests.factories.orders import make_line, make_order
from tests.factories.records import rows, write

OF_TODAY = {
    "is_cancellation_allowed",
    "is_delivery_change_allowed",
    "cancel_eligibility",
    "cancellation_refund_details",
    "return_eligibility",
    "is_claim_allowed",
    "claim_eligibility",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sku of each line that a policy was asked about; clear it to count anew."""
    seen: list[str] = []
    terms_of = rules.terms_of

    def note(ranked: Any, sale: rules.Sale, now: Any) -> Any:
        seen.append(sale.sku)
        return terms_of(ranked, sale, now)

    monkeypatch.setattr(rules, "terms_of", note)
    return seen


def test_nothing_of_clock_settings_and_policies_is_stored(
    database: Database, owner: User, call: Any
) -> None:
    order = make_order(database, owner, parcels=[{}])
    [stored] = rows(database, OrderDocument)
    detail = json.loads(stored.detail)
    assert OF_TODAY.isdisjoint(detail)
    assert all("returnable_quantity" not in item for item in detail["order_items"])
    assert all("is_return_allowed" not in parcel for parcel in detail["shipments"])
    shown = json.loads(call(service.get_order, order.order_number).json)
    assert set(shown) == OF_TODAY | set(detail)


def test_other_settings_show_in_the_next_read(
    database: Database, owner: User, call: Any, set_settings: Any
) -> None:
    waits = make_order(database, owner, parcels=[{"status": "scheduled"}])
    part = make_order(
        database,
        owner,
        lines=[make_line(0, quantity=2)],
        parcels=[{"units": {make_line(0)["sku"]: 1}}],
    )
    for allowed, days, units in (("true", "30", 1), ("false", "0", 0), ("true", "30", 1)):
        set_settings(PORTAL_CANCEL_SCHEDULED=allowed, PORTAL_RETURN_WINDOW_DAYS=days)
        shown = call(service.get_order, waits.order_number).view()
        assert shown.is_cancellation_allowed == (allowed == "true")
        page = call(service.get_order_page, part.order_number)
        assert [item.returnable_quantity for item in page.order.order_items] == [units]
        [parcel] = call(service.list_shipments, part.order_number).view()
        assert parcel.is_return_allowed == bool(units)


def bring_in(database: Database, tmp_path: Any, count: int, **values: Any) -> int:
    """Import orders of three lines each; how many lines that makes."""
    lines = [{"sku": f"S-{n}", "product_id": "P", "selling_price": 10} for n in range(3)]
    records = [
        {
            "type": "order",
            "order_number": f"A-{count}-{number:03}",
            "order_date": "2025-01-01",
            "customer_email": "c@x.example",
            "payments": [{"request_number": f"P-{count}-{number:03}", "amount": 30}],
            "lines": lines,
            **values,
        }
        for number in range(count)
    ]
    summary = run_import(database, [write(tmp_path / f"{count}.ndjson", *records)])
    assert summary.created == count
    return count * len(lines)


@pytest.mark.parametrize(("status", "most"), [("confirmed", 0), ("delivered", 1)])
def test_an_import_asks_no_policy_but_when_orders_end(
    database: Database, tmp_path: Any, asked: list[str], status: str, most: int
) -> None:
    """Delivered orders become complete when the last window closes: one question a line."""
    lines = bring_in(database, tmp_path, 20, status=status)
    assert len(asked) == most * lines


def test_an_import_takes_as_many_statements_however_many_orders_come(
    database: Database, tmp_path: Any, statements: list[str]
) -> None:
    bring_in(database, tmp_path, 1)
    counts = []
    for count in (20, 200):
        statements.clear()
        bring_in(database, tmp_path, count)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 60


def test_an_import_adds_up_the_money_of_an_order_once(
    database: Database, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    added_up: list[MoneyFacts] = []

    def account_of(facts: MoneyFacts) -> OrderAccount:
        added_up.append(facts)
        return plain(facts)

    plain = money.account_of
    for module in (rules, money, eligibility):
        monkeypatch.setattr(module, "account_of", account_of)
    bring_in(database, tmp_path, 20)
    assert len(added_up) == 20


def test_one_order_is_one_statement(
    database: Database, owner: User, call: Any, statements: list[str]
) -> None:
    """Policies are read once; one that is set shows in the next read, wherever it was set."""
    order = make_order(database, owner, parcels=[{"status": "scheduled"}])
    counts, flags = [], []
    for until in ("packed", "packed", "never", "never", "scheduled", "packed"):
        rule = {"name": "all", "cancel": {"until": until}}
        policy = Policy.model_validate({"rules": [rule]})
        call(service.set_policy, policy, source="api", actor=SHOP)
        for _ in range(2):
            statements.clear()
            flags.append(call(service.get_order, order.order_number).view().is_cancellation_allowed)
            counts.append(len(statements))
    assert counts == [2, 1, 1, 1, 2, 1, 1, 1, 2, 1, 2, 1]
    assert flags == [True] * 12, "what was kinder stays"
    statements.clear()
    call(service.get_payment_status, order.order_number)
    assert len(statements) == 1


@pytest.mark.parametrize("kept", [None, '{"shape": 1}'], ids=["no-facts", "another-version"])
def test_orders_without_facts_are_read_from_their_tables(
    database: Database, owner: User, call: Any, kept: str | None
) -> None:
    """As they are after an upgrade, until they are derived anew; and beside another version."""
    order = make_order(database, owner, parcels=[{}], loyalty_point_redeemed=100)
    spend_points(database, owner, order)
    shown = call(service.get_order, order.order_number).json
    with database.session(writes=True) as db:
        db.get_one(OrderDocument, order.id).facts = kept
        db.commit()
    assert call(service.get_order, order.order_number).json == shown
    with database.session(writes=False) as db:
        detail = db.get_one(OrderDocument, order.id).detail.encode()
        assert service.whole_details(db, {order.id: detail}, order.created_at)
