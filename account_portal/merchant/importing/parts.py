"""What hangs on an order: parcels with items and events, payments, refunds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from account_portal.core import money
from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.ids import new_id
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.records import (
    PaymentPart,
    PaymentRecord,
    RefundPart,
    RefundRecord,
    ShipmentPart,
    ShipmentRecord,
)
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import (
    Order,
    OrderLine,
    Payment,
    Refund,
    Shipment,
    ShipmentEvent,
    ShipmentItem,
)
from account_portal.models.states import ShipmentStatus, TransactionStatus

Part = ShipmentPart | PaymentPart | RefundPart
PartRecord = ShipmentRecord | PaymentRecord | RefundRecord


@dataclass(frozen=True, slots=True)
class OrderPart:
    """A part, and what has to be known of its order. `lines` need id, sku and quantity."""

    entry: Entry[Any]
    part: Part
    order_id: str
    made_at: datetime
    currency: str
    lines: Sequence[Mapping[str, Any]]


def write_own_parts(batch: Batch, entries: Sequence[Entry[PartRecord]]) -> None:
    """Add or update parts that came as records of their own; those without an order wait."""
    numbers = {entry.record.order_number for entry in entries}
    names = ("id", "order_number", "currency", "created_at")
    orders = {
        row["order_number"]: row
        for row in fetch(batch.db, Order, "order_number", numbers, names, lock=True)
    }
    lines: dict[str, list[Stored]] = defaultdict(list)
    sent_to = {
        orders[entry.record.order_number]["id"]
        for entry in entries
        if isinstance(entry.record, ShipmentRecord) and entry.record.order_number in orders
    }
    for line in fetch(
        batch.db, OrderLine, "order_id", sent_to, ("id", "order_id", "sku", "quantity", "position")
    ):
        lines[line["order_id"]].append(line)
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
    _write_money(batch, Payment, [part for part in parts if isinstance(part.part, PaymentPart)])
    _write_money(batch, Refund, [part for part in parts if isinstance(part.part, RefundPart)])


_PAYMENT = (
    "request_number",
    "payment_status",
    "payment_date",
    "payment_reference_number",
    "payment_method",
    "payment_gateway",
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
_REFUND_REST: Row = {"return_id": None, "bank_account_id": None}


def _write_money(batch: Batch, model: type[Payment | Refund], parts: Sequence[OrderPart]) -> None:
    found = _there(batch, model, "request_number", parts)
    rest = _PAYMENT_REST if model is Payment else _REFUND_REST
    new: dict[str, Row] = {}
    changes: list[tuple[str, Row]] = []
    for part in parts:
        values = _money_values(part.part, money.exponent(part.currency))
        key = values["request_number"]
        there = found.get(key) or new.get(key)
        if there is None:
            made = part.part.created_at or _moved_at(part.part) or part.made_at
            new[key] = {
                "id": new_id(),
                "order_id": part.order_id,
                **values,
                **rest,
                "created_at": made,
                "modified_at": made,
            }
            batch.changed_orders.add(part.order_id)
        elif there["order_id"] != part.order_id:
            batch.refuse(part.entry, f"{model.__name__.lower()} {key} belongs to another order")
        else:
            _note_change(batch, part, there, values, changes)
    insert(batch.db, model, list(new.values()))
    update(batch.db, model, "id", changes)


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
) -> None:
    changed = difference(there, values)
    if changed:
        changes.append((there["id"], {**changed, "modified_at": batch.now}))
        batch.changed_orders.add(part.order_id)


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


_SHIPMENT = (
    "reference_number",
    "status",
    "total_boxes",
    "courier_company_name",
    "shipping_label_url",
    "awb_no",
    "tracking_url",
    "eta_delivery",
    "packed_at",
    "shipped_date",
    "delivered_date",
    "cancellation_reason",
)


def _write_shipments(batch: Batch, parts: Sequence[OrderPart]) -> None:
    found = _there(batch, Shipment, "reference_number", parts)
    contents = _Contents(batch, parts, found)
    new: dict[str, Row] = {}
    changes: list[tuple[str, Row]] = []
    for part in parts:
        parcel = part.part
        assert isinstance(parcel, ShipmentPart)
        values = _shipment_values(parcel, money.exponent(part.currency))
        there = found.get(parcel.reference_number) or new.get(parcel.reference_number)
        if there is not None and there["order_id"] != part.order_id:
            batch.refuse(part.entry, f"shipment {parcel.reference_number} belongs to another order")
            continue
        strange = {unit.sku for unit in parcel.items or ()} - {line["sku"] for line in part.lines}
        if strange:
            batch.refuse(part.entry, f"sku {min(strange)} is not in the order")
            continue
        if there is None:
            made = parcel.created_at or parcel.packed_at or parcel.shipped_date or part.made_at
            row = {
                "id": new_id(),
                "order_id": part.order_id,
                **values,
                "created_at": made,
                "modified_at": made,
            }
            new[parcel.reference_number] = row
            batch.changed_orders.add(part.order_id)
            contents.fill(part, parcel, row["id"], is_new=True)
        else:
            _note_change(batch, part, there, values, changes)
            contents.fill(part, parcel, there["id"], is_new=False)
    insert(batch.db, Shipment, list(new.values()))
    update(batch.db, Shipment, "id", changes)
    contents.flush()


def _shipment_values(parcel: ShipmentPart, digits: int) -> Row:
    values: Row = {name: getattr(parcel, name) for name in _SHIPMENT}
    values["total_weight"] = minor(parcel.total_weight, 3)
    values["shipping_amount"] = minor(parcel.shipping_amount, digits)
    values["shipping_tax_amount"] = minor(parcel.shipping_tax_amount, digits)
    return values


class _Contents:
    """Items and events of parcels."""

    def __init__(
        self, batch: Batch, parts: Sequence[OrderPart], found: Mapping[str, Stored]
    ) -> None:
        self._batch = batch
        ids = {row["id"] for row in found.values()}
        self._items = {
            (row["shipment_id"], row["line_id"]): row
            for row in fetch(batch.db, ShipmentItem, "shipment_id", ids)
        }
        self._events = {
            (row["shipment_id"], row["happened_at"], row["status"]): row
            for row in fetch(batch.db, ShipmentEvent, "shipment_id", ids)
        }
        self._sent = self._units_sent(
            {
                part.order_id
                for part in parts
                if isinstance(part.part, ShipmentPart) and part.part.items is None
            }
        )
        self._new_items: list[Row] = []
        self._new_events: list[Row] = []
        self._item_changes: list[tuple[str, Row]] = []
        self._event_changes: list[tuple[str, Row]] = []

    def _units_sent(self, order_ids: set[str]) -> dict[str, int]:
        """Units by line that are in parcels which are not cancelled."""
        if not order_ids:
            return defaultdict(int)
        shipments, items = table_of(Shipment), table_of(ShipmentItem)
        rows = self._batch.db.execute(
            select(items.c.line_id, items.c.quantity)
            .join(shipments, shipments.c.id == items.c.shipment_id)
            .where(
                shipments.c.order_id.in_(list(order_ids)),
                shipments.c.status != ShipmentStatus.CANCELLED,
            )
        )
        sent: dict[str, int] = defaultdict(int)
        for line_id, quantity in rows:
            sent[line_id] += quantity
        return sent

    def fill(
        self, part: OrderPart, parcel: ShipmentPart, shipment_id: str, *, is_new: bool
    ) -> None:
        """What is in a parcel, and its way. Items left out: all that is in no other parcel."""
        if parcel.items is not None:
            units: dict[str, tuple[int, int]] = {}
            ids = {line["sku"]: line["id"] for line in part.lines}
            for item in parcel.items:
                count, free = units.get(ids[item.sku], (0, 0))
                units[ids[item.sku]] = (count + item.quantity, free + item.free_quantity)
        elif is_new:
            units = {
                line["id"]: (line["quantity"] - self._sent[line["id"]], 0)
                for line in part.lines
                if line["quantity"] > self._sent[line["id"]]
            }
        else:
            units = {}
        for line_id, (count, free) in units.items():
            self._put(part, shipment_id, line_id, count, free)
            if parcel.status != ShipmentStatus.CANCELLED:
                self._sent[line_id] += count
        for event in parcel.events:
            self._happened(part, shipment_id, event)

    def _put(self, part: OrderPart, shipment_id: str, line_id: str, count: int, free: int) -> None:
        values = {"quantity": count, "free_quantity": free}
        there = self._items.get((shipment_id, line_id))
        if there is None:
            row: Any = {
                "id": new_id(),
                "shipment_id": shipment_id,
                "line_id": line_id,
                **values,
            }
            self._new_items.append(row)
            self._items[shipment_id, line_id] = row
            self._batch.changed_orders.add(part.order_id)
        elif changed := difference(there, values):
            self._item_changes.append((there["id"], changed))
            self._batch.changed_orders.add(part.order_id)

    def _happened(self, part: OrderPart, shipment_id: str, event: Any) -> None:
        key = (shipment_id, event.happened_at, event.status)
        values = {"text": event.text or event.status.replace("_", " ").capitalize()}
        values["place"] = event.place
        there = self._events.get(key)
        if there is None:
            row: Any = {
                "id": new_id(),
                "shipment_id": shipment_id,
                "status": event.status,
                "happened_at": event.happened_at,
                **values,
            }
            self._new_events.append(row)
            self._events[key] = row
        elif changed := difference(there, values):
            self._event_changes.append((there["id"], changed))
            self._batch.changed_orders.add(part.order_id)

    def flush(self) -> None:
        """Write everything that was collected."""
        db = self._batch.db
        insert(db, ShipmentItem, self._new_items)
        insert(db, ShipmentEvent, self._new_events)
        update(db, ShipmentItem, "id", self._item_changes)
        update(db, ShipmentEvent, "id", self._event_changes)
