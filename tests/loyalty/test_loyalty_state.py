"""The rewards page without a browser."""

from datetime import timedelta
from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.loyalty.state import RewardsState
from account_portal.models import User
from account_portal.states import ActivityType
from tests.conftest import forget_singletons
from tests.factories.loyalty import make_activity
from tests.open_pages import OpenPage


def open_rewards(database: Database, user: User | None, query: str = "") -> OpenPage:
    page = OpenPage(database, RewardsState, user, f"/loyalty{query}")
    page.run("load")
    return page


def test_points_that_wait_are_told_with_their_day(
    database: Database, owner: User, clock: Any
) -> None:
    soon, late = clock.now + timedelta(days=3), clock.now + timedelta(days=9)
    make_activity(database, owner, loyalty_point=100_000)
    make_activity(database, owner, loyalty_point=2_000, spendable_at=late)
    make_activity(database, owner, loyalty_point=5_000, spendable_at=soon)
    taken_back = {"activity_type": ActivityType.REDEEMED, "activity": "order_returned"}
    make_activity(database, owner, loyalty_point=1_000, spendable_at=soon, **taken_back)
    page = open_rewards(database, owner)
    assert page.phase == "ready"
    assert page.loyalty.loyalty_point_balance == 1060
    assert page.loyalty.loyalty_point_redeemable == 1000
    assert [(one.points, one.spendable_at) for one in page.waiting] == [(40, soon), (20, late)]
    clock.advance(days=10)
    page.run("load")
    assert (page.waiting, page.loyalty.loyalty_point_redeemable) == ([], 1060)


def test_only_movements_of_orders_lead_to_one(database: Database, owner: User) -> None:
    make_activity(database, owner)
    make_activity(database, owner, activity="bonus", reference_number="CAMPAIGN-1")
    make_activity(database, owner, activity="order", reference_number=None)
    page = open_rewards(database, owner)
    by_cause = {
        (one.activity, one.reference_number): link
        for one, link in zip(page.movements, page.order_links, strict=True)
    }
    assert by_cause == {
        ("order", "ORD-1"): "/orders/ORD-1",
        ("bonus", "CAMPAIGN-1"): "",
        ("order", None): "",
    }


def test_the_page_is_in_the_address(database: Database, owner: User) -> None:
    for _ in range(21):
        make_activity(database, owner)
    page = open_rewards(database, owner, "?page=-3")
    assert (len(page.movements), page.previous_link, page.next_link) == (20, "", "/loyalty?page=2")
    page.go(page.next_link)
    page.run("load")
    assert (len(page.movements), page.previous_link, page.next_link) == (1, "/loyalty", "")
    page.go("/loyalty?page=99")
    page.run("load")
    assert (page.movements, page.was_used) == ([], True)


def test_points_are_the_members_own(database: Database, owner: User, stranger: User) -> None:
    make_activity(database, owner)
    page = open_rewards(database, stranger)
    assert (page.phase, page.movements, page.was_used) == ("ready", [], False)
    assert page.loyalty.loyalty_point_balance == 0
    page = open_rewards(database, None)
    assert (page.loyalty, page.tier, page.movements) == (None, None, [])


def test_a_store_without_a_programme(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_LOYALTY", "0")
    forget_singletons()
    page = open_rewards(database, owner)
    assert (page.phase, page.loyalty) == ("missing", None)
