"""What a page makes of not knowing who looks at it."""

import asyncio
from typing import Any

import pytest
from reflex_base.constants import CompileVars
from reflex_base.event import Event
from sqlalchemy.exc import OperationalError

from account_portal.core.db import Database
from account_portal.core.validation import to_fields
from account_portal.models import User
from account_portal.orders.state import OrdersState
from account_portal.profile.state.profile import ProfileState
from account_portal.ui import page_state
from account_portal.ui.page_state import OwnPagesOnly, sentence
from tests.factories.orders import make_order
from tests.factories.users import make_user
from tests.page_states import Tab


@pytest.fixture
def tab(database: Database) -> Tab:
    user = make_user(database)
    make_order(database, user)
    return Tab(database, user, "/orders")


def take_database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("select", {}, Exception("no database"))

    monkeypatch.setattr(page_state, "read_inline", fail)


def test_a_page_without_database_says_so_and_shows_nothing(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tab.state(OrdersState)
    tab.press(state, "load")
    assert (state.phase, len(state.orders)) == ("ready", 1)
    take_database_away(monkeypatch)
    assert tab.press(state, "load") == []
    assert (state.phase, state.orders) == ("failed", [])
    monkeypatch.undo()
    tab.press(state, "load")
    assert (state.phase, len(state.orders)) == ("ready", 1)


def test_no_database_is_not_taken_for_signed_out(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tab.state(OrdersState)
    tab.press(state, "load")
    take_database_away(monkeypatch)
    viewer = asyncio.run(state._look())
    assert (viewer.signed_in, viewer.was_here, viewer.name) == (False, True, "")
    assert not state.signed_out


def test_whose_state_it_is_must_be_known_before_it_is_sent(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tab.state(OrdersState)
    tab.press(state, "load")
    take_database_away(monkeypatch)
    event = Event(name=f"state.{CompileVars.HYDRATE}")
    asyncio.run(OwnPagesOnly().preprocess(None, tab.root, event))
    assert tab.state(OrdersState).orders == []


@pytest.mark.parametrize(
    ("reason", "alone"),
    [
        ("is required", "Please fill this in."),
        ("is required for a bank transfer", "This is required for a bank transfer."),
        ("must have at least 8 characters", "Use at least 8 characters."),
        ("must not contain the e-mail address", "This must not contain the e-mail address."),
        ("has too many pixels", "This has too many pixels."),
        ("cannot be read; it may be damaged", "This cannot be read; it may be damaged."),
        ("Send a JPEG, PNG or WebP picture.", "Send a JPEG, PNG or WebP picture."),
    ],
)
def test_reasons_stand_alone_at_their_field(reason: str, alone: str) -> None:
    assert sentence(reason) == alone


@pytest.mark.parametrize("kind", ["string_too_short", "string_pattern_mismatch"])
def test_an_empty_text_is_asked_for_however_long_it_must_be(kind: str) -> None:
    fault = {"type": kind, "loc": ("city",), "ctx": {"min_length": 2}, "input": ""}
    assert to_fields([fault]) == {"city": ["is required"]}
    assert to_fields([{**fault, "input": "x"}]) != {"city": ["is required"]}


def connect(tab: Tab, **payload: Any) -> None:
    event = Event(name=f"state.{CompileVars.HYDRATE_AND_LOAD}", payload=payload)
    asyncio.run(OwnPagesOnly().preprocess(None, tab.root, event))


def test_a_form_stays_open_when_a_lost_connection_comes_back(tab: Tab) -> None:
    state = tab.state(ProfileState)
    connect(tab, hashes=[])
    tab.press(state, "load")
    tab.press(state, "rename")
    connect(tab)
    tab.press(state, "load")
    assert state.is_renaming
    tab.press(state, "load")  # the next visit is one like any other
    assert not state.is_renaming
    tab.press(state, "rename")
    connect(tab, hashes=[])  # loaded anew: what was typed is gone from the browser too
    tab.press(state, "load")
    assert not state.is_renaming


def test_a_new_page_begins_with_nothing_of_the_tabs_last_one(tab: Tab) -> None:
    """Else the state that is sent whole at first would show one order under another's number."""
    state = tab.state(OrdersState)
    tab.press(state, "load")
    connect(tab)
    assert state.phase == "ready", "a connection that came back leaves what is shown"
    connect(tab, hashes=[])
    assert state.phase == "loading"
    tab.press(state, "load")
    assert (state.phase, len(state.orders)) == ("ready", 1)


def test_what_changed_while_the_connection_was_lost_is_news_to_the_page(
    database: Database, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_order(database, owner)
    tab = Tab(database, owner, "/orders")
    known: list[int] = []
    monkeypatch.setattr(page_state, "note_open", lambda _state, _user, news: known.append(news))
    state = tab.state(OrdersState)
    connect(tab, hashes=[])
    tab.press(state, "load")
    make_order(database, owner)
    connect(tab)  # it stands as it was, and knows what it knew
    tab.press(state, "load")
    assert len(state.orders) == 1
    tab.press(state, "load")
    assert len(state.orders) == 2
    assert known[0] == known[1] < known[2]


def test_a_notice_is_about_the_page_it_came_on(tab: Tab) -> None:
    state = tab.state(ProfileState)
    connect(tab, hashes=[])
    state._say("Address saved.")
    connect(tab)  # a connection that came back leaves it there
    assert state.notice_text == "Address saved."
    connect(tab, hashes=[])  # a page loaded anew begins without
    assert state.notice_text == ""


def test_what_could_not_be_loaded_is_loaded_when_the_connection_comes_back(
    tab: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tab.state(OrdersState)
    take_database_away(monkeypatch)
    tab.press(state, "load")
    monkeypatch.undo()
    connect(tab)
    tab.press(state, "load")
    assert (state.phase, len(state.orders)) == ("ready", 1)


def test_a_notice_goes_when_it_was_read(tab: Tab) -> None:
    state = tab.state(OrdersState)
    state._say("Saved.")
    read = state.notice_stamp
    state._say("Saved again.")
    tab.press(state, "dismiss_notice", read)
    assert state.notice_text == "Saved again."
    tab.press(state, "dismiss_notice", state.notice_stamp)
    assert state.notice_text == ""
