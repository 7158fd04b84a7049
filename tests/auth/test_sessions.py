"""Tokens, their renewal, and the end of sessions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import jwt
import pytest
from sqlalchemy import select
from sqlmodel import col

from account_portal.auth import schemas, service
from account_portal.auth.rules import RefreshTokenExpired, RefreshTokenInvalid, RefreshTokenReused
from account_portal.auth.schemas import LoginWithEmailPassword, RefreshToken
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import NotAuthenticated, NotFound, TooManyAttempts
from account_portal.models import RateEvent, SignIn, User, UserSession
from tests.conftest import Acting, Clock
from tests.factories.auth import change_user, make_page_session
from tests.factories.users import PASSWORD

NOBODY = Actor()


@pytest.fixture
def sign_in(acting: Acting, owner: User, clock: Clock) -> Callable[[], schemas.UserTokens]:
    def run() -> schemas.UserTokens:
        with acting(NOBODY, writes=False) as ctx:
            data = LoginWithEmailPassword(email="owner@example.com", password=PASSWORD)
            return service.login_with_password(ctx, data)

    return run


@pytest.fixture
def refresh(acting: Acting) -> Callable[[str], schemas.TokenPair]:
    def run(token: str) -> schemas.TokenPair:
        with acting(NOBODY) as ctx:
            return service.refresh_tokens(ctx, RefreshToken(refresh_token=token))

    return run


def kind_of(database: Database, access_token: str) -> str:
    with enter(Caller(bearer=access_token), writes=False, database=database) as ctx:
        return ctx.actor.kind


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_tokens_say_what_later_clients_read(
    sign_in: Any, owner: User, clock: Clock, database: Database
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210", customer_group_id="gold")
    pair = sign_in()
    claims = claims_of(pair.access_token)
    issued = int(clock.now.timestamp())
    assert claims["ulid"] == owner.id
    assert claims["customer_id"] == owner.customer_id
    assert claims["email"] == claims["username"] == "owner@example.com"
    assert claims["phone"] == "9876543210"
    assert (claims["first_name"], claims["last_name"]) == ("Olivia", "Owner")
    assert claims["store_id"] == "main"
    assert (claims["is_logged_in"], claims["is_anonymous"]) == (True, False)
    assert claims["customer_group_id"] == "gold"
    assert claims["channel"]["type"] == "web"
    assert len(claims["anonymous_id"]) == 26
    assert (claims["iat"], claims["exp"]) == (issued, issued + 15 * 60)
    assert claims_of(pair.refresh_token)["exp"] == issued + 30 * 86_400


def test_access_token_ends_after_its_quarter_of_an_hour(
    sign_in: Any, clock: Clock, database: Database
) -> None:
    token = sign_in().access_token
    clock.advance(minutes=15, seconds=-1)
    assert kind_of(database, token) == "customer"
    clock.advance(seconds=1)
    assert kind_of(database, token) == "nobody"


def test_refresh_token_opens_no_call(sign_in: Any, database: Database) -> None:
    assert kind_of(database, sign_in().refresh_token) == "nobody"


def test_refresh_gives_a_new_pair(
    sign_in: Any, refresh: Any, clock: Clock, database: Database
) -> None:
    first = sign_in()
    clock.advance(minutes=20)
    second = refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert kind_of(database, second.access_token) == "customer"
    assert claims_of(second.access_token)["exp"] == int(clock.now.timestamp()) + 900
    clock.advance(days=29)  # the session's life begins anew with each renewal
    assert refresh(second.refresh_token)


def test_second_use_at_once_gives_the_same_pair(sign_in: Any, refresh: Any, clock: Clock) -> None:
    token = sign_in().refresh_token
    clock.advance(minutes=1)
    first = refresh(token)
    clock.advance(seconds=10)
    assert refresh(token) == first


def test_an_answer_that_was_lost_can_be_asked_for_again(
    sign_in: Any, refresh: Any, clock: Clock, database: Database
) -> None:
    """The grace begins when the new pair is first used, however long the outage was."""
    token = sign_in().refresh_token
    lost = refresh(token)
    clock.advance(minutes=10)
    assert refresh(token) == lost
    assert kind_of(database, lost.access_token) == "customer"
    clock.advance(seconds=10)
    assert refresh(token) == lost
    assert kind_of(database, lost.access_token) == "customer"  # a later use moves nothing
    clock.advance(seconds=1)
    with pytest.raises(RefreshTokenReused):
        refresh(token)


def test_second_use_later_ends_the_session(
    sign_in: Any, refresh: Any, clock: Clock, database: Database
) -> None:
    token = sign_in().refresh_token
    newest = refresh(token)
    assert kind_of(database, newest.access_token) == "customer"
    clock.advance(seconds=11)
    with pytest.raises(RefreshTokenReused):
        refresh(token)
    assert kind_of(database, newest.access_token) == "nobody"
    with pytest.raises(RefreshTokenInvalid):
        refresh(newest.refresh_token)


def test_token_of_two_renewals_ago_ends_the_session_even_at_once(
    sign_in: Any, refresh: Any
) -> None:
    token = sign_in().refresh_token
    second = refresh(token)
    refresh(second.refresh_token)
    with pytest.raises(RefreshTokenReused):
        refresh(token)


def test_renewal_races_end_with_one_pair(sign_in: Any, refresh: Any) -> None:
    token = sign_in().refresh_token
    barrier = Barrier(6)

    def run(_number: int) -> schemas.TokenPair:
        barrier.wait()
        return refresh(token)

    with ThreadPoolExecutor(6) as pool:
        pairs = list(pool.map(run, range(6)))
    assert len({pair.refresh_token for pair in pairs}) == 1
    assert len({pair.access_token for pair in pairs}) == 1
    assert refresh(pairs[0].refresh_token)


def test_refresh_token_dies_with_time_session_or_account(
    sign_in: Any, refresh: Any, clock: Clock, database: Database, owner: User
) -> None:
    old, ended, closed = sign_in(), sign_in(), sign_in()
    with enter(Caller(bearer=ended.access_token), writes=True, database=database) as ctx:
        service.sign_out(ctx)
    with pytest.raises(RefreshTokenInvalid):
        refresh(ended.refresh_token)
    change_user(database, owner, deactivated_at=clock.now)
    with pytest.raises(RefreshTokenInvalid):
        refresh(closed.refresh_token)
    change_user(database, owner, deactivated_at=None)
    clock.advance(days=30)
    with pytest.raises(RefreshTokenExpired):
        refresh(old.refresh_token)


@pytest.mark.parametrize("token", ["x", "a.b.c", "é" * 20, "x" * 4096])
def test_what_is_no_token_is_refused(refresh: Any, database: Database, token: str) -> None:
    with pytest.raises(RefreshTokenInvalid):
        refresh(token)


def test_access_token_cannot_be_traded(sign_in: Any, refresh: Any) -> None:
    with pytest.raises(RefreshTokenInvalid):
        refresh(sign_in().access_token)


def test_a_client_that_renews_without_pause_is_slowed(sign_in: Any, refresh: Any) -> None:
    token = sign_in().refresh_token
    for _ in range(60):
        token = refresh(token).refresh_token
    with pytest.raises(TooManyAttempts) as error:
        refresh(token)
    assert 0 < error.value.retry_after <= 600


def test_visitor_signs_in_renews_and_signs_out_as_the_same_visitor(
    acting: Acting, refresh: Any, database: Database, owner: User
) -> None:
    with acting(NOBODY) as ctx:
        visitor = service.start_visitor_session(ctx, "public")
    assert kind_of(database, visitor.access_token) == "visitor"
    assert claims_of(visitor.access_token)["is_anonymous"] is True
    assert kind_of(database, refresh(visitor.refresh_token).access_token) == "visitor"
    with enter(Caller(bearer=visitor.access_token), writes=False, database=database) as ctx:
        data = LoginWithEmailPassword(email="owner@example.com", password=PASSWORD)
        signed_in = service.login_with_password(ctx, data)
    assert claims_of(signed_in.access_token)["anonymous_id"] == visitor.user.id
    with enter(Caller(bearer=signed_in.access_token), writes=True, database=database) as ctx:
        after = service.sign_out(ctx)
    assert kind_of(database, signed_in.access_token) == "nobody"
    assert kind_of(database, after.access_token) == "visitor"
    assert after.user.id == visitor.user.id
    assert (after.user.is_logged_in, after.user.is_anonymous) == (False, True)
    assert (after.user.first_name, after.user.email, after.user.phone) == (None, None, None)


@pytest.mark.parametrize("key", [None, "", "wrong", "Public", "públic"])
def test_visitors_need_the_stores_key(acting: Acting, database: Database, key: str | None) -> None:
    with pytest.raises(NotAuthenticated), acting(NOBODY) as ctx:
        service.start_visitor_session(ctx, key)
    with database.session(writes=False) as db:
        assert db.execute(select(UserSession)).first() is None


def customer(user: User, session_id: str | None = None) -> Actor:
    return Actor(
        kind="customer", user_id=user.id, customer_id=user.customer_id, session_id=session_id
    )


def test_devices_are_listed_present_one_first(
    sign_in: Any, acting: Acting, owner: User, stranger: User, clock: Clock, database: Database
) -> None:
    page = make_page_session(database, owner, clock.now, "a secret")
    make_page_session(database, stranger, clock.now, "another secret")
    clock.advance(minutes=1)
    sign_in()
    with acting(customer(owner, page), writes=False) as ctx:
        sessions = service.list_sessions(ctx)
    assert [(view.kind, view.is_current) for view in sessions] == [("page", True), ("api", False)]


def test_a_device_can_be_signed_out_by_its_owner_only(
    acting: Acting, owner: User, stranger: User, clock: Clock, database: Database
) -> None:
    theirs = make_page_session(database, stranger, clock.now, "a secret")
    mine = make_page_session(database, owner, clock.now, "another secret")
    with pytest.raises(NotFound), acting(customer(owner)) as ctx:
        service.end_session(ctx, theirs)
    with acting(customer(owner)) as ctx:
        service.end_session(ctx, mine)
    with pytest.raises(NotFound), acting(customer(owner)) as ctx:
        service.end_session(ctx, mine)
    with database.session(writes=False) as db:
        open_ones = select(col(UserSession.id)).where(col(UserSession.revoked_at).is_(None))
        assert list(db.execute(open_ones).scalars()) == [theirs]


def test_all_other_devices_can_be_signed_out(
    sign_in: Any, acting: Acting, owner: User, clock: Clock, database: Database
) -> None:
    here = make_page_session(database, owner, clock.now, "a secret")
    others = [sign_in().access_token, sign_in().access_token]
    with acting(customer(owner, here)) as ctx:
        assert service.end_other_sessions(ctx) == 2
        assert [view.id for view in service.list_sessions(ctx)] == [here]
    assert [kind_of(database, token) for token in others] == ["nobody", "nobody"]


def test_a_session_is_handed_over_once_and_soon(
    acting: Acting, owner: User, clock: Clock, database: Database
) -> None:
    begun = make_page_session(database, owner, clock.now, "a secret")
    with acting(NOBODY, writes=False) as ctx:
        handover, late = service.handover_to(ctx, begun), service.handover_to(ctx, begun)
    assert kind_of(database, handover) == "nobody"
    with acting(NOBODY) as ctx:
        assert service.redeem(ctx, handover).id == begun
    with acting(NOBODY) as ctx, pytest.raises(NotAuthenticated):
        service.redeem(ctx, handover)
    clock.advance(seconds=60)
    with acting(NOBODY) as ctx, pytest.raises(NotAuthenticated):
        service.redeem(ctx, late)


def test_other_tokens_hand_nothing_over(sign_in: Any, acting: Acting, owner: User) -> None:
    pair = sign_in()
    for token in (pair.access_token, pair.refresh_token, "nonsense", ""):
        with acting(NOBODY) as ctx, pytest.raises(NotAuthenticated):
            service.redeem(ctx, token)


def test_a_page_in_use_is_seen_every_few_minutes(
    acting: Acting, owner: User, clock: Clock, database: Database
) -> None:
    began = clock.now
    page = make_page_session(database, owner, began, "a secret")

    def seen() -> Any:
        with acting(customer(owner, page)) as ctx:
            service.note_seen(ctx)
        with database.session(writes=False) as db:
            session = db.get(UserSession, page)
            assert session is not None
            return session.last_seen_at

    clock.advance(minutes=5)
    assert seen() == began
    clock.advance(seconds=1)
    assert seen() == clock.now


def test_sweeping_keeps_what_still_matters(
    sign_in: Any, refresh: Any, acting: Acting, clock: Clock, database: Database
) -> None:
    old = sign_in()
    clock.advance(days=20)
    traded = sign_in().refresh_token
    kind_of(database, refresh(traded).access_token)
    clock.advance(days=12)
    with acting(NOBODY) as ctx:
        service.sweep_sign_ins(ctx)
    with database.session(writes=False) as db:
        assert len(db.execute(select(UserSession)).all()) == 1
        assert len(db.execute(select(SignIn)).all()) == 2
        assert db.execute(select(RateEvent)).all() == []
    with pytest.raises(RefreshTokenReused):
        refresh(traded)
    with pytest.raises(RefreshTokenExpired):
        refresh(old.refresh_token)
    clock.advance(days=180)
    with acting(NOBODY) as ctx:
        service.sweep_sign_ins(ctx)
    with database.session(writes=False) as db:
        assert db.execute(select(SignIn)).all() == []
