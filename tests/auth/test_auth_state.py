"""Handlers of sign-in and security, called as a browser could: by anybody, with anything."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest
import reflex as rx
from hypothesis import given
from hypothesis import strategies as st
from reflex.istate.data import RouterData
from reflex_base.event import Event

from account_portal.auth.state import (
    ForgotState,
    LoginState,
    PresenceState,
    RegisterState,
    SecurityState,
    SignInAgainState,
)
from account_portal.core.db import Database
from account_portal.models import User, UserSession
from account_portal.ui.failures import refused
from account_portal.ui.page_state import OwnPagesOnly
from tests.conftest import Clock
from tests.factories.auth import load_user, make_page_session
from tests.factories.users import PASSWORD

pytestmark = pytest.mark.anyio
NEW_PASSWORD = "a better passphrase"


class Tab:
    """A browser's tab: its cookie and its address, and the states the server keeps for it."""

    def __init__(self, cookie: str = "", path: str = "/", **query: str) -> None:
        self.root = rx.State(_reflex_internal_init=True)
        self.go(path, cookie=cookie, **query)

    def go(self, path: str, *, cookie: str | None = None, **query: str) -> None:
        if cookie is not None:
            self.cookie = cookie
        self.root.router = RouterData.from_router_data(
            {
                "headers": {"cookie": f"portal={self.cookie}", "user-agent": "Mozilla/5.0"},
                "pathname": path,
                "asPath": path + (f"?{urlencode(query)}" if query else ""),
                "query": query,
                "ip": "192.0.2.9",
            }
        )

    async def state(self, cls: Any) -> Any:
        return await self.root.get_state(cls)

    async def send(self, cls: Any, handler: str, *args: Any) -> Any:
        """Let a handler run to its end, as an event does; returns the state."""
        state = await self.state(cls)
        result = getattr(cls, handler).fn(state, *args)
        self.last = None
        if isinstance(result, AsyncIterator):
            async for self.last in result:
                pass
        else:
            self.last = await result
        return state

    def led_to(self) -> str:
        """Where the last handler redirected to."""
        assert self.last is not None
        return str({str(k): v for k, v in self.last.args}["path"])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def signed_in(database: Database, clock: Clock) -> Any:
    """`signed_in(owner, "/security")`: a tab with a session of that user."""
    made = 0

    def make(user: User, path: str = "/security", **query: str) -> Tab:
        nonlocal made
        made += 1
        cookie = f"cookie-{made}"
        tab = Tab(cookie, path, **query)
        tab.root.router_data = {"customer": user.id}
        tab.session_id = make_page_session(database, user, clock.now, cookie)  # type: ignore[attr-defined]
        return tab

    return make


def is_live(database: Database, session_id: str) -> bool:
    with database.session(writes=False) as db:
        session = db.get(UserSession, session_id)
        assert session is not None
        return session.revoked_at is None


async def test_security_shows_ones_own_devices(signed_in: Any, owner: User, stranger: User) -> None:
    signed_in(stranger)
    tab, other = signed_in(owner), signed_in(owner)
    state = await tab.send(SecurityState, "load")
    assert state.phase == "ready"
    shown = {device.id: device.is_current for device in state.shown.devices}
    assert shown == {tab.session_id: True, other.session_id: False}
    assert state.shown.has_password


async def test_nobody_is_led_to_sign_in_and_back(database: Database) -> None:
    tab = Tab(path="/security")
    state = await tab.send(SecurityState, "load")
    assert "/login?next=%2Fsecurity" in tab.led_to()
    assert state.shown is None


@pytest.mark.parametrize(
    ("handler", "args"),
    [
        ("end", ("x",)),
        ("end_others", ()),
        ("change_password", ({"old_password": PASSWORD, "new_password": NEW_PASSWORD},)),
    ],
)
async def test_nobody_can_do_nothing(
    signed_in: Any, database: Database, owner: User, handler: str, args: Any
) -> None:
    victim = signed_in(owner)
    before = load_user(database, owner).password_hash
    state = await Tab("no such cookie", "/security").send(SecurityState, handler, *args)
    assert state.signed_out
    assert state.busy == ""
    assert is_live(database, victim.session_id)
    assert load_user(database, owner).password_hash == before


async def test_a_device_is_signed_out(signed_in: Any, database: Database, owner: User) -> None:
    tab, other = signed_in(owner), signed_in(owner)
    state = await tab.send(SecurityState, "end", other.session_id)
    assert not is_live(database, other.session_id)
    assert [device.id for device in state.shown.devices] == [tab.session_id]
    assert state.notice_text == "That device is signed out."


async def test_a_strangers_device_is_not_there(
    signed_in: Any, database: Database, owner: User, stranger: User
) -> None:
    tab, theirs = signed_in(owner), signed_in(stranger)
    state = await tab.send(SecurityState, "end", theirs.session_id)
    assert is_live(database, theirs.session_id)
    assert state.notice_tone == "danger"


async def test_all_others_are_signed_out(
    signed_in: Any, database: Database, owner: User, stranger: User
) -> None:
    tab, other, theirs = signed_in(owner), signed_in(owner), signed_in(stranger)
    await tab.send(SecurityState, "end_others")
    live = [is_live(database, one.session_id) for one in (tab, other, theirs)]
    assert live == [True, False, True]


async def test_password_change_ends_the_others_and_keeps_this_page(
    signed_in: Any, database: Database, owner: User
) -> None:
    tab, other = signed_in(owner), signed_in(owner)
    form = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
    state = await tab.send(SecurityState, "change_password", form)
    assert state.errors == {}
    assert not is_live(database, other.session_id)
    assert is_live(database, tab.session_id)
    assert state.form_stamp == 1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"old_password": "wrong", "new_password": NEW_PASSWORD}, "old_password"),
        ({"old_password": PASSWORD, "new_password": "short"}, "new_password"),
        ({"old_password": PASSWORD, "new_password": "password1"}, "new_password"),
        ({"old_password": PASSWORD, "new_password": PASSWORD}, "new_password"),
        ({}, "new_password"),
    ],
)
async def test_faults_of_a_password_stand_at_their_field(
    signed_in: Any, database: Database, owner: User, form: dict[str, str], field: str
) -> None:
    tab, other = signed_in(owner), signed_in(owner)
    before = load_user(database, owner).password_hash
    state = await tab.send(SecurityState, "change_password", form)
    assert field in state.errors
    assert load_user(database, owner).password_hash == before
    assert is_live(database, other.session_id)


async def test_account_is_closed_in_two_steps_only(
    signed_in: Any, database: Database, owner: User
) -> None:
    tab = signed_in(owner)
    await tab.send(SecurityState, "close_account")
    await tab.send(SecurityState, "go_on_leaving")
    await tab.send(SecurityState, "close_account")
    assert load_user(database, owner).deactivated_at is None
    await tab.send(SecurityState, "ask_to_leave")
    await tab.send(SecurityState, "close_account")
    assert load_user(database, owner).deactivated_at is None
    await tab.send(SecurityState, "go_on_leaving")
    state = await tab.send(SecurityState, "close_account")
    assert load_user(database, owner).deactivated_at is not None
    assert state.leave_to == "/login?closed=1"


async def ended_tab(signed_in: Any, database: Database, user: User) -> Tab:
    """A tab whose page was loaded, and whose session ended since."""
    tab = signed_in(user)
    await tab.send(SecurityState, "load")
    other = signed_in(user)
    await other.send(SecurityState, "end_others")
    state = await tab.send(SecurityState, "end_others")
    assert state.signed_out
    return tab


async def test_signing_in_again_in_place(
    signed_in: Any, database: Database, owner: User, clock: Clock
) -> None:
    tab = await ended_tab(signed_in, database, owner)
    viewer = await (await tab.state(SecurityState))._look()
    assert (viewer.was_here, viewer.id) == (True, owner.id)
    make_page_session(database, owner, clock.now, "newer")
    tab.go("/security", cookie="newer")
    again = await tab.send(SignInAgainState, "done")
    assert not again.signed_out
    state = await tab.send(SecurityState, "end_others")
    assert not state.signed_out
    assert len(state.shown.devices) == 1


async def test_who_has_not_signed_in_again_is_asked_still(
    signed_in: Any, database: Database, owner: User
) -> None:
    tab = await ended_tab(signed_in, database, owner)
    state = await tab.send(SignInAgainState, "done")
    assert (state.signed_out, state.notice_text) == (True, "")


async def test_a_page_whose_session_ended_is_not_sent_again(
    signed_in: Any, database: Database, owner: User
) -> None:
    tab = await ended_tab(signed_in, database, owner)
    await OwnPagesOnly().preprocess(None, tab.root, Event(name="state.hydrate"))
    assert (await tab.state(SecurityState)).shown is None


@pytest.mark.parametrize("cls", [LoginState, RegisterState])
async def test_who_is_signed_in_is_led_on(signed_in: Any, owner: User, cls: Any) -> None:
    tab = signed_in(owner, "/login", next="/orders?page=2")
    await tab.send(cls, "load")
    assert "/orders?page=2" in tab.led_to()


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/api/x", "\\x"])
async def test_the_way_on_stays_on_this_site(signed_in: Any, owner: User, wanted: str) -> None:
    tab = signed_in(owner, "/login", next=wanted)
    state = await tab.send(LoginState, "load")
    assert state.wanted == "/"


async def test_step_and_failure_come_from_the_address(database: Database) -> None:
    tab = Tab(path="/login", step="code", error="otp_invalid", next="/orders")
    state = await tab.send(LoginState, "load")
    assert state.step == "code"
    assert state.faults == {"otp": "This code is not right."}
    assert state.register_link == "/register?next=%2Forders"
    tab.go("/login")
    state = await tab.send(LoginState, "load")
    assert (state.step, state.faults, state.login_link) == ("", {}, "/login")


async def test_the_farewell_says_what_became_of_the_account(database: Database) -> None:
    for said, farewell in (({"closed": "1"}, "closed"), ({"deleted": "1"}, "deleted"), ({}, "")):
        state = await Tab(path="/login", **said).send(LoginState, "load")
        assert state.farewell == farewell


@pytest.mark.parametrize("cls", [LoginState, ForgotState])
@pytest.mark.parametrize(
    ("contact", "wanted", "channel"),
    [
        ("a@b.example", "sms", "email"),
        ("+14155552671", "whatsapp", "whatsapp"),
        ("+14155552671", "email", "sms"),
        ("what", "email", ""),
    ],
)
async def test_a_code_on_its_way(
    database: Database, clock: Clock, cls: Any, contact: str, wanted: str, channel: str
) -> None:
    tab = Tab(path="/login", next="/orders")
    await tab.send(cls, "load")
    state = await tab.send(cls, "code_sent", {"contact": contact, "channel": wanted})
    assert (state.contact, state.channel) == (contact, channel)
    assert "step=code&next=%2Forders" in tab.led_to()
    assert contact not in tab.led_to()
    assert 0 < state.wait <= 30
    await tab.send(cls, "wait_is_over")
    assert state.wait == 0


@pytest.mark.parametrize(
    ("told", "wait", "said"),
    [
        ({}, 30, "A new code is on its way."),
        ({"wait": 12}, 12, "The code sent a moment ago still works. Enter that one."),
        ({"wait": 9999}, 30, "A new code is on its way."),
        ({"wait": "x"}, 30, "A new code is on its way."),
    ],
)
async def test_a_code_asked_for_again_says_which_one_to_enter(
    database: Database, clock: Clock, told: dict[str, Any], wait: int, said: str
) -> None:
    tab = Tab(path="/login", step="code")
    await tab.send(LoginState, "load")
    answer = {"contact": "a@b.example", "channel": "email", **told}
    state = await tab.send(LoginState, "code_sent", answer)
    assert (state.wait, state.notice_text) == (wait, said)


async def test_a_wait_is_told_and_counted(database: Database) -> None:
    tab = Tab(path="/login", step="code")
    await tab.send(LoginState, "load")
    failure = {"code": "too_many_requests", "retry_after": 90}
    state = await tab.send(LoginState, "refuse", failure)
    assert state.faults == {"_": "Too many attempts. Try again in 2 minutes."}
    assert state.wait == 90


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(code=st.text(max_size=30), fields=ANYTHING, wait=st.integers(0, 10**6))
def test_whatever_is_sent_as_a_failure_becomes_words(code: str, fields: Any, wait: int) -> None:
    told = refused(code, fields, wait)
    assert told
    assert all(isinstance(words, str) and words for words in told.values())


@given(failure=st.dictionaries(st.sampled_from(["code", "fields", "retry_after"]), ANYTHING))
async def test_a_forged_failure_harms_nobody(failure: dict[str, Any]) -> None:
    state = await Tab(path="/login").send(LoginState, "refuse", failure)
    assert state.underway == ""
    assert state.faults


def test_fields_of_the_contract_are_told_at_the_fields_of_the_page() -> None:
    told = refused("validation_error", {"email": ["is required"], "confirm_password": ["is odd"]})
    assert told == {"contact": "Please fill this in."}


async def test_presence_is_noted_at_most_every_five_minutes(
    signed_in: Any, database: Database, owner: User, clock: Clock
) -> None:
    tab = signed_in(owner)

    def last_seen() -> Any:
        with database.session(writes=False) as db:
            session = db.get(UserSession, tab.session_id)
            assert session is not None
            return session.last_seen_at

    begun = clock.now
    clock.advance(minutes=4)
    await tab.send(PresenceState, "note")
    assert last_seen() == begun
    clock.advance(minutes=2)
    (await tab.state(PresenceState))._noted_at = None
    await tab.send(PresenceState, "note")
    assert last_seen() == clock.now
    await Tab("no such cookie").send(PresenceState, "note")


async def test_signing_in_again_can_be_put_off_and_begun_anew(
    signed_in: Any, database: Database, owner: User
) -> None:
    tab = await ended_tab(signed_in, database, owner)
    answer = {"contact": owner.email, "channel": "email"}
    again = await tab.send(SignInAgainState, "code_sent", answer)
    assert (again.step, again.contact) == ("code", owner.email)
    again = await tab.send(SignInAgainState, "use_password")
    assert (again.step, again.contact) == ("", "")
    again = await tab.send(SignInAgainState, "put_off")
    assert not again.signed_out
    assert (await tab.send(SecurityState, "end_others")).signed_out


async def test_an_account_is_kept_by_whoever_stays(signed_in: Any, owner: User) -> None:
    tab = signed_in(owner)
    await tab.send(SecurityState, "load")
    await tab.send(SecurityState, "ask_to_leave")
    await tab.send(SecurityState, "go_on_leaving")
    state = await tab.send(SecurityState, "stay")
    assert state.leaving == ""
    assert (await state._look()).signed_in


async def test_a_form_says_how_it_went() -> None:
    tab = Tab(path="/login")
    state = await tab.send(LoginState, "sending", "login" * 99)
    assert len(state.underway) <= 20
    state = await tab.send(LoginState, "refuse", {"code": "too_many_requests", "retry_after": 9})
    assert (state.underway, "9 seconds" in state.faults["_"]) == ("", True)
    state = await tab.send(LoginState, "wait_is_over")
    assert state.wait == 0


@pytest.mark.parametrize(
    ("email", "whom"), [("help@shop.example", "help@shop.example"), ("", "us")]
)
async def test_who_proved_a_closed_account_is_told_where_to_turn(
    set_settings: Any, email: str, whom: str
) -> None:
    """And no longer that a code is on its way, or whatever else was refused before."""
    set_settings(PORTAL_STORE_EMAIL=email)
    tab = Tab(path="/login", step="code", error="account_deactivated")
    for cls, load in ((LoginState, "load"), (ForgotState, "load")):
        state = await tab.send(cls, load)
        assert state.is_closed
        words = state.faults["_"]
        assert f"Write to {whom} " in words
        assert "Find your order" in words
        await tab.send(cls, "sending", "verify")
        assert not state.is_closed
        await tab.send(cls, "refuse", {"code": "otp_invalid"})
        assert not state.is_closed
        await tab.send(cls, "refuse", {"code": "account_deactivated"})
        assert state.is_closed
