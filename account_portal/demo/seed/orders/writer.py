"""The writer of whole orders."""

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from account_portal.core.money import POINT_SCALE, split
from account_portal.core.settings import get_settings
from account_portal.demo.catalog import CURRENCY
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
from account_portal.demo.seed.orders.base import Written
from account_portal.demo.seed.orders.parcels import ParcelWriter
from account_portal.demo.seed.orders.payments import PaymentWriter
from account_portal.demo.seed.people import (
    address_id,
    address_values,
)
from account_portal.demo.seed.plan import Back, Planned, Wrong
from account_portal.demo.seed.pricing import OrderPrice
from account_portal.models import (
    AddressCopy,
    Claim,
    ClaimItem,
    Order,
    OrderLine,
    OrderReturn,
    ReturnItem,
)
from account_portal.states import (
    PaymentStatus,
    ShipmentStatus,
)


class OrderWriter(ParcelWriter, PaymentWriter):
    """Writes the orders of one person."""

    def write(self, planned: Planned) -> Written:
        """All rows of one order."""
        number = self._number + 1  # between two others
        if not planned.replaces_claim:
            number = self._number = self._number + 7 + int(seeded_number(planned.name, 2)) % 30
        placed = self._at(planned.placed)
        order_id = seeded_id("order", f"{self._person.key} {planned.name}")
        price = price_of(planned)
        lines = line_rows(order_id, planned, price)
        delivered = [
            self._at(parcel.reached)
            for parcel in planned.parcels
            if parcel.status is ShipmentStatus.DELIVERED
        ]
        order = self._order(order_id, number, planned, price, placed)
        written = Written(planned, order, lines, max(delivered, default=None))
        written.rows += [*self._addresses(order, planned), order, *lines]
        for place, parcel in enumerate(planned.parcels, start=1):
            written.rows += self._parcel(written, parcel, place)
        paid = self._payments(written)
        for place, given in enumerate(planned.refunds, start=1):
            written.rows.append(self._refund(written, given, place, paid))
        for place, back in enumerate(planned.returns, start=1):
            written.rows += self._return(written, back, place)
        for place, wrong in enumerate(planned.claims, start=1):
            written.rows += self._claim(written, wrong, place)
        return written

    def _order(
        self, order_id: str, number: int, planned: Planned, price: OrderPrice, placed: datetime
    ) -> Order:
        cancelled = None if planned.cancelled is None else self._at(planned.cancelled)
        value = round(get_settings().loyalty_point_value * 100)
        reached = [self._at(parcel.reached) for parcel in planned.parcels]
        replaced, claimed = planned.replaces, planned.replaces_claim
        return Order(
            id=order_id,
            customer_id=self._person.id,
            order_number=f"NW-{number}",
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
            replaces_claim_id=self._claim_id(*claimed) if claimed else None,
            cancellation_reason=planned.cancellation_reason,
            feedback=planned.feedback,
            cancelled_at=cancelled,
            created_at=placed,
            modified_at=max([placed, *reached, *filter(None, [cancelled])]),
        )

    def _claim_id(self, name: str, number: int) -> str:
        return seeded_id("claim", f"{self._person.key} {name} {number}")

    def _claim(self, written: Written, wrong: Wrong, number: int) -> list[SQLModel]:
        order, line = written.order, written.units[wrong.sku]
        created = self._at(wrong.created)
        decided = None if wrong.decided is None else self._at(wrong.decided)
        claim = Claim(
            id=self._claim_id(written.planned.name, number),
            customer_id=self._person.id,
            order_id=order.id,
            claim_number=f"CLM-{order.order_number}-{number}",
            status=wrong.status,
            wish=wrong.wish,
            resolution=wrong.resolution,
            answer=wrong.answer,
            decided_at=decided,
            replacement_order_id=(
                seeded_id("order", f"{self._person.key} {wrong.replacement}")
                if wrong.replacement
                else None
            ),
            created_at=created,
            modified_at=decided or created,
        )
        amount, tax = _worth(line, wrong.units)
        item = ClaimItem(
            id=seeded_id("claim item", claim.id),
            claim_id=claim.id,
            line_id=line.id,
            position=0,
            quantity=wrong.units,
            problem=wrong.problem,
            details=wrong.details,
            amount=amount,
            tax_amount=tax,
        )
        return [claim, item]

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
    amount, tax = _worth(line, units)
    return ReturnItem(
        id=seeded_id("return item", f"{return_id} {position}"),
        return_id=return_id,
        line_id=line.id,
        position=position,
        quantity=units,
        resolution=back.resolution,
        return_reason=back.reason,
        refund_amount=amount,
        tax_amount=tax,
    )


def _worth(line: OrderLine, units: int) -> tuple[int, int]:
    """What the first units of a line cost, and the tax in that."""
    paid_units = [1] * (line.quantity - line.free_quantity)
    return (
        sum(split(line.line_total, paid_units)[:units]),
        sum(split(line.tax_amount, paid_units)[:units]),
    )
