"""Lives of orders that came by a record, and what the shop says of them next."""

import copy
import dataclasses
from pathlib import Path
from typing import Any

from account_portal.core.db import Database
from account_portal.core.ids import new_id
from account_portal.models import Order, OrderLine, User
from account_portal.orders.facts import OrderFacts
from tests.factories.records import bring_in, contents, rows, write
from tests.orders.lives import Life

PARCELS = ["scheduled", "packed", "shipped", "delivered", "lost", "return_to_origin", "cancelled"]
PAYMENTS = ["success", "failed", "pending", "refund_initiated", "authorized"]
REFUNDS = ["success", "pending", "approved", "failed"]


class ToldLife(Life):
    """An order that came by a record, and what the shop says of it next."""

    record: dict[str, Any]
    """What the shop's systems hold of it."""
    path: Path
    lines: dict[tuple[Any, ...], str]
    """Ids of its lines, by what tells them apart."""

    def brings(self, *records: dict[str, Any]) -> bool:
        """Whether all of these went in."""
        _, faults = bring_in(self.database, write(self.path, *records))
        return not faults

    def _tell(self, change: dict[str, Any]) -> None:
        record = self.record | change
        if self.brings(record):
            self.record = record
        self._same_lines()

    def _same_lines(self) -> None:
        """A line that is there keeps its id, wherever it stands in the record."""
        found = {(row.product_id, row.selling_price): row.id for row in self.rows(OrderLine)}
        for name, line_id in found.items():
            assert self.lines.setdefault(name, line_id) == line_id, "lines changed places"
        self.lines = found

    def rows(self, model: Any) -> list[Any]:
        if hasattr(model, "created_at"):
            return super().rows(model)
        return rows(self.database, model, order_id=self.id)

    def _check_units(self, facts: OrderFacts) -> None:
        """Units that got lost may be in another parcel by the shop's word."""
        super()._check_units(dataclasses.replace(facts, shipments=facts.holding_shipments))

    def _changed(self, name: str, place: int, **values: Any) -> None:
        parts = copy.deepcopy(self.record[name])
        if parts:
            parts[place % len(parts)] |= values
            self._tell({name: parts})

    def _added(self, name: str, part: dict[str, Any]) -> None:
        self._tell({name: [*self.record[name], part]})

    def _moment(self) -> str:
        return str(self._clock.now.isoformat())

    def _tell_again(self, _place: int) -> None:
        before = contents(self.database)
        self.brings(self.record)
        assert contents(self.database) == before, "what is told again changes nothing"

    def _payment(self, place: int) -> dict[str, Any]:
        part = [0.25, 0.5, 1, 1.5][place % 4]
        return {
            "request_number": f"PAY-{new_id()[-12:]}",
            "amount": round(self.total() * part, 2),
            "payment_status": PAYMENTS[place % len(PAYMENTS)],
            "created_at": self._moment(),
        }

    def total(self) -> float:
        """What the order costs."""
        with self.database.session(writes=False) as db:
            return float(db.get_one(Order, self.id).grand_total / 100)

    def _tell_payment(self, place: int) -> None:
        self._added("payments", self._payment(place))

    def _tell_late_payment(self, place: int) -> None:
        payment = self._payment(place) | {"payment_status": "success"}
        self.brings({**payment, "type": "payment", "order_number": self.number})

    def _tell_payment_moved(self, place: int) -> None:
        self._changed("payments", place, payment_status=PAYMENTS[place % len(PAYMENTS)])

    def _tell_payment_less(self, place: int) -> None:
        self._changed("payments", place, amount=round(self.total() * 0.3, 2))

    def _tell_refund(self, place: int) -> None:
        refund = {
            "request_number": f"RFD-{new_id()[-12:]}",
            "refund_amount": round(self.total() * [0.25, 0.5, 1][place % 3], 2),
            "status": REFUNDS[place % len(REFUNDS)],
            "created_at": self._moment(),
        }
        self._added("refunds", refund)

    def _tell_refund_moved(self, place: int) -> None:
        self._changed("refunds", place, status=REFUNDS[place % len(REFUNDS)])

    def _tell_refund_of_points(self, place: int) -> None:
        refund = {
            "request_number": f"RFD-{new_id()[-12:]}",
            "refund_amount": 0.5,
            "status": REFUNDS[place % len(REFUNDS)],
            "payment_mode": "loyalty_point",
            "created_at": self._moment(),
        }
        self._added("refunds", refund)

    def _tell_parcel(self, place: int) -> None:
        parcel: dict[str, Any] = {
            "reference_number": f"SHP-{new_id()[-12:]}",
            "status": PARCELS[place % len(PARCELS)],
        }
        if place % 2:
            parcel["items"] = [{"sku": "SKU-0", "quantity": 1 + place % 3}]
        if place % 3:
            parcel["delivered_date"] = self._moment()
        self._added("shipments", parcel)

    def _tell_parcel_moved(self, place: int) -> None:
        self._changed("shipments", place, status=PARCELS[place % len(PARCELS)])

    def _tell_lines_turned(self, _place: int) -> None:
        self._tell({"lines": self.record["lines"][::-1]})

    def _tell_units(self, place: int) -> None:
        self._changed("lines", place, quantity=1 + place % 4, free_quantity=0)

    def _tell_line_dropped(self, place: int) -> None:
        lines = list(self.record["lines"])
        if len(lines) > 1:
            del lines[place % len(lines)]
            self._tell({"lines": lines})

    def _tell_delivery(self, place: int) -> None:
        self._tell({"shipping_amount": place})

    def _tell_state(self, place: int) -> None:
        states = ["confirmed", "shipped", "delivered", "awaiting_shipment"]
        self._tell({"status": states[place % len(states)]})

    def _tell_cancelled(self, _place: int) -> None:
        self._tell({"status": "cancelled"})

    def _tell_points(self, place: int) -> None:
        self.brings(
            {
                "type": "loyalty_activity",
                "external_id": new_id(),
                "customer_email": "owner@example.com",
                "activity_type": ["redeemed", "earned"][place % 2],
                "activity": ["order", "order_cancelled", "order_returned"][place % 3],
                "loyalty_point": 1,
                "reference_number": self.number,
                "created_at": self._moment(),
            }
        )


def record_of(
    number: str, lines: Any, paid: Any, sent: dict[str, Any] | None, moment: str
) -> dict[str, Any]:
    """What the shop tells first."""
    (first, dear), (second, cheap), (third, free) = lines
    made = [
        {"sku": "SKU-0", "product_id": "product-0", "quantity": first, "selling_price": dear},
        {"sku": "SKU-0", "product_id": "product-0", "quantity": second, "selling_price": cheap},
    ]
    if dear == cheap:  # nobody could tell them apart
        made[1]["selling_price"] = cheap + 7
    if third:
        made.append(
            {
                "sku": "SKU-1",
                "product_id": "product-1",
                "quantity": third,
                "free_quantity": min(free, third),
                "selling_price": 10,
            }
        )
    total = sum(
        line["selling_price"] * (line["quantity"] - line.get("free_quantity", 0)) for line in made
    )
    return {
        "type": "order",
        "order_number": number,
        "order_date": moment,
        "customer_email": "owner@example.com",
        "lines": made,
        "shipments": [{"reference_number": f"SHP-{number}", **sent}] if sent else [],
        "refunds": [],
        "payments": [
            {
                "request_number": f"PAY-{number}-{place}",
                "amount": round(total * part, 2),
                "payment_status": status,
                "created_at": moment,
            }
            for place, (status, part) in enumerate(paid)
        ],
    }


def begin(
    database: Database,
    owner: User,
    call: Any,
    clock: Any,
    path: Path,
    told: tuple[Any, list[tuple[str, float]], dict[str, Any] | None],
    kind: type[ToldLife] = ToldLife,
) -> ToldLife | None:
    """The life of an order as it is told first: lines, payments, parcel; none if it is refused."""
    record = record_of(f"T-{new_id()[-12:]}", *told, clock.now.isoformat())
    if bring_in(database, write(path, record))[1]:
        return None
    [order] = rows(database, Order, order_number=record["order_number"])
    one = kind(database, call, owner, clock, order)
    one.record, one.path, one.lines = record, path, {}
    one._same_lines()
    return one
