"""Loyalty over HTTP: ownership, pages, order, the programme switched off."""

import json
from datetime import timedelta
from typing import Any

import pytest

from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.settings import get_settings
from account_portal.models import User
from account_portal.states import ActivityType
from tests.factories.loyalty import make_activity
from tests.factories.users import make_session

READS = ["/customers/{user}/loyalty", "/customers/{user}/loyalty-points-activity"]


@pytest.fixture
def ledger(database: Database, owner: User) -> list[float]:
    """Points of seven movements, newest first; two share a moment."""
    start = utc_now() - timedelta(days=1)
    points = [300, 100, 200, 100, 500, 400, 100]
    for number, amount in enumerate(points):
        redeemed = number == 3
        make_activity(
            database,
            owner,
            activity_type=ActivityType.REDEEMED if redeemed else ActivityType.EARNED,
            loyalty_point=amount * 100,
            reference_number=f"ORD-{number}",
            at=start + timedelta(minutes=number // 2),
        )
    return [float(amount) for amount in points[::-1]]


def points_of(response: Any) -> list[float]:
    assert response.status_code == 200, response.text
    rows = response.json()["content"]["loyalty_points_activity"]
    return [row["loyalty_point"] for row in rows]


@pytest.mark.parametrize("path", READS)
def test_each_read_for_each_caller(
    api: Any, database: Database, owner: User, stranger: User, path: str
) -> None:
    own = path.format(user=owner.id)
    visitor = make_session(database, None)
    expired = make_session(database, owner, expires=timedelta(seconds=-1))
    assert api.get(own, user=owner).status_code == 200
    for response, status, code in [
        (api.get(own), 401, "unauthorized"),
        (api.get(own, token=expired), 401, "unauthorized"),
        (api.get(own, token=visitor), 403, "login_required"),
        (api.get(own, user=stranger), 403, "forbidden"),
        (api.get(path.format(user=new_id()), user=owner), 403, "forbidden"),
        (api.get(path.format(user="nonsense"), user=owner), 403, "forbidden"),
    ]:
        assert (response.status_code, response.json()["code"]) == (status, code)


def test_the_state_of_a_member(api: Any, owner: User, stranger: User, ledger: list[float]) -> None:
    content = api.get(f"/customers/{owner.id}/loyalty", user=owner).json()["content"]
    assert content["loyalty_point_balance"] == 1500
    number = content["loyalty"].pop("membership_number")
    assert number.startswith("M-")
    assert content["loyalty"] == {
        "loyalty_tier": "Silver",
        "loyalty_point_earned": 1600,
        "loyalty_point_redeemed": 100,
        "loyalty_point_balance": 1500,
        "loyalty_point_redeemable": 1500,
        "loyalty_point_bonus_accrued": 0,
        "date_of_reset": None,
        "total_savings": 0,
    }
    others = api.get(f"/customers/{stranger.id}/loyalty", user=stranger).json()["content"]
    assert others["loyalty_point_balance"] == 0


def test_movements_are_newest_first_and_positive(
    api: Any, owner: User, ledger: list[float]
) -> None:
    response = api.get(f"/customers/{owner.id}/loyalty-points-activity", user=owner)
    assert points_of(response) == ledger
    row = response.json()["content"]["loyalty_points_activity"][3]
    assert (row["activity_type"], row["loyalty_point"]) == ("redeemed", 100)
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_put_together_are_the_list(
    api: Any, owner: User, ledger: list[float], limit: int
) -> None:
    found: list[float] = []
    page: int | None = 1
    while page is not None:
        response = api.get(
            f"/customers/{owner.id}/loyalty-points-activity?page={page}&limit={limit}", user=owner
        )
        found += points_of(response)
        pagination = response.json()["content"]["pagination"]
        assert pagination["total_records"] == 7
        page = pagination["next_page"]
    assert found == ledger
    after = api.get(f"/customers/{owner.id}/loyalty-points-activity?page=99&limit=3", user=owner)
    assert points_of(after) == []
    assert after.json()["content"]["pagination"]["previous_page"] == 3


@pytest.mark.parametrize("field", ["created_at", "loyalty_point", "activity_type"])
def test_ascending_is_descending_in_reverse(
    api: Any, owner: User, ledger: list[float], field: str
) -> None:
    def sorted_by(direction: str) -> list[str]:
        response = api.get(
            f"/customers/{owner.id}/loyalty-points-activity",
            params={"sort_by": json.dumps({field: direction})},
            user=owner,
        )
        points_of(response)
        rows = response.json()["content"]["loyalty_points_activity"]
        values = [row[field] for row in rows]
        assert values == sorted(values, reverse=direction == "desc")
        return [row["reference_number"] for row in rows]

    assert sorted_by("asc") == sorted_by("desc")[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("limit=101", "limit"),
        ("sort_by={", "sort_by"),
        ("sort_by={}", "sort_by"),
        ('sort_by={"customer_id":"asc"}', "sort_by"),
        ('sort_by={"created_at":"up"}', "sort_by"),
    ],
)
def test_bad_queries_name_the_field(api: Any, owner: User, query: str, field: str) -> None:
    response = api.get(f"/customers/{owner.id}/loyalty-points-activity?{query}", user=owner)
    assert response.status_code == 400
    assert field in response.json()["error"]


@pytest.mark.parametrize("path", READS)
def test_no_programme_no_points(
    api: Any, owner: User, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("PORTAL_LOYALTY", "0")
    get_settings.cache_clear()
    response = api.get(path.format(user=owner.id), user=owner)
    assert (response.status_code, response.json()["code"]) == (404, "loyalty_not_enabled")


@pytest.mark.parametrize("path", READS)
def test_reads_take_at_most_three_statements(
    api: Any, owner: User, ledger: list[float], statements: list[str], path: str
) -> None:
    api.token(owner)
    statements.clear()
    assert api.get(path.format(user=owner.id), user=owner).status_code == 200
    assert len(statements) <= 3, statements
