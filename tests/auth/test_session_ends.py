"""Two ends of every session: without use, and however much it is used."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from click.testing import CliRunner
from sqlmodel import col, select

from account_portal.auth import service
from account_portal.auth.rules import Contact, RefreshTokenExpired, RefreshTokenInvalid
from account_portal.auth.schemas import LoginWithEmailPassword, RefreshToken, TokenPair
from account_portal.cli import main
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import Forbidden
from account_portal.core.migrations import downgrade, upgrade
from account_portal.core.settings import get_settings
from account_portal.models import User, UserSession
from account_portal.widget import service as widget
from account_portal.widget.schemas import SignedInElsewhere
from tests.conftest import Clock
from tests.factories.auth import make_page_session
from tests.factories.users import PASSWORD, make_session
from tests.factories.vouching import SHOP


@pytest.fixture(autouse=True)
def ends(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten days without use, thirty in all."""
    monkeypatch.setenv("PORTAL_REFRESH_TOKEN_DAYS", "10")
    monkeypatch.setenv("PORTAL_SESSION_DAYS", "30")
    get_settings.cache_clear()


@pytest.fixture
def sign_in(database: Database, owner: User, clock: Clock) -> Callable[[], TokenPair]:
    def run() -> TokenPair:
        with enter(writes=False, database=database) as ctx:
            data = LoginWithEmailPassword(email="owner@example.com", password=PASSWORD)
            return service.login_with_password(ctx, data)

    return run


@pytest.fixture
def browser(database: Database, owner: User, clock: Clock) -> str:
    """The cookie of a browser that has just signed in."""
    with enter(writes=False, database=database) as ctx:
        return service.login_page(ctx, Contact(email="owner@example.com"), PASSWORD)


def test_the_shop_ends_the_sessions_of_one_customer_or_of_all(
    database: Database, owner: User, stranger: User
) -> None:
    """As after a theft: at once, in browsers and clients alike; open pages are told."""
    for user in (owner, owner, stranger, None):
        make_session(database, user)

    def in_force() -> list[str | None]:
        with database.session(writes=False) as db:
            rows = select(UserSession.user_id).where(col(UserSession.revoked_at).is_(None))
            return list(db.exec(rows))

    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["shop", "customer", "sign-out", *words]).output

    before = news_of(database, owner)
    assert "There is no customer nobody@example.com." in run("nobody@example.com")
    assert "Name a customer, or say --all." in run()
    assert "Name a customer, or say --all." in run("owner@example.com", "--all")
    assert run("owner@example.com") == "2 sessions have ended.\n"
    assert news_of(database, owner) == before + 1
    assert set(in_force()) == {stranger.id, None}
    assert run(owner.customer_id) == "0 sessions have ended.\n"
    assert run("--all") == "2 sessions have ended.\n"
    assert in_force() == []
    with pytest.raises(Forbidden), enter(writes=True, database=database) as ctx:
        service.sign_out_everybody(ctx)


def news_of(database: Database, user: User) -> int:
    with database.session(writes=False) as db:
        return db.get_one(User, user.id).news


def refresh(database: Database, token: str) -> TokenPair:
    with enter(writes=True, database=database) as ctx:
        return service.refresh_tokens(ctx, RefreshToken(refresh_token=token))


def kind_of(database: Database, **caller: Any) -> str:
    with enter(Caller(**caller), writes=False, database=database) as ctx:
        return ctx.actor.kind


def open_a_page(database: Database, cookie: str) -> str:
    with enter(Caller(cookie=cookie), writes=True, database=database) as ctx:
        service.note_seen(ctx)
        return ctx.actor.kind


def expiry(token: str) -> datetime:
    claims = jwt.decode(token, options={"verify_signature": False})
    return datetime.fromtimestamp(claims["exp"]).astimezone()


def test_a_refresh_never_prolongs_past_the_absolute_end(
    sign_in: Any, clock: Clock, database: Database
) -> None:
    pair, end = sign_in(), clock.now + timedelta(days=30)
    for _ in range(3):
        clock.advance(days=9)
        pair = refresh(database, pair.refresh_token)
    assert expiry(pair.refresh_token) == end
    clock.now = end - timedelta(minutes=5)
    pair = refresh(database, pair.refresh_token)
    assert (expiry(pair.access_token), expiry(pair.refresh_token)) == (end, end)
    assert kind_of(database, bearer=pair.access_token) == "customer"
    clock.now = end
    assert kind_of(database, bearer=pair.access_token) == "nobody"
    with pytest.raises(RefreshTokenExpired):
        refresh(database, pair.refresh_token)


def test_tokens_made_anew_for_other_reasons_end_with_the_session_too(
    sign_in: Any, clock: Clock, database: Database
) -> None:
    pair, end = sign_in(), clock.now + timedelta(days=30)
    for _ in range(3):
        clock.advance(days=9)
        pair = refresh(database, pair.refresh_token)
    with enter(Caller(bearer=pair.access_token), writes=True, database=database) as ctx:
        pair = service.renew_pair(ctx)
    assert expiry(pair.refresh_token) == end


def test_a_client_that_stays_away_is_signed_out(
    sign_in: Any, clock: Clock, database: Database
) -> None:
    pair = sign_in()
    clock.advance(days=10)
    with pytest.raises(RefreshTokenExpired):
        refresh(database, pair.refresh_token)


def test_a_browser_that_is_used_stays_signed_in_until_the_absolute_end(
    browser: str, clock: Clock, database: Database
) -> None:
    begun = clock.now
    for _ in range(3):
        clock.advance(days=9)
        assert open_a_page(database, browser) == "customer"
    clock.now = begun + timedelta(days=30, seconds=-1)
    assert open_a_page(database, browser) == "customer"
    clock.advance(seconds=1)
    assert kind_of(database, cookie=browser) == "nobody"


def test_a_browser_that_is_not_used_is_signed_out(
    browser: str, clock: Clock, database: Database
) -> None:
    clock.advance(days=10, seconds=-1)
    assert kind_of(database, cookie=browser) == "customer"
    clock.advance(seconds=1)
    assert open_a_page(database, browser) == "nobody"
    assert kind_of(database, cookie=browser) == "nobody"


def test_the_absolute_end_counts_where_the_other_is_set_later(
    sign_in: Any, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_REFRESH_TOKEN_DAYS", "60")
    get_settings.cache_clear()
    assert expiry(sign_in().refresh_token) == clock.now + timedelta(days=30)


def test_a_visitors_session_has_an_absolute_end_too(clock: Clock, database: Database) -> None:
    with enter(writes=True, database=database) as ctx:
        pair: TokenPair = service.start_visitor_session(ctx, "public")
    for _ in range(3):
        clock.advance(days=9)
        pair = refresh(database, pair.refresh_token)
    clock.advance(days=3)
    with pytest.raises((RefreshTokenExpired, RefreshTokenInvalid)):
        refresh(database, pair.refresh_token)
    assert kind_of(database, bearer=pair.access_token) == "nobody"


def test_a_frame_ends_no_later_than_the_window_that_signed_it_in(
    browser: str, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_EMBED_ORIGINS", SHOP)
    get_settings.cache_clear()
    begun = clock.now
    for _ in range(3):
        clock.advance(days=9)
        open_a_page(database, browser)
    clock.now = begun + timedelta(days=30, hours=-1)
    with enter(Caller(cookie=browser), writes=True, database=database) as ctx:
        word = widget.hand_to_frame(ctx)
    with enter(writes=True, database=database) as ctx:
        frame = widget.enter_frame(ctx, SignedInElsewhere(handover=word, origin=SHOP))
    assert frame.seconds == 3600
    assert kind_of(database, cookie=frame.cookie) == "customer"
    clock.advance(hours=1)
    assert kind_of(database, cookie=frame.cookie) == "nobody"


def test_sessions_from_before_get_their_ends(clock: Clock, database: Database, owner: User) -> None:
    new = make_page_session(database, owner, clock.now - timedelta(days=1), "new")
    old = make_page_session(database, owner, clock.now - timedelta(days=89, hours=12), "old")
    with database.session(writes=True) as db:
        db.get_one(UserSession, old).expires_at = clock.now + timedelta(days=10)
        db.commit()
    downgrade(database, "0014")
    upgrade(database)
    with database.session(writes=False) as db:
        one, other = db.get_one(UserSession, new), db.get_one(UserSession, old)
    assert one.ends_at - one.created_at == timedelta(days=90)
    assert one.expires_at - one.created_at == timedelta(days=30)
    assert other.expires_at == other.ends_at == other.created_at + timedelta(days=90)
    assert (one.proven_at, other.proven_at) == (None, None)


def test_pages_that_are_open_hear_of_a_sign_out(
    database: Database, owner: User, stranger: User, browser: str
) -> None:
    before = news_of(database, owner), news_of(database, stranger)
    with enter(Caller(cookie=browser), writes=True, database=database) as ctx:
        service.end_page_session(ctx)
    assert (news_of(database, owner), news_of(database, stranger)) == (before[0] + 1, before[1])
    with enter(Caller(cookie=browser), writes=True, database=database) as ctx:
        service.end_page_session(ctx)  # it ended already
    assert news_of(database, owner) == before[0] + 1
