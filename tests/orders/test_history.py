"""The history page's pages: together they are the list, whichever end they are read from."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pydantic
import pytest

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.orders import service
from account_portal.orders.schemas import OrderSearch
from tests.factories.orders import make_line, make_order

DAY = datetime(2025, 3, 1, 12, tzinfo=UTC)
# Two of the same moment each, so that the order number has to decide.
DAYS = [0, 0, 1, 1, 2, 3, 3]
CLOSED = {"H-2": "delivered", "H-5": "cancelled"}


@pytest.fixture
def numbers(database: Database, owner: User, stranger: User) -> list[str]:
    """The owner's orders, oldest first; the stranger has one at each moment, too."""
    found = []
    for place, day in enumerate(DAYS):
        number = f"H-{place}"
        at = DAY + timedelta(days=day)
        status = CLOSED.get(number, "confirmed")
        make_order(database, owner, order_number=number, at=at, status=status)
        make_order(database, stranger, order_number=f"S-{place}", at=at)
        found.append(number)
    return found


def walk(call: Callable[..., Any], limit: int, **wanted: Any) -> list[list[str]]:
    """Every page's order numbers, from the first to where none follows."""
    pages: list[list[str]] = []
    following: int | None = 1
    while following is not None:
        page = call(service.search_orders, OrderSearch(page=following, limit=limit, **wanted))
        pages.append([card.order_number for card in page.rows])
        following = page.pagination.next_page
    return pages


@pytest.mark.parametrize("group", ["all", "open"])
@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_the_pages_make_one_list(
    call: Callable[..., Any], numbers: list[str], sort: str, group: str
) -> None:
    kept = [one for one in numbers if group == "all" or one not in CLOSED]
    wanted = kept if sort == "oldest" else kept[::-1]
    for limit in (1, 2, 3, 4, len(kept), 100):
        pages = walk(call, limit, sort=sort, group=group)
        assert [one for page in pages for one in page] == wanted
        assert {len(page) for page in pages[:-1]} <= {limit}


@pytest.mark.parametrize("group", ["all", "open"])
def test_a_page_after_the_last_is_empty(
    call: Callable[..., Any], numbers: list[str], group: str
) -> None:
    page = call(service.search_orders, OrderSearch(page=9, limit=3, group=group))
    assert page.rows == []
    assert page.pagination.next_page is None
    assert page.pagination.previous_page == page.pagination.total_pages


def test_a_deep_page_is_read_from_the_nearer_end(
    call: Callable[..., Any], numbers: list[str], statements: list[str]
) -> None:
    directions = []
    for page in (1, 2, 3, 4):
        statements.clear()
        call(service.search_orders, OrderSearch(page=page, limit=2))
        directions.append(any("ASC" in text and "OFFSET" in text for text in statements))
    assert directions == [False, False, True, True]


@pytest.mark.parametrize(
    "typed",
    [
        "6301", "#6301", " # 6301 ", "eclair", "\u00e9clair", "e\u0301clair", "ECLAIR", "istanbul",
        "\u0130stanbul", "cay", "50%", "#1 mug", "№6301", "№ 6301", "\uff036301",
    ],
)  # fmt: skip
def test_an_order_is_found_however_its_words_are_typed(
    call: Callable[..., Any], database: Database, owner: User, typed: str
) -> None:
    names = ["\u00c9CLAIR", "\u0130stanbul \u00e7ay", "50% off", "The #1 mug"]
    lines = [make_line(place, product_name=name) for place, name in enumerate(names)]
    make_order(database, owner, order_number="6301", lines=lines)
    make_order(database, owner, order_number="7777", lines=[make_line(product_name="Teapot 50")])
    found = call(service.search_orders, OrderSearch(text=typed)).rows
    assert [card.order_number for card in found] == ["6301"]


def test_a_sign_alone_searches_for_nothing(call: Callable[..., Any], numbers: list[str]) -> None:
    page = call(service.search_orders, OrderSearch(text="#"))
    assert page.pagination.total_records == len(numbers)


@pytest.mark.parametrize(
    ("zone", "year"), [("Asia/Kolkata", 2026), ("America/New_York", 2025), ("", 2025)]
)
def test_an_order_is_of_the_year_its_date_is_shown_in(
    call: Callable[..., Any], database: Database, owner: User, zone: str, year: int
) -> None:
    make_order(database, owner, order_number="6201", at=datetime(2025, 12, 31, 20, tzinfo=UTC))
    years = call(service.list_order_years)
    assert years == [2026, 2025]
    found = {
        one: [card.order_number for card in call(service.search_orders, query).rows]
        for one in years
        for query in [OrderSearch(year=one, zone=zone)]
    }
    assert found == {one: ["6201"] if one == year else [] for one in years}


def test_only_years_with_orders_can_be_chosen(
    call: Callable[..., Any], database: Database, owner: User
) -> None:
    assert call(service.list_order_years) == []
    for at in ((1996, 7, 4), (1998, 5, 5), (1998, 5, 6), (2025, 1, 1, 3), (2026, 11, 30)):
        make_order(database, owner, at=datetime(*at, tzinfo=UTC))
    assert call(service.list_order_years) == [2026, 2025, 2024, 1998, 1996]


@pytest.mark.parametrize("year", [1970, 9999])
def test_the_first_and_the_last_year_can_be_asked_for_in_any_zone(
    call: Callable[..., Any], numbers: list[str], year: int
) -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert call(service.search_orders, OrderSearch(year=year, zone=zone)).rows == []


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "../etc/passwd", "America", "/etc", "\x00"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        OrderSearch(zone=zone)


TOTALS = [("INR", 300), ("KWD", 100), ("INR", 100), ("EUR", 900), ("KWD", 500), ("INR", 200)]
BY_TOTAL = {
    "desc": [("INR", 300), ("INR", 200), ("INR", 100), ("EUR", 900), ("KWD", 500), ("KWD", 100)],
    "asc": [("INR", 100), ("INR", 200), ("INR", 300), ("EUR", 900), ("KWD", 100), ("KWD", 500)],
}


@pytest.fixture
def totals(database: Database, owner: User) -> dict[str, tuple[str, int]]:
    """Currency and total of the owner's orders, by number."""
    found = {}
    for place, (currency, total) in enumerate(TOTALS):
        lines = [make_line(selling_price=total)]
        order = make_order(
            database, owner, order_number=f"T-{place}", currency=currency, lines=lines
        )
        found[order.order_number] = (currency, total)
    return found


@pytest.mark.parametrize(("direction", "sort"), [("desc", "total_high"), ("asc", "total_low")])
@pytest.mark.parametrize("wanted", [{}, {"group": "open"}, {"text": "t-"}])
def test_totals_of_different_currencies_are_not_compared(
    call: Callable[..., Any],
    totals: dict[str, tuple[str, int]],
    direction: str,
    sort: str,
    wanted: dict[str, str],
) -> None:
    for limit in (2, 100):
        pages = walk(call, limit, sort=sort, **wanted)
        assert [totals[one] for page in pages for one in page] == BY_TOTAL[direction]


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_the_api_sorts_totals_within_a_currency_too(
    api: Any, owner: User, totals: dict[str, tuple[str, int]], direction: str
) -> None:
    def listed(*fields: str) -> list[tuple[str, int]]:
        query = json.dumps(dict.fromkeys(fields, direction))
        params = {"user_id": owner.id, "sort_by": query}
        orders = api.get("/orders", params=params, user=owner).json()["content"]["orders"]
        return [totals[order["order_number"]] for order in orders]

    assert listed("grand_total") == listed("status", "grand_total") == BY_TOTAL[direction]


def test_a_card_says_that_money_is_awaited(
    call: Callable[..., Any], database: Database, owner: User
) -> None:
    pending = {"payment_status": "pending"}
    for number, payment, values in (
        ("W-1", pending, pending),
        ("W-2", pending, {**pending, "status": "delivered"}),
        ("W-3", pending | {"collection": "on_delivery"}, pending),
        ("W-4", pending, {**pending, "status": "cancelled"}),
        ("W-5", {}, {}),
    ):
        make_order(database, owner, order_number=number, payments=[payment], **values)
    cards = call(service.search_orders, OrderSearch()).rows
    told = {card.order_number: card.awaits_payment for card in cards}
    assert told == {"W-1": True, "W-2": True, "W-3": False, "W-4": False, "W-5": False}
