"""Address books of customers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from account_portal.core.bulk import Row, insert
from account_portal.core.ids import new_id
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.phones import read_phone
from account_portal.merchant.importing.records import SavedAddressRecord
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import Address

_BOOK_FIELDS = (
    "first_name",
    "last_name",
    "country_code",
    "phone",
    "email",
    "address_line1",
    "address_line2",
    "landmark",
    "pincode",
    "city",
    "state",
    "country",
    "tax_identification_number",
    "business_name",
    "nickname",
)
_LIMITS = {"first_name": 100, "pincode": 12, "phone": 14}


_FLAGS = ("is_default_billing", "is_default_shipping")


def _place(row: Any) -> tuple[str, ...]:
    """What tells addresses of one book apart."""
    return tuple(str(row[name]).casefold() for name in ("address_line1", "pincode", "city"))


def save_addresses(
    batch: Batch,
    books: Sequence[tuple[str, str, Sequence[SavedAddressRecord]]],
    *,
    most: int | None = None,
) -> dict[tuple[str, tuple[str, ...]], str]:
    """Add or update addresses of address books; ids by customer and place.

    With `most`, a book that holds so many takes no more.
    """
    owners = {customer_id for customer_id, _, _ in books}
    there: dict[tuple[str, tuple[str, ...]], Row] = {}
    has_default: set[tuple[str, str]] = set()
    for found in fetch(batch.db, Address, "customer_id", owners):
        there[found["customer_id"], _place(found)] = dict(found)
        for flag in _FLAGS:
            if found[flag]:
                has_default.add((found["customer_id"], flag))
    sizes = Counter(customer_id for customer_id, _ in there)
    new: list[Row] = []
    fresh: set[tuple[str, tuple[str, ...]]] = set()
    changes: list[tuple[str, Row]] = []
    for customer_id, email, records in books:
        named = {flag: any(getattr(record, flag) for record in records) for flag in _FLAGS}
        for record in records:
            values = _book_values(record, email)
            key = (customer_id, _place(values))
            if key in there:
                changed = difference(there[key], values)
                if changed and key not in fresh:
                    changes.append((there[key]["id"], {**changed, "modified_at": batch.now}))
                continue
            if most is not None and sizes[customer_id] >= most:
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
            there[key] = row
            fresh.add(key)
            new.append(row)
    insert(batch.db, Address, new)
    update(batch.db, Address, "id", changes)
    return {key: row["id"] for key, row in there.items()}


def address_key(customer_id: str, record: SavedAddressRecord) -> tuple[str, tuple[str, ...]]:
    """The key of an address in what `save_addresses` answers."""
    return customer_id, _place(_book_values(record, ""))


def _book_values(record: SavedAddressRecord, email: str) -> Row:
    values: Row = {name: getattr(record, name) for name in _BOOK_FIELDS}
    phone = read_phone(record.country_code, record.phone, record.country)
    if phone:
        values["country_code"], values["phone"] = phone
    values["phone"] = values["phone"] or ""
    values["country_code"] = values["country_code"] or ""
    values["email"] = record.email or email
    for name, length in _LIMITS.items():
        values[name] = values[name][:length]
    return values
