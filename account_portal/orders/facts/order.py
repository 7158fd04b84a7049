"""Orders with everything that hangs on them, as facts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from account_portal.core.bulk import Stored
from account_portal.orders import rules
from account_portal.orders.facts.claimed import holds_units
from account_portal.orders.facts.held import Held, refused_of, units_of
from account_portal.orders.facts.money import NOT_AGREED, money_facts
from account_portal.states import (
    OrderStatus,
    RefundStatus,
    ReturnResolution,
    ReturnStatus,
    ShipmentStatus,
    TransactionStatus,
)

Rows = Sequence[Stored]


@dataclass(slots=True)
class CancelledUnits:
    """Units of a line that were cancelled, and how many of them were free."""

    units: int = 0
    free: int = 0

    @property
    def paid(self) -> int:
        """Those that cost something."""
        return self.units - self.free


@dataclass(slots=True)
class OrderFacts:
    """The rows of an order as they were read; `order` may be brought up to date by its reader."""

    order: dict[str, Any]
    lines: Rows = ()
    shipments: Rows = ()
    items: Mapping[str, Rows] = field(default_factory=dict)
    """What is in each parcel, by its id."""
    delivered_events: Mapping[str, datetime] = field(default_factory=dict)
    """When a delivered parcel without a date arrived by its events, by its id."""
    payments: Rows = ()
    refunds: Rows = ()
    returns: Mapping[str, ReturnStatus] = field(default_factory=dict)
    return_items: Rows = ()
    delivery_back: Rows = ()
    """Amounts of delivery that returns give back, with their ids; of most none."""
    cancelled: Rows = ()
    """Units that were cancelled while the order goes on."""
    claims: Rows = ()
    """Units in claims that are open or accepted, with what became of the claim."""
    points_spent: int = 0
    """Hundredths of a point the ledger took for this order and did not give back."""
    country: str | None = None
    """Where it goes to, as an ISO code; known only where a policy asks for it."""
    policies: Sequence[rules.Ranked] = ()
    """The one in force when it was placed, and those that were set since."""
    answers: dict[Any, Any] = field(default_factory=dict, init=False)
    """What policies said of it, each with the moment at which they were asked."""

    @property
    def live_shipments(self) -> list[Stored]:
        """Parcels that are not cancelled."""
        return [row for row in self.shipments if row["status"] != ShipmentStatus.CANCELLED]

    @property
    def holding_shipments(self) -> list[Stored]:
        """Parcels whose units cannot be sent again: not those that never came, unless refunded."""
        return [
            row
            for row in self.live_shipments
            if row["status"] not in rules.NEVER_CAME
            or any(item["written_off"] is not None for item in self.items.get(row["id"], ()))
        ]

    @property
    def lines_to_come(self) -> list[Stored]:
        """Lines that were not cancelled whole."""
        gone = self.cancelled_units()
        return [line for line in self.lines if line["quantity"] > gone[line["id"]].units]

    @property
    def is_digital(self) -> bool:
        """Whether nothing of it is to be sent: it is there as soon as it is paid."""
        return rules.is_digital(
            (line["product_type"] for line in self.lines_to_come),
            (row["status"] for row in self.shipments),
        )

    @property
    def lines_to_send(self) -> list[Stored]:
        """Lines that parcels bring, and that the order waits for."""
        lines = self.lines_to_come
        return [line for line in lines if not _is_digital(line)] or lines

    @property
    def files(self) -> list[Stored]:
        """Digital lines that no parcel brings, paid or not."""
        packed = {item["line_id"] for row in self.live_shipments for item in self._in(row)}
        return [
            line for line in self.lines_to_come if _is_digital(line) and line["id"] not in packed
        ]

    def lines_there(self) -> list[Stored]:
        """Digital lines that no parcel brings, of an order with parcels or goods to send.

        They are there when their files are, whatever becomes of the parcels.
        """
        order = self.order
        if self.is_digital or not rules.may_download(order["status"], order["payment_status"]):
            return []
        return self.files

    def _in(self, parcel: Stored) -> Rows:
        return self.items.get(parcel["id"], ())

    def units_in(self, shipments: Rows, lines: Rows) -> int:
        """Units of these lines that are in these parcels."""
        ids = {line["id"] for line in lines}
        return sum(
            item["quantity"]
            for row in shipments
            for item in self._in(row)
            if item["line_id"] in ids
        )

    def money(self) -> rules.MoneyFacts:
        """What happened to its money."""
        return money_facts(
            self.order,
            [
                rules.Attempt(
                    row["amount"],
                    TransactionStatus(row["payment_status"]),
                    row["created_at"],
                    row["collection"],
                )
                for row in self.payments
            ],
            [
                rules.RefundFact(
                    amount=row["refund_amount"],
                    status=RefundStatus(row["status"]),
                    payment_mode=row["payment_mode"],
                    payment_method=row["payment_method"],
                    created_at=row["created_at"],
                    id=row["id"],
                    retries_id=row["retries_id"],
                    purpose=row["purpose"],
                    return_id=row["return_id"],
                    of_return=self.returns.get(row["return_id"]) if row["return_id"] else None,
                )
                for row in self.refunds
            ],
            returned=sum(
                row["refund_amount"] - row["fee"]
                for row in self.return_items
                if row["resolution"] == ReturnResolution.REFUND
                and self.returns[row["return_id"]] not in NOT_AGREED
            )
            + sum(
                row["shipping_amount"]
                for row in self.delivery_back
                if self.returns[row["id"]] not in NOT_AGREED
            )
            + sum(row["refunded"] for row in self.claims),
            lost=sum(held.total for held in self.lost().values()) - self.charges_kept,
        )

    @property
    def charges_kept(self) -> int:
        """What the policy charged for items that were cancelled, in minor units."""
        return sum(row["charge"] for row in self.cancelled)

    def arrivals(self) -> list[rules.DeliveredParcel]:
        """What arrived when, by line id: from the parcels, or else from the order's own state.

        A parcel without a date arrived when its events say, or else with the order; an order
        without parcels when it says itself, or else when it was paid or placed. So does what is
        downloaded of an order with parcels, which are not later for it.
        """
        order = self.order
        own_date = order["delivered_at"]
        live = self.live_shipments
        paid = [
            row["payment_date"]
            for row in self.payments
            if row["payment_status"] in rules.ARRIVED and row["payment_date"]
        ]
        paid_at = max(paid, default=order["order_date"])
        if not live and OrderStatus(order["status"]) in rules.DELIVERED:
            return [rules.DeliveredParcel("", own_date or paid_at, self._paid_units(self.lines))]
        found = [
            rules.DeliveredParcel(
                parcel["reference_number"],
                parcel["delivered_date"]
                or self.delivered_events.get(parcel["id"])
                or own_date
                or parcel["modified_at"],
                {
                    item["line_id"]: item["quantity"] - item["free_quantity"]
                    for item in self.items.get(parcel["id"], ())
                },
            )
            for parcel in live
            if parcel["status"] == ShipmentStatus.DELIVERED
        ]
        if there := self.lines_there():
            when = min([paid_at, *(one.delivered_at for one in found)])
            found.append(rules.DeliveredParcel("", when, self._paid_units(there)))
        return found

    def _paid_units(self, lines: Rows) -> dict[str, int]:
        gone = self.cancelled_units()
        return {
            line["id"]: line["quantity"] - line["free_quantity"] - gone[line["id"]].paid
            for line in lines
        }

    def delivered_units(self) -> dict[str, int]:
        """Units that arrived by line id, free ones included."""
        found: dict[str, int] = defaultdict(int)
        live = self.live_shipments
        if not live and OrderStatus(self.order["status"]) in rules.DELIVERED:
            gone = self.cancelled_units()
            return {line["id"]: line["quantity"] - gone[line["id"]].units for line in self.lines}
        for parcel in live:
            if parcel["status"] == ShipmentStatus.DELIVERED:
                for item in self.items.get(parcel["id"], ()):
                    found[item["line_id"]] += item["quantity"]
        for line in self.lines_there():
            found[line["id"]] = line["quantity"] - self.cancelled_units()[line["id"]].units
        return found

    def held(self) -> dict[str, Held]:
        """What living return requests and claims hold, by line id."""
        found: dict[str, Held] = defaultdict(Held)
        for row in filter(holds_units, self.claims):
            found[row["line_id"]].add(row["quantity"], row["amount"], row["tax_amount"])
        for row in self.return_items:
            if self.returns[row["return_id"]] not in rules.ENDED:
                held = found[row["line_id"]]
                held.add(units_of(row), row["refund_amount"], row["tax_amount"])
                held.refused += refused_of(row)
        return found

    def cancelled_units(self) -> "dict[str, CancelledUnits]":
        """Units that were cancelled while the order goes on, by line id."""
        found: dict[str, CancelledUnits] = defaultdict(CancelledUnits)
        for row in self.cancelled:
            found[row["line_id"]].units += row["quantity"]
            found[row["line_id"]].free += row["free_quantity"]
        return found

    def lost(self) -> dict[str, Held]:
        """What is lost or cancelled, and refunded, by line id; its tax is not known."""
        found: dict[str, Held] = defaultdict(Held)
        for parcel in self.shipments:
            for item in self.items.get(parcel["id"], ()):
                if item["written_off"] is not None:
                    lost = found[item["line_id"]]
                    lost.units += item["quantity"] - item["free_quantity"]
                    lost.total += item["written_off"]
        for row in self.cancelled:
            lost = found[row["line_id"]]
            lost.units += row["quantity"] - row["free_quantity"]
            lost.total += row["amount"]
        return found

    def line_units(self, shipments: Rows | None = None) -> list[rules.LineUnits]:
        """Lines without what was cancelled, and how many units are in parcels.

        In those parcels that are given, or in all living ones.
        """
        gone = self.cancelled_units()
        found = {
            line["id"]: rules.LineUnits(
                line["id"],
                line["sku"],
                line["twin_of"],
                line["quantity"] - gone[line["id"]].units,
                line["free_quantity"] - gone[line["id"]].free,
            )
            for line in self.lines
        }
        for parcel in self.live_shipments if shipments is None else shipments:
            for item in self.items.get(parcel["id"], ()):
                found[item["line_id"]].sent += item["quantity"]
                found[item["line_id"]].sent_free += item["free_quantity"]
        return list(found.values())

    def units_to_send(self) -> list[rules.LineUnits]:
        """The same of the lines that parcels are to bring."""
        ids = {line["id"] for line in self.lines_to_send}
        return [line for line in self.line_units() if line.line_id in ids]


def _is_digital(line: Stored) -> bool:
    return bool(line["product_type"] == rules.DIGITAL)
