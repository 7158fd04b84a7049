"""Signing in to the console: invited, password, second factor, limits, ends."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest

from account_portal.console.rules import LastAdmin, Role
from account_portal.console.service import accounts, second_factor, sessions
from account_portal.context import SHOP, enter
from account_portal.core.db import Database
from account_portal.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from account_portal.models import StaffMember, StaffSession, User
from tests.conftest import Acting, Clock
from tests.console.conftest import PASSWORD, Browser, Page, make_staff, sign_in
from tests.factories.records import rows

New = Callable[[], Browser]
SignedIn = Callable[..., Browser]


def invite(database: Database, email: str = "mira@shop.example", role: Role = Role.ADMIN) -> str:
    with enter(writes=True, actor=SHOP, database=database) as ctx:
        return accounts.invite(ctx, email, role, by="tests")


def test_the_way_in(database: Database, browser: New, clock: Clock) -> None:
    token = invite(database)
    mira = browser()
    assert "mira@shop.example" in mira.page(f"/invitation?token={token}").text
    set_ = mira.post("/invitation", {"token": token, "password": PASSWORD, "repeated": PASSWORD})
    assert set_.headers["location"] == "/console/login?done=set"
    assert "Your password is set." in mira.page("/login?done=set").text
    given = mira.post("/login", {"email": "Mira@Shop.example ", "password": PASSWORD})
    assert given.headers["location"] == "/console/code"
    cookie = given.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/console" in cookie
    assert mira.get("").status_code == 303  # the password alone opens nothing
    assert mira.get("/code").headers["location"] == "/console/app"
    shown = mira.get("/app").text
    secret = shown.partition('<code class="key">')[2].partition("</code>")[0].replace(" ", "")
    assert mira.post("/app", {"code": "000000"}).status_code == 401
    codes = mira.post("/app", {"code": pyotp.TOTP(secret).at(clock.now)})
    assert codes.status_code == 200
    assert codes.text.count("<li><code>") == second_factor.RECOVERY_CODES
    assert mira.get("").status_code == 200
    assert mira.get("/app").status_code == 303


def test_an_invitation_works_once_and_not_for_long(
    database: Database, browser: New, clock: Clock
) -> None:
    token = invite(database)
    form = {"token": token, "password": PASSWORD, "repeated": PASSWORD}
    mira = browser()
    weak = mira.post("/invitation", form | {"password": "short", "repeated": "short"})
    assert weak.status_code == 400
    assert "must have 12 to 128 characters" in weak.text
    other = mira.post("/invitation", form | {"repeated": "something else entirely"})
    assert other.status_code == 400
    assert mira.post("/invitation", form).status_code == 303
    assert mira.post("/invitation", form).status_code == 422
    assert mira.get(f"/invitation?token={token}").status_code == 422
    late = invite(database, "late@shop.example")
    clock.advance(days=3)
    assert mira.get(f"/invitation?token={late}").status_code == 422


def test_what_does_not_let_in(database: Database, browser: New, clock: Clock) -> None:
    secret = make_staff(database, email="mira@shop.example")
    new = browser()
    for email, password in (
        ("mira@shop.example", "not the password"),
        ("nobody@shop.example", PASSWORD),
        ("no address", PASSWORD),
        ("", ""),
    ):
        refused = new.post("/login", {"email": email, "password": password})
        assert refused.status_code == 401
        assert "This does not match" in refused.text
    new.post("/login", {"email": "mira@shop.example", "password": PASSWORD})
    for code in ("", "000000", "abcdef", "aaaaa-aaaaa-aaaaa", "\u0660" * 6):
        assert new.post("/code", {"code": code}).status_code == 401
    code = pyotp.TOTP(secret).at(clock.now)
    assert new.post("/code", {"code": code}).status_code == 303
    again = browser()
    again.post("/login", {"email": "mira@shop.example", "password": PASSWORD})
    assert again.post("/code", {"code": code}).status_code == 401  # each once
    clock.advance(seconds=30)
    later = pyotp.TOTP(secret).at(clock.now)
    assert again.post("/code", {"code": later}).status_code == 303


def test_a_recovery_code_opens_once(database: Database, browser: New, clock: Clock) -> None:
    secret = make_staff(database, email="mira@shop.example")
    first = browser()
    sign_in(first, "mira@shop.example", secret, clock)
    clock.advance(seconds=60)
    made = first.post("/account/recovery-codes", {"code": pyotp.TOTP(secret).at(clock.now)})
    code = made.text.partition("<li><code>")[2].partition("</code>")[0]
    for status in (303, 401):
        other = browser()
        other.post("/login", {"email": "mira@shop.example", "password": PASSWORD})
        assert other.post("/code", {"code": code}).status_code == status


def test_strangers_do_not_keep_staff_out(database: Database, browser: New, clock: Clock) -> None:
    secret = make_staff(database, email="mira@shop.example")
    known = browser()
    sign_in(known, "mira@shop.example", secret, clock)
    stranger = browser()
    form = {"email": "mira@shop.example", "password": "guess"}
    tries = [stranger.post("/login", form).status_code for _ in range(11)]
    assert tries == [401] * 10 + [429]
    refused = stranger.post("/login", form | {"password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    clock.advance(seconds=60)
    known.post("/logout", {})
    assert sign_in(known, "mira@shop.example", secret, clock).status_code == 303


def test_codes_are_not_guessed(database: Database, browser: New, clock: Clock) -> None:
    secret = make_staff(database, email="mira@shop.example")
    thief = browser()
    thief.post("/login", {"email": "mira@shop.example", "password": PASSWORD})
    tries = [
        thief.post("/code", {"code": f"{at:06}"}).status_code for _, at in enumerate(range(11))
    ]
    assert tries == [401] * 10 + [429]
    assert thief.post("/code", {"code": pyotp.TOTP(secret).at(clock.now)}).status_code == 429


@pytest.mark.parametrize(
    ("each", "times", "is_over"),
    [
        (sessions.IDLE, 1, True),
        (sessions.IDLE - timedelta(minutes=1), 3, False),
        (timedelta(minutes=50), 15, True),
    ],
)
def test_sessions_end(
    signed_in: SignedIn, clock: Clock, each: timedelta, times: int, is_over: bool
) -> None:
    admin = signed_in()
    for _ in range(times):
        clock.advance(seconds=each.total_seconds())
        last = admin.get("").status_code
    assert last == (303 if is_over else 200)


def test_a_half_finished_sign_in_ends_sooner(
    database: Database, browser: New, clock: Clock
) -> None:
    secret = make_staff(database, email="mira@shop.example")
    slow = browser()
    slow.post("/login", {"email": "mira@shop.example", "password": PASSWORD})
    clock.advance(minutes=10)
    late = slow.post("/code", {"code": pyotp.TOTP(secret).at(clock.now)})
    assert late.headers["location"] == "/console/login"
    assert slow.get("").status_code == 303


def test_signing_out_ends_the_session(
    database: Database, signed_in: SignedIn, browser: New
) -> None:
    admin = signed_in()
    cookie = admin.client.cookies["portal-console"]
    admin.post("/logout", {})
    stolen = browser()
    stolen.client.cookies.set("portal-console", cookie, path="/console")
    assert stolen.get("").status_code == 303
    assert rows(database, StaffSession) == []


def test_who_is_shut_out_is_out_at_once(signed_in: SignedIn, database: Database) -> None:
    admin, support = signed_in(), signed_in(Role.SUPPORT)
    assert admin.do("staff.disable", "support@shop.example").status_code == 303
    assert support.get("").status_code == 303
    admin.do("staff.enable", "support@shop.example")
    assert support.get("").status_code == 303  # the session is gone, not only shut


def test_a_role_holds_from_the_next_page_on(signed_in: SignedIn) -> None:
    admin, support = signed_in(), signed_in(Role.SUPPORT)
    assert support.get("/keys").status_code == 403
    admin.do("staff.role", "support@shop.example", role="admin")
    assert support.get("/keys").status_code == 200
    assert admin.do("staff.role", "support@shop.example", role="king").status_code == 303
    assert "Role must be" in admin.told()


def test_the_last_admin_stays(acting: Acting, database: Database) -> None:
    for email, role in (("a@shop.example", Role.ADMIN), ("b@shop.example", Role.SUPPORT)):
        invite(database, email, role)
    for change in (
        lambda ctx: accounts.disable(ctx, "a@shop.example", by="tests"),
        lambda ctx: accounts.change_role(ctx, "a@shop.example", Role.VIEWER, by="tests"),
    ):
        with pytest.raises(LastAdmin), acting(SHOP) as ctx:
            change(ctx)
    with acting(SHOP) as ctx:
        accounts.change_role(ctx, "b@shop.example", Role.ADMIN, by="tests")
        accounts.disable(ctx, "a@shop.example", by="tests")
    with pytest.raises(LastAdmin), acting(SHOP) as ctx:
        accounts.disable(ctx, "b@shop.example", by="tests")


def test_only_the_shop_manages_staff(acting: Acting, owner: User) -> None:
    for who in (None, owner):
        for call in (
            lambda ctx: accounts.invite(ctx, "x@shop.example", Role.ADMIN, by="x"),
            lambda ctx: accounts.invite_again(ctx, "x@shop.example", by="x"),
            lambda ctx: accounts.disable(ctx, "x@shop.example", by="x"),
            lambda ctx: accounts.enable(ctx, "x@shop.example", by="x"),
            lambda ctx: accounts.change_role(ctx, "x@shop.example", Role.ADMIN, by="x"),
            accounts.list_staff,
        ):
            with pytest.raises(Forbidden), acting(who) as ctx:
                call(ctx)


def test_accounts_that_cannot_be_made(acting: Acting, database: Database) -> None:
    invite(database)
    for email, error in (("mira@shop.example", Conflict), ("no address", InvalidInput)):
        with pytest.raises(error), acting(SHOP) as ctx:
            accounts.invite(ctx, email, Role.VIEWER, by="tests")
    with pytest.raises(NotFound), acting(SHOP) as ctx:
        accounts.invite_again(ctx, "nobody@shop.example", by="tests")


def test_a_lost_device(database: Database, signed_in: SignedIn, browser: New, clock: Clock) -> None:
    admin, support = signed_in(), signed_in(Role.SUPPORT)
    made = admin.do("staff.reset", "support@shop.example")
    assert made.status_code == 200
    link = Page(made.text).text.partition("invitation?token=")[2].split()[0]
    assert support.get("").status_code == 303
    old = support.post("/login", {"email": "support@shop.example", "password": PASSWORD})
    assert old.status_code == 401
    assert browser().get(f"/invitation?token={link}").status_code == 200
    [member] = [row for row in rows(database, StaffMember) if row.role == "support"]
    assert (member.totp_secret, member.recovery_codes) == (None, [])


def test_ones_own_password(database: Database, signed_in: SignedIn, browser: New) -> None:
    admin = signed_in(email="mira@shop.example")
    other = "another long phrase of hers"
    form = {"old_password": PASSWORD, "password": other, "repeated": other}
    admin.post("/account/password", form | {"old_password": "wrong"})
    assert "This is not your password" in admin.told()
    admin.post("/account/password", form | {"password": "short", "repeated": "short"})
    assert "must have 12" in admin.told()
    led = admin.post("/account/password", form).headers["location"]
    assert admin.get("").status_code == 303
    assert "Your password is changed" in admin.page(led.removeprefix("/console")).text
    new = browser()
    for password, status in ((PASSWORD, 401), (other, 303)):
        given = new.post("/login", {"email": "mira@shop.example", "password": password})
        assert given.status_code == status


def test_the_demos_staff_sign_in_there_only(
    database: Database, browser: New, set_settings: Callable[..., None]
) -> None:
    from account_portal.core.demo import DEMO_PASSWORD, DEMO_STAFF
    from account_portal.demo.seed import seed_demo

    seed_demo(database)
    form = {"email": DEMO_STAFF, "password": DEMO_PASSWORD}
    demo = browser()
    assert DEMO_PASSWORD in demo.get("/login").text
    assert demo.post("/login", form).headers["location"] == "/console"
    assert demo.get("").status_code == 200
    set_settings(PORTAL_DEMO="0")
    assert demo.get("").status_code == 404  # nobody is left who could sign in
    make_staff(database)
    assert demo.get("").status_code == 303
    assert DEMO_PASSWORD not in demo.get("/login").text
    assert demo.post("/login", form).status_code == 401
