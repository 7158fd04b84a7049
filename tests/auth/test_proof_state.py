"""The dialog that asks to confirm who it is, and what goes on afterwards."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from account_portal.auth.state import ProofState, SecurityState
from account_portal.bank_accounts.state import BankAccountsState
from account_portal.core.db import Database
from account_portal.models import BankAccount, User
from account_portal.profile.state.profile import ProfileState
from tests.conftest import Clock
from tests.factories.auth import (
    change_user,
    codes_sent,
    last_code,
    load_user,
    messages,
    other_code,
    set_proof,
)
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.factories.passkeys import give_passkey
from tests.factories.users import PASSWORD
from tests.page_states import Tab

PHONE = {"country_code": "+91", "phone": "9845012345"}


@pytest.fixture
def tab(database: Database, owner: User, clock: Clock) -> Tab:
    """A page that was opened before the last proof grew old."""
    change_user(database, owner, **PHONE)
    tab = Tab(database, owner, "/profile")
    set_proof(database, owner, clock.now - timedelta(hours=1))
    return tab


def opened(tab: Tab, kind: Any) -> Any:
    state = tab.state(kind)
    tab.press(state, "load")
    assert state.phase == "ready"
    return state


def follow(tab: Tab, events: list[Any]) -> None:
    """Do what the page is answered to do next, as it would."""
    for event in events:
        if not hasattr(event, "handler"):
            continue
        path, _, name = event.handler.fn.__qualname__.rpartition(".")
        kind = {"BankAccountsState": BankAccountsState, "ProfileState": ProfileState}.get(path)
        kind = kind or SecurityState
        args = [value._decode() for _, value in event.args]
        tab.press(tab.state(kind), name, *args)


def accounts(database: Database, user: User) -> int:
    with database.session(writes=False) as db:
        mine = select(func.count()).where(col(BankAccount.customer_id) == user.id)
        return int(db.execute(mine).scalar_one())


OPENS: list[tuple[Any, str, tuple[Any, ...], str]] = [
    (ProfileState, "change_contact", ("email",), "asked"),
    (ProfileState, "change_contact", ("phone",), "asked"),
    (BankAccountsState, "write_new_account", (), "is_writing_account"),
    (SecurityState, "ask_to_leave", (), "leaving"),
]


@pytest.mark.parametrize(("kind", "handler", "args", "shows"), OPENS)
def test_it_comes_before_the_form_which_opens_afterwards(
    tab: Tab, kind: Any, handler: str, args: tuple[Any, ...], shows: str
) -> None:
    state, proof = opened(tab, kind), tab.state(ProofState)
    tab.press(state, handler, *args)
    assert not getattr(state, shows)
    assert proof.proof.password
    assert set(proof.proof.codes) == {"email", "sms", "whatsapp"}
    follow(tab, tab.press(proof, "prove_by_password", {"password": PASSWORD}))
    assert proof.proof is None
    assert getattr(state, shows)
    assert state.busy == ""


@pytest.mark.parametrize(("kind", "handler", "args", "shows"), OPENS)
def test_who_has_just_signed_in_is_asked_nothing(
    database: Database,
    owner: User,
    clock: Clock,
    kind: Any,
    handler: str,
    args: tuple[Any, ...],
    shows: str,
) -> None:
    tab = Tab(database, owner, "/profile")
    state = opened(tab, kind)
    tab.press(state, handler, *args)
    assert getattr(state, shows)
    assert state.proof is None


def test_accounts_are_opened_and_deleted_after_a_proof_only(
    tab: Tab, database: Database, owner: User, clock: Clock
) -> None:
    account = make_bank_account(database, owner)
    state, proof = opened(tab, BankAccountsState), tab.state(ProofState)
    for handler in ("edit_account", "ask_delete_account"):
        tab.press(state, handler, account.id)
        assert proof.proof is not None
        tab.press(proof, "stay_unproven")
    assert (state.edited, state.is_deleting_account) == (None, False)
    tab.press(state, "use_account", account.id)  # without a form: done as soon as it is proven
    follow(tab, tab.press(proof, "prove_by_password", {"password": PASSWORD}))
    assert [shown.is_default for shown in state.accounts] == [True]
    tab.press(state, "ask_delete_account", account.id)
    set_proof(database, owner, clock.now - timedelta(hours=1))
    tab.press(state, "delete_account")
    assert accounts(database, owner) == 1
    follow(tab, tab.press(proof, "prove_by_password", {"password": PASSWORD}))
    assert accounts(database, owner) == 0


def test_what_was_typed_is_saved_when_the_proof_grew_old_meanwhile(
    tab: Tab, database: Database, owner: User, clock: Clock
) -> None:
    set_proof(database, owner, clock.now)
    state, proof = opened(tab, BankAccountsState), tab.state(ProofState)
    tab.press(state, "write_new_account")
    clock.advance(minutes=16)
    tab.press(state, "save_account", SAVINGS)
    assert accounts(database, owner) == 0
    assert state.is_writing_account
    assert state.errors == {}
    assert proof.proof is not None
    follow(tab, tab.press(proof, "prove_by_password", {"password": PASSWORD}))
    assert accounts(database, owner) == 1
    assert not state.is_writing_account


def test_arguments_that_came_by_name_are_kept(tab: Tab) -> None:
    """A browser names them."""
    state, proof = opened(tab, ProfileState), tab.state(ProofState)

    async def press() -> None:
        async for _ in ProfileState.change_contact.fn(state, field="phone"):
            pass

    asyncio.run(press())
    follow(tab, tab.press(proof, "prove_by_password", {"password": PASSWORD}))
    assert state.asked == "phone"


def test_a_wrong_password_opens_nothing(tab: Tab) -> None:
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    tab.press(state, "change_contact", "email")
    assert tab.press(proof, "prove_by_password", {"password": "wrong"}) == []
    assert proof.errors == {"password": "This is not right."}
    for junk in ({}, {"password": ""}, {"password": ["x"]}, {"password": "x" * 129}):
        tab.press(proof, "prove_by_password", junk)
        assert proof.errors == {"password": "Enter your password."}
    assert proof.proof is not None
    assert state.asked == ""


@pytest.mark.parametrize("channel", ["email", "sms", "whatsapp"])
def test_a_code_to_a_contact_is_the_other_way(
    tab: Tab, database: Database, channel: str, clock: Clock
) -> None:
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    tab.press(state, "change_contact", "email")
    tab.press(proof, "send_proof_code", channel)
    assert (proof.channel, proof.sent_to) == (channel, proof.proof.codes[channel])
    way, to, code = codes_sent(database)[-1]
    assert (way, to) == (channel, "owner@example.com" if channel == "email" else "+919845012345")
    assert code not in repr(proof.dict())
    tab.press(proof, "prove_by_code", {"otp": other_code(code)})
    assert proof.errors == {"otp": "This code is not right."}
    follow(tab, tab.press(proof, "prove_by_code", {"otp": code}))
    assert state.asked == "email"
    assert (proof.channel, proof.sent_to) == ("", "")


def test_another_code_can_be_asked_for_and_another_way_looked_at(
    tab: Tab, database: Database, clock: Clock
) -> None:
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    tab.press(state, "change_contact", "email")
    tab.press(proof, "send_proof_code", "email")
    first = last_code(database)
    tab.press(proof, "send_proof_code_again")
    assert "wait" in proof.errors["_"]
    tab.press(proof, "use_another_way")
    assert proof.channel == ""
    tab.press(proof, "send_proof_code", "email")  # too soon for another; the first still works
    assert proof.errors == {}
    assert (proof.channel, proof.was_sent_again) == ("email", False)
    clock.advance(seconds=31)
    tab.press(proof, "send_proof_code_again")
    assert proof.was_sent_again
    assert last_code(database) != first or len(codes_sent(database)) == 2
    follow(tab, tab.press(proof, "prove_by_code", {"otp": last_code(database)}))
    assert state.asked == "email"


def test_closed_it_does_nothing_and_forgets_what_was_asked_for(tab: Tab) -> None:
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    tab.press(state, "change_contact", "email")
    tab.press(proof, "stay_unproven")
    assert proof.proof is None
    assert tab.press(proof, "prove_by_password", {"password": PASSWORD}) == []
    assert state.asked == ""


def test_its_handlers_do_nothing_for_nobody(database: Database, owner: User) -> None:
    tab = Tab(database, None, "/profile")
    proof = tab.state(ProofState)
    for channel in ("email", "sms", "fax", "", None, 7):
        tab.press(proof, "send_proof_code", channel)
    tab.press(proof, "send_proof_code_again")
    tab.press(proof, "prove_by_password", {"password": PASSWORD})
    assert proof.signed_out
    tab.press(proof, "prove_by_code", {"otp": "123456"})
    tab.press(proof, "prove_by_code", {"otp": {"x": 1}})
    assert messages(database) == []


def test_a_code_is_sent_to_ones_own_contacts_only(
    tab: Tab, database: Database, owner: User
) -> None:
    change_user(database, owner, phone=None, country_code=None)
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    tab.press(state, "change_contact", "email")
    assert set(proof.proof.codes) == {"email"}
    for channel in ("sms", "stranger@example.com", "", None, ["email"]):
        tab.press(proof, "send_proof_code", channel)
    assert codes_sent(database) == []
    assert proof.channel == ""


def test_in_a_frame_nobody_types_a_password(database: Database, owner: User, clock: Clock) -> None:
    tab = Tab(database, owner, "/profile", frame="plain")
    with database.session(writes=True) as db:
        from account_portal.models import UserSession

        for session in db.execute(select(UserSession)).scalars():
            session.kind = "frame"
        db.commit()
    set_proof(database, owner, None)
    state, proof = opened(tab, BankAccountsState), tab.state(ProofState)
    tab.press(state, "write_new_account")
    assert not proof.proof.password
    tab.press(proof, "prove_by_password", {"password": PASSWORD})
    assert not state.is_writing_account
    tab.press(proof, "send_proof_code", "email")
    follow(tab, tab.press(proof, "prove_by_code", {"otp": last_code(database)}))
    assert state.is_writing_account


def test_a_page_that_is_loaded_anew_asks_for_nothing(tab: Tab) -> None:
    state = opened(tab, ProfileState)
    tab.press(state, "change_contact", "email")
    assert state.proof is not None
    tab.press(state, "load")
    assert state.proof is None


def test_the_contact_changes_by_its_own_code_after_the_proof(
    tab: Tab, database: Database, owner: User
) -> None:
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    tab.press(state, "change_contact", "email")
    follow(tab, tab.press(proof, "prove_by_password", {"password": PASSWORD}))
    tab.press(state, "send_code", {"email": "new@example.com"})
    tab.press(state, "confirm", {"otp": last_code(database)})
    assert load_user(database, owner).email == "new@example.com"


def test_handlers_that_are_called_without_their_form_ask_too(
    tab: Tab, database: Database, owner: User
) -> None:
    state, proof = opened(tab, ProfileState), tab.state(ProofState)
    state.asked, state.is_new_contact = "email", True
    tab.press(state, "send_code", {"email": "new@example.com"})
    assert proof.proof is not None
    assert codes_sent(database) == []
    security = opened(tab, SecurityState)
    security.leaving = "sure"
    tab.press(security, "close_account")
    assert load_user(database, owner).deactivated_at is None
    assert security.proof is not None


def test_a_passkey_that_the_server_took_lets_it_go_on(
    tab: Tab, database: Database, owner: User, clock: Clock
) -> None:
    give_passkey(database, owner)
    state, proof = opened(tab, SecurityState), tab.state(ProofState)
    tab.press(state, "ask_for_passkey")
    assert proof.proof.passkey
    tab.press(proof, "ask_passkey", "passkey")
    tab.press(proof, "refuse_passkey", {"code": "passkey_cancelled"})
    assert "No passkey was used" in proof.errors["_"]
    # Whoever says so to the page alone has proven nothing: it is asked again.
    follow(tab, tab.press(proof, "prove_by_passkey"))
    assert proof.proof.passkey
    assert not state.is_adding_passkey
    set_proof(database, owner, clock.now)
    tab.press(proof, "ask_passkey", "passkey")
    follow(tab, tab.press(proof, "prove_by_passkey"))
    assert (proof.proof, proof.is_asking_passkey) == (None, False)
    assert state.is_adding_passkey
