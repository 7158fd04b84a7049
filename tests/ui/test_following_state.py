"""Open pages follow changes: who is told, and what a page makes of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from account_portal.addresses.state import AddressesState
from account_portal.auth.service.sessions import end_sessions_of
from account_portal.bank_accounts.state import BankAccountsState
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.notifications import mark_changed
from account_portal.orders import service as orders
from account_portal.orders.state import OrderDetailState, OrdersState
from account_portal.reviews.state import ReviewsState
from account_portal.ui import following
from account_portal.ui.page_state import notice_sign_out
from tests.factories.bank_accounts import make_bank_account
from tests.factories.orders import make_order
from tests.factories.users import make_user
from tests.open_pages import OpenPage


def tell(database: Database, *users: User) -> None:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        mark_changed(ctx.db, [user.customer_id for user in users])


def open_order(database: Database, user: User, number: str) -> OpenPage:
    page = OpenPage(database, OrderDetailState, user, f"/orders/{number}", order_number=number)
    page.run("load")
    return page


def test_an_order_is_shown_as_it_is_now(database: Database, owner: User) -> None:
    number = make_order(database, owner, status="awaiting_approval").order_number
    page = open_order(database, owner, number)
    page.run("open_cancel")
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        orders.approve_order(ctx, number)
    page.run("refresh_data")
    assert page.shown.order.status == "confirmed"
    assert page.is_cancelling  # what was open stays open


def test_nobody_follows_what_is_a_strangers(
    database: Database, owner: User, stranger: User
) -> None:
    number = make_order(database, owner).order_number
    theirs = open_order(database, stranger, number)
    assert theirs.phase == "missing"
    theirs.run("refresh_data")
    assert (theirs.phase, theirs.shown) == ("missing", None)
    nobody = OpenPage(database, OrdersState, None, "/orders")
    nobody.run("refresh_data")
    assert (nobody.phase, nobody.orders) == ("loading", [])


def test_a_page_that_went_on_to_another_address_is_left_to_its_load(
    database: Database, owner: User
) -> None:
    number = make_order(database, owner).order_number
    page = open_order(database, owner, number)
    other = make_order(database, owner).order_number
    page.segments = {"order_number": other}
    page.go(f"/orders/{other}")
    page.run("refresh_data")
    assert page.shown.order.order_number == number


def test_what_is_gone_meanwhile_is_told(database: Database, owner: User) -> None:
    number = make_order(database, owner).order_number
    page = open_order(database, owner, number)
    page.segments = {"order_number": "gone"}
    page.go(f"/orders/{number}")
    page.run("refresh_data")
    assert page.phase == "missing"


def test_forms_stay_open(database: Database, owner: User) -> None:
    page = OpenPage(database, BankAccountsState, owner, "/profile")
    page.run("load")
    page.run("write_new_account")
    make_bank_account(database, owner)
    page.run("refresh_data")
    assert len(page.accounts) == 1
    assert page.is_writing_account
    reviews = OpenPage(database, ReviewsState, owner, "/reviews?tab=mine&page=9")
    reviews.run("load")
    assert reviews.page == 9
    reviews.run("refresh_data")
    assert reviews.page == 1  # the nearest page of what there is


class FakeApp:
    """An app with tabs connected to it, which notes whom it told."""

    def __init__(self, *tokens: str) -> None:
        self.event_namespace = SimpleNamespace(token_to_sid=dict.fromkeys(tokens, "sid"))
        self.busy: set[str] = set()
        self.told: list[str] = []

    @asynccontextmanager
    async def modify_state(self, token: Any) -> AsyncIterator[Any]:
        if token.ident in self.busy:
            await asyncio.sleep(10)
        yield None
        self.told.append(token.ident)

    async def noticed(self, state: Any) -> None:
        pass

    def look(self) -> list[str]:
        self.told.clear()
        asyncio.run(following.look(self, self.noticed))  # type: ignore[arg-type]
        return sorted(self.told)


def note(token: str, user: User, count: int = 0) -> None:
    session = SimpleNamespace(client_token=token)
    following.note_open(SimpleNamespace(router=SimpleNamespace(session=session)), user.id, count)


@pytest.fixture(autouse=True)
def no_tabs() -> Iterator[None]:
    following._open.clear()
    yield
    following._open.clear()


def test_each_tab_of_a_customer_is_told_once(
    database: Database, owner: User, stranger: User
) -> None:
    app = FakeApp("one", "two", "other")
    note("one", owner)
    note("two", owner)
    note("other", stranger)
    assert app.look() == []
    tell(database, owner)
    assert app.look() == ["one", "two"]
    assert app.look() == []
    tell(database, owner, stranger)
    assert app.look() == ["one", "other", "two"]


def test_a_tab_whose_session_has_ended_asks_to_sign_in(database: Database, owner: User) -> None:
    page = OpenPage(database, AddressesState, owner, "/addresses")
    page.run("load")
    root = page.state.parent_state.parent_state
    root.router_data = {"customer": owner.id}
    asyncio.run(notice_sign_out(root))
    assert not page.signed_out
    with enter(writes=True, database=database) as ctx:
        end_sessions_of(ctx, owner.id)
    asyncio.run(notice_sign_out(root))
    assert page.signed_out


def test_tabs_that_went_away_are_forgotten(database: Database, owner: User) -> None:
    note("gone", owner)
    note("", owner)  # a page made on the server has no tab yet
    tell(database, owner)
    assert FakeApp().look() == []
    assert following._open == {}


def test_a_change_between_reading_and_looking_is_not_missed(
    database: Database, owner: User
) -> None:
    app = FakeApp("tab")
    tell(database, owner)
    note("tab", owner, 0)  # read before that change
    assert app.look() == ["tab"]


def test_thousands_of_customers_are_asked_for_in_pieces(database: Database, owner: User) -> None:
    users = [owner, *(make_user(database, email=f"{n}@example.com") for n in range(3))]
    tokens = [f"tab-{number}" for number in range(1200)]
    for number, token in enumerate(tokens):
        note(token, users[number % 4])
    for number in range(1300):
        following._open[f"far-{number}"] = following._Tab(f"user-{number}", 0)
    app = FakeApp(*tokens, *(f"far-{number}" for number in range(1300)))
    tell(database, *users)
    assert app.look() == sorted(tokens)


def test_a_busy_tab_keeps_no_other_waiting(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY", 0.05)
    app = FakeApp("busy", "other")
    app.busy = {"busy"}
    note("busy", owner)
    note("other", owner)
    tell(database, owner)
    assert app.look() == ["other"]


def test_a_database_that_is_away_ends_nothing(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    async def look(*_: Any) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise asyncio.CancelledError
        raise OSError("away")

    monkeypatch.setattr(following, "look", look)
    monkeypatch.setattr(following, "LOOK_EVERY", 0)
    app = FakeApp()
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(following.watch_changes(app, app.noticed))  # type: ignore[arg-type]
    assert looks == 3
