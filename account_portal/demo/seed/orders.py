"""Turns planned orders into rows: lines, parcels with events, payments, refunds, returns."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import SQLModel

from account_portal.core.money import POINT_SCALE, split
from account_portal.core.settings import get_settings
from account_portal.demo.catalog import CURRENCY, find_sku
from account_portal.demo.seed.bill import (
    applied_coupons,
    applied_promotions,
    free_value,
    line_rows,
    offer_savings,
    points_earned,
    price_of,
)
from account_portal.demo.seed.ids import seeded_id, seeded_number
from account_portal.demo.seed.journey import BY_MAIL, COURIERS, journey
from account_portal.demo.seed.people import (
    Person,
    account_row,
    address_id,
    address_values,
)
from account_portal.demo.seed.plan import Attempt, Back, GivenBack, Parcel, Planned
from account_portal.demo.seed.pricing import OrderPrice
from account_portal.models import (
    AddressCopy,
    Order,
    OrderLine,
    OrderReturn,
    Payment,
    Refund,
    ReturnItem,
    Shipment,
    ShipmentEvent,
    ShipmentItem,
)
from account_portal.models.states import (
    PaymentStatus,
    RefundMode,
    RefundStatus,
    ReturnResolution,
    ShipmentStatus,
    TransactionStatus,
)

_METHODS: dict[str, dict[str, Any]] = {
    "upi": {"payment_method": "UPI", "upi_id": "asha.rao@okbank"},
    "card": {
        "payment_method": "Credit Card",
        "card_number": "************4242",
        "card_type": "Visa",
    },
    "netbanking": {"payment_method": "Net Banking", "bank_name": "HDFC Bank"},
    "wallet": {"payment_method": "Wallet", "wallet_name": "PocketPay"},
    "bank": {
        "payment_method": "Bank Transfer",
        "bank_name": "HDFC Bank",
        "bank_account_number": "XXXXXXXXXX7891",
    },
    "cash": {"payment_method": "Cash on Delivery"},
}
_GATEWAYS = {"cash": None, "bank": None}


@dataclass(slots=True)
class Written:
    """What other parts of the seed need of an order that was written."""

    planned: Planned
    order: Order
    lines: list[OrderLine]
    delivered_at: datetime | None
    rows: list[SQLModel] = field(default_factory=list)
    returned: list[tuple[OrderReturn, list[ReturnItem]]] = field(default_factory=list)

    @property
    def is_delivered(self) -> bool:
        """Whether everything arrived."""
        parcels = self.planned.parcels
        return bool(parcels) and all(
            parcel.status is ShipmentStatus.DELIVERED for parcel in parcels
        )

    @property
    def units(self) -> dict[str, OrderLine]:
        """Lines by sku."""
        return {line.sku: line for line in self.lines}


class OrderWriter:
    """Writes the orders of one person; `today` is the reference day's first moment."""

    def __init__(self, person: Person, today: datetime, first_number: int) -> None:
        self._person = person
        self._today = today
        self._number = first_number

    def write(self, planned: Planned) -> Written:
        """All rows of one order."""
        self._number += 7 + int(seeded_number(planned.name, 2)) % 30
        placed = self._at(planned.placed)
        order_id = seeded_id("order", f"{self._person.key} {planned.name}")
        price = price_of(planned)
        lines = line_rows(order_id, planned, price)
        delivered = [
            self._at(parcel.reached)
            for parcel in planned.parcels
            if parcel.status is ShipmentStatus.DELIVERED
        ]
        order = self._order(order_id, planned, price, placed)
        written = Written(planned, order, lines, max(delivered, default=None))
        written.rows += [*self._addresses(order, planned), order, *lines]
        for number, parcel in enumerate(planned.parcels, start=1):
            written.rows += self._parcel(written, parcel, number)
        paid = self._payments(written)
        for number, given in enumerate(planned.refunds, start=1):
            written.rows.append(self._refund(written, given, number, paid))
        for number, back in enumerate(planned.returns, start=1):
            written.rows += self._return(written, back, number)
        return written

    def _at(self, days: float) -> datetime:
        moment = self._today - timedelta(days=days)
        return moment.replace(second=0, microsecond=0)

    def _order(self, order_id: str, planned: Planned, price: OrderPrice, placed: datetime) -> Order:
        cancelled = None if planned.cancelled is None else self._at(planned.cancelled)
        value = round(get_settings().loyalty_point_value * 100)
        reached = [self._at(parcel.reached) for parcel in planned.parcels]
        replaced = planned.replaces
        return Order(
            id=order_id,
            customer_id=self._person.id,
            order_number=f"NW-{self._number}",
            order_date=placed,
            status=planned.status,
            payment_status=PaymentStatus.PENDING if planned.payments else PaymentStatus.SUCCESS,
            currency=CURRENCY,
            customer_email=self._person.email,
            customer_phone=f"+91 {self._person.phone}",
            customer_note=planned.note,
            coupon_code=planned.coupon[0] if planned.coupon else None,
            applied_promotions=applied_promotions(planned, price),
            applied_coupons=applied_coupons(planned, price),
            extra={"channel": "web"} | planned.extra,
            promotion_discount_amount=price.promotion,
            coupon_discount_amount=price.coupon,
            promotion_savings=price.promotion + free_value(planned),
            coupon_savings=price.coupon,
            other_savings=offer_savings(planned) + price.shipping_discount,
            subtotal=price.subtotal,
            item_total_tax=price.item_tax,
            shipping_estimated_cost=price.shipping_estimated,
            shipping_discount_amount=price.shipping_discount,
            shipping_amount=price.shipping,
            shipping_tax_rate=1800 if price.shipping else 0,
            shipping_tax_amount=price.shipping_tax,
            handling_charge_excluding_tax=price.handling,
            handling_charge_tax_amount=price.handling_tax,
            grand_total=price.grand_total,
            loyalty_point_earned=points_earned(planned, price),
            loyalty_point_redeemed=planned.points * POINT_SCALE,
            loyalty_amount=planned.points * value,
            credit_balance_used=planned.credit,
            on_subscription=any(item.on_subscription for item in planned.items),
            billing_address_id=seeded_id("billing address", order_id),
            shipping_address_id=seeded_id("shipping address", order_id),
            replaces_return_id=(
                seeded_id("return", f"{self._person.key} {replaced[0]} {replaced[1]}")
                if replaced
                else None
            ),
            cancellation_reason=planned.cancellation_reason,
            feedback=planned.feedback,
            cancelled_at=cancelled,
            created_at=placed,
            modified_at=max([placed, *reached, *filter(None, [cancelled])]),
        )

    def _addresses(self, order: Order, planned: Planned) -> list[SQLModel]:
        assert order.billing_address_id
        assert order.shipping_address_id
        return [
            self._copy(order.billing_address_id, planned.billing),
            self._copy(order.shipping_address_id, planned.address),
        ]

    def _copy(self, copy_id: str, key: str) -> AddressCopy:
        values = address_values(self._person, key)
        del values["nickname"]
        return AddressCopy(id=copy_id, address_id=address_id(self._person, key), **values)

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
        awb_no = seeded_number(name, 11) if parcel.courier != BY_MAIL else None
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
                if sent and awb_no
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

    def _payments(self, written: Written) -> int:
        """Add the payments; what they brought in, in minor units."""
        order = written.order
        due = order.grand_total - order.loyalty_amount - order.credit_balance_used
        paid = 0
        for number, attempt in enumerate(written.planned.payments, start=1):
            payment = self._payment(written, attempt, number, due * attempt.percent // 100)
            written.rows.append(payment)
            if attempt.status is TransactionStatus.SUCCESS:
                paid += payment.amount
        return paid

    def _payment(self, written: Written, attempt: Attempt, number: int, amount: int) -> Payment:
        order = written.order
        begun = order.order_date + timedelta(hours=attempt.hours_later)
        settled = attempt.status is TransactionStatus.SUCCESS
        return Payment(
            id=seeded_id("payment", f"{order.id} {number}"),
            order_id=order.id,
            request_number=f"PAY-{order.order_number}-{number}",
            amount=amount,
            payment_status=attempt.status,
            payment_date=begun + timedelta(minutes=2) if settled else None,
            payment_reference_number=seeded_number(f"{order.id} {number}", 12) if settled else None,
            payment_gateway=_GATEWAYS.get(attempt.method, "TEST"),
            created_at=begun,
            modified_at=begun + timedelta(minutes=2),
            **_METHODS[attempt.method],
        )

    def _refund(self, written: Written, given: GivenBack, number: int, paid: int) -> Refund:
        return self._refund_row(
            written,
            number=number,
            amount=paid if given.amount is None else given.amount,
            status=given.status,
            asked=self._at(given.asked),
            moved=None if given.paid is None else self._at(given.paid),
            mode=given.mode,
            account=given.account,
            remarks=given.remarks,
        )

    def _refund_row(
        self,
        written: Written,
        *,
        number: int,
        amount: int,
        status: RefundStatus,
        asked: datetime,
        moved: datetime | None,
        mode: str = RefundMode.ORIGINAL_PAYMENT_MODE,
        account: str | None = None,
        remarks: str | None = None,
        return_id: str | None = None,
    ) -> Refund:
        order = written.order
        method = (
            "Bank Transfer"
            if account
            else _METHODS[written.planned.payments[-1].method]["payment_method"]
        )
        return Refund(
            id=seeded_id("refund", f"{order.id} {return_id} {number}"),
            order_id=order.id,
            return_id=return_id,
            request_number=f"REF-{order.order_number}-{'R' if return_id else ''}{number}",
            refund_amount=amount,
            refund_date=moved,
            status=status,
            payment_mode=mode,
            payment_method=method,
            payment_reference_number=(
                seeded_number(f"refund {order.id} {number}", 12) if moved else None
            ),
            refund_remarks=remarks,
            created_at=asked,
            modified_at=moved or asked,
            **(account_row(self._person, account) if account else {}),
        )

    def _return(self, written: Written, back: Back, number: int) -> list[SQLModel]:
        order = written.order
        key = f"{self._person.key} {written.planned.name} {number}"
        return_id = seeded_id("return", key)
        pickup = seeded_id("pickup address", return_id)
        moments: dict[str, Any] = {
            name: None if days is None else self._at(days)
            for name, days in (
                ("approved_at", back.approved),
                ("rejected_at", back.rejected),
                ("shipped_at", back.shipped),
                ("received_at", back.received),
                ("completed_at", back.completed),
                ("cancelled_at", back.cancelled),
            )
        }
        created = self._at(back.created)
        items = [
            _return_item(return_id, written.units[sku], units, back, position)
            for position, (sku, units) in enumerate(back.units.items())
        ]
        total = sum(item.refund_amount for item in items)
        tax = sum(item.tax_amount for item in items)
        row = OrderReturn(
            id=return_id,
            customer_id=self._person.id,
            order_id=order.id,
            request_number=f"RET-{order.order_number}-{number}",
            status=back.status,
            subtotal=total - tax,
            total_tax=tax,
            grand_total=total,
            pickup_address_id=pickup,
            rejection_reason=back.rejection_reason,
            replacement_order_id=(
                seeded_id("order", f"{self._person.key} {back.replacement}")
                if back.replacement
                else None
            ),
            created_at=created,
            modified_at=max([created, *filter(None, moments.values())]),
            **moments,
        )
        written.returned.append((row, items))
        rows: list[SQLModel] = [self._copy(pickup, written.planned.address), row, *items]
        if back.refund is not None:
            rows.append(
                self._refund_row(
                    written,
                    number=number,
                    amount=total,
                    status=back.refund,
                    asked=moments["approved_at"] or created,
                    moved=moments["completed_at"],
                    return_id=return_id,
                )
            )
        return rows


def _return_item(
    return_id: str, line: OrderLine, units: int, back: Back, position: int
) -> ReturnItem:
    paid_units = [1] * (line.quantity - line.free_quantity)
    return ReturnItem(
        id=seeded_id("return item", f"{return_id} {position}"),
        return_id=return_id,
        line_id=line.id,
        position=position,
        quantity=units,
        resolution=back.resolution,
        return_reason=back.reason,
        refund_amount=(
            sum(split(line.line_total, paid_units)[:units])
            if back.resolution is ReturnResolution.REFUND
            else 0
        ),
        tax_amount=(
            sum(split(line.tax_amount, paid_units)[:units])
            if back.resolution is ReturnResolution.REFUND
            else 0
        ),
    )
