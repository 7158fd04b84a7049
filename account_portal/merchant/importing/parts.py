"""What hangs on an order: parcels with items and events, payments, refunds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from account_portal.core import money
from account_portal.core.bulk import Row, Stored, insert
from account_portal.core.errors import PortalError
from account_portal.core.ids import new_id
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.contents import (
    Contents,
    Filling,
    shipment_values,
)
from account_portal.merchant.importing.contradictions import (
    contradiction,
    happened_here,
    state_after,
)
from account_portal.merchant.importing.effects import note_gifts
from account_portal.merchant.importing.first_parcels import units_not_arrived
from account_portal.merchant.importing.gone import Floor
from account_portal.merchant.importing.held_units import FREE_AGAIN
from account_portal.merchant.importing.promises import Promises, drop_stated
from account_portal.merchant.importing.records import (
    PaymentPart,
    PaymentRecord,
    RefundPart,
    RefundRecord,
    ShipmentPart,
    ShipmentRecord,
)
from account_portal.merchant.importing.stated import STATED
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import (
    Order,
    OrderLine,
    Payment,
    Refund,
    Shipment,
)
from account_portal.states import (
    OrderStatus,
    RefundStatus,
    ShipmentStatus,
    TransactionStatus,
)

Part = ShipmentPart | PaymentPart | RefundPart
PartRecord = ShipmentRecord | PaymentRecord | RefundRecord


@dataclass(frozen=True, slots=True)
class OrderPart:
    """A part, and what has to be known of its order. `lines` need what `_LINE` names."""

    entry: Entry[Any]
    part: Part
    order_id: str
    made_at: datetime
    currency: str
    lines: Sequence[Mapping[str, Any]]


_LINE = ("id", "order_id", "sku", "twin_of", "quantity", "free_quantity", "position")


def write_own_parts(batch: Batch, entries: Sequence[Entry[PartRecord]]) -> None:
    """Add or update parts that came as records of their own; those without an order wait."""
    numbers = {entry.record.order_number for entry in entries}
    orders = {number: batch.orders[number] for number in numbers & batch.orders.keys()}
    names = ("id", "order_number", "status", "currency", "created_at")
    for row in fetch(batch.db, Order, "order_number", numbers - orders.keys(), names):
        orders[row["order_number"]] = row  # it came in this batch
    for there in orders.values():
        batch.before.setdefault(there["id"], there["status"])
    lines: dict[str, list[Stored]] = defaultdict(list)
    sent_to = {
        orders[entry.record.order_number]["id"]
        for entry in entries
        if isinstance(entry.record, ShipmentRecord) and entry.record.order_number in orders
    }
    for line in fetch(batch.db, OrderLine, "order_id", sent_to, _LINE):
        lines[line["order_id"]].append(line)
    for found in lines.values():
        found.sort(key=itemgetter("position"))
    parts = []
    for entry in entries:
        order = orders.get(entry.record.order_number)
        if order is None:
            batch.wait_or_refuse(entry, f"order {entry.record.order_number} is not known")
            continue
        parts.append(
            OrderPart(
                entry,
                entry.record,
                order["id"],
                order["created_at"],
                order["currency"],
                lines[order["id"]],
            )
        )
    write_parts(batch, parts)


def write_parts(batch: Batch, parts: Sequence[OrderPart]) -> None:
    """Add or update parts of orders that are there, of which something is said anew."""
    parts = [part for part in parts if id(part.part) not in batch.unchanged]
    _write_shipments(batch, [part for part in parts if isinstance(part.part, ShipmentPart)])
    refunds = [part for part in parts if isinstance(part.part, RefundPart)]
    payments = [part for part in parts if isinstance(part.part, PaymentPart)]
    note_gifts(batch, {part.order_id for part in refunds})
    _write_money(batch, Payment, payments, Floor(batch, payments, refunds))
    _write_money(batch, Refund, refunds)


_PAYMENT = (
    "request_number",
    "payment_status",
    "payment_date",
    "payment_reference_number",
    "payment_method",
    "payment_gateway",
    "collection",
    "icon_url",
    "card_number",
    "card_type",
    "bank_name",
    "upi_id",
    "wallet_name",
    "bank_account_number",
)
_REFUND = (
    "request_number",
    "refund_date",
    "status",
    "payment_mode",
    "payment_method",
    "payment_reference_number",
    "bank_account_number",
    "bank_name",
    "refund_remarks",
)
_PAYMENT_REST: Row = {
    "redirect_url": None,
    "success_url": None,
    "failure_url": None,
    "expires_at": None,
}
_REFUND_REST: Row = dict.fromkeys(
    ("return_id", "retries_id", "bank_account_id", "purpose", "shipment_id")
)


def _write_money(
    batch: Batch,
    model: type[Payment | Refund],
    parts: Sequence[OrderPart],
    floor: Floor | None = None,
) -> None:
    found = _there(batch, model, "request_number", parts)
    rest = _PAYMENT_REST if model is Payment else _REFUND_REST
    promises = Promises(batch, parts) if model is Refund else None
    new: dict[str, Row] = {}
    told: list[Row] = []
    changes: list[tuple[str, Row]] = []
    for part in parts:
        values = _money_values(part.part, money.exponent(part.currency))
        if id(part.part) in batch.netted:
            values["amount"] = batch.netted[id(part.part)]
        key = values["request_number"]
        there = found.get(key) or new.get(key)
        if there is not None and there["order_id"] != part.order_id:
            batch.refuse(part.entry, f"{model.__name__.lower()} {key} belongs to another order")
            continue
        if promises is not None:
            reason = promises.why_not(part.order_id, values, there)
            if reason:
                batch.wait_or_refuse(part.entry, reason)  # its payment may come yet
                continue
            if there is None and (adopted := promises.adopt(part.order_id, values)):
                batch.note_news(Refund, adopted, part.order_id)
                batch.changed_orders.add(part.order_id)
                continue
        if there is None and floor and (reason := floor.why_not_new(part)):
            batch.wait_or_refuse(part.entry, reason)  # more of them may come yet
            continue
        if there is None:
            made = part.part.created_at or _moved_at(part.part) or part.made_at
            new[key] = {
                "id": new_id(),
                "order_id": part.order_id,
                **values,
                **rest,
                "created_at": made,
                "modified_at": batch.now,
            }
            batch.note_news(model, new[key]["id"], part.order_id)
            batch.changed_orders.add(part.order_id)
        else:
            reason = floor.why_not(part, there, values) if floor else None
            if reason and not batch.is_last:
                batch.waiting.append(part.entry)  # the refund may have failed
                continue
            changed = _note_change(batch, part, there, values, changes, reason)
            if changed:
                told.append({**there, **changed})
            came_after_all = there.get("status") == RefundStatus.FAILED and "status" in changed
            if promises is not None and came_after_all:
                promises.withdraw_for(part.order_id, {**there, **changed})
    if model is Payment:
        drop_stated(batch, [row for row in (*told, *new.values()) if _counts(row)])
    insert(batch.db, model, list(new.values()))
    update(batch.db, model, "id", changes)
    if promises is not None:
        promises.flush()


def _counts(payment: Row) -> bool:
    """Whether a payment takes the place of the one that an order's state stood for."""
    return payment["collection"] != STATED and payment["payment_status"] != TransactionStatus.FAILED


def _there(
    batch: Batch, model: type[Payment | Refund | Shipment], key: str, parts: Sequence[OrderPart]
) -> dict[str, Stored]:
    keys = {getattr(part.part, key) for part in parts}
    return {row[key]: row for row in fetch(batch.db, model, key, keys)}


def _note_change(
    batch: Batch,
    part: OrderPart,
    there: Mapping[str, Any],
    values: Row,
    changes: list[tuple[str, Row]],
    reason: str | None = None,
) -> Row:
    """Note what the shop changed of a part, and return it; a `reason` keeps its state."""
    said = batch.said_anew(part.part)
    if "payment_status" in said:
        said.add("payment_date")
    changed = {name: value for name, value in difference(there, values).items() if name in said}
    if not reason and happened_here(batch, part.part, there):
        reason = contradiction(part.part, there, changed)
    if reason:
        batch.keep(part.entry, reason)
        changed = {name: value for name, value in changed.items() if name not in _STATES}
    if "status" in changed:
        if there.get("delivered_date") and changed["status"] != ShipmentStatus.DELIVERED:
            changed.setdefault("delivered_date", None)  # that it arrived was a mistake
        kind = Shipment if isinstance(part.part, ShipmentPart) else Refund
        batch.note_news(kind, there["id"], part.order_id)
    if changed:
        changes.append((there["id"], {**changed, "modified_at": batch.now}))
        batch.changed_orders.add(part.order_id)
    return changed


_STATES = frozenset(
    {
        "status",
        "payment_status",
        "payment_date",
        "refund_date",
        "packed_at",
        "shipped_date",
        "delivered_date",
        "amount",
        "refund_amount",
    }
)
"""What goes with a state: kept together when the state goes further here."""


def _moved_at(part: Part) -> datetime | None:
    return (
        part.payment_date if isinstance(part, PaymentPart) else getattr(part, "refund_date", None)
    )


def _money_values(part: Part, digits: int) -> Row:
    if isinstance(part, PaymentPart):
        values: Row = {name: getattr(part, name) for name in _PAYMENT}
        values["amount"] = minor(part.amount, digits)
        if part.payment_date is None and part.payment_status == TransactionStatus.SUCCESS:
            values["payment_date"] = part.created_at
        return values
    assert isinstance(part, RefundPart)
    values = {name: getattr(part, name) for name in _REFUND}
    values["refund_amount"] = minor(part.refund_amount, digits)
    return values


def _write_shipments(batch: Batch, parts: Sequence[OrderPart]) -> None:
    found = _there(batch, Shipment, "reference_number", parts)
    if found:  # what frees units comes before what takes them
        parts = sorted(parts, key=_takes_units)
    contents = Contents(batch, parts, found)
    not_arrived = units_not_arrived(batch, parts)
    new: dict[str, Row] = {}
    changes: list[tuple[str, Row]] = []
    for part in parts:
        parcel = part.part
        assert isinstance(parcel, ShipmentPart)
        named = f"shipment {parcel.reference_number}"
        values = shipment_values(parcel, money.exponent(part.currency))
        there = found.get(parcel.reference_number) or new.get(parcel.reference_number)
        if there is not None and there["order_id"] != part.order_id:
            batch.refuse(part.entry, f"{named} belongs to another order")
            continue
        if there is None and _is_over(batch, part, parcel):
            continue
        if units_held := not_arrived.get(part.order_id):
            held = f"returns or claims hold {units_held} units that it would take back"
            _keep_aside(batch, part, f"{named}: {held}")
            continue
        if there is not None and contents.is_written_off(there):
            told_anew = batch.said_anew(parcel) & {"status", "items"}
            why = f"{named} is refunded here, as it never came" if told_anew else None
            _note_change(batch, part, there, values, changes, why)
            contents.fill(part, parcel, there["id"], None)
            continue
        becomes = state_after(batch, parcel, there["status"] if there else None)
        units: Filling = {}
        reason = None
        try:
            units = contents.plan(part, parcel, there, becomes)
        except PortalError as error:
            reason = error.message
            if there is None or parcel.items is not None:
                batch.refuse(part.entry, f"{named}: {reason}")
                continue
        if there is None:
            if not units and becomes not in FREE_AGAIN and not batch.is_new(part.order_id):
                _keep_aside(batch, part, f"{named}: every unit is in a parcel already")
                continue
            made = parcel.created_at or parcel.packed_at or parcel.shipped_date or part.made_at
            row = {
                "id": new_id(),
                "order_id": part.order_id,
                **values,
                "created_at": made,
                "modified_at": batch.now,
            }
            new[parcel.reference_number] = row
            batch.note_news(Shipment, row["id"], part.order_id)
            batch.changed_orders.add(part.order_id)
            contents.fill(part, parcel, row["id"], units)
            continue
        told: Filling | None = None if reason or (parcel.items is None and not units) else units
        reason = reason or contents.why_not(part, there, becomes, told)
        if reason:
            reason, told = f"{named}: {reason}", None
        _note_change(batch, part, there, values, changes, reason)
        contents.fill(part, parcel, there["id"], told)
    insert(batch.db, Shipment, list(new.values()))
    update(batch.db, Shipment, "id", changes)
    contents.flush()


def _keep_aside(batch: Batch, parcel: OrderPart, reason: str) -> None:
    """Keep a whole parcel aside; the next import tries it again."""
    batch.keep(parcel.entry, reason)
    batch.unsettled[id(parcel.part)] = frozenset(ShipmentPart.model_fields)


def _takes_units(part: OrderPart) -> bool:
    return isinstance(part.part, ShipmentPart) and part.part.status not in FREE_AGAIN


def _is_over(batch: Batch, part: OrderPart, parcel: ShipmentPart) -> bool:
    """Keep aside a new parcel of an order that was cancelled here before."""
    cancelled = batch.before.get(part.order_id) == OrderStatus.CANCELLED
    if not cancelled or batch.is_new(part.order_id) or parcel.status == ShipmentStatus.CANCELLED:
        return False
    batch.keep(
        part.entry,
        f"shipment {parcel.reference_number}: the order is cancelled here; nothing is to be sent",
    )
    return True
