"""Parcels of orders whose shop only tells what was sent so far."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from account_portal.core import money
from account_portal.core.bulk import Stored
from account_portal.merchant.importing.amounts import add_up
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.lines import line_rows
from account_portal.merchant.importing.records import (
    FulfilmentPart,
    OrderRecord,
    ShipmentPart,
    UnitsRecord,
)
from account_portal.merchant.importing.same_lines import recognise_lines
from account_portal.merchant.importing.tables import fetch
from account_portal.models import OrderLine, Shipment, ShipmentItem
from account_portal.states import ShipmentStatus


def pack(batch: Batch, entries: Sequence[Entry[OrderRecord]], there: Mapping[str, Stored]) -> None:
    """Give the records of these orders their parcels.

    Units that are in a parcel stay there. What was sent since becomes another parcel, and parcels
    that left long ago arrive.
    """
    records = [entry.record for entry in entries if entry.record.fulfilment is not None]
    told = {
        there[record.order_number]["id"]: record.fulfilment.fulfilled_at
        for record in records
        if record.order_number in there and record.fulfilment is not None
    }
    parcels: dict[str, list[Stored]] = defaultdict(list)
    for parcel in fetch(batch.db, Shipment, "order_id", told):
        parcels[parcel["order_id"]].append(parcel)
    lines: dict[str, list[Stored]] = defaultdict(list)
    for line in fetch(batch.db, OrderLine, "order_id", list(told)):
        lines[line["order_id"]].append(line)
    packed = _packed(batch, told, parcels, lines)
    for record in records:
        row = there.get(record.order_number)
        order_id = row["id"] if row is not None else ""
        digits = money.exponent(row["currency"]) if row is not None else 0
        units = _units_here(batch, record, lines[order_id])
        record.pack(_parcels(record, parcels[order_id], packed[order_id], units, digits))


def _units_here(
    batch: Batch, record: OrderRecord, lines: Sequence[Stored]
) -> list[tuple[str, int]]:
    """Skus and units that were sent; twins by the skus they have here, whatever their order."""
    sent = record.fulfilment
    assert sent is not None
    here: dict[str, str] = {}
    if lines and any(line.twin_of for line in record.lines):
        currency = record.currency or batch.currency
        rows = line_rows("", record, add_up(record, currency).lines, currency)
        told = [row["sku"] for row in rows]
        recognise_lines(rows, lines)
        here = dict(zip(told, [row["sku"] for row in rows], strict=True))
    return [(here.get(unit.sku, unit.sku), unit.quantity) for unit in sent.items]


def _packed(
    batch: Batch,
    told: Mapping[str, datetime],
    parcels: Mapping[str, Sequence[Stored]],
    sold: Mapping[str, Sequence[Stored]],
) -> dict[str, dict[str, int]]:
    """Units by sku and order that are in parcels.

    What is in a cancelled one was sent again only if the shop says so since that one left.
    """
    lines = {row["id"]: row for rows in sold.values() for row in rows}
    counted = [
        parcel["id"]
        for of_order in parcels.values()
        for parcel in of_order
        if parcel["status"] != ShipmentStatus.CANCELLED
        or (parcel["shipped_date"] or parcel["created_at"]) >= told[parcel["order_id"]]
    ]
    packed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for item in fetch(batch.db, ShipmentItem, "shipment_id", counted):
        line = lines[item["line_id"]]
        packed[line["order_id"]][line["sku"]] += item["quantity"]
    return packed


def _parcels(
    record: OrderRecord,
    parcels: Sequence[Stored],
    packed: Mapping[str, int],
    units: Sequence[tuple[str, int]],
    digits: int,
) -> list[ShipmentPart]:
    sent = record.fulfilment
    assert sent is not None
    prefix = f"{record.order_number}-"
    found = [
        _arrived(parcel, digits)
        for parcel in parcels
        if parcel["reference_number"].startswith(prefix)
        and parcel["status"] == ShipmentStatus.SHIPPED
        and parcel["shipped_date"] is not None
        and parcel["shipped_date"] < sent.arrived_before
    ]
    rest = [
        UnitsRecord(sku=sku, quantity=quantity - packed.get(sku, 0))
        for sku, quantity in units
        if quantity > packed.get(sku, 0)
    ]
    if rest:
        taken = {parcel["reference_number"] for parcel in parcels}
        number = next(n for n in range(1, len(taken) + 2) if f"{prefix}{n}" not in taken)
        found.append(_new(f"{prefix}{number}", sent, rest))
    return found


def _arrived(parcel: Stored, digits: int) -> ShipmentPart:
    """A parcel as it is, but delivered: when is not known, so the day it left is kept."""
    kept = {name: parcel[name] for name in ShipmentPart.model_fields if name in parcel}
    scales = {"total_weight": 3, "shipping_amount": digits, "shipping_tax_amount": digits}
    for name, scale in scales.items():
        kept[name] = Decimal(parcel[name]).scaleb(-scale)
    kept |= {"status": ShipmentStatus.DELIVERED, "delivered_date": parcel["shipped_date"]}
    return ShipmentPart.model_validate(kept)


def _new(reference: str, sent: FulfilmentPart, units: list[UnitsRecord]) -> ShipmentPart:
    has_arrived = sent.fulfilled_at < sent.arrived_before
    return ShipmentPart(
        reference_number=reference,
        status=ShipmentStatus.DELIVERED if has_arrived else ShipmentStatus.SHIPPED,
        shipped_date=sent.fulfilled_at,
        delivered_date=sent.fulfilled_at if has_arrived else None,
        courier_company_name=sent.courier_company_name,
        items=units,
    )
