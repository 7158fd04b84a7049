"""Two-step sign-in on the pages, without a browser: each handler by itself, whoever calls it."""

from typing import Any

import pytest

from account_portal.auth.state import (
    ForgotState,
    LoginState,
    RegisterState,
    SecurityState,
    SignInAgainState,
)
from account_portal.core.db import Database
from account_portal.models import User
from tests.conftest import Api, Set
from tests.factories.auth import change_user, codes_sent, load_user
from tests.factories.two_step import turn_on
from tests.factories.users import PASSWORD
from tests.page_states import Tab

HERE = {"Sec-Fetch-Site": "same-origin"}
TOLD = {"ways": ["email", "recovery_code", "magic"], "sent_to": {"email": "o•••@e", "x": "y"}}


@pytest.fixture
def tab(database: Database, owner: User) -> Tab:
    tab = Tab(database, owner, "/security")
    tab.press(tab.state(SecurityState), "load")
    return tab


@pytest.fixture
def page(tab: Tab) -> Any:
    return tab.state(SecurityState)


def test_its_life(tab: Tab, page: Any, database: Database, owner: User) -> None:
    assert not page.shown.two_step.is_on
    tab.press(page, "turn_two_step_on")
    assert len(page.recovery_codes) == 10
    assert page.shown.two_step.is_on
    old = list(page.recovery_codes)
    tab.press(page, "close_recovery_codes")
    assert page.recovery_codes == []
    tab.press(page, "renew_recovery_codes")
    assert not set(page.recovery_codes) & set(old)
    tab.press(page, "turn_two_step_off")  # nobody asked
    assert load_user(database, owner).two_step_at is not None
    tab.press(page, "ask_two_step_off")
    tab.press(page, "keep_two_step")
    tab.press(page, "turn_two_step_off")
    assert load_user(database, owner).two_step_at is not None
    tab.press(page, "ask_two_step_off")
    tab.press(page, "turn_two_step_off")
    assert load_user(database, owner).two_step_at is None
    assert not page.shown.two_step.is_on


def test_one_way_is_refused(tab: Tab, page: Any, database: Database, owner: User) -> None:
    change_user(database, owner, password_hash=None)
    tab.press(page, "turn_two_step_on")
    assert page.recovery_codes == []
    assert load_user(database, owner).two_step_at is None


def test_the_sign_in_page_goes_on_with_the_second_step(tab: Tab) -> None:
    page = tab.state(LoginState)
    tab.press(page, "code_sent", {"second": TOLD})
    assert (page.ways, page.sent_to) == (["email", "recovery_code"], {"email": "o•••@e"})
    page.step = "second"
    tab.press(page, "code_sent", {"channel": "email"})
    assert (page.channel, page.sent_to_words) == ("email", "o•••@e")
    page.step = "second-code"
    tab.press(page, "code_sent", {"channel": "<script>", "wait": 12})
    assert (page.channel, page.wait) == ("", 12)
    for nonsense in (5, {"ways": 5, "sent_to": 5}, {"ways": [5]}):
        tab.press(page, "code_sent", {"second": nonsense})
        assert (page.ways, page.sent_to) == ([], {})


@pytest.mark.parametrize("kind", [RegisterState, ForgotState])
def test_other_pages_lead_to_the_second_step(database: Database, kind: Any) -> None:
    tab = Tab(database, None, "/register?next=%2Forders")
    page = tab.state(kind)
    page.wanted = "/orders"
    led = tab.press(page, "code_sent", {"second": TOLD})
    assert "/login?step=second&ways=email.recovery_code&next=%2Forders" in str(led)
    assert tab.state(LoginState).sent_to == {"email": "o•••@e"}


def test_an_address_that_lost_the_ways_offers_no_new_password(database: Database) -> None:
    tab = Tab(database, None, "/login?step=second")
    page = tab.state(LoginState)
    tab.press(page, "load")
    assert "password" in page.ways
    assert "new_password" not in page.ways


@pytest.mark.parametrize(("named", "shown"), [("none", 0), ("", 6), ("magic", 6)])
def test_an_account_without_a_second_way_is_told_so(
    database: Database, named: str, shown: int
) -> None:
    """Other than in an address that was cut."""
    tab = Tab(database, None, f"/login?step=second&ways={named}")
    page = tab.state(LoginState)
    tab.press(page, "load")
    assert len(page.ways) == shown


LED = "/security?codes=new&next=%2Forders"


@pytest.mark.parametrize("left", [[], ["one"]])
@pytest.mark.parametrize("setting", ["required", "optional"])
def test_recovery_codes_are_made_where_sign_in_led_and_there_are_none(
    tab: Tab,
    page: Any,
    database: Database,
    owner: User,
    set_settings: Set,
    left: list[str],
    setting: str,
) -> None:
    tab.press(page, "turn_two_step_on")
    tab.press(page, "close_recovery_codes")
    change_user(database, owner, recovery_codes=left)
    set_settings(PORTAL_TWO_STEP=setting)
    tab.path = LED
    tab.show("cookie", tab.root.router.headers.cookie)
    led = tab.press(page, "load")
    if left or setting == "optional":
        assert "renew_recovery_codes" not in str(led)
        return
    assert "renew_recovery_codes" in str(led)
    tab.press(page, "renew_recovery_codes")
    assert len(page.recovery_codes) == 10
    assert "/orders" in str(tab.press(page, "close_recovery_codes"))
    assert page.recovery_codes == []


def test_where_it_is_required_it_stays_on(
    tab: Tab, page: Any, database: Database, owner: User, set_settings: Set
) -> None:
    tab.press(page, "turn_two_step_on")
    set_settings(PORTAL_TWO_STEP="required")
    tab.press(page, "ask_two_step_off")
    tab.press(page, "turn_two_step_off")
    assert "can't be turned off" in page.notice_text
    assert load_user(database, owner).two_step_at is not None


def test_signing_in_again_goes_on_in_place(tab: Tab) -> None:
    page = tab.state(SignInAgainState)
    tab.press(page, "code_sent", {"second": TOLD})
    assert page.step == "second"
    tab.press(page, "use_recovery_code")
    assert page.step == "recovery"
    tab.press(page, "choose_second")
    tab.press(page, "code_sent", {"channel": "email"})
    assert (page.step, page.channel) == ("second-code", "email")
    tab.press(page, "use_password")
    assert page.step == ""


# The forms


def post(api: Api, path: str, json: bool = False, **fields: str) -> Any:
    headers = {**HERE, **({"Accept": "application/json"} if json else {})}
    return api.client.post(f"/api/session/{path}", data=fields, headers=headers)


def test_the_forms_lead_through_both_steps(api: Api, owner: User, database: Database) -> None:
    codes = turn_on(api, owner)
    first = post(api, "login", contact="owner@example.com", password=PASSWORD, next="/orders")
    wanted = "/login?step=second&ways=email.recovery_code&next=%2Forders"
    assert (first.status_code, first.headers["location"]) == (303, wanted)
    kept = next(one for one in first.headers.get_list("set-cookie") if "portal-second=" in one)
    assert "httponly" in kept.lower()
    assert "portal" not in api.client.cookies
    assert "email" not in post(api, "second", json=True).json()["code"]
    sent = post(api, "second-code", channel="email", ways="email.magic", next="/orders")
    assert sent.headers["location"] == "/login?step=second-code&ways=email&next=%2Forders"
    code = codes_sent(database)[-1][2]
    done = post(api, "second", otp=code, next="/orders")
    assert (done.status_code, done.headers["location"]) == (303, "/orders")
    assert api.client.cookies["portal"]
    assert "portal-second" not in api.client.cookies

    api.client.cookies.delete("portal")
    known = post(api, "login", json=True, contact="owner@example.com", password=PASSWORD)
    assert known.json()["content"]["customer"] == owner.id

    api.client.cookies.clear()
    told = post(api, "login", json=True, contact="owner@example.com", password=PASSWORD).json()
    assert told["content"]["second"]["sent_to"] == {"email": "o•••@example.com"}
    assert "second_proof_token" not in str(told)
    wrong = post(api, "second", json=True, recovery_code="wrong").json()
    assert wrong["code"] == "recovery_code_wrong"
    assert post(api, "second", recovery_code=codes[0]).headers["location"] == "/"


def test_without_a_first_proof_the_forms_lead_nowhere(api: Api, owner: User) -> None:
    codes = turn_on(api, owner)
    for path, fields in (
        ("second", {"recovery_code": codes[0]}),
        ("second-code", {"channel": "email"}),
    ):
        answer = post(api, path, json=True, **fields)
        assert answer.json()["code"] == "second_proof_expired"
        assert "portal" not in api.client.cookies
