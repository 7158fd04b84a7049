"""Another key: what the old one wrote is read, nothing new is written by it, and it can go."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlmodel import select

from account_portal.bank_accounts import service
from account_portal.bank_accounts.schemas import CreateOutboundBankAccount
from account_portal.bank_accounts.service import BankAccountExists
from account_portal.core.clock import utc_now
from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.core.settings import SettingsError, get_settings, load_settings
from account_portal.maintenance.commands import encrypt_anew
from account_portal.maintenance.reencryption import ENCRYPTED
from account_portal.models import BankAccount, StaffMember, User, WebhookEndpoint
from account_portal.security import otp, tokens
from account_portal.security.media_links import is_ours, media_url
from account_portal.serving.doctor import doctor
from tests.factories.bank_accounts import SAVINGS, make_bank_account
from tests.factories.users import make_session

OLD, NEW = "the old key of tests, long enough: 1", "the new key of tests, long enough: 2"
Keys = Callable[..., None]


@pytest.fixture(autouse=True)
def settings_that_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read those the test has set."""
    for place in ("account_portal.serving.doctor", "account_portal.core.opening"):
        if hasattr(__import__(place, fromlist=["x"]), "read_settings"):
            monkeypatch.setattr(f"{place}.read_settings", lambda _port: get_settings())


@pytest.fixture
def keys(set_settings: Any) -> Keys:
    """`keys(NEW, OLD)`: the key in use, and earlier ones."""

    def use(present: str, *earlier: str, encryption: str = "") -> None:
        set_settings(
            PORTAL_SECRET_KEY=present,
            PORTAL_ENCRYPTION_KEY=encryption,
            PORTAL_SECRET_KEY_FALLBACKS="\n".join(earlier),
        )
        tokens.derived_keys.cache_clear()
        tokens._verified._claims.clear()

    return use


def run(command: Any) -> Any:
    return CliRunner().invoke(command)


def stored(database: Database) -> list[str]:
    with database.session(writes=False) as db:
        return [one.number_encrypted for one in db.exec(select(BankAccount))]


def test_what_the_old_key_signed_is_good_until_it_goes(
    keys: Keys, database: Database, owner: User, api: Any
) -> None:
    keys(OLD)
    token, link = make_session(database, owner), media_url("m1", "large.webp")
    signature = link.partition("s=")[2]
    keys(NEW, OLD)
    assert api.get("/orders", params={"user_id": owner.id}, token=token).status_code == 200
    assert is_ours("m1", "large.webp", signature)
    newer = make_session(database, owner)
    keys(NEW)
    assert api.get("/orders", params={"user_id": owner.id}, token=token).status_code == 401
    assert api.get("/orders", params={"user_id": owner.id}, token=newer).status_code == 200
    assert not is_ours("m1", "large.webp", signature)


def test_a_code_under_way_fits(keys: Keys, database: Database) -> None:
    keys(OLD)
    digest = tokens.keyed_digest("one-time codes", "handle:123456")
    challenge = otp.OtpChallenge(code_hash=digest)
    keys(NEW, OLD)
    assert otp.is_right(challenge, "handle", "123456")
    assert not otp.is_right(challenge, "handle", "654321")
    keys(NEW)
    assert not otp.is_right(challenge, "handle", "123456")


@pytest.mark.parametrize("encryption", ["", "a key that only encrypts, long enough"])
def test_all_is_encrypted_anew_and_the_old_key_can_go(
    keys: Keys, database: Database, owner: User, encryption: str
) -> None:
    keys(OLD)
    account = make_bank_account(database, owner, number="912345678901")
    now = utc_now()
    with database.session(writes=True) as db:
        hook = {"url": "https://shop.example/hook", "types": "*", "position": 0}
        hook |= {"created_at": now, "modified_at": now}
        sealed = tokens.encrypt("whsec_old"), tokens.encrypt("whsec_older")
        db.add(WebhookEndpoint(id=new_id(), secret=sealed[0], old_secret=sealed[1], **hook))
        person = {"email": "staff@shop.example", "role": "admin", "created_at": now}
        secret = tokens.encrypt("JBSWY3DPEHPK3PXP")
        db.add(StaffMember(id=new_id(), totp_secret=secret, modified_at=now, **person))
        db.commit()
    keys(NEW, OLD, encryption=encryption)
    newer = make_bank_account(database, owner, number="912345678902")
    told = run(doctor).output
    assert "wrong  Stored secrets: 4 of 5 are by an earlier key" in told
    assert "Encrypted anew: 4; by the present key already: 1." in run(encrypt_anew).output
    assert "Encrypted anew: 0; by the present key already: 5." in run(encrypt_anew).output
    keys(NEW, encryption=encryption)
    assert "ok     Stored secrets: 5, all by the present key" in run(doctor).output
    assert sorted(map(tokens.decrypt, stored(database))) == ["912345678901", "912345678902"]
    with database.session(writes=False) as db:
        found = db.get(BankAccount, account.id)
        again = db.get(BankAccount, newer.id)
        assert found is not None
        assert again is not None
        assert found.number_digest == service.number_columns("912345678901")["number_digest"]
        [endpoint] = db.exec(select(WebhookEndpoint))
        assert tokens.decrypt(endpoint.secret) == "whsec_old"
        [member] = db.exec(select(StaffMember))
        assert tokens.decrypt(member.totp_secret or "") == "JBSWY3DPEHPK3PXP"


def test_what_no_key_reads_is_said_and_left(keys: Keys, database: Database, owner: User) -> None:
    keys(OLD)
    make_bank_account(database, owner)
    before = stored(database)
    keys(NEW)
    assert "wrong  Stored secrets: 1 stored secrets were encrypted" in run(doctor).output
    result = run(encrypt_anew)
    assert result.exit_code == 1
    assert "PORTAL_SECRET_KEY_FALLBACKS" in result.output
    assert stored(database) == before


def test_an_account_saved_under_the_old_key_is_no_other(
    keys: Keys, database: Database, owner: User, acting: Any
) -> None:
    keys(OLD)
    number = SAVINGS["account_number"]
    make_bank_account(database, owner, number=number)
    keys(NEW, OLD)
    with pytest.raises(BankAccountExists), acting(owner) as ctx:
        service.create_bank_account(ctx, CreateOutboundBankAccount.model_validate(SAVINGS))


def test_a_setting_that_is_no_key_stops_the_start(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY_FALLBACKS", f"{OLD}\nshort")
    with pytest.raises(SettingsError, match="PORTAL_SECRET_KEY_FALLBACKS needs at least 32"):
        load_settings()


def test_everything_encrypted_is_looked_at() -> None:
    """A column that says so and is not in the list would be lost with the key."""
    listed = {(table.__tablename__, column) for table, column in ENCRYPTED}
    told = {
        (table.name, column.name)
        for table in StaffMember.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_encrypted", "_secret")) or column.name == "secret"
    }
    assert told <= listed
