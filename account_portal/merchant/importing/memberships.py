"""Points and subscriptions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select

from account_portal.core.bulk import Row, insert, table_of
from account_portal.core.ids import new_id
from account_portal.core.money import POINT_SCALE, round_half_up
from account_portal.loyalty.service.ledger import membership_number_of
from account_portal.merchant.importing.address_books import Book, address_key, save_addresses
from account_portal.merchant.importing.batch import Batch, Entry
from account_portal.merchant.importing.customers import customers_of
from account_portal.merchant.importing.effects import settle_late_points
from account_portal.merchant.importing.records import (
    LoyaltyRecord,
    SavedAddressRecord,
    SubscriptionRecord,
)
from account_portal.merchant.importing.tables import CHUNK, difference, fetch, update
from account_portal.models import LoyaltyAccount, LoyaltyActivity, Order, Subscription
from account_portal.orders.service import refresh_orders
from account_portal.states import ActivityType


def write_activities(batch: Batch, entries: Sequence[Entry[LoyaltyRecord]]) -> None:
    """Add or update movements of points, and the sums of their members."""
    owners = customers_of(batch, entries, create=False)
    there = {
        row["external_id"]: row
        for row in fetch(
            batch.db,
            LoyaltyActivity,
            "external_id",
            {entry.record.external_id for entry in entries},
        )
    }
    unnamed = _unnamed(batch, {owner["customer_id"] for owner in owners.values()})
    new: list[Row] = []
    changes: list[tuple[str, Row]] = []
    touched: set[str] = set()
    for position, owner in owners.items():
        entry = entries[position]
        record = entry.record
        customer_id = owner["customer_id"]
        values: Row = {
            "activity_type": str(record.activity_type),
            "activity": record.activity,
            "reference_number": record.reference_number,
            "title": record.title or record.activity.replace("_", " ").capitalize(),
            "loyalty_point": round_half_up(record.loyalty_point * POINT_SCALE),
            "remarks": record.remarks,
            "spendable_at": record.spendable_at,
            "created_at": record.created_at,
        }
        known = there.get(record.external_id)
        if values["loyalty_point"] == 0:
            batch.refuse(entry, "loyalty_point: must be at least 0.01")
        elif known is None and (own := _take(unnamed, customer_id, record, values)):
            changes.append((own, {"external_id": record.external_id}))  # it happened here already
        elif known is None:
            new.append(
                {
                    "id": new_id(),
                    "customer_id": customer_id,
                    "external_id": record.external_id,
                    **values,
                    "modified_at": record.created_at,
                }
            )
            touched.add(customer_id)
        elif known["customer_id"] != customer_id:
            batch.refuse(entry, f"activity {record.external_id} belongs to another customer")
        elif changed := difference(known, values):
            changes.append((known["id"], {**changed, "modified_at": batch.now}))
            touched.add(customer_id)
    _add_accounts(batch, touched)
    insert(batch.db, LoyaltyActivity, new)
    update(batch.db, LoyaltyActivity, "id", changes)
    _balance(batch, touched)
    numbers = {row["reference_number"] for row in new} - {None}
    settle_late_points(batch, numbers)
    _derive_orders(batch, numbers)


_Unnamed = dict[tuple[Any, ...], list[tuple[str, str]]]
"""Activity and id of movements that happened here, oldest first, by what moved."""


def _movement(customer_id: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("reference_number", "activity_type", "loyalty_point")
    return (customer_id, *(row[name] for name in names))


def _take(unnamed: _Unnamed, customer_id: str, record: LoyaltyRecord, row: Row) -> str | None:
    """Find the movement here that a record tells, which no other record is then.

    A record that leaves its activity out may mean any.
    """
    found = unnamed.get(_movement(customer_id, row), [])
    for index, (activity, movement_id) in enumerate(found):
        if activity == row["activity"] or "activity" not in record.model_fields_set:
            del found[index]
            return movement_id
    return None


def _unnamed(batch: Batch, customer_ids: set[str]) -> _Unnamed:
    """The movements that happened here, and so have no name of the shop's."""
    table = table_of(LoyaltyActivity)
    found: _Unnamed = defaultdict(list)
    wanted = sorted(customer_ids)
    for start in range(0, len(wanted), CHUNK):
        rows = batch.db.execute(
            select(table)
            .where(
                table.c.customer_id.in_(wanted[start : start + CHUNK]),
                table.c.external_id.is_(None),
                table.c.reference_number.is_not(None),
            )
            .order_by(table.c.created_at, table.c.id)
        ).mappings()
        for row in rows:
            found[_movement(row["customer_id"], dict(row))].append((row["activity"], row["id"]))
    return found


def _derive_orders(batch: Batch, order_numbers: set[str]) -> None:
    """Orders tell what a cancel gives back of the points that the ledger took for them."""
    names = ("id", "loyalty_point_redeemed")
    orders = fetch(batch.db, Order, "order_number", order_numbers, names)
    spent = [row["id"] for row in orders if row["loyalty_point_redeemed"]]
    refresh_orders(batch.db, spent, batch.now)


def _add_accounts(batch: Batch, customer_ids: set[str]) -> None:
    # Locked: whoever adds movements of the same member meanwhile would leave these out of the sums.
    names = ("customer_id",)
    there = fetch(batch.db, LoyaltyAccount, "customer_id", customer_ids, names, lock=True)
    known = {row["customer_id"] for row in there}
    insert(
        batch.db,
        LoyaltyAccount,
        [
            {
                "customer_id": customer_id,
                "membership_number": membership_number_of(customer_id),
                "earned": 0,
                "redeemed": 0,
                "bonus": 0,
                "savings": 0,
                "created_at": batch.now,
                "modified_at": batch.now,
            }
            for customer_id in sorted(customer_ids - known)
        ],
    )


_OPENING = "opening:{}"


def _balance(batch: Batch, customer_ids: set[str]) -> None:
    """Set the sums of members to those of their movements.

    A history that begins in the middle may spend more than it earned. What must have been there
    before is then one movement of its own, which shrinks when older history comes in. Points
    granted here later do not count towards it.
    """
    if not customer_ids:
        return
    sums = _sums(batch, customer_ids)
    openings = {
        row["customer_id"]: row
        for row in fetch(
            batch.db, LoyaltyActivity, "external_id", {_OPENING.format(key) for key in sums}
        )
    }
    lacking = _lacking(batch, customer_ids)
    new: list[Row] = []
    changes: list[tuple[str, Row]] = []
    for customer_id, row in sums.items():
        opening = openings.get(customer_id)
        there = opening["loyalty_point"] if opening else 0
        # Never below zero: what was imported may have been spent here since.
        missing = max(lacking.get(customer_id, 0), row["redeemed"] - (row["earned"] - there))
        row["earned"] += missing - there
        first = row.pop("first")
        if opening and missing != there:
            changes.append((opening["id"], {"loyalty_point": missing, "created_at": first}))
        elif missing and not opening:
            new.append(_opening_row(batch, customer_id, missing, first))
    gone = [key for key, values in changes if values["loyalty_point"] == 0]
    if gone:
        table = table_of(LoyaltyActivity)
        batch.db.execute(table.delete().where(table.c.id.in_(gone)))
    insert(batch.db, LoyaltyActivity, new)
    update(
        batch.db,
        LoyaltyActivity,
        "id",
        [(key, values) for key, values in changes if key not in gone],
    )
    update(
        batch.db,
        LoyaltyAccount,
        "customer_id",
        [(key, {**row, "modified_at": batch.now}) for key, row in sums.items()],
    )


def _lacking(batch: Batch, customer_ids: set[str]) -> dict[str, int]:
    """How far the imported movements of each member, in their order, went below zero."""
    table = table_of(LoyaltyActivity)
    earned = table.c.activity_type == ActivityType.EARNED
    rows = batch.db.execute(
        select(
            table.c.customer_id,
            case((earned, table.c.loyalty_point), else_=-table.c.loyalty_point).label("points"),
        )
        .where(
            table.c.customer_id.in_(list(customer_ids)),
            table.c.external_id.is_not(None),
            table.c.external_id.not_like(_OPENING.format("%")),
        )
        .order_by(table.c.created_at, case((earned, 0), else_=1))
    )
    balances: dict[str, int] = defaultdict(int)
    lowest: dict[str, int] = defaultdict(int)
    for row in rows:
        balances[row.customer_id] += row.points
        lowest[row.customer_id] = min(lowest[row.customer_id], balances[row.customer_id])
    return {customer_id: -low for customer_id, low in lowest.items()}


def _sums(batch: Batch, customer_ids: set[str]) -> dict[str, Row]:
    table = table_of(LoyaltyActivity)
    earned = table.c.activity_type == ActivityType.EARNED
    rows = batch.db.execute(
        select(
            table.c.customer_id,
            func.sum(case((earned, table.c.loyalty_point), else_=0)).label("earned"),
            func.sum(case((earned, 0), else_=table.c.loyalty_point)).label("redeemed"),
            func.sum(
                case((earned & (table.c.activity == "bonus"), table.c.loyalty_point), else_=0)
            ).label("bonus"),
            func.min(table.c.created_at).label("first"),
        )
        .where(table.c.customer_id.in_(list(customer_ids)))
        .group_by(table.c.customer_id)
    )
    return {
        row.customer_id: {
            "earned": int(row.earned),
            "redeemed": int(row.redeemed),
            "bonus": int(row.bonus),
            "first": row.first,
        }
        for row in rows
    }


def _opening_row(batch: Batch, customer_id: str, points: int, first: Any) -> Row:
    return {
        "id": new_id(),
        "customer_id": customer_id,
        "external_id": _OPENING.format(customer_id),
        "activity_type": str(ActivityType.EARNED),
        "activity": "adjustment",
        "reference_number": None,
        "title": "Opening balance",
        "loyalty_point": points,
        "remarks": None,
        "spendable_at": None,
        "created_at": first,
        "modified_at": batch.now,
    }


_ADDRESSES = ("shipping_address", "billing_address")


def _book(batch: Batch, entry: Entry[SubscriptionRecord], owner: Row) -> Book:
    """What a subscription says of its customer's address book, now and the last time."""
    last = batch.last.get(id(entry.record), {})
    return Book(
        entry,
        owner["customer_id"],
        owner["email"] or "",
        [address for name in _ADDRESSES if (address := getattr(entry.record, name)) is not None],
        [SavedAddressRecord.model_validate(last[name]) for name in _ADDRESSES if last.get(name)],
    )


def write_subscriptions(batch: Batch, entries: Sequence[Entry[SubscriptionRecord]]) -> None:
    """Add or update subscriptions; their addresses go into the customer's address book."""
    owners = customers_of(batch, entries, create=False)
    there = {
        row["subscription_number"]: row
        for row in fetch(
            batch.db,
            Subscription,
            "subscription_number",
            {entry.record.subscription_number for entry in entries},
        )
    }
    saved = save_addresses(
        batch,
        [_book(batch, entries[position], owner) for position, owner in owners.items()],
    )
    batch.begun.update(id(entries[position]) for position in owners)
    new: list[Row] = []
    changes: list[tuple[str, Row]] = []
    for position, owner in owners.items():
        record = entries[position].record
        customer_id = owner["customer_id"]
        values: Row = {
            "product_id": record.product_id,
            "sku": record.sku or record.product_id,
            "status": str(record.status),
            "plan": record.plan or f"Every {record.interval} {record.frequency}",
            "interval": record.interval,
            "frequency": record.frequency,
            "quantity": record.quantity,
            "next_date": record.next_date,
        }
        known = there.get(record.subscription_number)
        for name in _ADDRESSES:
            address = getattr(record, name)
            found = address and saved.get(address_key(customer_id, address))
            # An address that was changed here stays the subscription's.
            if address is None or found or known is None:
                values[f"{name}_id"] = found
        if known is None:
            made = record.created_at or batch.now
            new.append(
                {
                    "id": new_id(),
                    "customer_id": customer_id,
                    "subscription_number": record.subscription_number,
                    **values,
                    "created_at": made,
                    "modified_at": made,
                }
            )
        elif known["customer_id"] != customer_id:
            batch.refuse(
                entries[position],
                f"subscription {record.subscription_number} belongs to another customer",
            )
        elif changed := difference(known, values):
            changes.append((known["id"], {**changed, "modified_at": batch.now}))
    insert(batch.db, Subscription, new)
    update(batch.db, Subscription, "id", changes)
