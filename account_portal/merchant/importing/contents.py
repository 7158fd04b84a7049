"""What is in imported parcels, and their way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import delete, select

from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.errors import PortalError
from account_portal.core.ids import new_id
from account_portal.merchant.importing.amounts import minor
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.cancelled_units import cancelled_units, leave_out
from account_portal.merchant.importing.held_units import (
    FREE_AGAIN,
    holds_units,
    returned_and_delivered,
)
from account_portal.merchant.importing.records import ShipmentPart
from account_portal.merchant.importing.tables import CHUNK, difference, fetch, update
from account_portal.models import Shipment, ShipmentEvent, ShipmentItem
from account_portal.orders.rules import LineUnits, TooManyUnits, allocate
from account_portal.states import ShipmentStatus


class PartOfOrder(Protocol):
    """What of `parts.OrderPart` is needed here."""

    @property
    def part(self) -> Any:
        """The record."""

    @property
    def order_id(self) -> str:
        """Whose it is."""

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        """The order's lines."""


Filling = dict[str, tuple[int, int]]
"""Units, and how many of them are free, by line id."""


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


def shipment_values(parcel: ShipmentPart, digits: int) -> Row:
    """What a record says of a parcel itself, as a row; `digits` are the currency's."""
    values: Row = {name: getattr(parcel, name) for name in _SHIPMENT}
    values["total_weight"] = minor(parcel.total_weight, 3)
    values["shipping_amount"] = minor(parcel.shipping_amount, digits)
    values["shipping_tax_amount"] = minor(parcel.shipping_tax_amount, digits)
    return values


def lines_to_fill(lines: Sequence[Mapping[str, Any]]) -> list[LineUnits]:
    """Lines none of whose units are in a parcel yet."""
    return [
        LineUnits(line["id"], line["sku"], line["twin_of"], line["quantity"], line["free_quantity"])
        for line in lines
    ]


def fill_parcel(
    lines: Sequence[LineUnits], parcel: ShipmentPart, state: str | None = None
) -> Filling:
    """Allocate what a record says is in a parcel.

    One that is cancelled, lost or came back takes no units from others: they may be sent again.
    `state` is the parcel's, if it is not the one the record tells.

    Raises:
        UnknownSku, TooManyUnits: the order has no such units left.
    """
    if (state or parcel.status) in FREE_AGAIN:
        lines = [replace(line, sent=0, sent_free=0) for line in lines]
    if parcel.items is None:
        return allocate(lines, None)
    return allocate(lines, [(item.sku, item.quantity, item.free_quantity) for item in parcel.items])


class Contents:
    """Items and events of parcels."""

    def __init__(
        self, batch: Batch, parts: Sequence[PartOfOrder], found: Mapping[str, Stored]
    ) -> None:
        self._batch = batch
        ids = {row["id"] for row in found.values()}
        self._items: dict[tuple[str, str], Stored] = {
            (row["shipment_id"], row["line_id"]): row
            for row in fetch(batch.db, ShipmentItem, "shipment_id", ids)
        }
        self._events = {
            (row["shipment_id"], row["happened_at"], row["status"]): row
            for row in fetch(batch.db, ShipmentEvent, "shipment_id", ids)
        }
        arrived = {
            row["order_id"] for row in found.values() if row["status"] == ShipmentStatus.DELIVERED
        }
        self._returned, self._delivered = returned_and_delivered(batch, sorted(arrived))
        self._units = self._lines_of(
            {part.order_id: part.lines for part in parts if isinstance(part.part, ShipmentPart)}
        )
        self._new_items: list[Row] = []
        self._gone_items: list[str] = []
        self._new_events: list[Row] = []
        self._item_changes: list[tuple[str, Row]] = []
        self._event_changes: list[tuple[str, Row]] = []

    def _lines_of(
        self, orders: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> dict[str, list[LineUnits]]:
        """Lines by order less what was cancelled, with units in parcels that hold them."""
        if not orders:
            return {}
        found = {order_id: lines_to_fill(lines) for order_id, lines in orders.items()}
        by_line = {line.line_id: line for lines in found.values() for line in lines}
        shipments, items = table_of(Shipment), table_of(ShipmentItem)
        ids = list(orders)
        leave_out(by_line, cancelled_units(self._batch, "order_id", ids))
        for start in range(0, len(ids), CHUNK):
            rows = self._batch.db.execute(
                select(items.c.line_id, items.c.quantity, items.c.free_quantity)
                .join(shipments, shipments.c.id == items.c.shipment_id)
                .where(
                    shipments.c.order_id.in_(ids[start : start + CHUNK]),
                    holds_units(),
                )
            )
            for line_id, quantity, free in rows:
                if line_id in by_line:
                    by_line[line_id].sent += quantity
                    by_line[line_id].sent_free += free
        return found

    def plan(
        self, part: PartOfOrder, parcel: ShipmentPart, there: Stored | None, becomes: str
    ) -> Filling:
        """What is in a parcel, by line id. Items left out: all that is in no other parcel.

        Args:
            part: whose parcel.
            parcel: the record.
            there: the parcel as it is, if it is.
            becomes: the state it will have.

        Raises:
            UnknownSku, TooManyUnits: the order has no such units left.
        """
        lines = self._units[part.order_id]
        held = self._held_by(there)
        holds = there is not None and there["status"] not in FREE_AGAIN
        if holds:  # its units are free to be told anew
            _give(lines, held, -1)
        if holds and becomes not in FREE_AGAIN and _is_told(parcel, held, lines):
            _give(lines, held, 1)  # of twins those that are in it, whichever are first now
            return {line: (row["quantity"], row["free_quantity"]) for line, row in held.items()}
        if parcel.items is None and held:
            if becomes in FREE_AGAIN:
                return {}
            if not holds:
                return _take_again(lines, held)
            _give(lines, held, 1)
            return {}
        try:
            return fill_parcel(lines, parcel, becomes)
        except PortalError:
            if holds:
                _give(lines, held, 1)
            raise

    def is_written_off(self, there: Stored | None) -> bool:
        """Whether what was in a parcel is refunded, as it never came."""
        return any(row["written_off"] is not None for row in self._held_by(there).values())

    def _held_by(self, there: Stored | None) -> dict[str, Stored]:
        """What is in a parcel, by line id."""
        return {
            line_id: row
            for (shipment_id, line_id), row in self._items.items()
            if there is not None and shipment_id == there["id"]
        }

    def why_not(
        self, part: PartOfOrder, there: Stored, becomes: str, units: Filling | None
    ) -> str | None:
        """Why a parcel that arrived cannot change: returns or claims are of it; none: it can.

        `units` is what will be in it; none: what is.
        """
        if there["status"] != ShipmentStatus.DELIVERED:
            return None
        returned, delivered = self._returned[part.order_id], self._delivered[part.order_id]
        held = self._held_by(there)
        after = {line: row["quantity"] for line, row in held.items()}
        if units is not None:
            after = {line: count for line, (count, _) in units.items()}
        if becomes != ShipmentStatus.DELIVERED:
            after = {}
        less = {line: row["quantity"] - after.get(line, 0) for line, row in held.items()}
        lacking = sum(
            max(0, min(count, returned[line] - delivered[line] + count))
            for line, count in less.items()
        )
        if lacking:
            return f"returns or claims hold {lacking} units of it"
        for line, count in less.items():
            delivered[line] -= count
        return None

    def fill(
        self, part: PartOfOrder, parcel: ShipmentPart, shipment_id: str, units: Filling | None
    ) -> None:
        """Put into a parcel what was planned, take out what is not, and tell its way.

        Without `units` what is in it stays.
        """
        if parcel.items is not None and units is not None:
            for (held_in, line_id), row in list(self._items.items()):
                if held_in == shipment_id and line_id not in units:
                    self._gone_items.append(row["id"])
                    del self._items[held_in, line_id]
                    self._batch.changed_orders.add(part.order_id)
        for line_id, (count, free) in (units or {}).items():
            self._put(part, shipment_id, line_id, count, free)
        for event in parcel.events:
            self._happened(part, shipment_id, event)

    def _put(
        self, part: PartOfOrder, shipment_id: str, line_id: str, count: int, free: int
    ) -> None:
        values = {"quantity": count, "free_quantity": free}
        there = self._items.get((shipment_id, line_id))
        if there is None:
            row: Any = {
                "id": new_id(),
                "shipment_id": shipment_id,
                "line_id": line_id,
                "written_off": None,
                **values,
            }
            self._new_items.append(row)
            self._items[shipment_id, line_id] = row
            self._batch.changed_orders.add(part.order_id)
        elif changed := difference(there, values):
            self._item_changes.append((there["id"], changed))
            self._batch.changed_orders.add(part.order_id)

    def _happened(self, part: PartOfOrder, shipment_id: str, event: Any) -> None:
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
        if self._gone_items:
            table = table_of(ShipmentItem)
            db.execute(delete(table).where(table.c.id.in_(self._gone_items)))
        insert(db, ShipmentItem, self._new_items)
        insert(db, ShipmentEvent, self._new_events)
        update(db, ShipmentItem, "id", self._item_changes)
        update(db, ShipmentEvent, "id", self._event_changes)


def _give(lines: Sequence[LineUnits], held: Mapping[str, Stored], sign: int) -> None:
    """Count units as sent (1), or as not (-1)."""
    for line in lines:
        if line.line_id in held:
            line.sent += sign * held[line.line_id]["quantity"]
            line.sent_free += sign * held[line.line_id]["free_quantity"]


def _is_told(parcel: ShipmentPart, held: Mapping[str, Stored], lines: Sequence[LineUnits]) -> bool:
    """Whether a record says that just what is in a parcel is in it."""
    if parcel.items is None:
        return False
    inside = [
        replace(
            line, quantity=row["quantity"], free_quantity=row["free_quantity"], sent=0, sent_free=0
        )
        for line in lines
        if (row := held.get(line.line_id))
    ]
    try:
        units = allocate(
            inside, [(item.sku, item.quantity, item.free_quantity) for item in parcel.items]
        )
    except PortalError:
        return False
    return all(units.get(line, (0, 0))[0] == row["quantity"] for line, row in held.items())


def _take_again(lines: Sequence[LineUnits], held: Mapping[str, Stored]) -> Filling:
    """What is in a parcel that was out of the way, and holds its units again from now on.

    How many of a line are free may have been told anew since.

    Raises:
        TooManyUnits: they were sent in another parcel.
    """
    inside = [line for line in lines if line.line_id in held]
    for line in inside:
        count = held[line.line_id]["quantity"]
        if count > line.left:
            raise TooManyUnits(f"{line.left} units of {line.sku} are left, not {count}.")
    rows = [(line, held[line.line_id]) for line in inside]
    return {line.line_id: line.take(row["quantity"], row["free_quantity"]) for line, row in rows}
