"""What became of each record: said to whoever sent it."""

from dataclasses import dataclass
from typing import Any, Literal

from account_portal.merchant.importing.fields import Record
from account_portal.merchant.importing.records import (
    OrderRecord,
    PaymentRecord,
    RefundRecord,
    ShipmentRecord,
)

Word = Literal["created", "updated", "unchanged", "kept", "refused"]


@dataclass(slots=True)
class Outcome:
    """What became of one record.

    Attributes:
        source: the file it stood in.
        line: where it stood, counted from 1; 0 is the whole file.
        type: of the record; none: it has no known one.
        key: its natural key; none: it has none.
        outcome: `kept`: a part of it was not applied, as it contradicts what happened here since,
            or cannot be used.
        reason: why it was refused, or what was kept.
        fields: reasons by field, of a record that is wrong in itself.
        order_number: the order it is about, if any.
        unknown: fields that no record of its type knows, which were left out.
    """

    source: str
    line: int
    type: str | None
    key: str | None
    outcome: Word
    reason: str | None = None
    fields: dict[str, list[str]] | None = None
    order_number: str | None = None
    unknown: tuple[str, ...] = ()


NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    "product": ("product_id",),
    "customer": ("external_id", "email", "phone"),
    "order": ("order_number",),
    "shipment": ("reference_number",),
    "payment": ("request_number",),
    "refund": ("request_number",),
    "loyalty_activity": ("external_id",),
    "subscription": ("subscription_number",),
    "review": ("product_id",),
}
"""Fields that name a record; of several, the first that it has."""


def key_in(data: dict[str, Any]) -> str | None:
    """The natural key of a record that may be wrong in other ways."""
    for name in NATURAL_KEYS.get(str(data.get("type")), ()):
        value = data.get(name)
        if isinstance(value, str | int) and value != "":
            return str(value)[:100]
    return None


def key_of(record: Record, kind: str) -> str | None:
    """The natural key of a record."""
    names = NATURAL_KEYS[kind]
    return next((str(value) for name in names if (value := getattr(record, name))), None)


def order_number_of(record: Record) -> str | None:
    """The order that a record is about, or belongs to."""
    if isinstance(record, OrderRecord | ShipmentRecord | PaymentRecord | RefundRecord):
        return record.order_number
    return None
