"""What a stranger leaves in an account opened with somebody else's contact, and its first proof."""

from collections.abc import Callable
from typing import Any

import pytest

from account_portal.auth import rules, schemas, service
from account_portal.auth.rules import AccountIsDeactivated, EmailTaken, InvalidCredentials
from account_portal.auth.rules.passkeys import PasskeyUnknown
from account_portal.context import Caller, enter
from account_portal.core.db import Database
from account_portal.models import User
from account_portal.widget import service as widget
from account_portal.widget.schemas import Vouch
from tests.conftest import Clock
from tests.factories.auth import change_user, last_code, load_user, messages
from tests.factories.passkeys import Authenticator, give_passkey
from tests.factories.users import PASSWORD, make_session, make_user
from tests.factories.vouching import SHOP, make_assertion

OWNER = "jo@example.com"
PHONE = {"country_code": "+91", "phone": "9876543210"}
NEW = "a better passphrase"


class House:
    """Calls of several people on one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock

    def call(
        self, function: Callable[..., Any], *args: Any, bearer: str | None = None, **kwargs: Any
    ) -> Any:
        writes = function in (service.request_login_code, service.generate_code, service.verify_otp)
        writes = writes or function in (service.request_reset_code, service.deactivate_user)
        writes = writes or function is service.login_with_passkey
        caller = Caller(bearer=bearer, ip_address="192.0.2.1")
        with enter(caller, writes=writes, database=self.database) as ctx:
            return function(ctx, *args, **kwargs)

    def register(self, **fields: Any) -> Any:
        fields = {"email": OWNER, "first_name": "Mallory", **fields}
        data = schemas.RegisterWithEmailPassword.model_validate(
            {"password": PASSWORD, "confirm_password": PASSWORD, **fields}
        )
        return self.call(service.register_with_password, data)

    def sign_in(self, password: str = PASSWORD, email: str = OWNER) -> Any:
        data = schemas.LoginWithEmailPassword(email=email, password=password)
        return self.call(service.login_with_password, data)

    def sign_in_by_passkey(self, authenticator: Authenticator) -> Any:
        begun = self.call(service.begin_passkey_login)
        credential = authenticator.sign(begun.options)
        data = {"passkey_token": begun.passkey_token, "credential": credential}
        return self.call(service.login_with_passkey, schemas.PasskeyProof.model_validate(data))

    def is_open(self, bearer: str) -> bool:
        with enter(Caller(bearer=bearer), writes=False, database=self.database) as ctx:
            return ctx.actor.is_customer

    def confirm(self, sent: Any, bearer: str | None = None) -> Any:
        data = schemas.VerifyOtp(
            otp=last_code(self.database), otp_token=sent.otp_token, otp_action=sent.otp_action
        )
        return self.call(service.verify_otp, data, bearer=bearer)

    def enter_by_code(self, contact: str = OWNER, *, registers: bool = False) -> Any:
        parsed = rules.parse_contact(contact)
        channel = "email" if parsed.email else "sms"
        sent = self.call(service.request_login_code, parsed, channel, registers=registers)
        return self.confirm(sent)

    def reset(self) -> Any:
        sent = self.call(service.request_reset_code, rules.parse_contact(OWNER), "email")
        data = schemas.ResetPassword.model_validate(
            {
                "otp_token": sent.otp_token,
                "otp": last_code(self.database),
                "new_password": NEW,
                "confirm_password": NEW,
            }
        )
        return self.call(service.reset_password, data)

    def ask(self, action: str, email: str, bearer: str | None) -> Any:
        data = schemas.GenerateOtpWithEmail.model_validate(
            {"channel": "email", "email": email, "otp_action": action}
        )
        return self.call(service.generate_code, data, bearer=bearer)

    def vouch(self, **claims: Any) -> None:
        word = make_assertion(self.clock.now, **claims)
        self.call(widget.vouch, Vouch(assertion=word, origin=SHOP))


@pytest.fixture
def house(database: Database, clock: Clock) -> House:
    return House(database, clock)


PROOFS: dict[str, Callable[[House], Any]] = {
    "code": lambda house: house.enter_by_code(),
    "code that may open an account": lambda house: house.enter_by_code(registers=True),
    "reset": lambda house: house.reset(),
    "vouching": lambda house: house.vouch(email=OWNER, email_verified=True),
}


@pytest.mark.parametrize("proof", PROOFS)
def test_the_first_proof_ends_what_a_stranger_left(
    house: House, database: Database, proof: str
) -> None:
    planted = house.register(**PHONE)
    PROOFS[proof](house)
    assert not house.is_open(planted.access_token)
    with pytest.raises(InvalidCredentials):
        house.sign_in(PASSWORD)
    with database.session(writes=False) as db:
        found = db.get_one(User, planted.user.id)
    assert (found.email, found.is_email_verified, found.phone) == (OWNER, True, None)
    assert (found.first_name, found.is_unproven) == (None, False)
    news = [row for row in messages(database) if row.kind == "account_proven"]
    assert [(row.channel, row.recipient) for row in news] == [("email", OWNER)]


@pytest.mark.parametrize("proof", PROOFS)
def test_also_a_passkey_is_gone(house: House, database: Database, proof: str) -> None:
    planted = house.register()
    authenticator = give_passkey(database, User(id=planted.user.id, created_at=house.clock.now))
    assert house.sign_in_by_passkey(authenticator)
    PROOFS[proof](house)
    with pytest.raises(PasskeyUnknown):
        house.sign_in_by_passkey(authenticator)
    with database.session(writes=False) as db:
        assert db.get_one(User, planted.user.id).passkey_handle is None


def test_verifying_in_the_own_session_keeps_passkeys(house: House, database: Database) -> None:
    mine = house.register()
    authenticator = give_passkey(database, User(id=mine.user.id, created_at=house.clock.now))
    house.confirm(house.ask("verify-email", OWNER, mine.access_token), bearer=mine.access_token)
    assert house.sign_in_by_passkey(authenticator).user.id == mine.user.id


def test_an_account_that_lost_its_contact_is_opened_by_no_passkey(
    house: House, database: Database
) -> None:
    planted = house.register()
    authenticator = give_passkey(database, User(id=planted.user.id, created_at=house.clock.now))
    house.confirm(house.ask("register", OWNER, None))
    with pytest.raises(PasskeyUnknown):
        house.sign_in_by_passkey(authenticator)


@pytest.mark.parametrize("proof", PROOFS)
def test_a_later_proof_ends_no_more(house: House, database: Database, proof: str) -> None:
    """The password that was set after the first proof is the owner's."""
    house.register()
    house.reset()
    before = len([row for row in messages(database) if row.kind == "account_proven"])
    if proof != "reset":
        house.clock.advance(seconds=31)
        PROOFS[proof](house)
    assert house.sign_in(NEW)
    assert len([row for row in messages(database) if row.kind == "account_proven"]) == before


@pytest.mark.parametrize("proof", PROOFS)
def test_a_password_the_shop_imported_stays(house: House, database: Database, proof: str) -> None:
    user = make_user(database, email=OWNER, is_email_verified=False, **PHONE)
    other = make_session(database, user)
    PROOFS[proof](house)
    found = load_user(database, user)
    assert (found.phone, found.first_name) == (PHONE["phone"], "Asha")
    if proof != "reset":
        assert house.is_open(other)
        assert house.sign_in(PASSWORD)


def test_verifying_in_the_own_session_keeps_it_and_its_password(
    house: House, database: Database
) -> None:
    mine, other = house.register(**PHONE), house.sign_in()
    answer = house.confirm(
        house.ask("verify-email", OWNER, mine.access_token), bearer=mine.access_token
    )
    assert (answer.user.is_email_verified, answer.user.phone) == (True, None)
    assert house.is_open(answer.access_token)
    assert not house.is_open(other.access_token)
    assert house.sign_in(PASSWORD)


def test_the_planted_phone_opens_nothing(house: House) -> None:
    house.register(**PHONE)
    mine = house.enter_by_code()
    theirs = house.enter_by_code("9876543210", registers=True)
    assert theirs.user.id != mine.user.id


def test_proving_another_contact_frees_the_one_nobody_proved(house: House) -> None:
    planted = house.register()
    sent = house.ask("update-email", "mallory@example.com", planted.access_token)
    house.confirm(sent, bearer=planted.access_token)
    assert house.enter_by_code(registers=True).user.id != planted.user.id


@pytest.mark.parametrize("deactivated", [False, True])
def test_a_contact_nobody_proved_keeps_no_owner_from_adding_it(
    house: House, database: Database, owner: User, deactivated: bool
) -> None:
    planted = house.register()
    if deactivated:
        house.call(service.deactivate_user, bearer=planted.access_token)
    mine = make_session(database, owner)
    house.confirm(house.ask("update-email", OWNER, mine), bearer=mine)
    assert load_user(database, owner).email == OWNER
    assert not house.is_open(planted.access_token)


def test_nor_from_opening_an_account(house: House) -> None:
    planted = house.register()
    mine = house.confirm(house.ask("register", OWNER, None))
    assert mine.user.email == OWNER
    assert not house.is_open(planted.access_token)


def test_who_closed_an_account_nobody_proved_locks_no_owner_out(house: House) -> None:
    planted = house.register()
    house.call(service.deactivate_user, bearer=planted.access_token)
    assert house.enter_by_code(registers=True).user.id != planted.user.id


def test_a_contact_that_was_proven_still_is_taken(
    house: House, database: Database, owner: User, stranger: User
) -> None:
    mine = make_session(database, owner)
    with pytest.raises(EmailTaken):
        house.ask("update-email", stranger.email or "", mine)
    change_user(database, stranger, deactivated_at=house.clock.now)
    with pytest.raises(AccountIsDeactivated):
        house.enter_by_code(stranger.email or "")
