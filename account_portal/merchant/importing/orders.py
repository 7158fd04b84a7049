"""Orders with their lines and address copies; parcels, payments and refunds go to `parts`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.money import to_major
from account_portal.merchant.importing.address_copies import AddressCopies
from account_portal.merchant.importing.amounts import add_up
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.cancelled_units import add_back, cancelled_units
from account_portal.merchant.importing.catalog import add_missing_products
from account_portal.merchant.importing.customers import customers_of
from account_portal.merchant.importing.free_units import refit
from account_portal.merchant.importing.fulfilment import pack
from account_portal.merchant.importing.gone import netted, went_back
from account_portal.merchant.importing.held_units import lost_free_units, units_held
from account_portal.merchant.importing.late_emails import emails_of_orders, owners_without_email
from account_portal.merchant.importing.lines import line_rows
from account_portal.merchant.importing.new_orders import NewOrder, judge
from account_portal.merchant.importing.order_states import STATE, KnownOrder
from account_portal.merchant.importing.order_values import (
    BILL,
    PLAIN,
    PLAIN_AND_EXTRA,
    due_of,
    order_values,
)
from account_portal.merchant.importing.parts import (
    OrderPart,
    Part,
    write_parts,
)
from account_portal.merchant.importing.records import (
    OrderRecord,
    RefundPart,
)
from account_portal.merchant.importing.same_lines import recognise_lines
from account_portal.merchant.importing.stated import (
    LACKS_PAYMENTS,
    STATED,
    fault_of_amounts,
    fault_of_lines,
    stated_payment,
    states_of,
)
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.models import (
    Order,
    OrderLine,
    Payment,
    Shipment,
    ShipmentItem,
)
from account_portal.orders import rules
from account_portal.states import (
    OrderStatus,
    PaymentStatus,
    ShipmentStatus,
    TransactionStatus,
)

_ADDRESSES = frozenset(("shipping_address", "billing_address"))


def write_orders(batch: Batch, entries: Sequence[Entry[OrderRecord]]) -> None:
    """Add or update orders; those whose customer is unknown make one."""
    there = batch.orders
    pack(batch, entries, there)
    # What cannot be true is refused before a customer is made of it.
    new = {
        id(entry): made
        for entry in entries
        if entry.record.order_number not in there and (made := judge(batch, entry)) is not None
    }
    entries = [entry for entry in entries if entry.record.order_number in there or id(entry) in new]
    without = owners_without_email(batch, entries, there)
    emails = emails_of_orders(batch, entries, without)
    owners = customers_of(batch, entries, create=True, owners=without, emails=emails)
    found = [row for entry in entries if (row := there.get(entry.record.order_number)) is not None]
    batch.before |= {row["id"]: row["status"] for row in found}
    writer = _Writer(batch, found)
    for position, entry in enumerate(entries):
        if position not in owners:
            continue
        row = there.get(entry.record.order_number)
        customer_id = owners[position]["customer_id"]
        if row is None:
            writer.add(entry, customer_id, new[id(entry)])
        elif row["customer_id"] == customer_id:
            writer.change(entry, row)
        else:
            batch.refuse(entry, f"order {row['order_number']} belongs to another customer")
    writer.flush()


class _Writer:
    """Collects the rows of a batch, so that each table is written by one statement."""

    def __init__(self, batch: Batch, there: Iterable[Stored]) -> None:
        self._batch = batch
        rows = list(there)
        ids = [row["id"] for row in rows]
        self._lines: dict[str, dict[str, Stored]] = defaultdict(dict)
        for line in fetch(batch.db, OrderLine, "order_id", ids):
            self._lines[line["order_id"]][line["sku"]] = line
        self._addresses = AddressCopies(batch.db, rows)
        self._sent: dict[str, dict[str, str]] = defaultdict(dict)
        """State by reference number of the parcels of each order."""
        names = ("order_id", "reference_number", "status")
        for parcel in fetch(batch.db, Shipment, "order_id", ids, names):
            self._sent[parcel["order_id"]][parcel["reference_number"]] = parcel["status"]
        self._stated: dict[str, Stored] = {}
        self._tried: set[str] = set()
        """Orders with a payment of their own."""
        self._paid: set[str] = set()
        """Of these: orders some of whose money arrived."""
        for payment in fetch(batch.db, Payment, "order_id", ids):
            if payment["collection"] == STATED:
                self._stated[payment["order_id"]] = payment
                continue
            self._tried.add(payment["order_id"])
            if payment["payment_status"] in rules.ARRIVED:
                self._paid.add(payment["order_id"])
        self._held = units_held(batch, ids)
        self._lost_free = lost_free_units(batch, ids)
        self._cancelled = cancelled_units(batch, "order_id", ids)
        self._new_orders: list[Row] = []
        self._currencies = {row["id"]: row["currency"] for row in rows}
        self._new_lines: list[Row] = []
        self._order_changes: list[tuple[str, Row]] = []
        self._line_changes: list[tuple[str, Row]] = []
        self._gone_lines: list[str] = []
        self._refitted: list[str] = []
        """Lines with other units, or other free ones, than before."""
        self._parts: list[OrderPart] = []
        self._closed: list[str] = []
        """Orders that are cancelled: what is open of them ends."""
        self._stated_changes: list[tuple[str, Row]] = []
        self._stated_gone: list[str] = []

    def add(self, entry: Entry[OrderRecord], customer_id: str, new: NewOrder) -> None:
        """An order that is not there yet."""
        record = entry.record
        order_id, currency, amounts, lines = new
        self._batch.begun.add(id(entry))
        shipping = self._addresses.add(record.shipping_address)
        billing = (
            shipping
            if record.billing_address == record.shipping_address
            else self._addresses.add(record.billing_address)
        )
        self._new_lines += lines
        self._currencies[order_id] = currency
        self._new_orders.append(
            {
                "id": order_id,
                "customer_id": customer_id,
                **order_values(record, amounts, currency),
                **states_of(record),
                "billing_address_id": billing,
                "shipping_address_id": shipping,
                "replaces_return_id": None,
                "completes_at": None,
                "created_at": record.made_at,
                "modified_at": record.made_at,
            }
        )
        self._take_parts(entry, order_id, currency, lines)
        values = self._new_orders[-1]
        is_paid = values["payment_status"] == PaymentStatus.SUCCESS
        if not record.payments and (is_paid or record.collection):
            self._state_payment(entry, order_id, values, lines)
        if values["status"] == OrderStatus.CANCELLED:
            self._closed.append(order_id)
        self._batch.changed_orders.add(order_id)

    def _state_payment(
        self, entry: Entry[OrderRecord], order_id: str, values: Stored, lines: Sequence[Stored]
    ) -> None:
        due = due_of(values)
        if due:
            payment = stated_payment(entry.record, due, values["currency"])
            made_at = entry.record.made_at
            self._parts.append(
                OrderPart(entry, payment, order_id, made_at, values["currency"], lines)
            )

    def _restate_payment(
        self, entry: Entry[OrderRecord], row: Stored, values: Row, lines: Sequence[Stored]
    ) -> None:
        """Let the payment that the shop's word stands for follow what the shop says now."""
        order_id, stated = row["id"], self._stated.get(row["id"])
        if order_id in self._paid or entry.record.payments:
            return
        paid = values.get("payment_status", row["payment_status"]) == PaymentStatus.SUCCESS
        if stated is None:
            if paid:
                self._state_payment(entry, order_id, {**row, **values}, lines)
            return
        due = due_of({**row, **values}) if paid else 0
        refunds = {one.request_number: one for one in entry.record.refunds}
        gone = went_back(self._batch, order_id, row["currency"], refunds)
        if gone and not paid:
            amount = to_major(gone, row["currency"])
            self._batch.keep(entry, f"payment_status: {amount} of the order went back or is to")
        due = max(due, gone)
        if not due:
            self._stated_gone.append(stated["id"])
        elif due != stated["amount"]:
            self._stated_changes.append((stated["id"], {"amount": due}))
        else:
            return
        self._batch.changed_orders.add(order_id)

    def change(self, entry: Entry[OrderRecord], row: Stored) -> None:
        """An order that is there: only what differs is written."""
        record = entry.record
        order_id = row["id"]
        currency = record.currency or row["currency"]
        if id(record) in self._batch.unchanged:
            there = list(self._lines[order_id].values())
            self._take_parts(entry, order_id, currency, there)
            return
        amounts = add_up(record, currency)
        said, less = self._batch.said_anew(record), row["grand_total"] - amounts.grand_total
        rows = line_rows(order_id, record, amounts.lines, currency)
        recognise_lines(rows, self._lines[order_id].values())
        fault = fault_of_lines(self._lines[order_id].values(), rows, self._held, self._lost_free)
        if add_back(rows, amounts, row, self._lines[order_id], self._cancelled):
            said -= BILL
        wrong = fault_of_amounts(record, amounts, currency)
        if "currency" in said and currency != row["currency"]:
            wrong = f"currency: the order is in {row['currency']}"
        if wrong:
            self._batch.refuse(entry, wrong)
            return
        known = KnownOrder(
            row, self._sent.get(order_id, {}), order_id in self._tried, order_id in self._paid
        )
        if known.lacks_payments(record, said):
            self._batch.wait_or_refuse(entry, LACKS_PAYMENTS)
            return
        fault = fault if said & BILL else None
        reason = known.why_not(self._batch, record, said)
        if (fault or reason) and not self._batch.is_last:
            self._batch.waiting.append(entry)  # a record of its parcels may come yet
            return
        if fault:
            self._batch.keep(entry, fault)
            said -= BILL
        if reason:
            self._batch.keep(entry, reason)
            if states_of(record)["status"] == OrderStatus.CANCELLED:
                self._batch.unsettled[id(record)] = STATE  # once its parcels are back
            said -= STATE
        self._batch.begun.add(id(entry))
        self._batch.netted |= netted(self._batch, record, row, less)
        values = order_values(record, amounts, currency)
        if not said & BILL:
            values = {name: values[name] for name in (*PLAIN, "extra")}
        told = said | {"extra"} if "metadata" in said else said
        values = {
            name: value
            for name, value in values.items()
            if name not in PLAIN_AND_EXTRA or name in told
        }
        values |= known.newer_states(self._batch, record, said)
        if values.get("status") == OrderStatus.CANCELLED != row["status"]:
            self._closed.append(order_id)
        changed = difference(row, values)
        is_elsewhere, copies = self._addresses.change(
            row, {f"{name}_id": getattr(record, name) for name in _ADDRESSES & said}
        )
        changed |= copies
        lines_changed = False
        lines: Sequence[Stored] = list(self._lines[order_id].values())
        if said & BILL:
            lines_changed, lines = self._change_lines(order_id, rows)
        if changed or lines_changed or is_elsewhere:
            self._order_changes.append((order_id, {**changed, "modified_at": self._batch.now}))
            self._batch.changed_orders.add(order_id)
        self._restate_payment(entry, row, values, lines)
        self._take_parts(entry, order_id, currency, lines)

    def _change_lines(self, order_id: str, rows: list[Row]) -> tuple[bool, list[Row]]:
        there = self._lines[order_id]
        touched = False
        for row in rows:
            known = there.get(row["sku"])
            if known is None:
                self._new_lines.append(row)
                touched = True
                continue
            row["id"] = known["id"]
            changed = difference(known, row)
            if changed:
                self._line_changes.append((known["id"], changed))
                if not changed.keys().isdisjoint(("quantity", "free_quantity")):
                    self._refitted.append(known["id"])
                touched = True
        gone = [there[sku]["id"] for sku in there.keys() - {row["sku"] for row in rows}]
        self._gone_lines += gone
        return touched or bool(gone), rows

    def _take_parts(
        self, entry: Entry[OrderRecord], order_id: str, currency: str, lines: Sequence[Stored]
    ) -> None:
        record = entry.record
        parts: list[Part] = [*record.parcels, *record.payments, *record.refunds]
        self._batch.begun.add(id(entry))
        paid = [one.payment_date or one.created_at for one in record.payments]
        # A refund without a date was made when there was money to go back.
        paid_at = max([record.made_at, *[moment for moment in paid if moment]])
        for part in parts:
            made_at = paid_at if isinstance(part, RefundPart) else record.made_at
            self._parts.append(OrderPart(entry, part, order_id, made_at, currency, lines))

    def flush(self) -> None:
        """Write everything that was collected."""
        db = self._batch.db
        add_missing_products(self._batch, self._new_lines, self._currencies)
        self._addresses.write()
        insert(db, Order, self._new_orders)
        update(db, Order, "id", self._order_changes)
        if self._gone_lines:
            for model, column in ((ShipmentItem, "line_id"), (OrderLine, "id")):
                table = table_of(model)
                db.execute(delete(table).where(table.c[column].in_(self._gone_lines)))
        insert(db, OrderLine, self._new_lines)
        update(db, OrderLine, "id", self._line_changes)
        if self._refitted:
            refit(self._batch, self._refitted)
        update(db, Payment, "id", self._stated_changes)
        if self._stated_gone:
            table = table_of(Payment)
            db.execute(delete(table).where(table.c.id.in_(self._stated_gone)))
        write_parts(self._batch, self._parts)
        self._close()

    def _close(self) -> None:
        """What a cancelled order leaves behind: parcels that stay here, attempts nobody ends.

        The refund of what was paid follows when the order is derived anew.
        """
        if not self._closed:
            return
        inside = sorted(rules.NOT_PACKED | {ShipmentStatus.PACKED})
        for model, column, open_states, state in (
            (Shipment, "status", inside, ShipmentStatus.CANCELLED),
            (Payment, "payment_status", [TransactionStatus.PENDING], TransactionStatus.FAILED),
        ):
            table = table_of(model)
            self._batch.db.execute(
                table.update()
                .where(table.c.order_id.in_(self._closed), table.c[column].in_(open_states))
                .values({column: str(state), "modified_at": self._batch.now})
            )
