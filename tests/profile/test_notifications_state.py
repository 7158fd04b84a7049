"""The switches of the page of notifications: each saves itself, or goes back."""

from typing import Any

import pytest

from account_portal.auth import service as auth
from account_portal.core.db import Database
from account_portal.core.errors import Conflict
from account_portal.models import NotificationPreference, User
from account_portal.profile.state import notifications
from account_portal.profile.state.notifications import NotificationsState
from tests.conftest import Acting
from tests.page_states import Tab

PATH = "/notifications"


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    """The owner's page, loaded."""
    tab = Tab(database, owner, PATH)
    tab.press(tab.state(NotificationsState), "load")
    return tab


def kept(database: Database, user: User) -> set[str]:
    """Names of the switches that are on."""
    with database.session(writes=False) as db:
        found = db.get(NotificationPreference, user.id)
        return {name for name, on in found.model_dump().items() if on is True} if found else set()


def turn(tab: Tab, kind: str, channel: str, on: Any) -> Any:
    """Press a switch; the handler turns it and sends the page on to saving it."""
    state = tab.state(NotificationsState)
    tab.press(state, "turn", kind, channel, on)
    tab.press(state, "save", kind, channel, on)
    return state


def test_shows_what_is_kept_and_what_is_missing(tab: Tab) -> None:
    state = tab.state(NotificationsState)
    assert state.phase == "ready"
    assert state.opt_ins["transactional"] == {"email": True, "sms": True, "whatsapp": True}
    assert state.opt_ins["newsletter"]["email"] is False
    assert (state.has_email, state.has_phone) == (True, False)


def test_a_switch_turns_at_once(tab: Tab, database: Database, owner: User) -> None:
    state = tab.state(NotificationsState)
    [following] = tab.press(state, "turn", "newsletter", "email", True)
    assert state.opt_ins["newsletter"]["email"] is True
    assert following.handler.fn is NotificationsState.event_handlers["save"].fn
    assert "newsletter_email" not in kept(database, owner)


def test_a_switch_saves_itself_and_no_other(tab: Tab, database: Database, owner: User) -> None:
    before = kept(database, owner)
    state = turn(tab, "newsletter", "email", True)
    assert kept(database, owner) == before | {
        "newsletter_email",
        "transactional_email",
        "transactional_sms",
        "transactional_whatsapp",
    }
    assert state.opt_ins["newsletter"] == {"email": True, "sms": False, "whatsapp": False}


@pytest.mark.parametrize(
    ("kind", "channel", "on"),
    [("newsletter", "pigeon", True), ("everything", "email", True), ("newsletter", "email", "x")],
)
def test_what_is_no_switch_changes_nothing(
    tab: Tab, database: Database, owner: User, kind: str, channel: str, on: Any
) -> None:
    shown, before = tab.state(NotificationsState).opt_ins, kept(database, owner)
    state = turn(tab, kind, channel, on)
    assert state.opt_ins == shown
    assert kept(database, owner) == before


def test_after_the_session_ended_the_switch_goes_back(
    tab: Tab, acting: Acting, database: Database, owner: User
) -> None:
    with acting(owner) as ctx:
        auth.end_other_sessions(ctx)
    before = kept(database, owner)
    state = turn(tab, "promotional", "sms", True)
    assert state.opt_ins["promotional"]["sms"] is False
    assert state.signed_out
    assert kept(database, owner) == before


def test_a_refused_switch_goes_back_with_a_word(
    tab: Tab, monkeypatch: pytest.MonkeyPatch, database: Database, owner: User
) -> None:
    before = kept(database, owner)

    async def refuse(*_: Any) -> None:
        raise Conflict("This can't be changed now.")

    monkeypatch.setattr(notifications, "write", refuse)
    state = tab.state(NotificationsState)
    tab.press(state, "turn", "newsletter", "email", True)
    tab.press(state, "turn", "newsletter", "email", False)  # before the first was answered
    assert state.opt_ins["newsletter"]["email"] is False
    for on in (True, False):
        tab.press(state, "save", "newsletter", "email", on)
        assert state.opt_ins["newsletter"]["email"] is False, "as it is kept"
        assert state.notice_text == "This can't be changed now."
    assert kept(database, owner) == before


def test_nobody_sees_no_switches(database: Database) -> None:
    tab = Tab(database, None, PATH)
    state = tab.state(NotificationsState)
    [led_away] = tab.press(state, "load")
    assert "/login" in str(led_away.args)
    assert state.opt_ins == {}
