"""Who is signed in by a storefront's word, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import func, select

from account_portal.auth import service as auth
from account_portal.auth.rules import AccountIsDeactivated, Contact
from account_portal.auth.schemas import ChangePassword, GenerateOtpWithEmail
from account_portal.context import Actor, Caller, Context, enter
from account_portal.core.db import Database
from account_portal.core.errors import (
    NotAuthenticated,
    PortalError,
    TooManyAttempts,
    TopLevelRequired,
)
from account_portal.core.settings import get_settings
from account_portal.gateways.vouching import AssertionUnreadable, PublishedKeys, SharedSecret
from account_portal.models import User, UserSession
from account_portal.widget import service
from account_portal.widget.rules import AssertionRefused, VouchingNotEnabled
from account_portal.widget.schemas import FrameSession, SignedInElsewhere, Vouch
from tests.conftest import Clock
from tests.factories.auth import change_user, load_user, make_page_session
from tests.factories.users import PASSWORD, make_user
from tests.factories.vouching import SHOP, make_assertion

Vouching = Callable[..., FrameSession]
BROWSER = {"ip_address": "192.0.2.7", "user_agent": "tests"}


@pytest.fixture
def vouch(database: Database, clock: Clock) -> Vouching:
    """`vouch(sub="shop-1")`: the storefront's word is brought by its page."""

    def run(*, assertion: str = "", origin: str = SHOP, **claims: Any) -> FrameSession:
        word = assertion or make_assertion(clock.now, **claims)
        with enter(Caller(**BROWSER), writes=False, database=database) as ctx:
            return service.vouch(ctx, Vouch(assertion=word, origin=origin))

    return run


def actor_of_cookie(database: Database, cookie: str) -> Actor:
    with enter(Caller(cookie=cookie), writes=False, database=database) as ctx:
        return ctx.actor


def count(database: Database, table: type) -> int:
    with database.session(writes=False) as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_customer_it_has_sent_before(vouch: Vouching, database: Database, owner: User) -> None:
    change_user(database, owner, external_id="shop-77")
    session = vouch()
    actor = actor_of_cookie(database, session.cookie)
    assert (actor.user_id, actor.is_framed) == (owner.id, True)
    for origin, user_id in ((SHOP, owner.id), ("https://other.example", None), (None, None)):
        with enter(Caller(proof=session.proof, origin=origin), writes=False) as ctx:
            assert (ctx.actor.user_id, ctx.actor.is_framed) == (user_id, user_id is not None)


def test_a_verified_address_ties_the_two_together(
    vouch: Vouching, database: Database, owner: User
) -> None:
    session = vouch(email="OWNER@example.com", email_verified=True)
    assert actor_of_cookie(database, session.cookie).user_id == owner.id
    assert load_user(database, owner).external_id == "shop-77"
    again = vouch()  # from now on its key is enough
    assert actor_of_cookie(database, again.cookie).user_id == owner.id


def test_an_address_it_has_not_verified_opens_nobodys_account(
    vouch: Vouching, database: Database, owner: User
) -> None:
    session = vouch(email="owner@example.com", given_name="Mallory")
    found = actor_of_cookie(database, session.cookie).user_id
    assert found != owner.id
    assert load_user(database, owner).external_id is None


def test_an_account_of_another_of_its_customers_is_left_alone(
    vouch: Vouching, database: Database, owner: User
) -> None:
    change_user(database, owner, external_id="shop-1")
    session = vouch(sub="shop-2", email="owner@example.com", email_verified=True)
    user_id = actor_of_cookie(database, session.cookie).user_id
    assert user_id != owner.id
    with database.session(writes=False) as db:
        made = db.get_one(User, user_id)
    assert (made.external_id, made.email) == ("shop-2", None)


def test_somebody_new_gets_an_account(vouch: Vouching, database: Database) -> None:
    names = {"given_name": "Asha", "family_name": "Rao"}
    phone = {"phone_number": "+919845012345", "phone_number_verified": True}
    session = vouch(email="new@shop.example", email_verified=True, **names, **phone)
    with database.session(writes=False) as db:
        made = db.get_one(User, actor_of_cookie(database, session.cookie).user_id)
    assert (made.external_id, made.first_name, made.last_name) == ("shop-77", "Asha", "Rao")
    assert (made.email, made.is_email_verified) == ("new@shop.example", True)
    assert (made.country_code, made.phone, made.is_phone_verified) == ("+91", "9845012345", True)


def test_a_word_works_once(vouch: Vouching, database: Database, clock: Clock) -> None:
    word = make_assertion(clock.now)
    vouch(assertion=word)
    sessions = count(database, UserSession)
    with pytest.raises(AssertionRefused, match="once"):
        vouch(assertion=word)
    assert count(database, UserSession) == sessions


def test_of_racing_twins_one_is_believed(vouch: Vouching, database: Database, clock: Clock) -> None:
    word = make_assertion(clock.now)

    def attempt(_: int) -> bool:
        try:
            vouch(assertion=word)
        except PortalError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(16)))
    assert outcomes.count(True) == 1
    assert count(database, User) == 1


@pytest.mark.parametrize("known", [False, True])
def test_racing_first_words_for_one_customer_all_enter(
    vouch: Vouching, database: Database, known: bool
) -> None:
    """A page with several widgets brings several words at once."""
    contact = {"email": "asha@example.com", "email_verified": True}
    if known:
        make_user(database, email="asha@example.com")
    with ThreadPoolExecutor(8) as pool:
        sessions = list(pool.map(lambda _: vouch(**contact), range(16)))
    people = {actor_of_cookie(database, session.cookie).user_id for session in sessions}
    assert (len(people), count(database, User)) == (1, 1)


def test_racing_customers_of_one_address_all_enter(vouch: Vouching, database: Database) -> None:
    """The address can be one customer's only; that keeps none of them out."""
    contact = {"email": "asha@example.com", "email_verified": True}
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: vouch(sub=f"shop-{number}", **contact), range(8)))
    assert count(database, User) == 8


@pytest.mark.parametrize("word", ["", "nonsense", "a.b.c", "\ud800", "x" * 5000])
def test_what_is_no_word_is_refused(vouch: Vouching, database: Database, word: str) -> None:
    with pytest.raises((PortalError, ValueError)):
        vouch(assertion=word or "-")
    assert count(database, User) == 0


def test_the_words_of_others_are_refused(vouch: Vouching, database: Database, clock: Clock) -> None:
    for word in (
        make_assertion(clock.now, key="another key that is long enough too"),
        jwt.encode({"sub": "shop-77"}, "", algorithm="none"),
        make_assertion(clock.now, iss="https://evil.example"),
    ):
        with pytest.raises(AssertionRefused):
            vouch(assertion=word)
    with pytest.raises(AssertionRefused):
        vouch(origin="https://evil.example")
    assert (count(database, User), count(database, UserSession)) == (0, 0)


def test_guessing_is_slowed_down(vouch: Vouching, clock: Clock) -> None:
    for _ in range(service.REFUSED_PER_ADDRESS.times):
        with pytest.raises(AssertionRefused):
            vouch(assertion="a.b.c")
    with pytest.raises(TooManyAttempts):
        vouch()
    clock.advance(minutes=11)
    vouch()


def test_a_closed_account_stays_closed(
    vouch: Vouching, database: Database, owner: User, clock: Clock
) -> None:
    change_user(database, owner, external_id="shop-77", deactivated_at=clock.now)
    with pytest.raises(AccountIsDeactivated):
        vouch()


def test_where_nobody_vouches(
    vouch: Vouching, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    word = make_assertion()
    monkeypatch.setenv("PORTAL_STOREFRONT_PORT", "-1")
    get_settings.cache_clear()
    from account_portal import context

    context.get_gateways.cache_clear()
    with pytest.raises(VouchingNotEnabled):
        vouch(assertion=word)


def test_a_page_loaded_again_is_the_same_device(vouch: Vouching, database: Database) -> None:
    first, second = vouch(), vouch()
    assert first.cookie == second.cookie
    assert count(database, UserSession) == 1


def test_a_frames_session_ends_after_half_a_day(
    vouch: Vouching, database: Database, clock: Clock
) -> None:
    session = vouch()
    clock.advance(hours=11, minutes=59)
    assert actor_of_cookie(database, session.cookie).is_customer
    clock.advance(minutes=1)
    assert not actor_of_cookie(database, session.cookie).is_customer


class TestWindow:
    """Signing in in a window of the portal's own, for the frame that opened it."""

    @pytest.fixture
    def page(self, database: Database, owner: User, clock: Clock) -> str:
        make_page_session(database, owner, clock.now, "a page's secret")
        return "a page's secret"

    def hand_over(self, database: Database, cookie: str) -> str:
        with enter(Caller(cookie=cookie), writes=False, database=database) as ctx:
            return service.hand_to_frame(ctx)

    def enter_frame(self, database: Database, handover: str, origin: str = SHOP) -> FrameSession:
        with enter(Caller(**BROWSER), writes=True, database=database) as ctx:
            return service.enter_frame(ctx, SignedInElsewhere(handover=handover, origin=origin))

    def test_signs_the_frame_in(self, database: Database, page: str, owner: User) -> None:
        session = self.enter_frame(database, self.hand_over(database, page))
        actor = actor_of_cookie(database, session.cookie)
        assert (actor.user_id, actor.is_framed) == (owner.id, True)

    def test_what_it_hands_over_works_once_and_is_no_proof(
        self, database: Database, page: str
    ) -> None:
        handover = self.hand_over(database, page)
        with enter(Caller(proof=handover, origin=SHOP), writes=False, database=database) as ctx:
            assert not ctx.actor.is_customer
        self.enter_frame(database, handover)
        with pytest.raises(NotAuthenticated):
            self.enter_frame(database, handover)

    def test_not_on_a_page_that_may_not_show_the_portal(
        self, database: Database, page: str
    ) -> None:
        with pytest.raises(AssertionRefused):
            self.enter_frame(database, self.hand_over(database, page), "https://evil.example")

    def test_not_for_nobody_and_not_from_a_frame(self, database: Database, page: str) -> None:
        with pytest.raises(PortalError):
            self.hand_over(database, "nobody's")
        session = self.enter_frame(database, self.hand_over(database, page))
        with pytest.raises(TopLevelRequired):
            self.hand_over(database, session.cookie)

    @pytest.mark.parametrize("first", ["page", "frame"])
    def test_signing_out_in_one_ends_the_other(
        self, database: Database, page: str, first: str, clock: Clock
    ) -> None:
        frame = self.enter_frame(database, self.hand_over(database, page)).cookie
        leaving = page if first == "page" else frame
        with enter(Caller(cookie=leaving), writes=True, database=database) as ctx:
            auth.end_page_session(ctx)
        assert not actor_of_cookie(database, page).is_customer
        assert not actor_of_cookie(database, frame).is_customer

    def test_other_devices_stay_signed_in(
        self, database: Database, page: str, owner: User, clock: Clock
    ) -> None:
        make_page_session(database, owner, clock.now, "a phone")
        frame = self.enter_frame(database, self.hand_over(database, page)).cookie
        with enter(Caller(cookie=frame), writes=True, database=database) as ctx:
            auth.end_page_session(ctx)
        assert actor_of_cookie(database, "a phone").is_customer


@pytest.mark.parametrize(
    "attempt",
    [
        auth.deactivate_user,
        lambda ctx: auth.change_password(
            ctx,
            ChangePassword(
                old_password=PASSWORD,
                new_password="another horse battery",
                confirm_password="another horse battery",
            ),
        ),
        lambda ctx: auth.generate_code(
            ctx,
            GenerateOtpWithEmail(
                email="other@example.com", channel="email", otp_action="update-email"
            ),
        ),
    ],
    ids=["closing", "password", "contact"],
)
def test_what_asks_for_a_window_of_its_own(
    vouch: Vouching, database: Database, owner: User, attempt: Callable[[Context], Any]
) -> None:
    change_user(database, owner, external_id="shop-77")
    cookie = vouch().cookie
    with (
        enter(Caller(cookie=cookie), writes=True, database=database) as ctx,
        pytest.raises(TopLevelRequired),
    ):
        attempt(ctx)
    assert load_user(database, owner).deactivated_at is None
    assert load_user(database, owner).password_hash == owner.password_hash


def test_the_security_page_names_the_storefront(
    vouch: Vouching, database: Database, owner: User, acting: Any
) -> None:
    change_user(database, owner, external_id="shop-77")
    vouch()
    with acting(owner) as ctx:
        shown = auth.read_security(ctx)
    assert [device.name for device in shown.devices] == ["App (tests), in 127.0.0.1:8001"]
    assert [line.method for line in shown.sign_ins] == ["Through the shop"]


class TestKeys:
    """Whose signature is good."""

    def test_a_shared_secret(self) -> None:
        word = jwt.encode({"sub": "1"}, "s" * 32, "HS256")
        assert SharedSecret("s" * 32).claims_of(word) == {"sub": "1"}
        for other in (jwt.encode({"sub": "1"}, "t" * 32, "HS256"), jwt.encode({}, "", "none")):
            with pytest.raises(AssertionUnreadable):
                SharedSecret("s" * 32).claims_of(other)

    def test_published_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = jwt.PyJWK({**jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), True)})
        keys = PublishedKeys("https://shop.example/keys")
        monkeypatch.setattr(keys._keys, "get_signing_key_from_jwt", lambda _token: public)
        word = jwt.encode({"sub": "1"}, private, "RS256")
        assert keys.claims_of(word) == {"sub": "1"}

    def test_a_public_key_signs_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Who knows it could otherwise use it as a shared secret."""
        secret = jwt.PyJWK({"kty": "oct", "k": "cHVibGlj" * 8, "alg": "HS256"})
        keys = PublishedKeys("https://shop.example/keys")
        monkeypatch.setattr(keys._keys, "get_signing_key_from_jwt", lambda _token: secret)
        with pytest.raises(AssertionUnreadable):
            keys.claims_of(jwt.encode({"sub": "1"}, secret, "HS256"))


def test_demo_customers_are_nobody_outside_the_demo(
    vouch: Vouching, database: Database, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    make_user(database, email="demo@example.com", is_demo=True, external_id="shop-77")
    secret = "a storefront's secret, long enough"
    for name, value in {
        "PORTAL_DEMO": "0",
        "PORTAL_EMBED_SECRET": secret,
        "PORTAL_EMBED_ORIGINS": SHOP,
    }.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    from account_portal import context

    context.get_gateways.cache_clear()
    with pytest.raises(PortalError):
        vouch(assertion=make_assertion(clock.now, key=secret))


def test_contacts_are_found_by_both_names(vouch: Vouching, database: Database) -> None:
    user = make_user(database, email=None, country_code="+91", phone="9845012345")
    session = vouch(phone_number="+91 98450 12345", phone_number_verified=True)
    assert actor_of_cookie(database, session.cookie).user_id == user.id
    assert auth.contact_of(user, "phone") == Contact(country_code="+91", phone="9845012345")
