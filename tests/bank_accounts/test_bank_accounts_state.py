"""The list of bank accounts: for its owner, with strangers' ids, for nobody."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from account_portal.bank_accounts.state import BankAccountsState
from account_portal.core.db import Database
from account_portal.models import BankAccount, User
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.page_states import Tab


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    return Tab(database, owner, "/profile")


def opened(tab: Tab) -> Any:
    state = tab.state(BankAccountsState)
    tab.press(state, "load")
    assert state.phase == "ready"
    return state


def kept(database: Database, user: User) -> list[BankAccount]:
    with database.session(writes=False) as db:
        rows = db.execute(select(BankAccount).where(col(BankAccount.customer_id) == user.id))
        return list(rows.scalars())


def test_an_account_is_added_once_with_its_number_masked(
    tab: Tab, database: Database, owner: User
) -> None:
    state = opened(tab)
    tab.press(state, "write_new_account")
    form = {**SAVINGS, "account_number": "5010 0123 4543 21", "ifsc_code": "hdfc0000001"}
    tab.press(state, "save_account", form)
    tab.press(state, "save_account", form)
    assert state.errors == {}
    assert len(kept(database, owner)) == 1
    (shown,) = state.accounts
    assert shown.account_number.endswith("4321")
    assert "50100123" not in repr(state.dict()).replace(" ", "")
    tab.press(state, "write_new_account")
    tab.press(state, "save_account", form)
    assert state.errors == {"account_number": "This account is saved already."}
    assert state.is_writing_account


def test_an_empty_number_keeps_the_number(tab: Tab, database: Database, owner: User) -> None:
    account = make_bank_account(database, owner)
    state = opened(tab)
    tab.press(state, "edit_account", account.id)
    form = {**SAVINGS, "account_number": "", "bank_name": "Another Bank"}
    tab.press(state, "save_account", form)
    assert state.errors == {}
    (found,) = kept(database, owner)
    assert (found.bank_name, found.number_digest) == ("Another Bank", account.number_digest)
    assert found.verification_status == "verified"


def test_faults_are_told_at_their_fields(tab: Tab, database: Database, owner: User) -> None:
    state = opened(tab)
    tab.press(state, "write_new_account")
    tab.press(state, "save_account", {**SAVINGS, "ifsc_code": "nonsense", "account_number": "1"})
    assert set(state.errors) == {"ifsc_code", "account_number"}
    assert kept(database, owner) == []


def test_verification_default_and_deletion(tab: Tab, database: Database, owner: User) -> None:
    first = make_bank_account(database, owner, is_default=True)
    other = make_bank_account(database, owner, verification_status="unverified")
    state = opened(tab)
    tab.press(state, "ask_for_verification", other.id)
    assert state.accounts[1].verification_status == "pending"
    tab.press(state, "use_account", other.id)
    assert [one.is_default for one in state.accounts] == [False, True]
    tab.press(state, "ask_delete_account", first.id)
    assert state.deleting_name.endswith(first.number_masked[-4:])
    tab.press(state, "delete_account")
    assert [one.id for one in state.accounts] == [other.id]


def test_strangers_ids_open_and_change_nothing(
    tab: Tab, database: Database, stranger: User
) -> None:
    theirs = make_bank_account(database, stranger, verification_status="unverified")
    state = opened(tab)
    for handler in ("edit_account", "ask_delete_account", "ask_for_verification", "use_account"):
        state.notice_text = ""
        tab.press(state, handler, theirs.id)
        assert "not there" in state.notice_text, handler
    assert state.edited is None
    assert not state.is_deleting_account
    state._deleting = theirs.id
    tab.press(state, "delete_account")
    (found,) = kept(database, stranger)
    assert (found.verification_status, found.is_default) == ("unverified", False)


def test_nobody_is_led_to_sign_in(database: Database, owner: User) -> None:
    account = make_bank_account(database, owner, verification_status="unverified")
    tab = Tab(database, None, "/profile")
    state = tab.state(BankAccountsState)
    assert tab.press(state, "load")
    state._deleting = account.id
    for handler, args in {
        "write_new_account": (),
        "edit_account": (account.id,),
        "save_account": (SAVINGS,),
        "ask_for_verification": (account.id,),
        "use_account": (account.id,),
        "ask_delete_account": (account.id,),
        "delete_account": (),
    }.items():
        state.signed_out = False
        tab.press(state, handler, *args)
        assert state.signed_out, handler
    assert state.accounts == []
    (found,) = kept(database, owner)
    assert (found.verification_status, found.is_default) == ("unverified", False)


def test_what_is_called_off_changes_nothing(tab: Tab, database: Database, owner: User) -> None:
    mine = make_bank_account(database, owner)
    state = opened(tab)
    tab.press(state, "write_new_account")
    tab.press(state, "save_account", {**SAVINGS, "ifsc_code": "no"})
    tab.press(state, "stop_writing_account")
    assert (state.is_writing_account, state.errors) == (False, {})
    tab.press(state, "ask_delete_account", mine.id)
    assert state.is_deleting_account
    tab.press(state, "keep_account")
    assert not state.is_deleting_account
    assert [account.id for account in kept(database, owner)] == [mine.id]
