"""Orders with their lines and address copies; parcels, payments and refunds go to `parts`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from account_portal.core.bulk import Row, Stored, insert, table_of
from account_portal.core.ids import new_id
from account_portal.core.money import POINT_SCALE, exponent, round_half_up
from account_portal.merchant.importing.amounts import LineAmounts, OrderAmounts, add_up, minor
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.catalog import add_missing_products
from account_portal.merchant.importing.customers import customers_of
from account_portal.merchant.importing.fulfilment import pack
from account_portal.merchant.importing.lines import line_rows
from account_portal.merchant.importing.parts import (
    OrderPart,
    Part,
    write_parts,
)
from account_portal.merchant.importing.records import (
    AddressRecord,
    OrderRecord,
)
from account_portal.merchant.importing.stated import fault_of, stated_payment, states_of
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
from account_portal.models.states import OrderStatus, ShipmentStatus, TransactionStatus
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
_PLAIN = (
    "order_number",
    "order_date",
    "customer_email",
    "customer_phone",
    "customer_note",
    "coupon_code",
    "applied_promotions",
    "applied_coupons",
    "shipping_provider_id",
    "courier_company_id",
    "on_subscription",
    "cancellation_reason",
    "feedback",
)


_PLAIN_SET = frozenset({*_PLAIN, "extra"})
_BILL = frozenset(OrderRecord.model_fields) - {
    *_PLAIN,
    "type",
    "customer_id",
    "external_id",
    "status",
    "payment_status",
    "payment_success_date",
    "metadata",
    "billing_address",
    "shipping_address",
    "cancelled_at",
    "delivered_at",
    "shipments",
    "payments",
    "refunds",
    "fulfilment",
    "created_at",
}
"""Fields that the amounts of an order are worked out from."""
_NOT_PLACED = frozenset({OrderStatus.DRAFT, OrderStatus.AWAITING_APPROVAL})


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
        self._sent = _orders_in(batch, Shipment, ids)
        self._paid = _orders_in(batch, Payment, ids)
        self._new_copies: list[Row] = []
        self._new_orders: list[Row] = []
        self._currencies = {row["id"]: row["currency"] for row in rows}
        self._new_lines: list[Row] = []
        self._order_changes: list[tuple[str, Row]] = []
        self._line_changes: list[tuple[str, Row]] = []
        self._gone_lines: list[str] = []
        self._parts: list[OrderPart] = []
        self._closed: list[str] = []
        """Orders that the shop cancelled since."""

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
                **_order_values(record, amounts, currency),
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
        due = rules.net_payable(
            values["grand_total"], values["loyalty_amount"], values["credit_balance_used"]
        )
        self._parts += [
            OrderPart(entry, part, order_id, record.made_at, currency, lines)
            for part in stated_payment(record, due, currency)
        ]
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
        values = _order_values(record, amounts, currency)
        if not said & _BILL:
            values = {name: values[name] for name in (*_PLAIN, "extra")}
        told = said | {"extra"} if "metadata" in said else said
        values = {
            name: value for name, value in values.items() if name not in _PLAIN_SET or name in told
        }
        changed = difference(row, values | self._newer_states(entry, row, said))
        for name, address in (
            ("shipping_address_id", record.shipping_address),
            ("billing_address_id", record.billing_address),
        ):
            said_it = name.removesuffix("_id") in said
            if said_it and address is not None and not self._is_copied(row[name], address):
                changed[name] = self._copy(address)
        lines_changed = False
        lines: Sequence[Stored] = list(self._lines[order_id].values())
        if said & _BILL:
            lines_changed, lines = self._change_lines(order_id, record, amounts.lines, currency)
        if changed or lines_changed:
            self._order_changes.append((order_id, {**changed, "modified_at": self._batch.now}))
            self._batch.changed_orders.add(order_id)
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
        final = row["status"] in rules.FINAL
        stays = final or row["id"] in self._sent or record.shipments
        if said & {"status", "cancelled_at"}:
            status = states_of(record)["status"]
            goes_back = status in _NOT_PLACED and row["status"] not in _NOT_PLACED
            if status == OrderStatus.CANCELLED or not (stays or goes_back):
                values["status"] = status
                values["cancelled_at"] = states_of(record)["cancelled_at"] or row["cancelled_at"]
            elif status != row["status"] and (final or goes_back):
                self._batch.keep(
                    entry, f"the order is {row['status']} here; it cannot become {status}"
                )
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


def _orders_in(batch: Batch, model: type[Shipment | Payment], order_ids: list[str]) -> set[str]:
    """Which of the orders have rows of a kind."""
    return {row["order_id"] for row in fetch(batch.db, model, "order_id", order_ids, ("order_id",))}


def _order_values(record: OrderRecord, amounts: OrderAmounts, currency: str) -> Row:
    digits = exponent(currency)
    promotion = sum(line.promotion for line in amounts.lines)
    coupon = sum(line.coupon for line in amounts.lines)
    shipping_discount = minor(record.shipping_discount_amount, digits)
    values: Row = {name: getattr(record, name) for name in _PLAIN}
    values.update(
        currency=currency,
        extra=record.metadata,
        promotion_discount_amount=promotion,
        coupon_discount_amount=coupon,
        promotion_savings=_or(record.promotion_savings, promotion, digits),
        coupon_savings=_or(record.coupon_savings, coupon, digits),
        other_savings=minor(record.other_savings, digits),
        subtotal=amounts.items - amounts.item_tax,
        item_total_tax=amounts.item_tax,
        shipping_estimated_cost=_or(
            record.shipping_estimated_cost, amounts.shipping + shipping_discount, digits
        ),
        shipping_discount_amount=shipping_discount,
        shipping_amount=amounts.shipping,
        shipping_tax_rate=round_half_up(record.shipping_tax_rate * 100),
        shipping_tax_amount=amounts.shipping_tax,
        handling_charge_excluding_tax=amounts.handling,
        handling_charge_tax_amount=amounts.handling_tax,
        grand_total=amounts.grand_total,
        loyalty_point_earned=round_half_up(record.loyalty_point_earned * POINT_SCALE),
        loyalty_point_redeemed=round_half_up(record.loyalty_point_redeemed * POINT_SCALE),
        loyalty_amount=minor(record.loyalty_amount, digits),
        credit_balance_used=minor(record.credit_balance_used, digits),
    )
    return values


def _or(given: Any, otherwise: int, digits: int) -> int:
    return otherwise if given is None else minor(given, digits)
