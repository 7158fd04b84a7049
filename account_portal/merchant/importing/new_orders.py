"""Orders that are not there yet: what they come to, and whether they can be true."""

from typing import NamedTuple

from account_portal.core.bulk import Row
from account_portal.core.ids import new_id
from account_portal.merchant.importing.amounts import OrderAmounts, add_up
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.lines import line_rows
from account_portal.merchant.importing.records import OrderRecord
from account_portal.merchant.importing.stated import fault_of, fault_of_amounts


class NewOrder(NamedTuple):
    """What an order that is not there yet comes to."""

    order_id: str
    currency: str
    amounts: OrderAmounts
    lines: list[Row]


def judge(batch: Batch, entry: Entry[OrderRecord]) -> NewOrder | None:
    """Work out a new order; one that cannot be true is refused."""
    record = entry.record
    currency = record.currency or batch.currency
    amounts = add_up(record, currency)
    order_id = new_id()
    fault = fault_of_amounts(record, amounts, currency)
    lines = [] if fault else line_rows(order_id, record, amounts.lines, currency)
    fault = fault or fault_of(record, amounts, lines, currency)
    if fault:
        batch.refuse(entry, fault)
        return None
    return NewOrder(order_id, currency, amounts, lines)
