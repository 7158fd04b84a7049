"""The people of the demo, with what hangs on them alone: addresses, bank accounts, sessions."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import SQLModel

from account_portal.bank_accounts.rules import mask
from account_portal.bank_accounts.service import number_columns
from account_portal.core.demo import DEMO_PASSWORD
from account_portal.demo.seed.ids import seeded_id
from account_portal.demo.seed.places import ADDRESSES, BUSINESS, CHANGED, FIELDS, RECIPIENTS
from account_portal.models import (
    Address,
    BankAccount,
    NotificationPreference,
    SignIn,
    User,
    UserSession,
)
from account_portal.states import SessionKind, VerificationStatus

PASSWORD = DEMO_PASSWORD


class Person(NamedTuple):
    """One login of the demo; `since` is in days before the reference day."""

    key: str
    email: str
    first_name: str
    last_name: str
    phone: str | None
    since: int

    @property
    def id(self) -> str:
        """User id, and customer id too."""
        return seeded_id("user", self.key)


DEMO = Person("demo", "demo@example.com", "Asha", "Rao", "9845012345", 1_095)
SAM = Person("sam", "sam@example.com", "Sam", "Okafor", "9820055511", 400)
NEW = Person("new", "new@example.com", "Noor", "Haddad", None, 2)
PEOPLE = (DEMO, SAM, NEW)

# Owner, key, holder, number, branch, bank, verification.
ACCOUNTS = (
    (
        "demo",
        "verified",
        "Asha Rao",
        "50100234567891",
        "HDFC0000123",
        "HDFC Bank",
        VerificationStatus.VERIFIED,
    ),
    (
        "demo",
        "pending",
        "Asha Rao",
        "002401567890",
        "ICIC0000024",
        "ICICI Bank",
        VerificationStatus.PENDING,
    ),
    (
        "demo",
        "unverified",
        "Asha and Dev Rao",
        "31987654321",
        "SBIN0005943",
        "State Bank of India",
        VerificationStatus.UNVERIFIED,
    ),
    (
        "sam",
        "verified",
        "Sam Okafor",
        "919010045678901",
        "UTIB0000004",
        "Axis Bank",
        VerificationStatus.VERIFIED,
    ),
)

_DEVICES = (
    (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
        ),
        "203.0.113.24",
    ),
    (
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
            "(KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
        ),
        "198.51.100.7",
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
        "192.0.2.181",
    ),
)
# Device, method, days ago, whether it worked.
_SIGN_INS = (
    (0, "password", 0.4, True),
    (1, "email", 2.6, True),
    (2, "password", 5.3, False),
    (2, "password", 5.29, True),
    (0, "sms", 12.1, True),
    (1, "password", 24.8, True),
)


def address_id(person: Person, key: str) -> str:
    """Id of a saved address."""
    return seeded_id("address", f"{person.key} {key}")


def account_id(person: Person, key: str) -> str:
    """Id of a bank account."""
    return seeded_id("bank account", f"{person.key} {key}")


def address_values(person: Person, key: str) -> dict[str, Any]:
    """The fields a saved address and its copies share."""
    values: dict[str, Any] = dict(zip(FIELDS, ADDRESSES[person.key][key], strict=True))
    first, last = RECIPIENTS.get((person.key, key), (person.first_name, person.last_name))
    business, tax_number = BUSINESS.get((person.key, key), (None, None))
    return {
        **values,
        "first_name": first,
        "last_name": last,
        "email": person.email,
        "business_name": business,
        "tax_identification_number": tax_number,
    }


def account_row(person: Person, key: str) -> dict[str, Any]:
    """What a refund says of the account it goes to."""
    for owner, name, _, number, _, bank, _ in ACCOUNTS:
        if (owner, name) == (person.key, key):
            return {
                "bank_account_id": account_id(person, key),
                "bank_account_number": mask(number),
                "bank_name": bank,
            }
    raise KeyError(key)


def joined_at(person: Person, today: datetime) -> datetime:
    """When a customer registered."""
    return today - timedelta(days=person.since, hours=-10)


def people_rows(today: datetime, password_hash: str) -> list[SQLModel]:
    """Users with preferences, addresses, bank accounts, sessions and sign-ins."""
    rows: list[SQLModel] = []
    for person in PEOPLE:
        joined = joined_at(person, today)
        rows += [
            User(
                id=person.id,
                customer_id=person.id,
                email=person.email,
                is_email_verified=True,
                country_code="+91" if person.phone else None,
                phone=person.phone,
                is_phone_verified=person is SAM,
                first_name=person.first_name,
                last_name=person.last_name,
                password_hash=password_hash,
                is_demo=True,
                created_at=joined,
                modified_at=joined,
            ),
            NotificationPreference(
                user_id=person.id,
                promotional_email=person is DEMO,
                newsletter_email=person is DEMO,
                newsletter_whatsapp=person is DEMO,
                modified_at=joined,
            ),
        ]
    for person in (DEMO, SAM):
        rows += _address_rows(person, today)
    rows += _account_rows(today)
    rows += _session_rows(today)
    return rows


def _address_rows(person: Person, today: datetime) -> list[SQLModel]:
    rows: list[SQLModel] = []
    for key, days in zip(ADDRESSES[person.key], CHANGED, strict=False):
        changed = today - timedelta(days=days, hours=5)
        rows.append(
            Address(
                id=address_id(person, key),
                customer_id=person.id,
                is_default_shipping=key == "home",
                is_default_billing=key == "work",
                created_at=changed - timedelta(days=90),
                modified_at=changed,
                **address_values(person, key),
            )
        )
    return rows


def _account_rows(today: datetime) -> list[SQLModel]:
    rows: list[SQLModel] = []
    by_key = {person.key: person for person in PEOPLE}
    for days, (owner, key, holder, number, branch, bank, status) in enumerate(ACCOUNTS):
        added = today - timedelta(days=200 - 60 * days, hours=7)
        rows.append(
            BankAccount(
                id=account_id(by_key[owner], key),
                customer_id=by_key[owner].id,
                account_name=holder,
                **number_columns(number),
                ifsc_code=branch,
                bank_name=bank,
                is_default=key == "verified",
                verification_status=status,
                created_at=added,
                modified_at=added,
            )
        )
    return rows


def _session_rows(today: datetime) -> list[SQLModel]:
    rows: list[SQLModel] = []
    for number, (device, method, days, succeeded) in enumerate(_SIGN_INS):
        agent, ip_address = _DEVICES[device]
        at = today - timedelta(days=days)
        rows.append(
            SignIn(
                id=seeded_id("sign-in", str(number)),
                user_id=DEMO.id,
                method=method,
                succeeded=succeeded,
                user_agent=agent,
                ip_address=ip_address,
                created_at=at,
            )
        )
        if succeeded and days < 20:
            # Nobody holds a token or cookie of these; they are there to be ended.
            rows.append(
                UserSession(
                    id=seeded_id("session", str(number)),
                    user_id=DEMO.id,
                    anonymous_id=seeded_id("visitor", str(number)),
                    kind=SessionKind.PAGE,
                    rotated_at=at,
                    user_agent=agent,
                    ip_address=ip_address,
                    created_at=at,
                    last_seen_at=min(today, at + timedelta(hours=9)),
                    expires_at=at + timedelta(days=30),
                    ends_at=at + timedelta(days=90),
                )
            )
    return rows
