"""E-mail addresses that orders tell later, of customers who were known by a phone or an id only."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from account_portal.core.bulk import Row, Stored
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.records import OrderRecord
from account_portal.merchant.importing.tables import fetch
from account_portal.models import Order, User


def owners_without_email(
    batch: Batch, entries: Sequence[Entry[OrderRecord]], there: Mapping[str, Stored]
) -> dict[int, Row]:
    """Customers without an e-mail address whose orders tell one, by position of the record.

    An order stays its customer's when the shop adds an address to it.
    """
    named = {
        position: there[record.order_number]["customer_id"]
        for position, record in enumerate(entry.record for entry in entries)
        if record.customer_email is not None and record.order_number in there
    }
    users = {
        row["customer_id"]: dict(row)
        for row in fetch(batch.db, User, "customer_id", set(named.values()))
    }
    found = {}
    for position, customer_id in named.items():
        user, record = users.get(customer_id), entries[position].record
        if user is None or user["email"] is not None or user["shop_email"] is not None:
            continue
        ids = {record.customer_id, user["external_id"]} - {None}
        if len(ids) < 2:
            found[position] = user
    return found


def emails_of_orders(
    batch: Batch, entries: Sequence[Entry[OrderRecord]], owners: Mapping[int, Row]
) -> dict[str, set[str | None]]:
    """The e-mail addresses that the orders of these customers name, as told now, by customer."""
    told = {
        entries[position].record.order_number: entries[position].record.customer_email
        for position in owners
    }
    found: dict[str, set[str | None]] = defaultdict(set)
    names = ("customer_id", "order_number", "customer_email")
    customer_ids = {user["customer_id"] for user in owners.values()}
    for row in fetch(batch.db, Order, "customer_id", customer_ids, names):
        email = told.get(row["order_number"], row["customer_email"])
        found[row["customer_id"]].add(email)
    return found


def why_no_email(user: Row, emails: Collection[str | None]) -> str | None:
    """Why an order cannot give its customer an e-mail address; none: it can.

    Whoever knows somebody's phone can order with it and name an address of their own, and would
    read with it what else that phone ordered.
    """
    if user["is_phone_verified"]:
        return "the customer proved a phone here"
    if len(emails) > 1:
        return "other orders of the customer do not name it"
    return None
