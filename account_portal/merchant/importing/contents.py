"""What is in imported parcels, and their way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from sqlalchemy import case, delete, func, select

from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.errors import PortalError
from account_portal.core.ids import new_id
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.records import ShipmentPart
from account_portal.merchant.importing.tables import CHUNK, difference, fetch, update
from account_portal.models import OrderReturn, ReturnItem, Shipment, ShipmentEvent, ShipmentItem
from account_portal.models.states import ShipmentStatus
from account_portal.orders.rules import ENDED, NEVER_CAME, LineUnits, allocate


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


FREE_AGAIN = NEVER_CAME | {ShipmentStatus.CANCELLED}
"""Parcels that hold no units of the order any more."""

Filling = dict[str, tuple[int, int]]
"""Units, and how many of them are free, by line id."""


def lines_to_fill(lines: Sequence[Mapping[str, Any]]) -> list[LineUnits]:
    """Lines none of whose units are in a parcel yet."""
    return [
        LineUnits(line["id"], line["sku"], line["twin_of"], line["quantity"], line["free_quantity"])
        for line in lines
    ]


def fill_parcel(lines: Sequence[LineUnits], parcel: ShipmentPart) -> Filling:
    """Allocate what a record says is in a parcel.

    One that is cancelled, lost or came back takes no units from others: they may be sent again.

    Raises:
        UnknownSku, TooManyUnits: the order has no such units left.
    """
    if parcel.status in FREE_AGAIN:
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
        self._items = {
            (row["shipment_id"], row["line_id"]): row
            for row in fetch(batch.db, ShipmentItem, "shipment_id", ids)
        }
        self._events = {
            (row["shipment_id"], row["happened_at"], row["status"]): row
            for row in fetch(batch.db, ShipmentEvent, "shipment_id", ids)
        }
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
        """Lines by order, with the units that are in parcels and not free again."""
        if not orders:
            return {}
        found = {order_id: lines_to_fill(lines) for order_id, lines in orders.items()}
        by_line = {line.line_id: line for lines in found.values() for line in lines}
        shipments, items = table_of(Shipment), table_of(ShipmentItem)
        ids = list(orders)
        for start in range(0, len(ids), CHUNK):
            rows = self._batch.db.execute(
                select(items.c.line_id, items.c.quantity, items.c.free_quantity)
                .join(shipments, shipments.c.id == items.c.shipment_id)
                .where(
                    shipments.c.order_id.in_(ids[start : start + CHUNK]),
                    shipments.c.status.not_in(sorted(FREE_AGAIN)),
                )
            )
            for line_id, quantity, free in rows:
                if line_id in by_line:
                    by_line[line_id].sent += quantity
                    by_line[line_id].sent_free += free
        return found

    def plan(self, part: PartOfOrder, parcel: ShipmentPart, there: Stored | None) -> Filling:
        """What is in a parcel, by line id. Items left out: all that is in no other parcel.

        Raises:
            UnknownSku, TooManyUnits: the order has no such units left.
        """
        lines = self._units[part.order_id]
        held = {
            line_id: row
            for (shipment_id, line_id), row in self._items.items()
            if there is not None and shipment_id == there["id"]
        }
        if parcel.items is None and held:
            return {}
        lives = there is not None and there["status"] not in FREE_AGAIN
        if lives:  # its units are free to be told anew
            for line in lines:
                if line.line_id in held:
                    line.sent -= held[line.line_id]["quantity"]
                    line.sent_free -= held[line.line_id]["free_quantity"]
        try:
            return fill_parcel(lines, parcel)
        except PortalError:
            if lives:
                for line in lines:
                    if line.line_id in held:
                        line.sent += held[line.line_id]["quantity"]
                        line.sent_free += held[line.line_id]["free_quantity"]
            raise

    def fill(
        self, part: PartOfOrder, parcel: ShipmentPart, shipment_id: str, units: Filling
    ) -> None:
        """Put into a parcel what was planned, take out what is not, and tell its way."""
        if parcel.items is not None:
            for (held_in, line_id), row in list(self._items.items()):
                if held_in == shipment_id and line_id not in units:
                    self._gone_items.append(row["id"])
                    del self._items[held_in, line_id]
                    self._batch.changed_orders.add(part.order_id)
        for line_id, (count, free) in units.items():
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


def units_held(batch: Batch, order_ids: list[str]) -> dict[str, int]:
    """Units by line that living parcels or returns hold: the larger. Lines of ended returns: 0."""
    held: dict[str, int] = {}
    parcels, items = table_of(Shipment), table_of(ShipmentItem)
    returns, return_items = table_of(OrderReturn), table_of(ReturnItem)
    for start in range(0, len(order_ids), CHUNK):
        ids = order_ids[start : start + CHUNK]
        for statement in (
            select(items.c.line_id, func.sum(items.c.quantity))
            .join(parcels, parcels.c.id == items.c.shipment_id)
            .where(parcels.c.order_id.in_(ids), parcels.c.status.not_in(sorted(FREE_AGAIN)))
            .group_by(items.c.line_id),
            select(
                return_items.c.line_id,
                func.sum(
                    case((returns.c.status.in_(sorted(ENDED)), 0), else_=return_items.c.quantity)
                ),
            )
            .join(returns, returns.c.id == return_items.c.return_id)
            .where(returns.c.order_id.in_(ids))
            .group_by(return_items.c.line_id),
        ):
            for line_id, units in batch.db.execute(statement):
                held[line_id] = max(held.get(line_id, 0), int(units))
    return held
