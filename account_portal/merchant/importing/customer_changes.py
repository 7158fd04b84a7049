"""What of a customer's record is news of the shop, and what the customer changed here since."""

from typing import Any

from account_portal.core.bulk import Row
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.phones import PhoneKey, read_phone
from account_portal.merchant.importing.records import CustomerRecord, SavedAddressRecord

_PHONE = {"country_code", "phone"}
_NAMES = {"first_name": "the first name", "last_name": "the last name"}
_OPTIONAL = (
    "email",
    "country_code",
    "phone",
    "first_name",
    "last_name",
    "customer_group_id",
    "password_hash",
)


def changes_of_customer(batch: Batch, entry: Entry[CustomerRecord], user: Row) -> CustomerRecord:
    """The record with what the shop changed since it was said the last time only.

    What the customer changed here meanwhile is not part of it, and is told as kept.
    """
    record = entry.record
    said = batch.said_anew(record)
    if said & _PHONE:
        said |= _PHONE
    said -= _changed_here(batch, entry, user, said)
    kept = {name: None for name in _OPTIONAL if name not in said}
    before = batch.last.get(id(record), {}).get("addresses", [])
    addresses = [
        address
        for address in record.addresses
        if address.model_dump(exclude_unset=True) not in before
    ]
    # Not validated again: without its e-mail address it may have no key.
    changed = record.model_copy(update={**kept, "addresses": addresses})
    if record.email not in (None, changed.email or user["email"]):
        said.discard("is_email_verified")  # of an address the customer does not have here
    for name in ("is_email_verified", "is_phone_verified"):
        if name not in said:
            setattr(changed, name, False)
            changed.model_fields_set.discard(name)
    return changed


def addresses_said(batch: Batch, record: CustomerRecord) -> list[SavedAddressRecord]:
    """The addresses that the shop stated the last time."""
    last = batch.last.get(id(record), {})
    return [SavedAddressRecord.model_validate(one) for one in last.get("addresses", [])]


def _changed_here(
    batch: Batch, entry: Entry[CustomerRecord], user: Row, said: set[str]
) -> set[str]:
    """The fields, of those said anew, that are not here what the shop said they were."""
    record, last = entry.record, batch.last.get(id(entry.record))
    found: set[str] = set()
    if "email" in said and _is_other_email(user, record.email, last):
        found.add("email")
        if record.email != user["shop_email"]:
            _keep(batch, entry, "the e-mail address", record.email)
    if record.phone and said & _PHONE and _is_other_phone(user, phone_of(record), last):
        found |= _PHONE
        _keep(batch, entry, "the phone", record.phone)
    for name, words in _NAMES.items():
        new = getattr(record, name)
        is_news = name in said and last is not None and user[name] != new
        if is_news and user[name] != (last or {}).get(name):
            found.add(name)
            _keep(batch, entry, words, new)
    return found


def _keep(batch: Batch, entry: Entry[CustomerRecord], what: str, value: str | None) -> None:
    batch.keep(entry, f"{what} was changed here; it does not become {value}")


def _is_other_email(user: Row, new: str | None, last: dict[str, Any] | None) -> bool:
    there = user["email"]
    if there in (None, new):
        return False
    before = (last or {}).get("email") or user["shop_email"]
    # Of whom the shop never stated an address, a proven one is their own.
    return bool(there != before if before or last else user["is_email_verified"])


def _is_other_phone(user: Row, new: PhoneKey | None, last: dict[str, Any] | None) -> bool:
    there = (user["country_code"], user["phone"])
    if there in ((None, None), new):
        return False
    if last is None or not last.get("phone"):
        return bool(user["is_phone_verified"])
    addresses = last.get("addresses") or [{}]
    return there != read_phone(
        last.get("country_code"), last.get("phone"), addresses[0].get("country") or ""
    )


def phone_of(record: CustomerRecord) -> PhoneKey | None:
    """The phone of a record, if one can sign in with it."""
    country = record.addresses[0].country if record.addresses else ""
    return read_phone(record.country_code, record.phone, country)
