"""Customers: found by the shop's id, e-mail address or phone, made when nobody knows them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from account_portal.auth.rules import former_contacts
from account_portal.core.bulk import Row, insert
from account_portal.core.ids import new_id
from account_portal.merchant.importing.address_books import Book, save_addresses
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.claiming import claim, hold
from account_portal.merchant.importing.customer_changes import (
    addresses_said,
    changes_of_customer,
    phone_of,
)
from account_portal.merchant.importing.late_emails import why_no_email
from account_portal.merchant.importing.phones import PhoneKey, phone_key
from account_portal.merchant.importing.records import (
    CustomerRecord,
    OfCustomer,
    SavedAddressRecord,
)
from account_portal.merchant.importing.statements import remember
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import NotificationPreference, User
from account_portal.security.passwords import is_known_hash

_KNOWN = (
    "id",
    "customer_id",
    "external_id",
    "shop_email",
    "former_contacts",
    "email",
    "is_email_verified",
    "country_code",
    "phone",
    "is_phone_verified",
    "first_name",
    "last_name",
    "customer_group_id",
    "password_hash",
    "is_unproven",
)


@dataclass(slots=True)
class Known:
    """Users found so far, by each of their names."""

    by_external_id: dict[str, Row]
    by_email: dict[str, Row]
    by_shop_email: dict[str, Row]
    by_phone: dict[PhoneKey, Row]

    def find(
        self, external_id: str | None, email: str | None, phone: PhoneKey | None = None
    ) -> Row | None:
        """The user; the shop's id counts more than the e-mail address, a phone least.

        Whose address here is another than the shop's is found by the shop's, unless it is somebody
        else's by now. A phone may have been somebody else's: whoever has another id or e-mail
        address than the record names is not meant.
        """
        found = self.by_external_id.get(external_id) if external_id else None
        found = found or (self.by_email.get(email) if email else None)
        if found is None and email:
            found = self.by_shop_email.get(email)
            if found and external_id and found["external_id"]:
                found = None
        if found is None and phone is not None:
            found = self.by_phone.get(phone)
            if found and ((external_id and found["external_id"]) or (email and found["email"])):
                return None
        return found

    def add(self, user: Row) -> None:
        """Remember a user."""
        if user["external_id"]:
            self.by_external_id[user["external_id"]] = user
        if user["email"]:
            self.by_email[user["email"]] = user
        if user["shop_email"]:
            self.by_shop_email[user["shop_email"]] = user
        if user["phone"]:
            self.by_phone[user["country_code"], user["phone"]] = user


def find_customers(
    batch: Batch,
    names: Iterable[tuple[str | None, str | None, PhoneKey | None]],
    *,
    claiming: bool = True,
    holding: bool = False,
) -> Known:
    """The users behind external ids, e-mail addresses and phones.

    Args:
        batch: the batch.
        names: how records name their customers.
        claiming: an account that nobody proved to own becomes the shop's customer's.
        holding: nobody changes them until the batch is written; what somebody proves meanwhile
            counts after it.
    """
    named = list(names)
    external_ids = {external_id for external_id, _, _ in named if external_id}
    emails = {email for _, email, _ in named if email}
    numbers = {phone[1] for _, _, phone in named if phone}
    users: dict[str, Row] = {}
    found: list[Row] = []
    for column, values in (
        ("phone", numbers),
        ("shop_email", emails),
        ("email", emails),
        ("external_id", external_ids),
    ):
        rows = fetch(batch.db, User, column, values, _KNOWN)
        found += [users.setdefault(row["id"], dict(row)) for row in rows]
    opened = [row for row in users.values() if claiming and row["is_unproven"]]
    if not hold(batch, [*users.values()] if holding else opened):
        return find_customers(batch, named, claiming=claiming, holding=holding)
    claim(batch, opened, named)
    known = Known({}, {}, {}, {})
    for row in found:
        known.add(row)
    return known


NO_PHONE = "is no phone number one can sign in with; write it with its prefix, as in +49 30 1234567"


def write_customers(batch: Batch, entries: Sequence[Entry[CustomerRecord]]) -> None:
    """Add or update customers with their address books."""
    records = [entry.record for entry in entries]
    phones = _Phones(batch, records)
    names = ((r.external_id, r.email, phones.of(r)) for r in records)
    known = find_customers(batch, names, holding=True)
    new: list[Row] = []
    changes: list[tuple[str, Row]] = []
    books: list[Book] = []
    accepting: set[str] = set()
    for entry in entries:
        record = entry.record
        user = known.find(record.external_id, record.email, phones.of(record))
        if user is None and not (record.external_id or record.email or phones.of(record)):
            batch.refuse(entry, f"phone: {NO_PHONE}")
            continue
        said: list[SavedAddressRecord] = []
        if user is None:
            user = new_user(record.created_at or batch.now, record.external_id, record.email)
            new.append(user)
            if record.accepts_marketing:
                accepting.add(user["id"])
            user.update(_values(record, user, phones, known))
        else:
            said = addresses_said(batch, record)
            record = changes_of_customer(batch, entry, user)
            values = _values(record, user, phones, known)
            if entry.record.email:
                values["shop_email"] = entry.record.email
            if record.email and values.get("email") != record.email != user["email"]:
                batch.refuse(entry, f"the e-mail address {record.email} is another customer's")
                continue
            values["former_contacts"] = _former_contacts(user, values)
            if changed := difference(user, values):
                user.update(changed)
                if user["id"] not in {row["id"] for row in new}:
                    changes.append((user["id"], {**changed, "modified_at": batch.now}))
        phones.tell_left_out(batch, entry, record, user["id"])
        if record.password_hash and user["password_hash"] is None:
            batch.keep(entry, "password_hash: of a form that can't be read; they sign in by code")
        known.add(user)
        if record.addresses:
            email = user["email"] or ""
            books.append(Book(entry, user["customer_id"], email, record.addresses, said))
    insert_users(batch, new, accepting)
    update(batch.db, User, "id", changes)
    save_addresses(batch, books)


def new_user(made_at: datetime, external_id: str | None, email: str | None) -> Row:
    """A user without a password, who signs in by code or sets one through forgot-password."""
    identity = new_id()
    return {
        "id": identity,
        "customer_id": identity,
        "customer_group_id": None,
        "external_id": external_id,
        "shop_email": email,
        "former_contacts": [],
        "email": email,
        "is_email_verified": False,
        "country_code": None,
        "phone": None,
        "is_phone_verified": False,
        "first_name": None,
        "last_name": None,
        "password_hash": None,
        "picture_id": None,
        "deactivated_at": None,
        "is_demo": False,
        "created_at": made_at,
        "modified_at": made_at,
    }


def insert_users(batch: Batch, users: list[Row], accepting: Collection[str] = ()) -> None:
    """Add users with the opt-ins of new users; ids in `accepting` take promotional e-mail."""
    insert(batch.db, User, [{**user, "modified_at": batch.now} for user in users])
    insert(
        batch.db,
        NotificationPreference,
        [
            {
                "user_id": user["id"],
                **{
                    f"{kind}_{channel}": kind == "transactional"
                    for kind in ("transactional", "promotional", "newsletter")
                    for channel in ("email", "sms", "whatsapp")
                },
                "promotional_email": user["id"] in accepting,
                "modified_at": batch.now,
            }
            for user in users
        ],
    )


def _values(record: CustomerRecord, user: Row, phones: "_Phones", known: Known) -> dict[str, Any]:
    """What a record says of a user; what it leaves out stays as it is."""
    values: dict[str, Any] = {
        name: getattr(record, name)
        for name in ("external_id", "first_name", "last_name", "customer_group_id")
        if getattr(record, name) is not None
    }
    if record.email and known.by_email.get(record.email, user) is user:
        values["email"] = record.email
    same_email = values.get("email", user["email"]) == user["email"]
    if "is_email_verified" in record.model_fields_set:
        # What the customer proved here is not undone by an older export.
        values["is_email_verified"] = record.is_email_verified or (
            same_email and user["is_email_verified"]
        )
    elif not same_email:
        values["is_email_verified"] = False
    phone = phones.of(record)
    if phone and phones.claim(phone, user["id"]):
        values["country_code"], values["phone"] = phone
        values["is_phone_verified"] = record.is_phone_verified or (
            phone == (user["country_code"], user["phone"]) and user["is_phone_verified"]
        )
    secret = record.password_hash
    if user["password_hash"] is None and secret and is_known_hash(secret):
        values["password_hash"] = secret
    return values


def _former_contacts(user: Row, values: Row) -> list[str]:
    """Contacts that were replaced, with those that the shop replaces now."""

    def contacts(row: Row) -> list[str]:
        phone = f"{row['country_code']}{row['phone']}" if row["phone"] else None
        return [one for one in (row["email"], phone) if one]

    return former_contacts(user["former_contacts"], contacts(user), contacts({**user, **values}))


class _Phones:
    """Phones one can sign in with: well-formed, and one customer's only."""

    def __init__(self, batch: Batch, records: Sequence[CustomerRecord]) -> None:
        self._read = {id(record): phone_of(record) for record in records}
        numbers = {phone[1] for phone in self._read.values() if phone}
        self._owner = {
            (row["country_code"], row["phone"]): row["id"]
            for row in fetch(batch.db, User, "phone", numbers, ("id", "country_code", "phone"))
        }

    def of(self, record: CustomerRecord) -> tuple[str, str] | None:
        """The phone of a record, if one can sign in with it."""
        return self._read.get(id(record)) or phone_of(record)

    def claim(self, phone: tuple[str, str], user_id: str) -> bool:
        """Whether the phone is this user's; the first to name it has it."""
        return self._owner.setdefault(phone, user_id) == user_id

    def tell_left_out(
        self, batch: Batch, entry: Entry[CustomerRecord], record: CustomerRecord, user_id: str
    ) -> None:
        """Say which phone, of those a record changes, its customer does not get, and why."""
        if record.phone:
            phone = self.of(record)
            if phone is None or not self.claim(phone, user_id):
                why = NO_PHONE if phone is None else "is another customer's"
                name = entry.name_of("phone")
                batch.keep(entry, f"{name}: {record.phone!r} {why}; it is left out")


def customers_of(
    batch: Batch,
    entries: Sequence[Entry[OfCustomer]],
    *,
    create: bool,
    owners: Mapping[int, Row] = MappingProxyType({}),
    emails: Mapping[str, Collection[str | None]] = MappingProxyType({}),
) -> dict[int, Row]:
    """The user of each record, by position.

    With `create`, unknown ones with an e-mail address or a phone are made. Records whose customer
    stays unknown wait for the rest of the import.

    Args:
        batch: the batch.
        entries: the records.
        create: make customers nobody knows.
        owners: customers without an e-mail address whose orders these are, by position.
        emails: the addresses that all orders of these name, by customer.
    """
    names = [names_of(batch, entry.record) for entry in entries]
    known = find_customers(batch, names)
    found: dict[int, Row] = {}
    new: list[Row] = []
    adopted: list[tuple[str, Row]] = []
    for position, entry in enumerate(entries):
        external_id, email, phone = names[position]
        if not (external_id or email or phone):
            batch.refuse(entry, f"customer_phone: {NO_PHONE}")
            continue
        user = known.find(external_id, email, phone) or owners.get(position)
        if user is None and create and (email or phone or batch.is_last):
            user = _from_order(batch, entry, external_id, email)
            if phone and phone not in known.by_phone:
                user["country_code"], user["phone"] = phone
            new.append(user)
            batch.begun.add(id(entry))
        if user is None:
            name = external_id or email or entry.record.customer_phone
            batch.wait_or_refuse(entry, f"customer {name} is not known")
            continue
        told: Row = {}
        if external_id and user["external_id"] is None:
            # Made from an order that named the e-mail address or the phone only.
            told["external_id"] = external_id
        if create and email and user["email"] is None and user["shop_email"] is None:
            is_named = external_id is not None and external_id == user["external_id"]
            reason = None if is_named else why_no_email(user, emails.get(user["customer_id"], ()))
            if reason is None:
                told |= {"email": email, "is_email_verified": False}
                user["email"] = email
            else:
                batch.keep(entry, f"customer_email: {reason}; {email} stays with the order")
        if email and user["shop_email"] is None and user["email"] == email:
            told["shop_email"] = email
        user.update(told)
        if told and all(user is not row for row in new):
            adopted.append((user["id"], told))
            batch.begun.add(id(entry))
        known.add(user)
        found[position] = user
    insert_users(batch, new)
    if create:
        remember(batch.db, {f"user/{user['id']}": _said_of(user) for user in new})
    update(batch.db, User, "id", adopted)
    return found


def _said_of(user: Row) -> dict[str, Any]:
    """What an order said of the customer that it made."""
    names = ("external_id", "email", "first_name", "last_name")
    return {name: user[name] for name in names if user[name]}


def names_of(batch: Batch, record: OfCustomer) -> tuple[str | None, str | None, PhoneKey | None]:
    """How a record names its customer."""
    return record.customer_id, record.customer_email, phone_key(record, batch.currency)


def _from_order(batch: Batch, entry: Entry[Any], external_id: str | None, email: str | None) -> Row:
    record = entry.record
    user = new_user(getattr(record, "made_at", batch.now), external_id, email)
    address = getattr(record, "billing_address", None) or getattr(record, "shipping_address", None)
    first = getattr(record, "customer_first_name", None) or (address and address.first_name)
    last = getattr(record, "customer_last_name", None) or (address and address.last_name)
    user["first_name"] = first[:100] if first else None
    user["last_name"] = last[:100] if last else None
    return user
