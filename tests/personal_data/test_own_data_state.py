"""The page about one's own data, without a browser."""

from typing import Any

import pytest

from account_portal.core.db import Database
from account_portal.models import User
from account_portal.personal_data import service
from account_portal.personal_data.state import OwnDataState
from tests.factories.auth import load_user, set_proof
from tests.page_states import Tab


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    tab = Tab(database, owner, "/your-data")
    tab.press(tab.state(OwnDataState), "load")
    return tab


def shown(state: Any) -> Any:
    assert state.phase == "ready"
    return state.shown.export


def test_asks_for_a_copy_and_fetches_it(tab: Tab, database: Database, owner: User) -> None:
    state = tab.state(OwnDataState)
    assert shown(state) is None
    tab.press(state, "request_export")
    assert shown(state).status == "requested"
    service.make_exports()
    tab.press(state, "refresh_data")
    assert shown(state).status == "ready"
    tab.press(state, "fetch_export", shown(state).id)
    assert state.leave_to.startswith(f"/api/data-exports/{shown(state).id}/archive.zip?until=")


def test_asks_who_it_is_first(tab: Tab, database: Database, owner: User) -> None:
    set_proof(database, owner, None)
    state = tab.state(OwnDataState)
    tab.press(state, "request_export")
    assert state.proof is not None
    assert state.proof.password
    tab.press(state, "load")
    assert shown(state) is None


def test_nobody_else_fetches_it(tab: Tab, database: Database, stranger: User) -> None:
    state = tab.state(OwnDataState)
    tab.press(state, "request_export")
    service.make_exports()
    tab.press(state, "load")
    theirs = Tab(database, stranger, "/your-data")
    other = theirs.state(OwnDataState)
    theirs.press(other, "load")
    theirs.press(other, "fetch_export", shown(state).id)
    assert other.leave_to == ""
    assert shown(other) is None
    nobody = Tab(database, None, "/your-data")
    [led_away] = nobody.press(nobody.state(OwnDataState), "load")
    assert "/login" in str(led_away.args)


def test_deleting_takes_two_steps(tab: Tab, database: Database, owner: User) -> None:
    state = tab.state(OwnDataState)
    tab.press(state, "delete_account")
    tab.press(state, "go_on_leaving")
    assert state.leaving == ""
    tab.press(state, "ask_to_delete")
    tab.press(state, "stay")
    tab.press(state, "ask_to_delete")
    tab.press(state, "delete_account")
    assert load_user(database, owner).email == "owner@example.com"
    tab.press(state, "go_on_leaving")
    tab.press(state, "delete_account")
    assert load_user(database, owner).email is None
    assert state.leave_to == "/login?deleted=1"
