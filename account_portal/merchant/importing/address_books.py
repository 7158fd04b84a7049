"""Address books of customers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from account_portal.addresses.rules import MAX_ADDRESSES
from account_portal.core.bulk import Row, insert
from account_portal.core.ids import new_id
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.phones import read_phone
from account_portal.merchant.importing.records import AddressRecord, SavedAddressRecord
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import Address

_BOOK_FIELDS = (*AddressRecord.model_fields, "nickname")
_LIMITS = {"first_name": 100, "pincode": 12, "phone": 14}


_FLAGS = ("is_default_billing", "is_default_shipping")


Place = tuple[str, ...]


class Book(NamedTuple):
    """What a record says of a customer's address book."""

    entry: Entry[Record]
    customer_id: str
    email: str
    addresses: Sequence[SavedAddressRecord]
    said: Sequence[SavedAddressRecord] = ()
    """The addresses it named the last time."""


def _place(row: Any) -> Place:
    """What tells addresses of one book apart."""
    return tuple(str(row[name]).casefold() for name in _PLACE)


_PLACE = ("address_line1", "pincode", "city")


def save_addresses(batch: Batch, books: Sequence[Book]) -> dict[tuple[str, Place], str]:
    """Add or update addresses of address books; ids by customer and place.

    What the customer changed here stays: an address that the shop named before and that is no
    longer in the book does not come back. A full book takes no more. Both are told as kept.
    """
    there: dict[tuple[str, Place], Row] = {}
    has_default: set[tuple[str, str]] = set()
    for found in fetch(batch.db, Address, "customer_id", {book.customer_id for book in books}):
        there[found["customer_id"], _place(found)] = dict(found)
        for flag in _FLAGS:
            if found[flag]:
                has_default.add((found["customer_id"], flag))
    sizes = Counter(customer_id for customer_id, _ in there)
    new: dict[tuple[str, Place], Row] = {}
    changes: list[tuple[str, Row]] = []
    for book in books:
        customer_id = book.customer_id
        said = {_place(row): row for row in (_book_values(one, book.email) for one in book.said)}
        named = {flag: any(getattr(one, flag) for one in book.addresses) for flag in _FLAGS}
        left_out = 0
        told_before = {one.phone for one in book.said}
        for record in book.addresses:
            values = _book_values(record, book.email)
            if record.phone and not values["phone"] and record.phone not in told_before:
                reason = f"addresses: {record.address_line1}: {record.phone!r} is no phone number"
                batch.keep(book.entry, f"{reason}; it is left out")
            place = _place(values)
            key = (customer_id, place)
            if key in there:
                changed, kept = _news(there[key], values, said.get(place))
                for name in kept:
                    reason = f"addresses: {record.address_line1}: {name} was changed here"
                    batch.keep(book.entry, reason)
                if changed and key not in new:
                    changes.append((there[key]["id"], {**changed, "modified_at": batch.now}))
                continue
            if place in said:
                if values != said[place]:
                    line = f"{record.address_line1}, {record.pincode} {record.city}"
                    reason = f"addresses: {line} was changed or removed here; it does not come back"
                    batch.keep(book.entry, reason)
                continue
            if sizes[customer_id] >= MAX_ADDRESSES:
                left_out += 1
                continue
            sizes[customer_id] += 1
            row = {
                "id": new_id(),
                "customer_id": customer_id,
                **values,
                "created_at": batch.now,
                "modified_at": batch.now,
            }
            for flag in _FLAGS:
                # As everywhere, the first address is the default unless another is, or it says it
                # is not. One the customer chose here is not taken away by an import.
                is_first = not named[flag] and flag not in record.model_fields_set
                wanted = getattr(record, flag) or (is_first and sizes[customer_id] == 1)
                row[flag] = wanted and (customer_id, flag) not in has_default
                if row[flag]:
                    has_default.add((customer_id, flag))
            there[key] = new[key] = row
        if left_out:
            reason = f"addresses: a book holds {MAX_ADDRESSES}; {left_out} of these are left out"
            batch.keep(book.entry, reason)
    insert(batch.db, Address, list(new.values()))
    update(batch.db, Address, "id", changes)
    return {key: row["id"] for key, row in there.items()}


def _news(there: Row, values: Row, said: Row | None) -> tuple[Row, list[str]]:
    """What an address in the book takes over, and what not: the customer changed it here."""
    changed = difference(there, values)
    if said is None:
        return changed, []
    kept = [name for name in changed if there[name] != said[name]]
    news = {name: value for name, value in changed.items() if name not in kept}
    return news, [name for name in kept if values[name] != said[name]]


def address_key(customer_id: str, record: SavedAddressRecord) -> tuple[str, Place]:
    """The key of an address in what `save_addresses` answers."""
    said = {name: getattr(record, name) for name in _PLACE}
    return customer_id, _place(said | {"pincode": said["pincode"][: _LIMITS["pincode"]]})


def _book_values(record: SavedAddressRecord, email: str) -> Row:
    values: Row = {name: getattr(record, name) for name in _BOOK_FIELDS}
    phone = read_phone(record.country_code, record.phone, record.country)
    if phone:
        values["country_code"], values["phone"] = phone
    elif len(values["phone"] or "") > _LIMITS["phone"]:
        values["phone"] = ""  # cut, it would be somebody else's
    values["phone"] = values["phone"] or ""
    values["country_code"] = values["country_code"] or ""
    values["email"] = record.email or email
    for name, length in _LIMITS.items():
        values[name] = values[name][:length]
    return values
