"""Facts of an order as they are kept beside its document: a read needs none of its tables.

Whoever derives a document keeps them with it. Nothing of clock, settings and policies is in them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple
from zlib import crc32

import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from account_portal.core.bulk import Stored, table_of
from account_portal.core.reading import PreparedSelect, as_bytes, is_among, read_among, read_in
from account_portal.loyalty.service import points_spent_on
from account_portal.models import OrderDocument
from account_portal.orders.facts.loading import load_facts
from account_portal.orders.facts.order import OrderFacts
from account_portal.orders.facts.policies import LATEST_POLICY, Policies, Read, policies_up_to
from account_portal.states import ReturnStatus

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order": (
        "id",
        "customer_id",
        "order_number",
        "order_date",
        "customer_groups",
        "status",
        "payment_status",
        "currency",
        "grand_total",
        "loyalty_amount",
        "loyalty_point_redeemed",
        "credit_balance_used",
        "cancellation_charge",
        "shipping_address_id",
        "replaces_return_id",
        "replaces_claim_id",
        "delivered_at",
    ),
    "lines": (
        "id",
        "sku",
        "twin_of",
        "product_id",
        "product_type",
        "category",
        "tags",
        "quantity",
        "free_quantity",
        "selling_price",
        "line_total",
    ),
    "shipments": (
        "id",
        "reference_number",
        "status",
        "eta_delivery",
        "delivered_date",
        "modified_at",
    ),
    "items": ("shipment_id", "line_id", "quantity", "free_quantity", "written_off"),
    "payments": (
        "request_number",
        "amount",
        "payment_status",
        "payment_date",
        "collection",
        "created_at",
    ),
    "refunds": (
        "id",
        "refund_amount",
        "status",
        "payment_mode",
        "payment_method",
        "purpose",
        "return_id",
        "shipment_id",
        "retries_id",
        "created_at",
    ),
    "return_items": (
        "return_id",
        "line_id",
        "quantity",
        "resolution",
        "refund_amount",
        "tax_amount",
        "fee",
        "accepted_quantity",
        "refused_quantity",
        "can_ask_again",
    ),
    "delivery_back": ("id", "shipping_amount"),
    "cancelled": ("line_id", "quantity", "free_quantity", "amount", "charge"),
    "claims": (
        "status",
        "resolution",
        "shipment_id",
        "return_id",
        "line_id",
        "quantity",
        "amount",
        "tax_amount",
        "refunded",
    ),
}
"""What of each row is kept; what else a reader asks for, it does not find."""
_MOMENTS = frozenset(
    ("order_date", "delivered_at", "delivered_date", "modified_at", "payment_date", "created_at")
)
_SHAPE = crc32(repr(_COLUMNS).encode())
"""Facts that another version of the portal kept are read from the tables again."""
_VALUES = {kind: itemgetter(*names) for kind, names in _COLUMNS.items()}
_DATES = {
    kind: [place for place, name in enumerate(names) if name in _MOMENTS]
    for kind, names in _COLUMNS.items()
}


def keep_facts(facts: OrderFacts) -> str:
    """What is kept of an order's facts, as JSON."""
    rows = {
        "order": (facts.order,),
        "lines": facts.lines,
        "shipments": facts.shipments,
        "items": [item for row in facts.shipments for item in facts.items.get(row["id"], ())],
        "payments": facts.payments,
        "refunds": facts.refunds,
        "return_items": facts.return_items,
        "delivery_back": facts.delivery_back,
        "cancelled": facts.cancelled,
        "claims": facts.claims,
    }
    kept: dict[str, Any] = {kind: list(map(_VALUES[kind], found)) for kind, found in rows.items()}
    own = {row["id"] for row in facts.shipments}
    kept["shape"] = _SHAPE
    kept["delivered_events"] = {
        shipment_id: at for shipment_id, at in facts.delivered_events.items() if shipment_id in own
    }
    kept["returns"] = facts.returns
    kept["country"] = facts.country
    return orjson.dumps(kept, option=orjson.OPT_UTC_Z).decode()


class Kept(NamedTuple):
    """What is selected of a document to have the facts of its order."""

    order_id: str
    facts: bytes | None
    latest_policy: str | None


KEPT = (col(OrderDocument.order_id), as_bytes(col(OrderDocument.facts)), LATEST_POLICY)
_KEPT_OF = PreparedSelect(select(*KEPT).where(is_among(table_of(OrderDocument).c.order_id)))


def read_kept_facts(db: Session, order_ids: Collection[str]) -> dict[str, OrderFacts]:
    """Facts of orders by their ids, most often by one statement; flush what is pending before."""
    found = [Kept(*row) for row in read_among(db, _KEPT_OF, order_ids)]
    return facts_of_kept(found, partial(read_in, db), lambda: db)


def facts_of_kept(
    kept: Iterable[Kept], read: Read, session: Callable[[], Session]
) -> dict[str, OrderFacts]:
    """Facts of orders by their ids.

    Args:
        kept: what is kept of them.
        read: runs a prepared read.
        session: asked for only if something has to be read from tables: points that were spent, and
            orders whose facts were not kept yet.
    """
    found: dict[str, OrderFacts] = {}
    missing = []
    for one in kept:
        policies = policies_up_to(one.latest_policy, read)
        facts = _restore(one.facts, policies) if one.facts else None
        if facts is None:
            missing.append(one.order_id)
        else:
            found[one.order_id] = facts
    # The ledger of points is kept by others.
    spent = [facts for facts in found.values() if facts.order["loyalty_point_redeemed"]]
    if spent:
        points = points_spent_on(session(), [facts.order for facts in spent])
        for facts in spent:
            facts.points_spent = points.get(facts.order["order_number"], 0)
    if missing:
        loaded = load_facts(session(), missing)
        found |= {facts.order["id"]: facts for facts in loaded}
    return found


def _restore(kept: bytes, policies: Policies) -> OrderFacts | None:
    """The facts that were kept, but for points; none: they are of another shape."""
    found = orjson.loads(kept)
    if found["shape"] != _SHAPE:
        return None
    rows = {kind: _rows(kind, found[kind]) for kind in _COLUMNS}
    items: dict[str, list[Stored]] = {}
    for item in rows["items"]:
        items.setdefault(item["shipment_id"], []).append(item)
    [order] = rows["order"]
    return OrderFacts(
        order=order,
        lines=rows["lines"],
        shipments=rows["shipments"],
        items=items,
        delivered_events={
            shipment_id: datetime.fromisoformat(at)
            for shipment_id, at in found["delivered_events"].items()
        },
        payments=rows["payments"],
        refunds=rows["refunds"],
        returns={key: ReturnStatus(status) for key, status in found["returns"].items()},
        return_items=rows["return_items"],
        delivery_back=rows["delivery_back"],
        cancelled=rows["cancelled"],
        claims=rows["claims"],
        country=found["country"],
        policies=policies.for_order_of(order["order_date"]),
    )


def _rows(kind: str, found: list[list[Any]]) -> list[dict[str, Any]]:
    names = _COLUMNS[kind]
    for values in found:
        for place in _DATES[kind]:
            if values[place] is not None:
                values[place] = datetime.fromisoformat(values[place])
    return [dict(zip(names, values, strict=True)) for values in found]
