"""One-time codes: asked for alike by everybody, and what the right one does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from account_portal.auth import rules, schemas, service
from account_portal.auth.rules import (
    AccountIsDeactivated,
    AlreadyVerified,
    Contact,
    EmailTaken,
    PhoneTaken,
    WeakPassword,
)
from account_portal.auth.service import resets
from account_portal.context import Actor, Caller, enter
from account_portal.core.db import Database
from account_portal.core.errors import InvalidInput, NotAuthenticated, PortalError, TooManyAttempts
from account_portal.core.settings import get_settings
from account_portal.models import OtpChallenge, SignIn, User, UserSession
from account_portal.security.otp import (
    OtpActionMismatch,
    OtpExpired,
    OtpInvalid,
    OtpNotFound,
    OtpNotVerified,
)
from tests.conftest import Acting, Clock
from tests.factories.auth import (
    change_user,
    codes_sent,
    last_code,
    load_user,
    make_page_session,
    messages,
    other_code,
)
from tests.factories.users import PASSWORD, make_session, make_user

NOBODY = Actor()
OWNER = "owner@example.com"
NEW = "a better passphrase"


class Codes:
    """Asks for codes and confirms them, as one caller."""

    def __init__(self, database: Database, bearer: str | None = None) -> None:
        self.database = database
        self.bearer = bearer

    def _run(self, service_function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        writes = service_function is not service.reset_password
        caller = Caller(bearer=self.bearer, ip_address="192.0.2.1")
        with enter(caller, writes=writes, database=self.database) as ctx:
            return service_function(ctx, *args, **kwargs)

    def login(self, contact: str = OWNER, channel: str = "email", **kwargs: Any) -> Any:
        kwargs = {"registers": False, **kwargs}
        parsed = rules.parse_contact(contact)
        return self._run(service.request_login_code, parsed, channel, **kwargs)

    def forgot(self, contact: str = OWNER, channel: str = "email") -> Any:
        return self._run(service.request_reset_code, rules.parse_contact(contact), channel)

    def generate(self, action: str, contact: str, *, debug: bool = False) -> Any:
        parsed = rules.parse_contact(contact)
        data: schemas.GenerateOtpWithEmail | schemas.GenerateOtpWithPhone
        if parsed.email is not None:
            data = schemas.GenerateOtpWithEmail.model_validate(
                {"channel": "email", "email": parsed.email, "otp_action": action}
            )
        else:
            data = schemas.GenerateOtpWithPhone.model_validate(
                {
                    "channel": "sms",
                    "phone": parsed.phone,
                    "country_code": parsed.country_code,
                    "otp_action": action,
                }
            )
        return self._run(service.generate_code, data, debug=debug)

    def verify(self, sent: Any, code: str | None = None, action: str | None = None) -> Any:
        data = schemas.VerifyOtp.model_validate(
            {
                "otp": code or last_code(self.database),
                "otp_token": sent.otp_token,
                "otp_action": action or sent.otp_action,
            }
        )
        return self._run(service.verify_otp, data)

    def reset(self, sent: Any, password: str = NEW, **fields: str) -> Any:
        data = schemas.ResetPassword.model_validate(
            {
                "otp_token": sent.otp_token,
                "new_password": password,
                "confirm_password": password,
                **fields,
            }
        )
        return self._run(service.reset_password, data)

    def is_open(self) -> bool:
        with enter(Caller(bearer=self.bearer), writes=False, database=self.database) as ctx:
            return ctx.actor.is_customer


@pytest.fixture
def codes(database: Database, clock: Clock) -> Codes:
    """As nobody."""
    return Codes(database)


@pytest.fixture
def mine(database: Database, clock: Clock, owner: User) -> Codes:
    """As the owner."""
    return Codes(database, make_session(database, owner))


@pytest.fixture
def theirs(database: Database, clock: Clock, stranger: User) -> Codes:
    """As the stranger."""
    return Codes(database, make_session(database, stranger))


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    try:
        function(*args, **kwargs)
    except PortalError as error:
        return error.code
    return "ok"


def user_count(database: Database) -> int:
    with database.session(writes=False) as db:
        return db.execute(select(func.count()).select_from(User)).scalar_one()


def test_right_code_signs_in_and_verifies_the_contact(
    codes: Codes, owner: User, database: Database
) -> None:
    change_user(database, owner, is_email_verified=False)
    answer = codes.verify(codes.login())
    assert answer.user.id == owner.id
    assert answer.user.is_email_verified is True
    assert Codes(database, answer.access_token).is_open()
    with database.session(writes=False) as db:
        assert [row.method for row in db.execute(select(SignIn)).scalars()] == ["email"]


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_codes_for_phones_travel_by_the_channel_asked_for(
    codes: Codes, database: Database, channel: str
) -> None:
    user = make_user(database, email=None, country_code="+91", phone="9876543210")
    sent = codes.login("9876543210", channel)
    assert [row[:2] for row in codes_sent(database)] == [(channel, "+919876543210")]
    answer = codes.verify(sent)
    assert (answer.user.id, answer.user.is_phone_verified) == (user.id, True)


def test_asking_looks_alike_for_known_unknown_and_closed_accounts(
    codes: Codes, owner: User, stranger: User, clock: Clock, database: Database
) -> None:
    change_user(database, stranger, deactivated_at=clock.now)
    asked = [OWNER, "stranger@example.com", "nobody@example.com"]
    for ask, action in ((codes.login, "login"), (codes.forgot, "reset-password")):
        shapes = set()
        for contact in asked:
            answer = ask(contact).model_dump()
            shapes.add((tuple(answer), answer["otp_action"], len(answer["otp_token"])))
        assert len(shapes) == 1
        assert next(iter(shapes))[1] == action
        clock.advance(seconds=31)
    assert {row[1] for row in codes_sent(database)} == {OWNER, "stranger@example.com"}


def test_asking_costs_the_same_for_known_and_unknown_contacts(
    codes: Codes, owner: User, statements: list[str], database: Database
) -> None:
    counted = []
    for contact in (OWNER, "nobody@example.com"):
        statements.clear()
        codes.login(contact)
        counted.append(list(statements))
    assert counted[0] == counted[1]
    assert len(messages(database)) == 2


def test_no_code_fits_an_unknown_contact(codes: Codes, database: Database) -> None:
    sent = codes.login("nobody@example.com")
    guesses = [outcome(codes.verify, sent, f"{number:06d}") for number in range(6)]
    assert guesses == ["otp_invalid"] * 5 + ["otp_expired"]
    assert codes_sent(database) == []
    assert user_count(database) == 0


def test_account_is_made_when_the_code_is_confirmed_not_before(
    codes: Codes, database: Database
) -> None:
    sent = codes.login("nia@example.com", registers=True)
    assert user_count(database) == 0
    answer = codes.verify(sent)
    assert (answer.user.email, answer.user.is_email_verified) == ("nia@example.com", True)
    assert answer.user.login_methods == ["email"]
    assert answer.user.notification_preferences.transactional.whatsapp is True
    assert user_count(database) == 1


def test_registering_flag_signs_known_contacts_in(codes: Codes, owner: User) -> None:
    assert codes.verify(codes.login(registers=True)).user.id == owner.id


def test_account_made_meanwhile_is_signed_in(codes: Codes, database: Database) -> None:
    sent = codes.login("nia@example.com", registers=True)
    user = make_user(database, email="nia@example.com", is_email_verified=False)
    assert codes.verify(sent).user.id == user.id


def test_register_code_makes_an_account(codes: Codes, database: Database) -> None:
    answer = codes.verify(codes.generate("register", "+14155552671"))
    assert (answer.user.country_code, answer.user.phone) == ("+1", "4155552671")
    assert answer.user.is_phone_verified is True


def test_only_who_has_the_contact_learns_that_it_is_registered(
    codes: Codes, owner: User, database: Database
) -> None:
    sent = codes.generate("register", OWNER)
    assert outcome(codes.verify, sent, other_code(last_code(database))) == "otp_invalid"
    with pytest.raises(EmailTaken):
        codes.verify(sent)
    assert user_count(database) == 1


def test_closed_account_is_told_only_after_the_right_code(
    codes: Codes, owner: User, clock: Clock, database: Database
) -> None:
    change_user(database, owner, deactivated_at=clock.now)
    for ask in (codes.login, codes.forgot):
        sent = ask()
        assert outcome(codes.verify, sent, other_code(last_code(database))) == "otp_invalid"
        with pytest.raises(AccountIsDeactivated):
            codes.verify(sent)
        clock.advance(seconds=31)


def test_a_code_works_once_and_for_ten_minutes(codes: Codes, owner: User, clock: Clock) -> None:
    sent = codes.login()
    clock.advance(minutes=10, seconds=-1)
    assert outcome(codes.verify, sent) == "ok"
    assert outcome(codes.verify, sent) == "otp_expired"
    sent = codes.login()
    clock.advance(minutes=10)
    assert outcome(codes.verify, sent) == "otp_expired"


def test_five_wrong_tries_end_a_code(codes: Codes, owner: User, database: Database) -> None:
    sent = codes.login()
    wrong = other_code(last_code(database))
    assert [outcome(codes.verify, sent, wrong) for _ in range(5)] == ["otp_invalid"] * 5
    assert outcome(codes.verify, sent) == "otp_expired"


def test_guesses_at_once_get_no_more_than_five_tries(
    codes: Codes, owner: User, database: Database
) -> None:
    sent = codes.login()
    wrong = other_code(last_code(database))
    barrier = Barrier(12)

    def guess(_number: int) -> str:
        barrier.wait()
        return outcome(codes.verify, sent, wrong)

    with ThreadPoolExecutor(12) as pool:
        found = sorted(pool.map(guess, range(12)))
    assert found == ["otp_expired"] * 7 + ["otp_invalid"] * 5


def test_one_code_confirmed_twice_at_once_signs_in_once(
    codes: Codes, owner: User, database: Database
) -> None:
    sent = codes.login()
    barrier = Barrier(6)

    def run(_number: int) -> str:
        barrier.wait()
        return outcome(codes.verify, sent)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(run, range(6))) == ["ok"] + ["otp_expired"] * 5
    with database.session(writes=False) as db:
        assert db.execute(select(func.count()).select_from(UserSession)).scalar_one() == 1


def test_older_codes_live_until_their_own_end(codes: Codes, owner: User, clock: Clock) -> None:
    old, code = codes.login(), last_code(codes.database)
    clock.advance(seconds=30)
    other = codes.forgot()
    clock.advance(seconds=30)
    new = codes.login()
    assert outcome(codes.verify, old, code) == "ok"
    assert outcome(codes.verify, old, code) == "otp_expired"
    clock.advance(minutes=9, seconds=20)
    assert outcome(codes.verify, other, codes_sent(codes.database)[1][2]) == "ok"
    assert outcome(codes.verify, new) == "ok"


def test_one_code_in_half_a_minute_and_ten_in_an_hour(
    codes: Codes, owner: User, clock: Clock
) -> None:
    for number in range(10):
        codes.login()
        with pytest.raises(TooManyAttempts) as error:
            codes.forgot()
        assert error.value.retry_after == (30 if number < 9 else 3600 - 9 * 31)
        clock.advance(seconds=31)
    with pytest.raises(TooManyAttempts) as error:
        codes.login()
    assert error.value.retry_after == 3600 - 310
    codes.login("nobody@example.com")
    clock.advance(seconds=error.value.retry_after)
    codes.login()


def test_codes_asked_for_at_once_send_one(codes: Codes, owner: User, database: Database) -> None:
    barrier = Barrier(8)

    def ask(_number: int) -> str:
        barrier.wait()
        return outcome(codes.login)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(8))) == ["ok"] + ["too_many_requests"] * 7
    assert len(codes_sent(database)) == 1


def test_a_code_is_for_one_action(codes: Codes, owner: User) -> None:
    sent = codes.login()
    with pytest.raises(OtpActionMismatch):
        codes.verify(sent, action="register")
    with pytest.raises(OtpActionMismatch):
        codes.verify(sent, action="reset-password")
    assert outcome(codes.verify, sent) == "ok"


def test_unknown_handles_are_not_found(codes: Codes) -> None:
    sent = schemas.OtpContent(otp_token="x" * 43, otp_action="login")
    with pytest.raises(OtpNotFound):
        codes.verify(sent, "123456")
    with pytest.raises(OtpNotFound):
        codes.reset(sent, otp="123456")


def test_neither_code_nor_handle_can_be_read_in_the_database(
    codes: Codes, owner: User, database: Database
) -> None:
    sent = codes.login()
    code = last_code(database)
    with database.session(writes=False) as db:
        stored = str([row.model_dump() for row in db.execute(select(OtpChallenge)).scalars()])
    queued = str([row.payload for row in messages(database)])
    assert sent.otp_token not in stored + queued
    assert f"'{code}'" not in stored + queued
    assert code not in queued


def test_codes_are_shown_only_by_servers_that_debug(
    codes: Codes, owner: User, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "otp" not in codes.generate("login", OWNER, debug=True).model_dump()
    monkeypatch.setenv("PORTAL_DEBUG_OTP", "1")
    get_settings.cache_clear()
    clock.advance(seconds=31)
    assert "otp" not in codes.generate("login", OWNER).model_dump()
    clock.advance(seconds=31)
    sent = codes.generate("login", OWNER, debug=True)
    assert outcome(codes.verify, sent, sent.otp) == "ok"
    unknown = codes.generate("login", "nobody@example.com", debug=True)
    assert outcome(codes.verify, unknown, unknown.otp) == "otp_invalid"


# Contacts of the signed-in user


@pytest.mark.parametrize("action", ["verify-email", "update-email", "verify-phone", "update-phone"])
def test_contact_codes_need_a_signed_in_user(codes: Codes, database: Database, action: str) -> None:
    contact = OWNER if "email" in action else "9876543210"
    visitor = Codes(database, make_session(database, None))
    for caller in (codes, visitor):
        with pytest.raises(NotAuthenticated):
            caller.generate(action, contact)
    assert messages(database) == []


def test_verifying_a_contact(mine: Codes, owner: User, database: Database) -> None:
    change_user(database, owner, is_email_verified=False)
    answer = mine.verify(mine.generate("verify-email", OWNER))
    assert answer.user.is_email_verified is True
    assert Codes(database, answer.access_token).is_open()
    assert load_user(database, owner).is_email_verified is True


def test_what_is_verified_needs_no_code(mine: Codes, owner: User) -> None:
    for action in ("verify-email", "update-email"):
        with pytest.raises(AlreadyVerified):
            mine.generate(action, OWNER)


def test_only_own_contacts_can_be_verified(mine: Codes, stranger: User) -> None:
    with pytest.raises(InvalidInput) as error:
        mine.generate("verify-email", "stranger@example.com")
    assert list(error.value.fields) == ["email"]
    with pytest.raises(InvalidInput) as error:
        mine.generate("verify-phone", "9876543210")
    assert list(error.value.fields) == ["phone"]


def test_changing_a_contact_takes_effect_with_the_code_and_ends_other_sessions(
    mine: Codes, owner: User, database: Database, clock: Clock
) -> None:
    elsewhere = Codes(database, make_session(database, owner))
    page = make_page_session(database, owner, clock.now, "a secret")
    sent = mine.generate("update-email", "olivia@example.com")
    assert load_user(database, owner).email == OWNER
    answer = mine.verify(sent)
    assert (answer.user.email, answer.user.is_email_verified) == ("olivia@example.com", True)
    assert Codes(database, answer.access_token).is_open()
    assert not elsewhere.is_open()
    with database.session(writes=False) as db:
        ended = db.get(UserSession, page)
        assert ended is not None
        assert ended.revoked_at == clock.now
    told = [(row.kind, row.recipient) for row in messages(database)]
    assert ("contact_changed", OWNER) in told


def test_a_first_phone_is_told_to_the_e_mail_address(mine: Codes, database: Database) -> None:
    answer = mine.verify(mine.generate("update-phone", "+14155552671"))
    assert (answer.user.country_code, answer.user.phone) == ("+1", "4155552671")
    assert answer.user.is_phone_verified is True
    told = [(row.kind, row.recipient) for row in messages(database)]
    assert told == [("one_time_code", "+14155552671"), ("other_contact_changed", OWNER)]


def test_contacts_of_others_are_taken_when_asked_and_when_confirmed(
    mine: Codes, stranger: User, database: Database
) -> None:
    change_user(database, stranger, country_code="+91", phone="9876543210")
    with pytest.raises(EmailTaken):
        mine.generate("update-email", "stranger@example.com")
    with pytest.raises(PhoneTaken):
        mine.generate("update-phone", "9876543210")
    sent, code = mine.generate("update-email", "late@example.com"), last_code(database)
    make_user(database, email="late@example.com")
    with pytest.raises(EmailTaken):
        mine.verify(sent, code)


def test_contact_codes_are_bound_to_who_asked(
    mine: Codes, theirs: Codes, codes: Codes, owner: User, database: Database
) -> None:
    sent = mine.generate("update-email", "olivia@example.com")
    for caller in (theirs, codes):
        with pytest.raises(NotAuthenticated):
            caller.verify(sent)
    assert outcome(mine.verify, sent) == "ok"
    assert load_user(database, owner).email == "olivia@example.com"


def test_a_contact_replaced_meanwhile_cannot_be_verified(
    mine: Codes, owner: User, database: Database
) -> None:
    change_user(database, owner, is_email_verified=False)
    sent = mine.generate("verify-email", OWNER)
    change_user(database, owner, email="elsewhere@example.com")
    with pytest.raises(OtpExpired):
        mine.verify(sent)
    assert load_user(database, owner).is_email_verified is False


def test_two_users_racing_for_a_contact_share_it_never(
    mine: Codes, theirs: Codes, clock: Clock, database: Database
) -> None:
    # Different actions, so that the second code does not replace the first.
    first, code = mine.generate("update-email", "wanted@example.com"), last_code(database)
    clock.advance(seconds=31)
    second = theirs.generate("register", "wanted@example.com")
    second_code = last_code(database)
    barrier = Barrier(2)

    def run(who: int) -> str:
        barrier.wait()
        return (
            outcome(mine.verify, first, code)
            if who
            else outcome(theirs.verify, second, second_code)
        )

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, (0, 1))) == ["email_taken", "ok"]


# Forgotten passwords


def login_codes(database: Database, email: str, password: str) -> str:
    data = schemas.LoginWithEmailPassword(email=email, password=password)

    def run() -> None:
        with enter(Caller(), writes=False, actor=NOBODY, database=database) as ctx:
            service.login_with_password(ctx, data)

    return outcome(run)


def test_resetting_with_a_code_ends_all_sessions(
    codes: Codes, mine: Codes, owner: User, database: Database
) -> None:
    change_user(database, owner, is_email_verified=False)
    sent = codes.forgot()
    answer = codes.reset(sent, otp=last_code(database))
    assert answer.user.id == owner.id
    assert answer.user.is_email_verified is True
    assert Codes(database, answer.access_token).is_open()
    assert not mine.is_open()
    assert login_codes(database, OWNER, PASSWORD) == "invalid_credentials"
    assert login_codes(database, OWNER, NEW) == "ok"
    assert messages(database)[-1].kind == "password_changed"
    with pytest.raises(OtpExpired):
        codes.reset(sent, otp=codes_sent(database)[-1][2])


def test_confirming_a_reset_code_signs_nobody_in_but_lets_otp_be_left_out(
    codes: Codes, owner: User, database: Database, clock: Clock
) -> None:
    sent = codes.forgot()
    with pytest.raises(OtpNotVerified):
        codes.reset(sent)
    confirmed = codes.verify(sent)
    assert confirmed.model_dump() == {
        "otp_token": sent.otp_token,
        "otp_action": "reset-password",
    }
    with database.session(writes=False) as db:
        assert db.execute(select(UserSession)).first() is None
    assert outcome(codes.verify, sent) == "otp_expired"
    clock.advance(minutes=9)
    assert codes.reset(sent).user.id == owner.id
    with pytest.raises(OtpExpired):
        codes.reset(sent)


def test_a_confirmed_reset_does_not_stay_open(codes: Codes, owner: User, clock: Clock) -> None:
    sent = codes.forgot()
    codes.verify(sent)
    clock.advance(minutes=10)
    with pytest.raises(OtpExpired):
        codes.reset(sent)


def test_wrong_reset_codes_count(codes: Codes, owner: User, database: Database) -> None:
    sent = codes.forgot()
    code = last_code(database)
    for _ in range(5):
        with pytest.raises(OtpInvalid):
            codes.reset(sent, otp=other_code(code))
    with pytest.raises(OtpExpired):
        codes.reset(sent, otp=code)
    assert login_codes(database, OWNER, PASSWORD) == "ok"


def test_wrong_codes_stand_among_the_sign_ins_of_who_has_the_contact(
    codes: Codes, owner: User, database: Database, clock: Clock
) -> None:
    first = codes.login()
    assert outcome(codes.verify, first, other_code(last_code(database))) == "otp_invalid"
    clock.advance(seconds=31)
    second = codes.forgot()
    with pytest.raises(OtpInvalid):
        codes.reset(second, otp=other_code(last_code(database)))
    outcome(codes.verify, codes.login("nobody@example.com"), "000000")
    with database.session(writes=False) as db:
        rows = db.execute(select(SignIn.user_id, SignIn.method, SignIn.succeeded)).all()
    assert [tuple(row) for row in rows] == [(owner.id, "email", False)] * 2


def test_a_burst_learns_of_a_right_code_no_more_than_it_may_try(
    codes: Codes, owner: User, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the new password won't do says that the code was right: it is counted first."""
    sent, code = codes.forgot(), last_code(database)
    monkeypatch.setattr(resets, "require_code_tries", lambda *_: None)  # all looked at once
    for _ in range(5):
        with pytest.raises(OtpInvalid):
            codes.reset(sent, "qwertyuiop", otp=other_code(code))
    with pytest.raises(OtpExpired):
        codes.reset(sent, "qwertyuiop", otp=code)


def test_a_weak_password_does_not_use_the_code_up(
    codes: Codes, owner: User, database: Database
) -> None:
    sent = codes.forgot()
    code = last_code(database)
    with pytest.raises(WeakPassword):
        codes.reset(sent, "qwertyuiop", otp=code)
    assert codes.reset(sent, otp=code).user.id == owner.id


def test_resetting_at_once_sets_one_password(codes: Codes, owner: User, database: Database) -> None:
    sent = codes.forgot()
    code = last_code(database)
    barrier = Barrier(4)

    def run(number: int) -> str:
        barrier.wait()
        return outcome(codes.reset, sent, f"{NEW} {number}", otp=code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(run, range(4))) == ["ok"] + ["otp_expired"] * 3


def test_a_reset_unlocks_the_account(codes: Codes, owner: User, database: Database) -> None:
    for _ in range(10):
        login_codes(database, OWNER, "wrong")
    assert login_codes(database, OWNER, PASSWORD) == "too_many_requests"
    codes.reset(codes.forgot(), otp=last_code(database))
    assert login_codes(database, OWNER, NEW) == "ok"


def test_a_login_code_resets_nothing(codes: Codes, owner: User, database: Database) -> None:
    sent = codes.login()
    with pytest.raises(OtpNotFound):
        codes.reset(sent, otp=last_code(database))


def test_contacts_are_keys(acting: Acting, owner: User) -> None:
    with acting(NOBODY, writes=False) as ctx:
        found = service.find_user(ctx, Contact.of(email=OWNER))
        assert found is not None
        assert found.id == owner.id
        assert service.find_user(ctx, Contact.of(phone="9876543210")) is None
