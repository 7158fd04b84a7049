"""Signing in with a password, registering, changing it; and how often that may be tried."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from passlib.hash import pbkdf2_sha256
from sqlalchemy import func, select
from sqlmodel import col

from account_portal.auth import schemas, service
from account_portal.auth.rules import (
    AccountIsDeactivated,
    Contact,
    EmailTaken,
    InvalidCredentials,
    OldPasswordWrong,
    PasswordMismatch,
    PasswordNotSet,
    PasswordUnchanged,
    PhoneTaken,
    WeakPassword,
)
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput, PortalError, TooManyAttempts
from account_portal.models import RateEvent, SignIn, User, UserSession
from account_portal.security import passwords
from tests.conftest import Acting, Clock
from tests.factories.auth import change_user, load_user, make_page_session, messages
from tests.factories.users import PASSWORD, make_user

NOBODY = Actor()
NEW = "a better passphrase"

Login = Callable[..., schemas.UserTokens]


@pytest.fixture
def login(database: Database, clock: Clock) -> Login:
    def run(
        email: str = "owner@example.com", password: str = PASSWORD, *, ip: str = "192.0.2.1"
    ) -> schemas.UserTokens:
        caller = Caller(ip_address=ip)
        with enter(caller, writes=False, actor=NOBODY, database=database) as ctx:
            data = schemas.LoginWithEmailPassword(email=email, password=password)
            return service.login_with_password(ctx, data)

    return run


@pytest.fixture
def register(acting: Acting) -> Callable[..., schemas.UserTokens]:
    def run(**fields: Any) -> schemas.UserTokens:
        form = {"password": NEW, "confirm_password": NEW, **fields}
        by_email = "email" in fields
        kind = schemas.RegisterWithEmailPassword if by_email else schemas.RegisterWithPhonePassword
        with acting(NOBODY, writes=False) as ctx:
            return service.register_with_password(ctx, kind(**form))

    return run


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    try:
        function(*args, **kwargs)
    except PortalError as error:
        return error.code
    return "ok"


def sign_ins(database: Database) -> list[tuple[str, bool]]:
    with database.session(writes=False) as db:
        rows = db.execute(select(SignIn).order_by(SignIn.id)).scalars()  # type: ignore[arg-type]
        return [(row.method, row.succeeded) for row in rows]


def test_right_password_signs_in(login: Login, owner: User, database: Database) -> None:
    answer = login("OWNER@Example.com")
    assert answer.user.id == owner.id
    assert (answer.user.is_logged_in, answer.user.is_anonymous) == (True, False)
    assert answer.user.login_methods == ["email", "password"]
    assert answer.user.notification_preferences.transactional.email is True
    assert answer.user.notification_preferences.promotional.sms is False
    assert sign_ins(database) == [("password", True)]


def test_phone_and_password_sign_in(acting: Acting, database: Database, clock: Clock) -> None:
    user = make_user(database, country_code="+1", phone="4155552671", email=None)
    with acting(NOBODY, writes=False) as ctx:
        data = schemas.LoginWithPhonePassword(
            phone="4155552671", country_code="+1", password=PASSWORD
        )
        assert service.login_with_password(ctx, data).user.id == user.id
    elsewhere = schemas.LoginWithPhonePassword(phone="4155552671", password=PASSWORD)
    with pytest.raises(InvalidCredentials), acting(NOBODY, writes=False) as ctx:
        service.login_with_password(ctx, elsewhere)


def test_wrong_user_and_wrong_password_look_the_same(
    login: Login, owner: User, database: Database
) -> None:
    make_user(database, email="code-only@example.com", password=None)
    seen = []
    for email, password in [
        ("owner@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("code-only@example.com", PASSWORD),
    ]:
        with pytest.raises(InvalidCredentials) as error:
            login(email, password)
        seen.append((error.value.status, error.value.code, error.value.message, error.value.fields))
    assert seen[0] == seen[1] == seen[2]


def test_unknown_users_cost_as_much_hashing_as_known_ones(
    login: Login, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing = passwords._context()
    checked: list[str] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            def call(*args: Any) -> Any:
                if name in ("verify", "verify_and_update"):
                    checked.append(name)
                return getattr(hashing, name)(*args)

            return call

    monkeypatch.setattr(passwords, "_context", Counting)
    for email in ("owner@example.com", "nobody@example.com"):
        assert outcome(login, email, "wrong") == "invalid_credentials"
    assert len(checked) == 2


def test_ten_wrong_passwords_lock_the_account_for_a_while(
    login: Login, owner: User, clock: Clock
) -> None:
    for _ in range(10):
        assert outcome(login, password="wrong") == "invalid_credentials"
        clock.advance(seconds=10)
    with pytest.raises(TooManyAttempts) as error:
        login()
    assert error.value.retry_after == 900 - 100
    clock.advance(seconds=801)
    assert outcome(login) == "ok"


def test_an_unknown_account_is_locked_just_the_same(login: Login, database: Database) -> None:
    codes = [outcome(login, "nobody@example.com", "wrong") for _ in range(11)]
    assert codes == ["invalid_credentials"] * 10 + ["too_many_requests"]


def test_an_account_is_locked_by_whichever_contact_it_was_tried(
    login: Login, acting: Acting, owner: User, database: Database
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210")
    data = schemas.LoginWithPhonePassword(phone="9876543210", password="wrong")

    def by_phone() -> None:
        with acting(NOBODY, writes=False) as ctx:
            service.login_with_password(ctx, data)

    codes = [outcome(by_phone) for _ in range(5)]
    codes += [outcome(login, password="wrong") for _ in range(6)]
    assert codes == ["invalid_credentials"] * 10 + ["too_many_requests"]


def test_right_password_starts_the_count_anew(login: Login, owner: User) -> None:
    for _ in range(3):
        codes = [outcome(login, password="wrong") for _ in range(9)] + [outcome(login)]
        assert codes == ["invalid_credentials"] * 9 + ["ok"]


def test_fifty_wrong_passwords_from_one_address_lock_that_address(
    login: Login, owner: User, database: Database
) -> None:
    for number in range(50):
        assert outcome(login, f"user{number}@example.com", "wrong") == "invalid_credentials"
    assert outcome(login) == "too_many_requests"
    assert outcome(login, ip="198.51.100.7") == "ok"


def test_guesses_sent_all_at_once_do_not_slip_past_the_limit(
    login: Login, owner: User, database: Database
) -> None:
    barrier = Barrier(16)

    def guess(_number: int) -> str:
        barrier.wait()
        return outcome(login, password="wrong")

    with ThreadPoolExecutor(16) as pool:
        codes = sorted(pool.map(guess, range(16)))
    assert codes == ["invalid_credentials"] * 10 + ["too_many_requests"] * 6
    assert sign_ins(database) == [("password", False)] * 10


def test_limits_remember_no_contact(login: Login, database: Database) -> None:
    outcome(login, "private@example.com", "wrong")
    with database.session(writes=False) as db:
        buckets = list(db.execute(select(RateEvent.bucket)).scalars())
    assert buckets
    assert not any("private" in bucket for bucket in buckets)


def test_weaker_hashes_are_replaced_at_sign_in(
    login: Login, owner: User, database: Database
) -> None:
    change_user(database, owner, password_hash=pbkdf2_sha256.using(rounds=1000).hash(PASSWORD))
    assert outcome(login, password="wrong") == "invalid_credentials"
    assert load_user(database, owner).password_hash.startswith("$pbkdf2")  # type: ignore[union-attr]
    assert outcome(login) == "ok"
    assert load_user(database, owner).password_hash.startswith("$argon2id$")  # type: ignore[union-attr]
    assert outcome(login) == "ok"


def test_a_weaker_hash_survives_two_sign_ins_at_once(
    login: Login, owner: User, database: Database
) -> None:
    change_user(database, owner, password_hash=pbkdf2_sha256.using(rounds=1000).hash(PASSWORD))
    barrier = Barrier(4)

    def run(_number: int) -> str:
        barrier.wait()
        return outcome(login)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, range(4))) == ["ok"] * 4


def test_no_password_is_checked_while_others_wait_to_write(
    login: Login, owner: User, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database.is_sqlite:
        pytest.skip("only SQLite has one writer")
    real = passwords._context()
    seen: list[bool] = []

    class Watching:
        def __getattr__(self, name: str) -> Any:
            with database.session(writes=True) as db:  # would wait if a writer held the lock
                seen.append(db.execute(select(func.count()).select_from(User)).scalar_one() >= 1)
            return getattr(real, name)

    monkeypatch.setattr(passwords, "_context", Watching)
    assert outcome(login) == "ok"
    assert seen


def test_closed_account_is_told_only_to_who_has_the_password(
    login: Login, owner: User, clock: Clock, database: Database
) -> None:
    change_user(database, owner, deactivated_at=clock.now)
    assert outcome(login, password="wrong") == "invalid_credentials"
    with pytest.raises(AccountIsDeactivated):
        login()
    assert sign_ins(database) == [("password", False)] * 2


def test_registering_signs_in_with_unverified_contacts(
    register: Any, login: Login, database: Database
) -> None:
    answer = register(email="New@Example.com", phone="9876543210", first_name="Nia", last_name="")
    user = answer.user
    assert (user.email, user.is_email_verified) == ("new@example.com", False)
    assert (user.country_code, user.phone, user.is_phone_verified) == ("+91", "9876543210", False)
    assert (user.first_name, user.last_name) == ("Nia", None)
    assert user.id == user.customer_id
    assert user.login_methods == ["email", "phone", "whatsapp", "password"]
    assert login("new@example.com", NEW).user.id == user.id


def test_registering_with_a_phone_alone(register: Any) -> None:
    user = register(phone="4155552671", country_code="+1").user
    assert (user.email, user.country_code, user.phone) == (None, "+1", "4155552671")


def test_a_number_with_its_trunk_zero_is_the_same_number(
    register: Any,
) -> None:
    user = register(phone="07911123456", country_code="+44").user
    assert (user.country_code, user.phone) == ("+44", "7911123456")
    for phone in ("7911123456", "07911123456"):
        with pytest.raises(PhoneTaken):
            register(phone=phone, country_code="+44")
        data = schemas.LoginWithPhonePassword(phone=phone, country_code="+44", password=PASSWORD)
        assert data.phone == "7911123456"
    rome = register(phone="0669812345", country_code="+39").user
    assert rome.phone == "0669812345"


def test_taken_contacts_stay_taken(
    register: Any, owner: User, database: Database, clock: Clock
) -> None:
    change_user(database, owner, country_code="+91", phone="9876543210", deactivated_at=clock.now)
    with pytest.raises(EmailTaken):
        register(email="OWNER@example.com")
    with pytest.raises(PhoneTaken):
        register(email="new@example.com", phone="9876543210")
    with database.session(writes=False) as db:
        assert db.execute(select(func.count()).select_from(User)).scalar_one() == 1


def test_same_contact_registered_at_once_makes_one_account(
    register: Any, database: Database
) -> None:
    barrier = Barrier(6)

    def run(_number: int) -> str:
        barrier.wait()
        return outcome(register, email="new@example.com")

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(run, range(6))) == ["email_taken"] * 5 + ["ok"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"email": "new@example.com", "confirm_password": "another one"}, PasswordMismatch),
        ({"email": "new@example.com", "password": "password1", "confirm_password": "password1"},
         WeakPassword),
        ({"phone": "123456789", "country_code": "+999"}, InvalidInput),
    ],
)  # fmt: skip
def test_bad_registrations_make_no_account(
    register: Any, database: Database, fields: dict[str, str], error: type[PortalError]
) -> None:
    with pytest.raises(error):
        register(**fields)
    with database.session(writes=False) as db:
        assert db.execute(select(func.count()).select_from(User)).scalar_one() == 0


def change(
    database: Database, user: User, old: str, new: str, confirm: str | None = None, **actor: str
) -> None:
    acting_as = Actor(kind="customer", user_id=user.id, customer_id=user.customer_id, **actor)
    with enter(Caller(), writes=False, actor=acting_as, database=database) as ctx:
        data = schemas.ChangePassword(
            old_password=old, new_password=new, confirm_password=confirm or new
        )
        service.change_password(ctx, data)


def test_changing_the_password_ends_all_other_sessions_and_tells_the_owner(
    login: Login, owner: User, stranger: User, database: Database, clock: Clock
) -> None:
    other = login().access_token
    theirs = make_page_session(database, stranger, clock.now, "their secret")
    here = make_page_session(database, owner, clock.now, "a secret")
    change(database, owner, PASSWORD, NEW, session_id=here)
    assert outcome(login) == "invalid_credentials"
    assert outcome(login, password=NEW) == "ok"
    with enter(Caller(bearer=other), writes=False, database=database) as ctx:
        assert ctx.actor.kind == "nobody"
    for cookie, session in (("a secret", here), ("their secret", theirs)):
        with enter(Caller(cookie=cookie), writes=False, database=database) as ctx:
            assert ctx.actor.session_id == session
    told = [(row.kind, row.channel, row.recipient) for row in messages(database)]
    assert told == [("password_changed", "email", "owner@example.com")]


@pytest.mark.parametrize(
    ("old", "new", "confirm", "error"),
    [
        ("wrong", NEW, NEW, OldPasswordWrong),
        (PASSWORD, NEW, "another one", PasswordMismatch),
        (PASSWORD, PASSWORD, PASSWORD, PasswordUnchanged),
        (PASSWORD, "qwertyuiop", "qwertyuiop", WeakPassword),
        (PASSWORD, "owner@example.com", "owner@example.com", WeakPassword),
    ],
)
def test_bad_changes_change_nothing(
    login: Login,
    owner: User,
    database: Database,
    old: str,
    new: str,
    confirm: str,
    error: type[PortalError],
) -> None:
    before = load_user(database, owner).password_hash
    with pytest.raises(error):
        change(database, owner, old, new, confirm)
    assert load_user(database, owner).password_hash == before
    assert outcome(login) == "ok"


def test_without_a_password_there_is_none_to_change(database: Database) -> None:
    user = make_user(database, password=None)
    with pytest.raises(PasswordNotSet):
        change(database, user, "anything", NEW)


def test_guessing_the_old_password_counts_for_the_session_that_does(
    login: Login, owner: User, database: Database
) -> None:
    login()
    login()
    with database.session(writes=False) as db:
        one, other = db.execute(select(col(UserSession.id))).scalars()
    codes = [outcome(change, database, owner, "wrong", NEW, session_id=one) for _ in range(11)]
    assert codes == ["old_password_wrong"] * 10 + ["too_many_requests"]
    assert outcome(change, database, owner, PASSWORD, NEW, session_id=one) == "too_many_requests"
    for _ in range(10):  # strangers who guess keep nobody from changing it
        outcome(login, password="wrong")
    assert outcome(change, database, owner, PASSWORD, NEW, session_id=other) == "ok"


@pytest.mark.parametrize("password", ["a\x00b", "\ud800", "\U0001f600" * 60])
def test_odd_texts_are_wrong_passwords_for_everybody(
    acting: Acting, owner: User, database: Database, password: str
) -> None:
    def page(email: str) -> None:
        with acting(NOBODY, writes=False) as ctx:
            service.login_page(ctx, Contact.of(email=email), password)

    assert outcome(page, "owner@example.com") == "invalid_credentials"
    assert outcome(page, "nobody@example.com") == "invalid_credentials"
