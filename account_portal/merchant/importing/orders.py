"""Orders with their lines and address copies; parcels, payments and refunds go to `parts`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import delete

from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.ids import new_id
from account_portal.core.money import exponent
from account_portal.merchant.importing.amounts import LineAmounts, OrderAmounts, add_up, minor
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.catalog import add_missing_products
from account_portal.merchant.importing.contents import units_held
from account_portal.merchant.importing.customers import customers_of
from account_portal.merchant.importing.fulfilment import pack
from account_portal.merchant.importing.lines import line_rows
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
    AddressRecord,
    OrderRecord,
)
from account_portal.merchant.importing.stated import (
    STATED,
    fault_of,
    fault_of_lines,
    stated_payment,
    states_of,
    why_not_state,
)
from account_portal.merchant.importing.tables import difference, fetch, update
from account_portal.merchant.importing.twins import tell_apart
from account_portal.models import (
    AddressCopy,
    Order,
    OrderLine,
    Payment,
    Shipment,
    ShipmentItem,
)
from account_portal.models.states import (
    OrderStatus,
    PaymentStatus,
    ShipmentStatus,
    TransactionStatus,
)
from account_portal.orders import rules

_COPIED = (
    "first_name",
    "last_name",
    "country_code",
    "phone",
    "email",
    "address_line1",
    "address_line2",
    "landmark",
    "pincode",
    "city",
    "state",
    "country",
    "tax_identification_number",
    "business_name",
)


def write_orders(batch: Batch, entries: Sequence[Entry[OrderRecord]]) -> None:
    """Add or update orders; those whose customer is unknown make one."""
    owners = customers_of(batch, entries, create=True)
    named = [entry for position, entry in enumerate(entries) if position in owners]
    there, unclear = tell_apart(batch, named)
    pack(batch, named, there)
    batch.before |= {row["id"]: row["status"] for row in there.values()}
    writer = _Writer(batch, there.values())
    for position, entry in enumerate(entries):
        if position not in owners or id(entry) in unclear:
            continue
        row = there.get(entry.record.order_number)
        customer_id = owners[position]["customer_id"]
        if row is None:
            writer.add(entry, customer_id)
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
        copies = {
            row[name] for row in rows for name in ("billing_address_id", "shipping_address_id")
        }
        self._copies = {
            row["id"]: row for row in fetch(batch.db, AddressCopy, "id", copies - {None})
        }
        self._sent: dict[str, set[str]] = defaultdict(set)
        for parcel in fetch(batch.db, Shipment, "order_id", ids, ("order_id", "status")):
            self._sent[parcel["order_id"]].add(parcel["status"])
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
        self._new_copies: list[Row] = []
        self._new_orders: list[Row] = []
        self._currencies = {row["id"]: row["currency"] for row in rows}
        self._new_lines: list[Row] = []
        self._order_changes: list[tuple[str, Row]] = []
        self._line_changes: list[tuple[str, Row]] = []
        self._gone_lines: list[str] = []
        self._parts: list[OrderPart] = []
        self._closed: list[str] = []
        """Orders that are cancelled: what is open of them ends."""
        self._stated_changes: list[tuple[str, Row]] = []
        self._stated_gone: list[str] = []

    def add(self, entry: Entry[OrderRecord], customer_id: str) -> None:
        """An order that is not there yet."""
        record = entry.record
        currency = record.currency or self._batch.currency
        amounts = add_up(record, currency)
        if self._is_overpaid(entry, amounts, currency):
            return
        order_id = new_id()
        lines = line_rows(order_id, record, amounts.lines, currency)
        fault = fault_of(record, amounts, lines, currency)
        if fault:
            self._batch.refuse(entry, fault)
            return
        shipping = self._copy(record.shipping_address)
        billing = (
            shipping
            if record.billing_address == record.shipping_address
            else self._copy(record.billing_address)
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
        if not record.payments and (is_paid or record.is_reserved):
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
        due = due_of({**row, **values})
        if not paid or not due:
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
        if self._is_overpaid(entry, amounts, currency):
            return
        said = self._batch.said_anew(record)
        if "currency" in said and currency != row["currency"]:
            self._batch.refuse(entry, f"currency: the order is in {row['currency']}")
            return
        fault = fault_of_lines(
            self._lines[order_id].values(),
            line_rows(order_id, record, amounts.lines, currency),
            self._held,
        )
        if said & BILL and fault:
            if not self._batch.is_last:
                self._batch.waiting.append(entry)  # a record of its parcels may come yet
                return
            self._batch.keep(entry, fault)
            said -= BILL
        values = order_values(record, amounts, currency)
        if not said & BILL:
            values = {name: values[name] for name in (*PLAIN, "extra")}
        told = said | {"extra"} if "metadata" in said else said
        values = {
            name: value
            for name, value in values.items()
            if name not in PLAIN_AND_EXTRA or name in told
        }
        values |= self._newer_states(entry, row, said)
        changed = difference(row, values)
        for name, address in (
            ("shipping_address_id", record.shipping_address),
            ("billing_address_id", record.billing_address),
        ):
            said_it = name.removesuffix("_id") in said
            if said_it and address is not None and not self._is_copied(row[name], address):
                changed[name] = self._copy(address)
        lines_changed = False
        lines: Sequence[Stored] = list(self._lines[order_id].values())
        if said & BILL:
            lines_changed, lines = self._change_lines(order_id, record, amounts.lines, currency)
        if changed or lines_changed:
            self._order_changes.append((order_id, {**changed, "modified_at": self._batch.now}))
            self._batch.changed_orders.add(order_id)
        self._restate_payment(entry, row, values, lines)
        self._take_parts(entry, order_id, currency, lines)

    def _is_overpaid(self, entry: Entry[OrderRecord], amounts: OrderAmounts, currency: str) -> bool:
        """Refuse an order that points and store credit paid more of than it cost."""
        record, digits = entry.record, exponent(currency)
        paid = minor(record.credit_balance_used, digits) + minor(record.loyalty_amount, digits)
        if paid <= amounts.grand_total:
            return False
        self._batch.refuse(
            entry,
            "credit_balance_used and loyalty_amount are more than the order cost: "
            f"{record.credit_balance_used + record.loyalty_amount} of "
            f"{Decimal(amounts.grand_total).scaleb(-digits)}",
        )
        return True

    def _change_lines(
        self, order_id: str, record: OrderRecord, amounts: list[LineAmounts], currency: str
    ) -> tuple[bool, list[Row]]:
        there = self._lines[order_id]
        rows = line_rows(order_id, record, amounts, currency)
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
                touched = True
        gone = [there[sku]["id"] for sku in there.keys() - {row["sku"] for row in rows}]
        self._gone_lines += gone
        return touched or bool(gone), rows

    def _copy(self, address: AddressRecord | None) -> str | None:
        if address is None:
            return None
        row = {"id": new_id(), "address_id": None}
        row.update((name, getattr(address, name)) for name in _COPIED)
        self._new_copies.append(row)
        return row["id"]

    def _is_copied(self, copy_id: str | None, address: AddressRecord) -> bool:
        copy = self._copies.get(copy_id) if copy_id else None
        return copy is not None and all(copy[name] == getattr(address, name) for name in _COPIED)

    def _newer_states(self, entry: Entry[OrderRecord], row: Stored, said: set[str]) -> Row:
        """States the record may set: not those that follow from parcels and payments here."""
        record = entry.record
        values: Row = {}
        stays = row["id"] in self._sent or record.shipments
        if said & {"status", "cancelled_at"}:
            told = states_of(record)
            status = told["status"]
            reason = why_not_state(row["status"], status, self._sent.get(row["id"], set()))
            if reason:
                self._batch.keep(entry, reason)
            elif status == OrderStatus.CANCELLED or not stays:
                values["status"] = status
                if record.payment_status is None and row["id"] not in self._tried:
                    values["payment_status"] = told["payment_status"]
                values["cancelled_at"] = told["cancelled_at"] or row["cancelled_at"]
                arrives = status in rules.DELIVERED and row["status"] not in rules.DELIVERED
                if arrives and record.delivered_at is None:
                    values["delivered_at"] = self._batch.now
                if status == OrderStatus.CANCELLED != row["status"]:
                    self._closed.append(row["id"])
        if "delivered_at" in said and row["id"] not in self._sent:
            values["delivered_at"] = record.delivered_at
        if "payment_status" in said and row["id"] not in self._paid:
            values["payment_status"] = record.payment_status
            values["payment_success_date"] = record.payment_success_date
        return values

    def _take_parts(
        self, entry: Entry[OrderRecord], order_id: str, currency: str, lines: Sequence[Stored]
    ) -> None:
        record = entry.record
        parts: list[Part] = [*record.shipments, *record.payments, *record.refunds]
        for part in parts:
            self._parts.append(OrderPart(entry, part, order_id, record.made_at, currency, lines))

    def flush(self) -> None:
        """Write everything that was collected."""
        db = self._batch.db
        add_missing_products(self._batch, self._new_lines, self._currencies)
        insert(db, AddressCopy, self._new_copies)
        insert(db, Order, self._new_orders)
        update(db, Order, "id", self._order_changes)
        if self._gone_lines:
            for model, column in ((ShipmentItem, "line_id"), (OrderLine, "id")):
                table = table_of(model)
                db.execute(delete(table).where(table.c[column].in_(self._gone_lines)))
        insert(db, OrderLine, self._new_lines)
        update(db, OrderLine, "id", self._line_changes)
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
