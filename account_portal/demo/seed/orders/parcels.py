"""Rows of parcels with their way."""

from datetime import timedelta

from sqlmodel import SQLModel

from account_portal.demo.catalog import find_sku
from account_portal.demo.seed.ids import seeded_id, seeded_number
from account_portal.demo.seed.journey import COURIERS, journey
from account_portal.demo.seed.orders.base import Dated, Written
from account_portal.demo.seed.people import (
    address_values,
)
from account_portal.demo.seed.plan import Parcel
from account_portal.models import (
    Shipment,
    ShipmentEvent,
    ShipmentItem,
)
from account_portal.states import (
    ShipmentStatus,
)


class ParcelWriter(Dated):
    """Writes parcels."""

    def _parcel(self, written: Written, parcel: Parcel, number: int) -> list[SQLModel]:
        order = written.order
        name = f"{order.id} {number}"
        courier = COURIERS[parcel.courier]
        city = address_values(self._person, written.planned.address)["city"]
        begun = order.order_date + timedelta(hours=2)
        steps = list(journey(parcel.status, courier, city, begun, self._at(parcel.reached)))
        when = {step.status: step.at for step in steps}
        sent = ShipmentStatus.SHIPPED in when
        units = parcel.units or {line.sku: line.quantity for line in written.lines}
        by_sku = written.units
        weight = sum(find_sku(sku)[1].weight_grams * count for sku, count in units.items())
        awb_no = seeded_number(name, 11)
        shipping = order.shipping_amount if number == 1 else 0
        shipment = Shipment(
            id=seeded_id("shipment", name),
            order_id=order.id,
            reference_number=f"{order.order_number}-{number}",
            status=parcel.status,
            total_weight=weight,
            total_boxes=1 + weight // 6_000,
            shipping_amount=shipping,
            shipping_tax_amount=order.shipping_tax_amount if number == 1 else 0,
            courier_company_name=courier,
            awb_no=awb_no if sent else None,
            tracking_url=(
                f"https://track.example.com/{courier.lower().replace(' ', '-')}/{awb_no}"
                if sent
                else None
            ),
            eta_delivery=(
                None if parcel.promised is None else self._at(parcel.promised).date().isoformat()
            ),
            packed_at=when.get(ShipmentStatus.PACKED),
            shipped_date=when.get(ShipmentStatus.SHIPPED),
            delivered_date=when.get(ShipmentStatus.DELIVERED),
            cancellation_reason=parcel.reason,
            created_at=begun,
            modified_at=steps[-1].at,
        )
        rows: list[SQLModel] = [shipment]
        for sku, count in units.items():
            rows.append(
                ShipmentItem(
                    id=seeded_id("shipment item", f"{name} {sku}"),
                    shipment_id=shipment.id,
                    line_id=by_sku[sku].id,
                    quantity=count,
                    free_quantity=min(count, by_sku[sku].free_quantity),
                )
            )
        for place, step in enumerate(steps):
            rows.append(
                ShipmentEvent(
                    id=seeded_id("shipment event", f"{name} {place}"),
                    shipment_id=shipment.id,
                    status=step.status,
                    text=step.text,
                    place=step.place,
                    happened_at=step.at,
                )
            )
        return rows
