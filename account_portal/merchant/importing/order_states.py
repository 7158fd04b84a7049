"""The state of an order that is there, and what a record may make of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from account_portal.core.bulk import Row, Stored
from account_portal.merchant.importing.batch import Batch
from account_portal.merchant.importing.contradictions import state_after
from account_portal.merchant.importing.held_units import has_requests
from account_portal.merchant.importing.records import OrderRecord
from account_portal.merchant.importing.stated import states_of, why_not_state
from account_portal.orders import rules
from account_portal.states import OrderStatus, PaymentStatus

STATE = frozenset({"status", "cancelled_at"})
"""Fields that tell the state of an order."""


def told_cancel(batch: Batch, record: OrderRecord) -> bool:
    """Whether the shop said the last time that an order is cancelled, as exports do by a date."""
    last = batch.last.get(id(record), {})
    return bool(
        last.get("status", last.get("cancelled_at") and OrderStatus.CANCELLED)
        == OrderStatus.CANCELLED
    )


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that is there."""

    row: Stored
    parcels: Mapping[str, str]
    """State by reference number."""
    is_tried: bool
    """Whether it has payments, not only a state that says so."""
    is_paid: bool
    """Whether money of these arrived."""

    def lacks_payments(self, record: OrderRecord, said: set[str]) -> bool:
        """Whether nobody says how much of an order that is partly paid arrived."""
        is_partly = record.payment_status == PaymentStatus.PARTIALLY_PAID
        is_told = "payment_status" in said and is_partly
        return is_told and not record.payments and not self.is_tried

    def why_not(self, batch: Batch, record: OrderRecord, said: set[str]) -> str | None:
        """Why it cannot take the state that its record tells anew, if it tells one."""
        wanted, now = states_of(record)["status"], self.row["status"]
        if not said & STATE:
            # A cancel is never taken back; that the shop's word lacks it is told.
            is_gone = now == OrderStatus.CANCELLED != wanted and told_cancel(batch, record)
            return why_not_state(now, wanted, ()) if is_gone else None
        undone = now in rules.DELIVERED and wanted not in rules.DELIVERED
        if undone and has_requests(batch, self.row["id"]):
            return f"returns or claims hold units of the order; it cannot become {wanted}"
        parcels = dict(self.parcels)
        for parcel in record.parcels:
            number = parcel.reference_number
            parcels[number] = state_after(batch, parcel, parcels.get(number))
        reason = why_not_state(now, wanted, parcels.values())
        is_same = wanted in (now, OrderStatus.CANCELLED) or {now, wanted} <= rules.DELIVERED
        if self.parcels and not record.parcels and not is_same and not reason:
            return f"the order is {now} by its parcels here; it does not become {wanted}"
        return reason

    def newer_states(self, batch: Batch, record: OrderRecord, said: set[str]) -> Row:
        """States the record may set: not those that follow from parcels and payments here."""
        values: Row = {}
        if said & STATE:
            told, now = states_of(record), self.row["status"]
            status = told["status"]
            if status == OrderStatus.CANCELLED or not (self.parcels or record.parcels):
                values["status"] = status
                # Guessed by delivery: what arrives is paid, what no longer has may not be.
                is_guess = record.payment_status is None and not self.is_tried
                if is_guess and rules.DELIVERED & {status, now}:
                    values["payment_status"] = told["payment_status"]
                values["cancelled_at"] = told["cancelled_at"] or self.row["cancelled_at"]
                arrives = status in rules.DELIVERED and now not in rules.DELIVERED
                if arrives and record.delivered_at is None:
                    values["delivered_at"] = batch.now
                if status == OrderStatus.CANCELLED != now:
                    values["cancelled_at"] = values["cancelled_at"] or batch.now
        if "delivered_at" in said and not self.parcels:
            values["delivered_at"] = record.delivered_at
        if "payment_status" in said and not self.is_paid:
            values["payment_status"] = record.payment_status
            values["payment_success_date"] = record.payment_success_date
        return values
