"""Passkeys on the security page, without a browser: each handler by itself, whoever calls it."""

from typing import Any

import pytest

from account_portal.auth.rules.passkeys import MOST_PASSKEYS
from account_portal.auth.state import SecurityState
from account_portal.core.db import Database
from account_portal.models import Passkey, User
from tests.factories.passkeys import Authenticator, give_passkey
from tests.factories.records import rows
from tests.page_states import Tab


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    tab = Tab(database, owner, "/security")
    tab.press(tab.state(SecurityState), "load")
    return tab


@pytest.fixture
def page(tab: Tab) -> Any:
    return tab.state(SecurityState)


def test_a_passkey_is_added(tab: Tab, page: Any, database: Database) -> None:
    tab.press(page, "ask_for_passkey")
    assert page.is_adding_passkey
    assert page.passkey_options["rp"]["id"] == "localhost"
    assert "passkey_token" not in str(page.dict())
    tab.press(page, "make_passkey")
    assert page.making_passkey
    tab.press(page, "add_passkey", Authenticator().make(page.passkey_options))
    assert not page.is_adding_passkey
    assert not page.making_passkey
    assert [one.name for one in page.shown.passkeys] == ["Apple Passwords"]
    assert len(rows(database, Passkey)) == 1


def test_what_the_browser_says_instead_is_told(tab: Tab, page: Any) -> None:
    tab.press(page, "ask_for_passkey")
    for code, words in {
        "passkey_cancelled": "No passkey was made",
        "passkey_exists": "already",
        "<script>": "Something went wrong",
    }.items():
        tab.press(page, "make_passkey")
        assert page.passkey_fault == ""
        tab.press(page, "refuse_passkey", {"code": code})
        assert words in page.passkey_fault
        assert (page.is_adding_passkey, page.making_passkey) == (True, False)
    tab.press(page, "stop_adding_passkey")
    assert (page.is_adding_passkey, page.passkey_fault) == (False, "")


@pytest.mark.parametrize("credential", [{}, {"id": 5}, {"response": "x"}, {"id": "\ud800"}])
def test_what_is_no_passkey_is_refused_in_the_dialog(
    tab: Tab, page: Any, database: Database, credential: Any
) -> None:
    tab.press(page, "ask_for_passkey")
    tab.press(page, "add_passkey", credential)
    assert "could not be checked" in page.passkey_fault
    assert page.is_adding_passkey
    assert rows(database, Passkey) == []


def test_without_having_asked_nothing_is_added(tab: Tab, page: Any, database: Database) -> None:
    options = {"rp": {"id": "localhost"}, "user": {"id": "AAAA"}, "challenge": "AAAA"}
    tab.press(page, "add_passkey", Authenticator().make(options))
    assert rows(database, Passkey) == []


def test_too_many_are_not_begun(tab: Tab, page: Any, database: Database, owner: User) -> None:
    for number in range(MOST_PASSKEYS):
        give_passkey(database, owner, f"Key {number}")
    tab.press(page, "ask_for_passkey")
    assert not page.is_adding_passkey
    assert "Remove one first" in page.notice_text


def test_a_passkey_is_renamed_and_removed(
    tab: Tab, page: Any, database: Database, owner: User
) -> None:
    give_passkey(database, owner)
    [passkey] = rows(database, Passkey)
    tab.press(page, "ask_passkey_name", passkey.id)
    tab.press(page, "rename_passkey", {"name": " "})
    assert page.errors["name"]
    tab.press(page, "rename_passkey", {"name": "Key ring"})
    assert (page.renaming_passkey, page.shown.passkeys[0].name) == (None, "Key ring")
    tab.press(page, "ask_passkey_removal", passkey.id)
    tab.press(page, "keep_passkey")
    tab.press(page, "remove_passkey")
    assert len(rows(database, Passkey)) == 1
    tab.press(page, "ask_passkey_removal", passkey.id)
    tab.press(page, "remove_passkey")
    assert (page.removing_passkey, page.shown.passkeys) == (None, [])
    assert rows(database, Passkey) == []


def test_a_strangers_is_not_there(tab: Tab, page: Any, database: Database, stranger: User) -> None:
    give_passkey(database, stranger)
    [passkey] = rows(database, Passkey)
    for ask, do, form in (
        ("ask_passkey_name", "rename_passkey", [{"name": "Mine"}]),
        ("ask_passkey_removal", "remove_passkey", []),
    ):
        tab.press(page, ask, passkey.id)
        assert "not there any more" in page.notice_text
        tab.press(page, do, *form)
    assert rows(database, Passkey)[0].name == passkey.name


def test_nobody_is_asked_to_sign_in(database: Database) -> None:
    tab = Tab(database, None, "/security")
    page = tab.state(SecurityState)
    for handler, args in (
        ("ask_for_passkey", []),
        ("add_passkey", [{}]),
        ("ask_passkey_name", ["x"]),
        ("ask_passkey_removal", ["x"]),
    ):
        page.signed_out = False
        tab.press(page, handler, *args)
        assert page.signed_out or handler == "add_passkey"
    assert not page.is_adding_passkey
